import doctest
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import milestones, trace
from ..engine.milestones import Balance, ShareError, check_shares, milestone_state
from ..engine.trace import Step, TraceError, follow

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=300)
CENT = D("0.01")

prices = st.integers(0, 10**12).map(lambda cents: D(cents).scaleb(-2))
amounts = st.integers(0, 10**7).map(lambda cents: D(cents).scaleb(-2))


def split_price(price, percents, fixed=None):
    """The amounts of the parts; each of them is where its steps lead."""
    parts = milestones.split_price(price, percents, fixed)
    for part in parts:
        assert follow(part.steps) == part.amount, part
    return [part.amount for part in parts]


def settle(reviewed, others):
    part = milestones.settle(reviewed, {0: others})
    assert follow(part.steps) == part.amount, part
    return part.amount, part.claim


@st.composite
def wholes(draw):
    """One to seven percentages, down to a ten-thousandth, that add up to 100."""
    cuts = draw(st.sets(st.integers(1, 999_999), max_size=6))
    edges = [0, *sorted(cuts), 1_000_000]
    return [
        D(end - begin).scaleb(-4) for begin, end in zip(edges, edges[1:], strict=False)
    ]


class TestSplit(BaseCase):
    def test_contracts(self):
        """Figures of the contracts, and of the requirement."""
        for price, percents, parts in (
            ("1296000.00", (60, 40), ("777600.00", "518400.00")),
            ("1000000.01", (60, 30, 10), ("600000.01", "300000.00", "100000.00")),
            (
                "77133300.00",
                (30, 40, None),
                ("23139990.00", "30853320.00", "23139990.00"),
            ),
            ("247000.00", (100,), ("247000.00",)),
        ):
            shares = [None if p is None else D(p) for p in percents]
            self.assertEqual(split_price(D(price), shares), [D(part) for part in parts])

    def test_half_a_cent_goes_up(self):
        self.assertEqual(split_price(D("0.05"), [D(50), D(50)]), [D("0.03"), D("0.02")])

    def test_tiny_price_never_makes_a_negative_rest(self):
        # 0.006 rounds up three times: 0.03 of a price of 0.02.
        parts = split_price(D("0.02"), [D(30), D(30), D(30), D(10)])
        self.assertEqual(parts, [D("0.01"), D("0.01"), D("0.00"), D("0.00")])

    @PROPERTY
    @given(prices, wholes())
    def test_parts_are_the_price(self, price, percents):
        parts = split_price(price, percents)
        self.assertEqual(sum(parts), price)
        self.assertTrue(all(part >= 0 for part in parts))
        for percent, part in zip(percents[:-1], parts[:-1], strict=True):
            exact = price * percent / 100
            self.assertLessEqual(part, exact + CENT / 2)
        if price >= 1:
            # Only the rounding of the others reaches the last part.
            rest = price * percents[-1] / 100
            self.assertLessEqual(abs(parts[-1] - rest), CENT / 2 * len(parts))

    @PROPERTY
    @given(prices, wholes())
    def test_a_rest_is_the_last_percentage(self, price, percents):
        open_end = [*percents[:-1], None]
        self.assertEqual(split_price(price, open_end), split_price(price, percents))

    @PROPERTY
    @given(prices, prices, wholes(), st.data())
    def test_amended_price(self, old, new, percents, data):
        """What was invoiced keeps its amount; the rest makes up for it."""
        before = split_price(old, percents)
        count = data.draw(st.integers(0, len(percents) - 1))
        fixed = dict(enumerate(before[:count]))
        if sum(fixed.values()) > new:
            with self.assertRaises(ShareError):
                split_price(new, percents, fixed)
            return
        parts = split_price(new, percents, fixed)
        self.assertEqual(sum(parts), new)
        self.assertEqual(parts[:count], before[:count])
        self.assertTrue(all(part >= 0 for part in parts))

    def test_all_fixed(self):
        with self.assertRaises(ShareError):
            split_price(D(100), [D(60), D(40)], {0: D(60), 1: D(30)})
        self.assertEqual(
            split_price(D(90), [D(60), D(40)], {0: D(60), 1: D(30)}), [D(60), D(30)]
        )

    def test_no_whole(self):
        for shares in (
            [],
            [D(60), D(30)],
            [D(60), D(50)],
            [D(60), D(40), D(0)],
            [D(110), D(-10)],
            [None, D(40)],
            [D(60), D(40), None],
        ):
            with self.subTest(shares=shares), self.assertRaises(ShareError):
                check_shares(shares)

    def test_no_price(self):
        for price in ("-0.01", "0.005"):
            with self.assertRaises(ShareError):
                split_price(D(price), [D(100)])


