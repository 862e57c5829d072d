import os
from datetime import date, datetime, timedelta
from unittest.mock import patch

import chinese_calendar
from hypothesis import given, strategies

from odoo.tests import BaseCase

from ..tools.workdays import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarRangeError,
    WorkdayCalendar,
    computed_rest_days,
)
from .common import MAKEUP_2026, PROPERTY, REST_2026, dates

ONE = timedelta(days=1)
numbers = strategies.integers(-600, 600)


def naive_add(calendar, day, n):
    """The definition, walked day by day."""
    step = ONE if n > 0 else -ONE
    while n:
        day += step
        if calendar.is_workday(day):
            n -= 1 if step == ONE else -1
    return day


class TestWorkdays(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = WorkdayCalendar()
        # A weekend day worked and weekdays off around a year's end and in a year
        # nobody has published.
        cls.overridden = WorkdayCalendar(
            {
                date(2026, 12, 31): False,
                date(2027, 1, 2): True,
                date(2031, 3, 3): False,
                date(2031, 3, 8): True,
            }
        )

    def test_2026_follows_the_notice(self):
        day = date(2026, 1, 1)
        while day.year == 2026:
            expected = day in MAKEUP_2026 or (
                day.weekday() < 5 and day not in REST_2026
            )
            self.assertEqual(self.calendar.is_workday(day), expected, day)
            day += ONE

    def test_published_years_follow_the_library(self):
        day = date(2004, 1, 1)
        while day < date(2027, 1, 1):
            self.assertEqual(
                self.calendar.is_workday(day), chinese_calendar.is_workday(day), day
            )
            day += ONE

    def test_known_results(self):
        for start, n, end in (
            (date(2026, 1, 20), 30, date(2026, 3, 9)),
            (date(2026, 9, 28), 5, date(2026, 10, 10)),
            (date(2026, 2, 13), 1, date(2026, 2, 14)),
            (date(2026, 2, 14), -1, date(2026, 2, 13)),
            (date(2026, 3, 9), -30, date(2026, 1, 20)),
            # Zero is the day itself, even a rest day.
            (date(2026, 10, 1), 0, date(2026, 10, 1)),
            (date(2025, 12, 31), 1, date(2026, 1, 4)),
        ):
            self.assertEqual(self.calendar.add_workdays(start, n), end)

    def test_unpublished_years_have_the_days_of_the_law(self):
        # Lunar dates of 2027: eve of the Spring Festival 5 February, Dragon Boat
        # 9 June, Mid-autumn 15 September; Tomb-sweeping 5 April.
        for day in (
            date(2027, 1, 1),
            date(2027, 2, 5),
            date(2027, 2, 8),
            date(2027, 4, 5),
            date(2027, 6, 9),
            date(2027, 9, 15),
            date(2027, 10, 1),
        ):
            self.assertFalse(self.calendar.is_workday(day), day)
        self.assertTrue(self.calendar.is_workday(date(2027, 6, 10)))
        self.assertFalse(self.calendar.is_workday(date(2027, 2, 20)))

    def test_no_exchanged_days_without_their_makeup_days(self):
        # 2003-02-06 was a day off in exchange for a Saturday worked.
        self.assertNotIn(date(2003, 2, 6), computed_rest_days(2003))
        self.assertTrue(self.calendar.is_workday(date(2003, 2, 6)))

    def test_language_of_the_machine_changes_nothing(self):
        """A service has no language set, a developer's shell has one."""
        expected = computed_rest_days(2003)
        for value in ("", "C", "zh_CN.UTF-8", "en_US.UTF-8"):
            language = dict.fromkeys(("LANG", "LC_ALL", "LANGUAGE"), value)
            with patch.dict(os.environ, language):
                self.assertEqual(computed_rest_days.__wrapped__(2003), expected)

    def test_provisional(self):
        for day, expected in (
            (date(2003, 12, 31), True),
            (date(2004, 1, 1), False),
            (date(2026, 12, 31), False),
            (date(2027, 1, 1), True),
            (date(2027, 12, 31), True),
        ):
            self.assertIs(self.calendar.is_provisional(day), expected)
        official = WorkdayCalendar({date(2027, 2, 20): True}, official_years=[2027])
        self.assertFalse(official.is_provisional(date(2027, 7, 1)))
        self.assertTrue(official.is_provisional(date(2028, 1, 1)))
        self.assertTrue(official.is_workday(date(2027, 2, 20)))
        between = self.calendar.is_provisional_between
        self.assertFalse(between(date(2026, 1, 1), date(2026, 12, 31)))
        self.assertTrue(between(date(2026, 12, 1), date(2027, 1, 4)))
        self.assertTrue(between(date(2027, 1, 4), date(2026, 12, 1)))

    def test_overrides_win(self):
        calendar = WorkdayCalendar(
            {
                date(2026, 10, 1): True,
                date(2026, 10, 10): False,
                date(2026, 7, 1): False,
            },
            {date(2026, 7, 1): "Moving"},
        )
        self.assertTrue(calendar.is_workday(date(2026, 10, 1)))
        self.assertFalse(calendar.is_workday(date(2026, 10, 10)))
        self.assertEqual(calendar.note(date(2026, 7, 1)).name, "Moving")
        self.assertEqual(calendar.note(date(2026, 10, 1)).kind, "makeup")

    @PROPERTY
    @given(dates, numbers)
    def test_adding_agrees_with_walking(self, day, n):
        for calendar in (self.calendar, self.overridden):
            self.assertEqual(calendar.add_workdays(day, n), naive_add(calendar, day, n))

    @PROPERTY
    @given(dates, numbers)
    def test_count_is_the_inverse_of_add(self, day, n):
        for calendar in (self.calendar, self.overridden):
            self.assertEqual(
                calendar.count_workdays(day, calendar.add_workdays(day, n)), n
            )

    @PROPERTY
    @given(dates, strategies.integers(0, 900))
    def test_count_agrees_with_walking(self, a, length):
        b = a + timedelta(days=length)
        days = [a + timedelta(days=each) for each in range(length + 1)]
        worked = [self.calendar.is_workday(day) for day in days]
        self.assertEqual(self.calendar.count_workdays(a, b), sum(worked[1:]))
        self.assertEqual(self.calendar.count_workdays(b, a), -sum(worked[:-1]))

    @PROPERTY
    @given(dates, dates, dates)
    def test_counts_add_up(self, a, b, c):
        a, b, c = sorted((a, b, c))
        count = self.calendar.count_workdays
        self.assertEqual(count(a, b) + count(b, c), count(a, c))

    @PROPERTY
    @given(dates, strategies.integers(1, 200))
    def test_explanation_accounts_for_each_day(self, day, n):
        for calendar in (self.calendar, self.overridden):
            end = calendar.add_workdays(day, n)
            notes = calendar.explain(day, end)
            skipped = [note for note in notes if note.kind != "makeup"]
            self.assertEqual((end - day).days - len(skipped), n)
            for note in notes:
                self.assertEqual(calendar.is_workday(note.date), note.kind == "makeup")

    def test_explanation_in_words(self):
        notes = self.calendar.explain(date(2026, 9, 28), date(2026, 10, 10))
        self.assertEqual(
            [(note.date.day, note.kind, note.name) for note in notes],
            [(day, "holiday", "National Day") for day in range(1, 8)]
            + [(10, "makeup", "National Day")],
        )
        backwards = self.calendar.explain(date(2026, 11, 16), date(2026, 11, 13))
        self.assertEqual([note.date.day for note in backwards], [14, 15])
        self.assertEqual({note.kind for note in backwards}, {"weekend"})

    @PROPERTY
    @given(dates)
    def test_roll_forward(self, day):
        rolled = self.calendar.roll_forward(day)
        self.assertTrue(self.calendar.is_workday(rolled))
        self.assertGreaterEqual(rolled, day)
        between = (day + timedelta(days=each) for each in range((rolled - day).days))
        self.assertFalse(any(map(self.calendar.is_workday, between)))

    def test_range(self):
        self.calendar.is_workday(date(FIRST_YEAR, 1, 1))
        self.calendar.is_workday(date(LAST_YEAR, 12, 31))
        for call in (
            lambda: self.calendar.is_workday(date(FIRST_YEAR - 1, 12, 31)),
            lambda: self.calendar.is_provisional(date(LAST_YEAR + 1, 1, 1)),
            lambda: self.calendar.add_workdays(date(LAST_YEAR, 12, 1), 40),
            lambda: self.calendar.add_workdays(date(FIRST_YEAR, 1, 5), -40),
            lambda: self.calendar.add_workdays(date(2026, 1, 1), 10**9),
            lambda: self.calendar.count_workdays(date(2026, 1, 1), date(2200, 1, 1)),
            lambda: WorkdayCalendar({date(1900, 1, 1): False}),
        ):
            with self.assertRaises(CalendarRangeError):
                call()

    def test_wrong_types(self):
        for call in (
            lambda: self.calendar.is_workday(datetime(2026, 1, 1, 23)),
            lambda: self.calendar.is_workday("2026-01-01"),
            lambda: self.calendar.add_workdays(date(2026, 1, 1), 1.5),
            lambda: self.calendar.add_workdays(date(2026, 1, 1), True),
        ):
            with self.assertRaises(TypeError):
                call()
