from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.due import NUMBERED, RULES, DueError, DueRule, due_day
from ..engine.rhythm import Rhythm, Span, periods

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=150)
CALENDAR = WorkdayCalendar()
DAY = timedelta(days=1)
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))

rules = st.sampled_from(RULES).flatmap(
    lambda name: st.builds(
        DueRule,
        st.just(name),
        st.integers(max(NUMBERED.get(name, 0), 1), 28),
        st.booleans(),
    )
)
spans = st.builds(
    lambda first, length: Span(first, first + timedelta(days=length)),
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
    st.integers(0, 366),
)


def on(year, month, day):
    return Span(date(year, month, day), date(year, month, day))


@tagged("post_install", "-at_install")
class TestDue(BaseCase):
    def _days(self, per, rule, service=YEAR, **values):
        return [
            due_day(rule, each.whole, CALENDAR, each.served).final
            for each in periods(Rhythm(per, **values), service, service)
        ]

    def test_first_workdays_of_2026(self):
        """As the State Council's notice for 2026 has them: 4 January is a Sunday that
        is worked, 6 May follows Labour Day, 8 October National Day."""
        service = Span(date(2025, 12, 1), date(2026, 11, 30))
        self.assertEqual(
            self._days("month", DueRule("next_first_workday"), service),
            [
                date(2026, 1, 4),
                date(2026, 2, 2),
                date(2026, 3, 2),
                date(2026, 4, 1),
                date(2026, 5, 6),
                date(2026, 6, 1),
                date(2026, 7, 1),
                date(2026, 8, 3),
                date(2026, 9, 1),
                date(2026, 10, 8),
                date(2026, 11, 2),
                date(2026, 12, 1),
            ],
        )

    def test_september_record(self):
        """Row 129: each month's record on the first working day of the next."""
        september = Span(date(2026, 9, 1), date(2026, 9, 30))
        due = due_day(DueRule("next_first_workday"), september, CALENDAR)
        self.assertEqual(due.final, date(2026, 10, 8))
        self.assertFalse(due.provisional)

    def test_quarterly_reports(self):
        """Row 13: until the 30th of each quarter's last month."""
        self.assertEqual(
            self._days("quarter", DueRule("last_month_day", 30)),
            [
                date(2026, 3, 30),
                date(2026, 6, 30),
                date(2026, 9, 30),
                date(2026, 12, 30),
            ],
        )

    def test_yearly_report(self):
        """Row 13: the 30th of the first month after the year, a Saturday of a year
        that nobody has published: provisional, and it moves if its switch says so."""
        stays = due_day(DueRule("next_month_day", 30), YEAR, CALENDAR)
        self.assertEqual(stays.final, date(2027, 1, 30))
        self.assertTrue(stays.provisional)
        self.assertEqual(
            [step.kind for step in stays.steps][-2:], ["stays", "provisional"]
        )
        moves = due_day(DueRule("next_month_day", 30, moves=True), YEAR, CALENDAR)
        self.assertEqual(
            (moves.nominal, moves.final), (date(2027, 1, 30), date(2027, 2, 1))
        )
        # The State Council makes that Saturday a working day: the year is published.
        published = WorkdayCalendar(
            overrides={date(2027, 1, 30): True}, official_years=[2027]
        )
        known = due_day(DueRule("next_month_day", 30, moves=True), YEAR, published)
        self.assertEqual((known.final, known.provisional), (date(2027, 1, 30), False))

    def test_final_report(self):
        """004: within 10 working days after 15 March 2025."""
        service = Span(date(2024, 3, 16), date(2025, 3, 15))
        self.assertEqual(
            self._days("once", DueRule("workdays_after", 10), service),
            [date(2025, 3, 28)],
        )

    def test_month_of_entry(self):
        """003: hand-over within one month of the entry on 15 June 2026."""
        due = due_day(DueRule("months_after", 1), on(2026, 6, 15), CALENDAR)
        self.assertEqual(due.final, date(2026, 7, 15))

    def test_first_week(self):
        """Row 2: in the first week of the next month; 7 October 2026 is a holiday."""
        september = Span(date(2026, 9, 1), date(2026, 9, 30))
        stays = due_day(DueRule("next_first_week"), september, CALENDAR)
        moves = due_day(DueRule("next_first_week", moves=True), september, CALENDAR)
        self.assertEqual(stays.final, date(2026, 10, 7))
        self.assertEqual(moves.final, date(2026, 10, 8))

    def test_before_an_expiry(self):
        """Row 62: a certificate is renewed a month before it ends."""
        due = due_day(DueRule("days_before", 30), on(2026, 9, 1), CALENDAR)
        self.assertEqual(due.final, date(2026, 8, 2))

    def test_cut_month(self):
        """A service that ends on the 20th: the record of what was served is due as
        every month, the daily log with its last day."""
        whole = Span(date(2026, 9, 1), date(2026, 9, 30))
        served = Span(date(2026, 9, 1), date(2026, 9, 20))
        rule = DueRule("next_first_workday")
        self.assertEqual(
            due_day(rule, whole, CALENDAR, served).final, date(2026, 10, 8)
        )
        due = due_day(DueRule(), whole, CALENDAR, served)
        self.assertEqual(due.final, date(2026, 9, 20))
        self.assertEqual([step.kind for step in due.steps], ["period", "cut", "rule"])

    def test_short_months(self):
        february = Span(date(2026, 2, 1), date(2026, 2, 28))
        due = due_day(DueRule("last_month_day", 30), february, CALENDAR)
        self.assertEqual(due.nominal, date(2026, 2, 28))

    def test_nonsense(self):
        for rule, number in (
            ("someday", 0),
            ("workdays_after", 0),
            ("last_month_day", 32),
            ("days_after", -1),
        ):
            with self.assertRaises(DueError):
                DueRule(rule, number)

    @PROPERTY
    @given(rules, spans)
    def test_moves_only_forward_to_a_workday(self, rule, span):
        due = due_day(rule, span, CALENDAR)
        if rule.moves:
            self.assertTrue(CALENDAR.is_workday(due.final))
            between = (due.final - due.nominal).days
            self.assertFalse(
                any(CALENDAR.is_workday(due.nominal + n * DAY) for n in range(between))
            )
        else:
            self.assertEqual(due.final, due.nominal)

    @PROPERTY
    @given(rules, spans)
    def test_steps_lead_to_the_day(self, rule, span):
        """The last step that has a day is the day; the nominal one is among them."""
        due = due_day(rule, span, CALENDAR)
        self.assertEqual(due.steps[0], ("period", span.first, span.last, ()))
        self.assertEqual(due.steps[-1].last, due.final)
        self.assertIn(
            due.nominal, [step.last for step in due.steps if step.kind == "rule"]
        )
        self.assertEqual(
            due.provisional, any(step.kind == "provisional" for step in due.steps)
        )

    @PROPERTY
    @given(spans, st.integers(1, 40))
    def test_workdays_after_by_walking(self, span, number):
        """One day after the other, counting those worked."""
        day, left = span.last, number
        while left:
            day += DAY
            left -= CALENDAR.is_workday(day)
        self.assertEqual(
            due_day(DueRule("workdays_after", number), span, CALENDAR).final, day
        )

    @PROPERTY
    @given(spans)
    def test_first_workday_by_walking(self, span):
        day = span.last
        while day.month == span.last.month or not CALENDAR.is_workday(day):
            day += DAY
        self.assertEqual(
            due_day(DueRule("next_first_workday"), span, CALENDAR).final, day
        )