class TestSettle(BaseCase):
    def test_shunyi(self):
        """Reviewed: 76,500,000.00; 53,993,310.00 of it in two parts before."""
        self.assertEqual(
            settle(D("76500000.00"), D("53993310.00")), (D("22506690.00"), D("0.00"))
        )

    @PROPERTY
    @given(prices, prices)
    def test_never_negative(self, reviewed, others):
        rest, claim = settle(reviewed, others)
        self.assertGreaterEqual(rest, 0)
        self.assertGreaterEqual(claim, 0)
        self.assertEqual(rest - claim, reviewed - others)
        self.assertIn(D(0), (rest, claim))


class TestState(BaseCase):
    def test_table(self):
        for amount, deducted, invoiced, cash, met, state in (
            (100, 0, 0, 0, False, "waiting"),
            (100, 0, 0, 0, True, "ready"),
            (100, 0, 100, 0, True, "invoiced"),
            (100, 0, 100, 40, True, "partial"),
            (100, 0, 100, 100, True, "paid"),
            (100, 0, 40, 40, True, "partial"),
            (100, 20, 80, 80, True, "paid"),
            (100, 100, 0, 0, True, "paid"),
            (100, 100, 0, 0, False, "waiting"),
            # Paid, then credited: the money pays nothing any more.
            (100, 0, 0, 100, True, "ready"),
            # Paid before its conditions: a fact all the same.
            (100, 0, 100, 100, False, "paid"),
        ):
            balance = Balance(D(amount), D(deducted), D(invoiced), D(cash))
            self.assertEqual(milestone_state(balance, met), state, balance)

    @PROPERTY
    @given(
        amounts.filter(bool),
        st.lists(
            st.tuples(
                st.sampled_from(
                    ["invoice", "pay", "refund", "pay_back", "deduct", "cancel"]
                ),
                amounts,
            ),
            max_size=25,
        ),
    )
    def test_any_order_of_acts(self, amount, acts):
        """Whatever happens in whatever order, as far as the acts allow it: paid never
        exceeds due, residual = due - paid, the state says what the amounts say."""
        deducted = invoiced = cash = D(0)
        for act, size in acts:
            balance = Balance(amount, deducted, invoiced, cash)
            if act == "invoice":
                invoiced += min(size, balance.to_invoice)
            elif act == "pay":
                cash += min(size, max(invoiced - cash, D(0)))
            elif act in ("refund", "cancel"):
                invoiced -= min(size, invoiced)
            elif act == "pay_back":
                cash -= min(size, cash)
            elif act == "deduct":
                deducted += min(size, balance.to_invoice)
            balance = Balance(amount, deducted, invoiced, cash)
            self._check_sane(balance)

    def _check_sane(self, balance):
        self.assertLessEqual(balance.invoiced, balance.due)
        self.assertTrue(0 <= balance.paid <= balance.due)
        self.assertEqual(balance.residual, balance.due - balance.paid)
        self.assertEqual(balance.to_invoice, balance.due - balance.invoiced)
        for met in (True, False):
            state = milestone_state(balance, met)
            self.assertEqual(
                state == "partial", balance.paid > 0 and balance.residual > 0
            )
            self.assertEqual(
                state == "invoiced", balance.paid == 0 and balance.invoiced > 0
            )
            if state == "paid":
                self.assertEqual(balance.residual, 0)
            if state == "waiting":
                self.assertFalse(met)
            if state == "ready":
                self.assertTrue(met and balance.residual == balance.due > 0)

    @PROPERTY
    @given(amounts, amounts)
    def test_deductions_beyond(self, amount, beyond):
        self.assertEqual(Balance(amount, amount + beyond).due, 0)


class TestSteps(BaseCase):
    def test_doctests(self):
        for module in (milestones, trace):
            self.assertFalse(doctest.testmod(module).failed, module.__name__)

    def test_what_is_wrong_is_refused(self):
        for steps in (
            [Step("share", trace.Percent(D(60)), "times")],
            [Step("price", D(100), "take"), Step("amount", D(61), "is")],
            [Step("price", D("0.05"), "take"), Step("amount", D("0.04"), "cents")],
        ):
            with self.assertRaises(TraceError):
                follow(steps)
        self.assertIsNone(follow([Step("price", D(100))]))

    @PROPERTY
    @given(amounts, st.lists(amounts, max_size=4), amounts, amounts)
    def test_from_the_amount_to_what_is_open(self, amount, taken, invoiced, cash):
        balance = Balance(amount, sum(taken, D(0)), invoiced, cash)
        steps = [Step("amount", amount, "take")]
        steps += balance.steps(Step("deduction", each, "less") for each in taken)
        open_now = balance.residual if balance.paid else balance.due
        self.assertEqual(follow(steps), open_now)
        if taken or balance.paid:
            due = next(step for step in steps if step.code == "due")
            self.assertEqual(due.value, balance.due)
