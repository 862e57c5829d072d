from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.margin import Cause, MonthCost, Rate, causes, month_costs, percentages
from .test_engine import PROPERTY

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
rates = st.lists(
    st.builds(Rate, days, st.integers(0, 50000).map(Decimal)),
    max_size=4,
    unique_by=lambda rate: rate.since,
)


@tagged("post_install", "-at_install")
class TestMarginEngine(BaseCase):
    def test_a_part_of_a_month_costs_its_days(self):
        """10 of 31 days of 3,100.00; all of February; 3 of 31 days."""
        found = month_costs(
            [Rate(date(2026, 1, 1), Decimal(3100))],
            date(2026, 1, 22),
            date(2026, 3, 3),
        )
        self.assertEqual(
            found,
            [
                MonthCost(date(2026, 1, 1), date(2026, 1, 31), 10, Decimal("1000.00")),
                MonthCost(date(2026, 2, 1), date(2026, 2, 28), 28, Decimal("3100.00")),
                MonthCost(date(2026, 3, 1), date(2026, 3, 3), 3, Decimal("300.00")),
            ],
        )

    def test_a_raise_counts_from_its_day(self):
        """April has 30 days: 14 at 3,000.00 and 16 at 6,000.00."""
        found = month_costs(
            [
                Rate(date(2026, 4, 15), Decimal(6000)),
                Rate(date(2026, 1, 1), Decimal(3000)),
            ],
            date(2026, 4, 1),
            date(2026, 4, 30),
        )
        self.assertEqual([each.amount for each in found], [Decimal("4600.00")])

    def test_nothing_before_the_first_rate(self):
        rate = [Rate(date(2026, 3, 1), Decimal(3000))]
        self.assertEqual(month_costs(rate, date(2026, 1, 1), date(2026, 2, 28)), [])
        self.assertEqual(month_costs([], date(2026, 1, 1), date(2026, 2, 28)), [])
        self.assertEqual(month_costs(rate, date(2026, 4, 2), date(2026, 4, 1)), [])

    @PROPERTY
    @given(rates, days, st.integers(0, 500))
    def test_months_are_the_days_one_by_one(self, steps, first, length):
        """Each day asked alone, by hand: its rate over the days of its month."""
        last = first + timedelta(days=length)
        expected: dict[date, Decimal] = {}
        day = first
        while day <= last:
            known = [rate for rate in steps if rate.since <= day]
            if known and max(known).amount:
                month = day.replace(day=1)
                whole = monthrange(day.year, day.month)[1]
                share = max(known).amount / whole
                expected[month] = expected.get(month, Decimal(0)) + share
            day += timedelta(days=1)
        found = month_costs(steps, first, last)
        self.assertEqual([each.month for each in found], sorted(expected))
        for each in found:
            self.assertAlmostEqual(each.amount, expected[each.month], delta=0.00501)
            self.assertEqual(each.amount, round(each.amount, 2))

    @PROPERTY
    @given(st.lists(st.integers(0, 10**9).map(Decimal), max_size=200))
    def test_percentages_are_a_hundred(self, weights):
        parts = percentages(weights)
        self.assertEqual(sum(parts), 100 if weights else 0)
        whole = sum(weights)
        for part, weight in zip(parts, weights, strict=True):
            exact = 100 * weight / whole if whole else Decimal(100) / len(weights)
            self.assertLess(abs(part - exact), Decimal("0.01"))

    def test_what_takes_it(self):
        self.assertEqual(
            causes(
                Decimal(1000),
                {"people": Decimal(250), "parts": Decimal(0), "bills": Decimal(1500)},
            ),
            [
                Cause("bills", Decimal(1500), Decimal("150.0")),
                Cause("people", Decimal(250), Decimal("25.0")),
            ],
        )
        self.assertEqual(
            causes(Decimal(0), {"people": Decimal(5)}),
            [Cause("people", Decimal(5), None)],
        )
