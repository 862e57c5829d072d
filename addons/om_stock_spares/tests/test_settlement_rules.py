from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.settlement import Issue, SettlementError, SettlementLine, settle

CASES = settings(deadline=None, derandomize=True, database=None, max_examples=120)
PRICES = st.one_of(
    st.none(),
    st.decimals(min_value="0.01", max_value="9999999.99", places=2),
)


@st.composite
def issues(draw):
    issued = draw(st.integers(0, 500))
    return Issue(
        issued,
        draw(st.integers(0, issued)),
        draw(st.booleans()),
        draw(st.sampled_from("甲乙丙")),
    )


@st.composite
def lines(draw):
    some = draw(st.lists(issues(), max_size=6))
    used = sum(issue.issued - issue.returned for issue in some)
    return SettlementLine(
        used + draw(st.integers(0, 50)), used, draw(PRICES), tuple(some)
    )


@tagged("post_install", "-at_install")
class TestSettlementRules(BaseCase):
    @CASES
    @given(st.lists(lines(), max_size=12))
    def test_the_total_is_every_piece_at_its_price(self, some):
        # In fen, piece by piece, without the engine's own sums.
        fen = 0
        by_unit = {}
        for line in some:
            for issue in line.issues:
                pieces = 0 if issue.refused else issue.issued - issue.returned
                price = Fraction(line.price or 0) * 100
                fen += pieces * price
                by_unit[issue.unit] = by_unit.get(issue.unit, 0) + pieces * price
        result = settle(some)
        self.assertEqual(result.total, Decimal(int(fen)) / 100)
        self.assertEqual(Fraction(result.total) * 100, fen, "no cent is rounded away")
        self.assertEqual(
            result.total, sum((line.amount or 0 for line in some), Decimal(0))
        )
        self.assertEqual(
            {
                unit: Fraction(total.amount) * 100
                for unit, total in result.units.items()
            },
            by_unit,
        )

    def test_without_a_price_there_is_no_amount(self):
        line = SettlementLine(9, 2, None, [Issue(2, unit="甲")])
        result = settle([line, SettlementLine(1, 0, None)])
        self.assertIsNone(line.amount)
        self.assertEqual(result.unpriced, (0,), "only what was used needs a price")
        self.assertEqual(result.units["甲"].unpriced, 2)

    def test_refused_parts_are_used_and_not_settled(self):
        line = SettlementLine(
            5, 3, Decimal("19.99"), [Issue(2), Issue(1, refused=True)]
        )
        self.assertEqual((line.used, line.settled), (3, 2))
        self.assertEqual(settle([line]).total, Decimal("39.98"))

    def test_contradictions_are_not_settled(self):
        price = Decimal("10.00")
        for reason, line in (
            ("counter", SettlementLine(5, 2, price, [Issue(1)])),
            ("cap", SettlementLine(1, 2, price, [Issue(2)])),
            ("quantity", SettlementLine(5, -1, price, [Issue(1, returned=2)])),
            ("price", SettlementLine(5, 1, Decimal("0.005"), [Issue(1)])),
            ("price", SettlementLine(5, 1, Decimal("-1.00"), [Issue(1)])),
        ):
            with self.assertRaises(SettlementError) as caught:
                settle([SettlementLine(0, 0, None), line])
            self.assertEqual(
                (caught.exception.reason, caught.exception.line), (reason, 1)
            )
