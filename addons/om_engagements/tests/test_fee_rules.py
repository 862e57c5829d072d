from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.fees import Effort, FeeError, split_fees, weigh

CHECKED = settings(deadline=None, derandomize=True, database=None, max_examples=200)
prices = st.decimals("1000", "99999999.99", places=2)
weights = st.lists(st.integers(1, 10**7), min_size=1, max_size=160)


@tagged("post_install", "-at_install")
class TestFeeRules(BaseCase):
    def test_by_hand(self):
        """100.00 by 1:1:1 is 33, 33 and the rest; by 5:3:2 there is no rest."""
        hundred = Decimal("100.00")
        self.assertEqual(
            split_fees(hundred, [1, 1, 1]),
            [Decimal("33.00"), Decimal("33.00"), Decimal("34.00")],
        )
        self.assertEqual(
            split_fees(hundred, [5, 3, 2]),
            [Decimal("50.00"), Decimal("30.00"), Decimal("20.00")],
        )
        self.assertEqual(
            split_fees(Decimal("100.01"), [1, 1, 1], Decimal("0.01")),
            [Decimal("33.33"), Decimal("33.33"), Decimal("33.35")],
        )

    def test_weight_by_hand(self):
        """300 for the class, 2 x 600, 60 x 3, 10 x 7, 2 x 40: 1,830 a day."""
        effort = Effort("政务办公信息化", devices=9, staff=2, inspections=52, level=2)
        self.assertEqual(weigh(effort), 1830 * 365)
        self.assertEqual(weigh(Effort(days=100)), 300 * 100)

    def test_refused(self):
        for price, parts, unit in (
            ("100", [], "1"),
            ("100", [1, 0], "1"),
            ("100", [1, -1, 1], "1"),
            ("0", [1], "1"),
            ("-5", [1], "1"),
            ("1.005", [1], "1"),
            ("100", [1], "0"),
            ("100", [1], "0.001"),
            ("1.50", [1, 1], "1"),
        ):
            with self.subTest(price=price, parts=parts), self.assertRaises(FeeError):
                split_fees(Decimal(price), parts, Decimal(unit))
        with self.assertRaises(FeeError):
            weigh(Effort(days=0))
        with self.assertRaises(FeeError):
            weigh(Effort(staff=-1))

    @CHECKED
    @given(prices, weights, st.sampled_from(["0.01", "1.00", "100.00"]))
    def test_sum_is_the_price(self, price, parts, unit):
        try:
            fees = split_fees(price, parts, Decimal(unit))
        except FeeError:
            # Only where some part comes to less than one unit.
            self.assertLess(price * min(parts) / sum(parts), Decimal(unit))
            return
        self.assertEqual(sum(fees), price)
        self.assertEqual(len(fees), len(parts))
        self.assertGreater(min(fees), 0)
        for fee in fees[:-1]:
            self.assertEqual(fee % Decimal(unit), 0)

    @CHECKED
    @given(prices, weights)
    def test_more_weight_never_costs_less(self, price, parts):
        # So much more that no part comes to less than a yuan.
        fees = split_fees(price * sum(parts), parts)
        ranked = sorted(zip(parts[:-1], fees[:-1], strict=True))
        for (_less, low), (_more, high) in zip(ranked, ranked[1:], strict=False):
            self.assertLessEqual(low, high)

    @CHECKED
    @given(
        st.builds(
            Effort,
            devices=st.integers(0, 5000),
            staff=st.integers(0, 30),
            inspections=st.integers(0, 5000),
            level=st.integers(0, 4),
            days=st.integers(1, 366),
        ),
        st.sampled_from(["devices", "staff", "inspections", "level", "days"]),
    )
    def test_more_effort_never_weighs_less(self, effort, name):
        more = Effort(**{**vars(effort), name: getattr(effort, name) + 1})
        self.assertGreaterEqual(weigh(more), weigh(effort))
        self.assertGreater(weigh(effort), 0)
