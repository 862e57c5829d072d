"""Penalties, interest and reductions without a database. Expected values come from the
contracts, from counting by hand, or from whole cents and fractions."""

import doctest
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.om_base.tests.common import PROPERTY

from ..engine import calculation, penalties, reductions
from ..engine.penalties import (
    Excuse,
    PenaltyError,
    Room,
    daily_penalty,
    served_on,
    share,
    share_steps,
    spread,
)
from ..engine.reductions import ReductionError, reduction
from ..engine.trace import follow

DEMAND = date(2024, 5, 6)
BDA_PRICE = Decimal("1296000.00")

amounts = st.integers(0, 10**11).map(lambda cents: Decimal(cents) / 100)
days = st.integers(0, 80)


def after(number):
    """The day so many days after the demand."""
    return DEMAND + timedelta(days=number)


def half_up(fraction):
    """A fraction of yuan as cents, half up, in whole numbers."""
    return (2 * fraction.numerator * 100 + fraction.denominator) // (
        2 * fraction.denominator
    )


class TestPenaltyRules(BaseCase):
    def test_doctests(self):
        for module in (penalties, reductions):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0)
            self.assertTrue(result.attempted)

    def test_shunyi_percentages(self):
        price = Decimal("77133300.00")
        self.assertEqual(share(price, Decimal("0.1")), Decimal("77133.30"))
        self.assertEqual(share(price, Decimal("0.5")), Decimal("385666.50"))

    def test_bda_day_by_day(self):
        """0.3 % of 1,296,000.00 is 3,888.00 a day from day 11, without a cap: 22 days
        are 85,536.00."""
        table = {0: 0, 9: 0, 10: 0, 11: 1, 12: 2, 24: 14, 25: 15, 26: 16, 60: 50}
        self.assertEqual(
            daily_penalty(
                BDA_PRICE, Decimal("0.3"), DEMAND, after(32), max_days=15
            ).amount,
            Decimal("85536.00"),
        )
        for day, charged in table.items():
            with self.subTest(day=day):
                penalty = daily_penalty(
                    BDA_PRICE, Decimal("0.3"), DEMAND, after(day), max_days=15
                )
                self.assertEqual(penalty.days, charged)
                self.assertEqual(penalty.amount, charged * Decimal("3888.00"))
                self.assertEqual(penalty.may_terminate, day > 25)
                self.assertEqual(penalty.first_day, date(2024, 5, 17))

    def test_interest_on_the_late_amount(self):
        """777,600.00 late; 700,000.00 paid on day 13: 2 days on all, 3 on the rest."""
        interest = daily_penalty(
            Decimal("777600.00"),
            Decimal("0.3"),
            DEMAND,
            after(15),
            reductions=[(after(13), Decimal("700000.00"))],
        )
        # 2 x 2,332.80 + 3 x 232.80
        self.assertEqual(interest.amount, Decimal("5364.00"))
        self.assertEqual([span.days for span in interest.spans], [2, 3])
        self.assertFalse(interest.may_terminate)

    def test_late_payer_pays_from_the_first_overdue_day(self):
        """BDA, 6-3: within the ten days nothing; from day 11 on all since 20 April."""
        table = {10: 0, 11: 28, 12: 29}
        for day, charged in table.items():
            with self.subTest(day=day):
                interest = daily_penalty(
                    Decimal("518400.00"),
                    Decimal("0.3"),
                    DEMAND,
                    after(day),
                    since=date(2024, 4, 20),
                )
                # 518,400.00 x 0.3 % = 1,555.20 a day
                self.assertEqual(interest.amount, charged * Decimal("1555.20"))
                self.assertEqual(interest.opens, date(2024, 5, 17))

    def test_paid_within_the_grace_costs_nothing(self):
        paid = daily_penalty(
            Decimal("518400.00"),
            Decimal("0.3"),
            DEMAND,
            after(30),
            since=date(2024, 4, 20),
            reductions=[(after(9), Decimal("518400.00"))],
        )
        self.assertEqual((paid.days, paid.amount), (0, Decimal("0.00")))

    def test_notices_are_served_by_their_way(self):
        """BDA, 8-2, from Friday 2024-04-26; Sunday the 28th is worked."""
        friday = date(2024, 4, 26)
        self.assertEqual(served_on(friday, 0), friday)
        self.assertEqual(served_on(friday, 7), date(2024, 5, 3))
        self.assertEqual(served_on(friday, 3), date(2024, 4, 29))
        worked = [date(2024, 4, 28), date(2024, 4, 29)]
        self.assertEqual(
            served_on(friday, 2, lambda day: min(x for x in worked if x > day)),
            date(2024, 4, 29),
        )

    def test_paid_up_ends_the_interest(self):
        interest = daily_penalty(
            Decimal("100.00"),
            Decimal("0.3"),
            DEMAND,
            after(40),
            reductions=[(after(12), Decimal("120.00"))],
        )
        self.assertEqual((interest.days, interest.amount), (1, Decimal("0.30")))

    def test_fiscal_delay_is_no_default(self):
        """Days 12 and 13 are excused: 11, 14 and 15 cost."""
        interest = daily_penalty(
            Decimal("1000.00"),
            Decimal("0.3"),
            DEMAND,
            after(15),
            excuses=[Excuse(after(12), after(13)), Excuse(after(13), after(13))],
        )
        self.assertEqual((interest.days, interest.excused), (3, 2))
        self.assertEqual(interest.amount, Decimal("9.00"))
        lasting = daily_penalty(
            Decimal("1000.00"),
            Decimal("0.3"),
            DEMAND,
            after(99),
            excuses=[Excuse(after(12))],
        )
        self.assertEqual(lasting.days, 1)

    def test_impossible_figures(self):
        one = Decimal("1.00")
        for call in (
            lambda: share(-one, one),
            lambda: share(one, -one),
            lambda: daily_penalty(-one, one, DEMAND, DEMAND),
            lambda: daily_penalty(one, one, DEMAND, DEMAND, grace_days=-1),
            lambda: daily_penalty(one, one, DEMAND, DEMAND, max_days=-1),
            lambda: daily_penalty(
                one, one, DEMAND, DEMAND, reductions=[(DEMAND, -one)]
            ),
            lambda: spread(-one, []),
            lambda: served_on(DEMAND, -1),
        ):
            self.assertRaises(PenaltyError, call)
        with self.assertRaises(ReductionError):
            reduction(-one, DEMAND, DEMAND, DEMAND)
        with self.assertRaises(ReductionError):
            reduction(one, after(1), DEMAND, DEMAND)

    @PROPERTY
    @given(
        base=amounts,
        thousandths=st.integers(0, 5000),
        length=days,
        grace=days,
        limit=st.none() | days,
        since=st.none() | st.integers(-60, 20),
        excuses=st.lists(st.tuples(days, days), max_size=3),
        paid=st.lists(st.tuples(days, amounts), max_size=4),
    )
    def test_each_day_on_its_own(
        self, base, thousandths, length, grace, limit, since, excuses, paid
    ):
        """The sum of what each single day costs, counted naively, rounded once.

        Reckoned from an overdue day, they cost once something is late after the grace.
        """
        percent = Decimal(thousandths) / 1000
        penalty = daily_penalty(
            base,
            percent,
            DEMAND,
            after(length),
            grace_days=grace,
            max_days=limit,
            since=None if since is None else after(since),
            excuses=[Excuse(after(min(x)), after(max(x))) for x in excuses],
            reductions=[(after(day), amount) for day, amount in paid],
        )
        total, charged, opens = Fraction(0), 0, grace + 1

        def late(number):
            return base - sum(amount for day, amount in paid if day <= number)

        first = opens if since is None else min(since, opens)
        outlasts = length >= opens and late(opens) > 0
        for number in range(first, length + 1) if outlasts else ():
            left = late(number)
            if left <= 0:
                break
            if any(min(x) <= number <= max(x) for x in excuses):
                continue
            charged += 1
            total += Fraction(left) * thousandths / 100_000
        self.assertEqual(penalty.days, charged)
        self.assertEqual(int(penalty.amount * 100), half_up(total))
        self.assertEqual(sum(span.days for span in penalty.spans), charged)
        self.assertEqual(penalty.may_terminate, limit is not None and charged > limit)
        self.assertEqual(follow(penalty.steps), penalty.amount)

    @PROPERTY
    @given(base=amounts, percent=st.decimals(0, 100, places=4))
    def test_a_share_is_where_its_steps_lead(self, base, percent):
        steps = share_steps(base, percent)
        self.assertEqual(follow(steps), share(base, percent))
        exact = Fraction(base) * Fraction(percent) / 100
        self.assertEqual(int(share(base, percent) * 100), half_up(exact))

    @PROPERTY
    @given(amount=amounts, rooms=st.lists(amounts, max_size=6))
    def test_spreading_loses_nothing(self, amount, rooms):
        parts, rest = spread(amount, [Room(n, left) for n, left in enumerate(rooms)])
        self.assertEqual(sum(part.left for part in parts) + rest, amount)
        for part in parts:
            self.assertGreater(part.left, 0)
            self.assertLessEqual(part.left, rooms[part.key])
        if rest:
            self.assertEqual(amount - rest, sum(rooms))

    @PROPERTY
    @given(fee=amounts, length=st.integers(1, 800), stop=st.integers(-50, 900))
    def test_served_and_lost_are_the_whole(self, fee, length, stop):
        start = date(2026, 1, 1)
        end = start + timedelta(days=length - 1)
        result = reduction(fee, start, end, start + timedelta(days=stop))
        lost = sum(number >= stop for number in range(length))
        self.assertEqual((result.days, result.days_lost), (length, lost))
        self.assertEqual(result.days_served, length - lost)
        self.assertEqual(
            int(result.amount * 100), half_up(Fraction(fee) * lost / length)
        )
        self.assertTrue(0 <= result.amount <= fee)
        self.assertEqual(follow(result.steps), result.amount)

    def test_calculation_leaves_out_what_does_not_apply(self):
        sheet = calculation.Calculation.of(
            "t",
            "",
            [calculation.Step("a", "1"), None, calculation.Step("b", "")],
            "r",
        )
        self.assertEqual([step.label for step in sheet.steps], ["a"])
