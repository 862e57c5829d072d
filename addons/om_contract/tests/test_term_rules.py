from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.om_base.tools.periods import end_of_period
from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.terms import (
    Condition,
    Delay,
    due_date,
    end_of_service_months,
    next_day_of_year,
    retrace,
    term_start,
)
from ..engine.trace import TraceError

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=200)
CALENDAR = WorkdayCalendar()

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
conditions = st.lists(
    st.builds(Condition, st.none() | days, st.booleans()), min_size=1, max_size=5
)
terms = st.tuples(st.integers(0, 60), st.sampled_from(["workday", "day", "month"]))


def count(start, value, unit):
    return end_of_period(start, value, unit, CALENDAR)


class TestTerms(BaseCase):
    def test_thirty_workdays_from_signature(self):
        """Signed 2026-01-20: thirty working days later, over the Spring Festival and
        its make-up days, is 2026-03-09; the invoice does not move it."""
        signed = Condition(date(2026, 1, 20))
        for handed_in in (None, date(2026, 1, 28), date(2026, 3, 9)):
            invoice = Condition(handed_in, starts_term=False)
            due = due_date([signed, invoice], 30, "workday", count)
            self.assertEqual(due.day, date(2026, 3, 9))
            self.assertEqual(due.start, date(2026, 1, 20))
            self.assertFalse(due.provisional)

    def test_late_invoice_is_its_own_last_day(self):
        signed = Condition(date(2026, 1, 20))
        invoice = Condition(date(2026, 4, 1), starts_term=False)
        self.assertEqual(
            due_date([signed, invoice], 30, "workday", count).day, date(2026, 4, 1)
        )

    def test_fifteen_days_from_the_invoice(self):
        """BDA: 15 days after the invoice of 2024-03-29 is Saturday 2024-04-13, so the
        Monday after it."""
        due = due_date(
            [
                Condition(date(2024, 3, 15), starts_term=False),
                Condition(date(2024, 3, 29)),
            ],
            15,
            "day",
            count,
        )
        self.assertEqual(due.day, date(2024, 4, 15))

    def test_one_month_from_signature(self):
        """2026-06-15 and one month is 2026-07-15, a Wednesday."""
        due = due_date([Condition(date(2026, 6, 15))], 1, "month", count)
        self.assertEqual(due.day, date(2026, 7, 15))

    def test_fixed_day_on_a_sunday(self):
        """2026-11-01 is a Sunday: the payment can be made on Monday."""
        due = due_date([Condition(date(2026, 11, 1))], 0, "day", count)
        self.assertEqual(due.day, date(2026, 11, 2))
        self.assertEqual(due.start, date(2026, 11, 1))

    def test_unpublished_year_is_provisional(self):
        due = due_date([Condition(date(2030, 1, 20))], 30, "workday", count)
        self.assertTrue(due.provisional)

    def test_open_condition(self):
        self.assertIsNone(due_date([Condition(None)], 30, "workday", count))
        self.assertIsNone(due_date([], 30, "workday", count))

    def test_holding_conditions_alone_start_the_term(self):
        held = [
            Condition(date(2026, 5, 6), starts_term=False),
            Condition(date(2026, 5, 8), starts_term=False),
        ]
        self.assertEqual(term_start(held), date(2026, 5, 8))
        self.assertIsNone(term_start([*held, Condition(None, starts_term=False)]))

    @PROPERTY
    @given(conditions, terms)
    def test_due_date(self, met, term):
        due = due_date(met, *term, count)
        starting = [c for c in met if c.starts_term] or met
        self.assertEqual(due is None, any(c.day is None for c in starting))
        if due:
            self.assertTrue(CALENDAR.is_workday(due.day))
            known = [c.day for c in met if c.day]
            self.assertGreaterEqual(due.day, max(known))
            self.assertGreaterEqual(due.day, due.start)
            self.assertEqual(due.day, due.own_day)
            self.assertEqual(retrace(due.steps, count), due.day)

    def test_what_is_wrong_is_refused(self):
        steps = due_date([Condition(date(2026, 1, 20))], 30, "workday", count).steps
        wrong = [replace(s, value=date(2026, 3, 10)) for s in steps if s.code == "end"]
        with self.assertRaises(TraceError):
            retrace([*steps[:-1], *wrong], count)


