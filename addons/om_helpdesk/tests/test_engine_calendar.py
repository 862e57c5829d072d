from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.service_calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    ZONE,
    ServiceCalendar,
    SlaError,
    SlaRangeError,
    Window,
    to_moment,
)

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=150)
WORKDAYS = WorkdayCalendar()
MINUTE = timedelta(minutes=1)

FIVE_BY_EIGHT = [
    Window(weekday, start * 60, end * 60)
    for weekday in range(5)
    for start, end in ((9, 12), (13, 18))
]
SEVEN_BY_TWELVE = [
    Window(weekday, start * 60, end * 60)
    for weekday in range(7)
    for start, end in ((9, 12), (13, 22))
]
OFFICE = ServiceCalendar(FIVE_BY_EIGHT, WORKDAYS, name="5x8")
HOTLINE = ServiceCalendar(SEVEN_BY_TWELVE, WORKDAYS, holidays=False, name="7x12")
CENTRE = ServiceCalendar(
    [Window(weekday, 510, 1080) for weekday in range(5)], WORKDAYS, name="BDA"
)
ALWAYS = ServiceCalendar(workdays=WORKDAYS, always=True)
# A Saturday with hours of its own, and minutes that are not round.
ODD = ServiceCalendar(
    [Window(0, 0, 1), Window(2, 601, 659), Window(2, 659, 1440), Window(5, 480, 721)],
    WORKDAYS,
)
SPECS = {
    OFFICE: (FIVE_BY_EIGHT, True),
    HOTLINE: (SEVEN_BY_TWELVE, False),
    CENTRE: ([Window(weekday, 510, 1080) for weekday in range(5)], True),
    ODD: (
        [
            Window(0, 0, 1),
            Window(2, 601, 659),
            Window(2, 659, 1440),
            Window(5, 480, 721),
        ],
        True,
    ),
}


def local(*parts):
    return datetime(*parts, tzinfo=ZONE)


@cache
def served_minutes(calendar, day):
    """The minutes of a day that are served: the rules, slowly and in plain words."""
    windows, holidays = SPECS[calendar]
    weekday = day.weekday()
    if holidays:
        worked = WORKDAYS.is_workday(day)
        note = WORKDAYS.note(day)
        if weekday >= 5 and worked:
            weekday = min(window.weekday for window in windows if window.weekday < 5)
        elif not worked and (weekday < 5 or note.kind == "holiday"):
            return frozenset()
    return frozenset(
        minute
        for window in windows
        if window.weekday == weekday
        for minute in range(window.start, window.end)
    )


def is_served(calendar, moment):
    """Whether the minute that starts at a moment is served."""
    here = moment.astimezone(ZONE)
    return here.hour * 60 + here.minute in served_minutes(calendar, here.date())


def slow_elapsed(calendar, a, b):
    """Service seconds from one moment to another, minute by minute."""
    total = 0
    moment = a.replace(second=0, microsecond=0)
    while moment < b:
        if is_served(calendar, moment):
            total += (min(b, moment + MINUTE) - max(a, moment)).total_seconds()
        moment += MINUTE
    return total


