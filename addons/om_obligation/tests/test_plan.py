from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.due import DueRule
from ..engine.rhythm import Rhythm, Span
from ..engine.schedule import Duty, Existing, reconcile, slots

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=100)
CALENDAR = WorkdayCalendar()
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))

rhythms = st.builds(
    Rhythm,
    st.sampled_from(["day", "week", "ten_days", "month", "quarter", "year", "once"]),
    st.sampled_from(["calendar", "service"]),
    st.just(1),
    st.sampled_from(["whole", "pro_rata"]),
)
days = st.dates(date(2026, 1, 1), date(2027, 6, 30))


def monthly(service=YEAR, rule="next_first_workday", **values):
    return Duty(Rhythm("month"), service, DueRule(rule), **values)


def store(created, free=True):
    """What the database has of the slots that a plan created."""
    return [
        Existing(
            number,
            slot.key,
            slot.span,
            slot.due.final,
            slot.due.nominal,
            slot.due.provisional,
            slot.quantity,
            free,
        )
        for number, slot in enumerate(created, 1)
    ]


@tagged("post_install", "-at_install")
class TestPlan(BaseCase):
    def _plan(self, duty, existing=(), asked=YEAR, today=date(2026, 1, 1), **values):
        return reconcile(duty, existing, asked, today, CALENDAR, **values)

    def test_year(self):
        changes = self._plan(monthly())
        self.assertEqual(len(changes.creates), 12)
        self.assertEqual(changes.creates[8].due.final, date(2026, 10, 8))

    def test_again(self):
        """Planning twice finds what is there."""
        existing = store(self._plan(monthly()).creates)
        self.assertEqual(self._plan(monthly(), existing), ([], [], [], []))

    def test_change_leaves_the_past(self):
        """From monthly to quarterly on 15 October: nine records stay owed as they
        were, the fourth quarter's comes instead of three."""
        existing = store(self._plan(monthly()).creates)
        quarterly = monthly()._replace(rhythm=Rhythm("quarter"))
        today = date(2026, 10, 15)
        changes = self._plan(quarterly, existing, Span(today, YEAR.last), today)
        self.assertEqual([slot.key for slot in changes.creates], ["2026-Q4"])
        self.assertEqual(changes.removes, [10, 11, 12])
        self.assertEqual(changes.changes, [])

    def test_another_due_rule_holds_from_now_on(self):
        existing = store(self._plan(monthly()).creates)
        today = date(2026, 10, 2)
        changes = self._plan(
            monthly(rule="next_first_week"), existing, Span(today, YEAR.last), today
        )
        # September is over, although its record is not due yet.
        self.assertEqual([change.id for change in changes.changes], [10, 11, 12])

    def test_what_was_handed_in_stays(self):
        existing = store(self._plan(monthly()).creates, free=False)
        gone = self._plan(monthly(service=None), existing, today=date(2026, 3, 2))
        self.assertEqual(gone.removes, [])
        self.assertEqual(gone.kept, list(range(3, 13)))

    def test_stop_entered_late(self):
        """Stopped on 1 September, entered in November: what came after is not owed;
        August's record is."""
        existing = store(self._plan(monthly()).creates)
        stopped = date(2026, 9, 1)
        service = Span(YEAR.first, stopped - timedelta(days=1))
        changes = self._plan(
            monthly(service), existing, today=date(2026, 11, 5), stopped=stopped
        )
        self.assertEqual(changes.removes, [9, 10, 11, 12])
        self.assertEqual(changes.creates, [])

    def test_calendar_is_published(self):
        """The provisional day of a year that is over follows its calendar."""
        yearly = Duty(Rhythm("year"), YEAR, DueRule("next_month_day", 30, moves=True))
        existing = store(self._plan(yearly).creates)
        self.assertEqual(existing[0].due, date(2027, 2, 1))
        published = WorkdayCalendar({date(2027, 1, 30): True}, official_years=[2027])
        today = date(2027, 1, 4)
        changes = reconcile(yearly, existing, Span(today, today), today, published)
        (change,) = changes.changes
        self.assertEqual(change.slot.due.final, date(2027, 1, 30))

    def test_tongzhou(self):
        """From 10 February 2026: 325 backups, three usage reports a month are 33."""
        service = Span(date(2026, 2, 10), date(2026, 12, 31))
        backups = slots(Duty(Rhythm("day"), service, DueRule()), service, CALENDAR)
        self.assertEqual(len(backups), 325)
        reports = slots(monthly(service), service, CALENDAR)
        self.assertEqual(3 * len(reports), 33)

    def test_emergency_centre(self):
        """365 daily reports and 12 by month of service, from the 15th to the 14th."""
        service = Span(date(2026, 6, 15), date(2027, 6, 14))
        daily = slots(Duty(Rhythm("day"), service, DueRule()), service, CALENDAR)
        self.assertEqual(len(daily), 365)
        months = slots(
            Duty(Rhythm("month", "service"), service, DueRule()), service, CALENDAR
        )
        self.assertEqual(len(months), 12)
        self.assertEqual({slot.span.last.day for slot in months}, {14})

    def test_quantity_pro_rata(self):
        """250 a month from 10 February: 250 x 19/28, so 170."""
        service = Span(date(2026, 2, 10), date(2026, 12, 31))
        duty = Duty(
            Rhythm("month", partial="pro_rata"), service, DueRule(), Decimal(250)
        )
        first, second, *_rest = slots(duty, service, CALENDAR)
        self.assertEqual((first.quantity, second.quantity), (170, 250))

    @PROPERTY
    @given(rhythms, days, days, days)
    def test_once_planned_nothing_is_left_to_do(self, rhythm, today, first, last):
        asked = Span(min(first, last), max(first, last))
        service = Span(date(2026, 1, 15), date(2027, 3, 14))
        duty = Duty(rhythm, service, DueRule("workdays_after", 3))
        existing = store(self._plan(duty, (), asked, today).creates)
        self.assertEqual(self._plan(duty, existing, asked, today), ([], [], [], []))

    @PROPERTY
    @given(rhythms, rhythms, days, days)
    def test_a_change_touches_nothing_that_is_over(self, before, after, today, end):
        service = Span(date(2026, 1, 15), date(2027, 3, 14))
        rule = DueRule("workdays_after", 3)
        existing = store(self._plan(Duty(before, service, rule), (), service).creates)
        changes = self._plan(
            Duty(after, service, rule), existing, Span(today, max(today, end)), today
        )
        over = {each.id for each in existing if each.span.last < today}
        touched = {*changes.removes, *(change.id for change in changes.changes)}
        self.assertFalse(over & touched)
        kept = [each.key for each in existing if each.id not in changes.removes]
        created = [slot.key for slot in changes.creates]
        self.assertEqual(len({*kept, *created}), len(kept) + len(created))

    @PROPERTY
    @given(rhythms, days, days)
    def test_after_a_stop_nothing_is_owed(self, rhythm, stopped, today):
        service = Span(date(2026, 1, 1), date(2027, 6, 30))
        rule = DueRule()
        existing = store(self._plan(Duty(rhythm, service, rule), (), service).creates)
        last = stopped - timedelta(days=1)
        left = Span(service.first, last) if last >= service.first else None
        changes = self._plan(
            Duty(rhythm, left, rule), existing, service, today, stopped=stopped
        )
        stays = [each for each in existing if each.id not in changes.removes]
        self.assertFalse([each for each in stays if each.span.first >= stopped])
        self.assertFalse(
            [slot for slot in changes.creates if slot.span.first >= stopped]
        )