class TestDelays(BaseCase):
    # Due 2026-03-09 without any delay.
    MET = (Condition(date(2026, 1, 20)),)

    def _due(self, *delays):
        return due_date(self.MET, 30, "workday", count, delays)

    def test_lasting(self):
        due = self._due(Delay(date(2026, 3, 2)))
        self.assertIsNone(due.day)
        self.assertEqual(due.own_day, date(2026, 3, 9))
        self.assertEqual(due.steps[-1].code, "held_up")
        self.assertIsNone(retrace(due.steps, count))

    def test_ended(self):
        """Seven days after 2026-04-10 is Friday 2026-04-17."""
        due = self._due(Delay(date(2026, 3, 2), date(2026, 4, 10)))
        self.assertEqual(due.day, date(2026, 4, 17))

    def test_ended_seventh_day_at_rest(self):
        """Seven days after Saturday 2026-03-14 is a Saturday: Monday the 23rd."""
        due = self._due(Delay(date(2026, 3, 9), date(2026, 3, 14)))
        self.assertEqual(due.day, date(2026, 3, 23))

    def test_ended_long_before(self):
        due = self._due(Delay(date(2026, 1, 25), date(2026, 2, 3)))
        self.assertEqual(due.day, date(2026, 3, 9))
        self.assertIsNone(due.resumed_after)
        self.assertNotIn("delayed", [step.code for step in due.steps])

    def test_late_before_the_delay(self):
        due = self._due(Delay(date(2026, 3, 10)))
        self.assertEqual(due.day, date(2026, 3, 9))

    def test_what_comes_after_the_delay_keeps_its_day(self):
        """Met on 2026-11-29, a Sunday, with a term of 0 days: due on Monday. A delay of
        25 to 28 November was over by then."""
        delay = [Delay(date(2026, 11, 25), date(2026, 11, 28))]
        due = due_date([Condition(date(2026, 11, 29))], 0, "day", count, delay)
        self.assertEqual(due.day, date(2026, 11, 30))
        self.assertIsNone(due.resumed_after)
        # What only keeps it back and comes after the delay says the same.
        met = [Condition(date(2026, 11, 1)), Condition(date(2026, 11, 29), False)]
        self.assertEqual(due_date(met, 10, "day", count, delay).day, date(2026, 11, 30))
        # Met a day before its end it was held up: seven days from the 28th.
        due = due_date([Condition(date(2026, 11, 27))], 0, "day", count, delay)
        self.assertEqual(due.day, date(2026, 12, 7))

    def test_one_after_the_other(self):
        """The second begins within the seven days after the first."""
        first = Delay(date(2026, 3, 2), date(2026, 4, 10))
        second = Delay(date(2026, 4, 15), date(2026, 5, 11))
        self.assertEqual(self._due(second, first).day, date(2026, 5, 18))

    @PROPERTY
    @given(
        st.lists(
            st.tuples(st.dates(date(2026, 1, 1), date(2026, 8, 1)), st.integers(0, 90)),
            max_size=4,
        )
    )
    def test_never_earlier(self, spans):
        delays = [Delay(day, day + timedelta(days=length)) for day, length in spans]
        due = self._due(*delays)
        self.assertGreaterEqual(due.day, date(2026, 3, 9))
        self.assertTrue(CALENDAR.is_workday(due.day))
        self.assertEqual(due.day == due.own_day, due.resumed_after is None)
        # Told are the delays that moved the day, and no others.
        self.assertEqual(retrace(due.steps, count), due.day)
        told = [step for step in due.steps if step.code == "delayed"]
        self.assertEqual(bool(told), due.resumed_after is not None)


class TestDays(BaseCase):
    def test_service_months(self):
        for start, months, end in (
            (date(2026, 6, 15), 9, date(2027, 3, 14)),
            (date(2026, 6, 15), 12, date(2027, 6, 14)),
            (date(2026, 1, 1), 12, date(2026, 12, 31)),
            (date(2026, 3, 1), 9, date(2026, 11, 30)),
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
        ):
            self.assertEqual(end_of_service_months(start, months), end, (start, months))

    def test_next_day_of_year(self):
        for month, day, not_before, expected in (
            (11, 1, date(2026, 1, 1), date(2026, 11, 1)),
            (11, 1, date(2026, 11, 1), date(2026, 11, 1)),
            (11, 1, date(2026, 11, 2), date(2027, 11, 1)),
            (2, 29, date(2027, 1, 1), date(2027, 2, 28)),
            (2, 29, date(2028, 1, 1), date(2028, 2, 29)),
        ):
            self.assertEqual(next_day_of_year(month, day, not_before), expected)