moments = st.datetimes(datetime(2025, 12, 20), datetime(2026, 12, 20)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
calendars = st.sampled_from([OFFICE, HOTLINE, CENTRE, ODD])


class TestServiceCalendar(BaseCase):
    def test_make_up_day_is_served_like_a_working_day(self):
        self.assertEqual(
            OFFICE.add(local(2026, 2, 13, 17, 30), 3600), local(2026, 2, 14, 9, 30)
        )
        # A calendar with hours on Saturday: a make-up Saturday is a working day.
        self.assertEqual(ODD.closes(date(2026, 2, 14)), 60)
        self.assertEqual(ODD.closes(date(2026, 2, 7)), 721 * 60)

    def test_around_the_clock_skips_nothing(self):
        start = local(2026, 10, 1, 10)
        self.assertEqual(ALWAYS.add(start, 3600), local(2026, 10, 1, 11))
        self.assertEqual(ALWAYS.elapsed(start, local(2026, 10, 8, 10)), 7 * 86400)
        self.assertEqual(ALWAYS.skips(start, local(2026, 10, 8, 10)), ())

    def test_hotline_is_served_on_holidays(self):
        start = local(2026, 10, 1, 11, 30)
        self.assertEqual(HOTLINE.add(start, 3600), local(2026, 10, 1, 13, 30))
        self.assertEqual(
            HOTLINE.elapsed(local(2026, 10, 1), local(2026, 10, 2)), 12 * 3600
        )

    def test_closing_time_is_the_deadline_not_the_next_opening(self):
        start = local(2026, 3, 2, 17)
        self.assertEqual(OFFICE.add(start, 3600), local(2026, 3, 2, 18))
        self.assertEqual(OFFICE.add(start, 3601), local(2026, 3, 3, 9, 0, 1))

    def test_nothing_is_due_before_there_is_service(self):
        self.assertEqual(OFFICE.add(local(2026, 3, 2, 18), 0), local(2026, 3, 3, 9))
        self.assertEqual(OFFICE.add(local(2026, 3, 2, 12), 0), local(2026, 3, 2, 13))
        self.assertEqual(OFFICE.add(local(2026, 3, 2, 9), 0), local(2026, 3, 2, 9))

    def test_open_at_opening_and_not_at_closing(self):
        for hour, expected in ((9, True), (12, False), (13, True), (18, False)):
            self.assertEqual(OFFICE.is_open(local(2026, 3, 2, hour)), expected, hour)
        self.assertFalse(OFFICE.is_open(local(2026, 2, 16, 10)), "Spring Festival")
        self.assertTrue(OFFICE.is_open(local(2026, 2, 14, 10)), "make-up day")

    def test_time_zone_of_the_caller_does_not_matter(self):
        self.assertEqual(
            OFFICE.add(datetime(2026, 2, 13, 9, 30, tzinfo=UTC), 3600),
            datetime(2026, 2, 14, 1, 30, tzinfo=UTC),
        )
        # 23:30 in UTC is the next morning in Beijing.
        self.assertEqual(
            OFFICE.next_open(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
            local(2026, 3, 2, 9),
        )

    def test_skips_say_why(self):
        skips = OFFICE.skips(local(2026, 2, 13, 17, 30), local(2026, 2, 24, 10))
        self.assertEqual(
            [(skip.start, skip.end) for skip in skips],
            [
                (local(2026, 2, 13, 18), local(2026, 2, 14, 9)),
                (local(2026, 2, 14, 12), local(2026, 2, 14, 13)),
                (local(2026, 2, 14, 18), local(2026, 2, 24, 9)),
            ],
        )
        self.assertEqual([day.date.day for day in skips[2].days], list(range(15, 24)))
        self.assertEqual({day.name for day in skips[2].days}, {"Spring Festival"})
        makeups = OFFICE.makeup_days(local(2026, 2, 13, 17, 30), local(2026, 2, 24))
        self.assertEqual([note.date for note in makeups], [date(2026, 2, 14)])

    def test_future_years_are_provisional(self):
        self.assertFalse(OFFICE.is_provisional(local(2026, 1, 5), local(2026, 12, 30)))
        self.assertTrue(OFFICE.is_provisional(local(2026, 12, 30), local(2027, 1, 5)))
        self.assertFalse(HOTLINE.is_provisional(local(2026, 12, 30), local(2027, 1, 5)))

    def test_bad_windows(self):
        for windows in (
            [],
            [Window(7, 0, 60)],
            [Window(0, 60, 60)],
            [Window(0, -1, 60)],
            [Window(0, 0, 1441)],
            [Window(0, 0, 60), Window(0, 59, 120)],
        ):
            with self.assertRaises(SlaError):
                ServiceCalendar(windows, WORKDAYS)
        with self.assertRaises(SlaError):
            ServiceCalendar(FIVE_BY_EIGHT)

    def test_questions_without_answer(self):
        with self.assertRaises(SlaError):
            OFFICE.add(datetime(2026, 3, 2, 9), 60)
        with self.assertRaises(SlaError):
            OFFICE.add(date(2026, 3, 2), 60)
        with self.assertRaises(SlaError):
            OFFICE.add(local(2026, 3, 2, 9), -1)
        with self.assertRaises(SlaRangeError):
            OFFICE.add(local(FIRST_YEAR - 1, 12, 31, 23), 60)
        with self.assertRaises(SlaRangeError):
            OFFICE.add(local(LAST_YEAR, 12, 31, 9), 10**6)
        with self.assertRaises(SlaRangeError):
            ALWAYS.add(local(LAST_YEAR, 12, 31, 23), 3601)

    @PROPERTY
    @given(calendars, moments, st.integers(0, 20 * 86400))
    def test_elapsed_as_counted_minute_by_minute(self, calendar, start, length):
        end = start + timedelta(seconds=length)
        expected = slow_elapsed(calendar, start, end)
        self.assertEqual(calendar.elapsed(start, end), expected)
        self.assertEqual(calendar.elapsed(end, start), -expected)

    @PROPERTY
    @given(calendars, moments, st.integers(1, 200 * 3600))
    def test_add_is_the_first_instant(self, calendar, start, seconds):
        end = calendar.add(start, seconds)
        self.assertEqual(calendar.elapsed(start, end), seconds)
        before = end - timedelta(seconds=1)
        self.assertEqual(calendar.elapsed(start, before), seconds - 1)
        self.assertTrue(is_served(calendar, before))

    @PROPERTY
    @given(calendars, moments, st.integers(0, 40), st.integers(0, 40))
    def test_parts_add_up(self, calendar, start, first, second):
        middle = start + timedelta(hours=first)
        end = middle + timedelta(minutes=second * 7)
        self.assertEqual(
            calendar.elapsed(start, middle) + calendar.elapsed(middle, end),
            calendar.elapsed(start, end),
        )

    @PROPERTY
    @given(calendars, moments)
    def test_next_open_is_the_first_served_minute(self, calendar, moment):
        found = calendar.next_open(moment)
        self.assertTrue(is_served(calendar, found))
        self.assertEqual(calendar.elapsed(moment, found), 0)
        if found != moment:
            self.assertFalse(is_served(calendar, moment))
            self.assertFalse(is_served(calendar, found - timedelta(seconds=1)))
        self.assertEqual(calendar.is_open(moment), found == moment)

    @PROPERTY
    @given(calendars, moments, st.integers(0, 15 * 86400))
    def test_skips_are_what_is_not_served(self, calendar, start, length):
        end = start + timedelta(seconds=length)
        skips = calendar.skips(start, end)
        skipped = sum((skip.end - skip.start).total_seconds() for skip in skips)
        self.assertEqual(skipped + calendar.elapsed(start, end), length)
        for skip in skips:
            self.assertEqual(calendar.elapsed(skip.start, skip.end), 0)
            for day in skip.days:
                self.assertFalse(served_minutes(calendar, day.date))

    @PROPERTY
    @given(st.integers(0, 10**9))
    def test_local_seconds(self, seconds):
        # 1992-01-01 is day 8035 of the epoch.
        moment = to_moment(8035 * 86400 + seconds)
        self.assertEqual(
            moment,
            datetime(1992, 1, 1).replace(tzinfo=ZONE) + timedelta(seconds=seconds),
        )
