import calendar as month_lengths
from datetime import UTC, date, datetime, time, timedelta, timezone

from hypothesis import given, strategies

from odoo.tests import BaseCase

from ..tools.periods import ZONE, PeriodError, add_months, end_of_period, local_date
from ..tools.workdays import CalendarRangeError, WorkdayCalendar
from .common import PROPERTY, dates

lengths = strategies.integers(1, 400)


class TestPeriods(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = WorkdayCalendar()

    def _end(self, start, value, unit, **kwargs):
        return end_of_period(start, value, unit, self.calendar, **kwargs)

    def test_known_results(self):
        for start, value, unit, nominal, final in (
            # Article 202: the corresponding day, or the month's last.
            (date(2026, 1, 31), 1, "month", date(2026, 2, 28), date(2026, 2, 28)),
            (date(2024, 1, 31), 1, "month", date(2024, 2, 29), date(2024, 2, 29)),
            (date(2024, 2, 29), 1, "year", date(2025, 2, 28), date(2025, 2, 28)),
            (date(2026, 3, 16), 3, "month", date(2026, 6, 16), date(2026, 6, 16)),
            (date(2025, 10, 15), 3, "month", date(2026, 1, 15), date(2026, 1, 15)),
            # Article 203: National Day moves the end to the first day after it.
            (date(2026, 9, 16), 15, "day", date(2026, 10, 1), date(2026, 10, 8)),
            (date(2026, 9, 5), 1, "month", date(2026, 10, 5), date(2026, 10, 8)),
            # A Saturday that is a make-up day is no rest day: nothing moves.
            (date(2026, 9, 10), 1, "month", date(2026, 10, 10), date(2026, 10, 10)),
            # An ordinary Sunday does move.
            (date(2026, 3, 7), 15, "day", date(2026, 3, 22), date(2026, 3, 23)),
            # Article 201: the first day is not counted.
            (date(2026, 3, 2), 1, "day", date(2026, 3, 3), date(2026, 3, 3)),
            (date(2026, 1, 20), 30, "workday", date(2026, 3, 9), date(2026, 3, 9)),
            (date(2026, 3, 2), 0, "day", date(2026, 3, 2), date(2026, 3, 2)),
        ):
            with self.subTest(start=start, value=value, unit=unit):
                end = self._end(start, value, unit)
                self.assertEqual((end.nominal_date, end.final_date), (nominal, final))
                self.assertEqual(end.moved, nominal != final)
                self.assertFalse(end.provisional)

    def test_last_day_ends_at_midnight_or_at_closing(self):
        end = self._end(date(2026, 3, 2), 3, "day")
        self.assertEqual(end.ends_at, datetime(2026, 3, 5, 16, tzinfo=UTC))
        end = self._end(date(2026, 3, 2), 3, "day", closes_at=time(17, 30))
        self.assertEqual(end.ends_at, datetime(2026, 3, 5, 9, 30, tzinfo=UTC))

    def test_hours_run_from_the_moment(self):
        # 1 October 10:00 in Beijing: no rest day stops the clock.
        start = datetime(2026, 10, 1, 2, tzinfo=UTC)
        for value, unit, ends_at in (
            (30, "minute", datetime(2026, 10, 1, 2, 30, tzinfo=UTC)),
            (1.5, "hour", datetime(2026, 10, 1, 3, 30, tzinfo=UTC)),
            (48, "hour", datetime(2026, 10, 3, 2, tzinfo=UTC)),
            (0, "minute", start),
        ):
            end = self._end(start, value, unit)
            self.assertEqual(end.ends_at, ends_at)
            self.assertFalse(end.moved)
            self.assertFalse(end.notes)

    def test_days_start_from_the_local_date(self):
        # 17:00 UTC on the 2nd is the 3rd in Beijing.
        start = datetime(2026, 3, 2, 17, tzinfo=UTC)
        self.assertEqual(local_date(start), date(2026, 3, 3))
        self.assertEqual(self._end(start, 1, "day").final_date, date(2026, 3, 4))
        tokyo = datetime(2026, 3, 3, 0, 30, tzinfo=timezone(timedelta(hours=9)))
        self.assertEqual(self._end(tokyo, 1, "day").final_date, date(2026, 3, 3))

    def test_reasons(self):
        end = self._end(date(2026, 9, 16), 15, "day")
        self.assertEqual([note.date.day for note in end.notes], list(range(1, 8)))
        self.assertEqual({note.name for note in end.notes}, {"National Day"})
        self.assertEqual(self._end(date(2026, 3, 2), 1, "day").notes, ())
        notes = self._end(date(2026, 2, 13), 1, "workday").notes
        self.assertEqual(
            [(n.date, n.kind) for n in notes], [(date(2026, 2, 14), "makeup")]
        )

    def test_provisional(self):
        self.assertTrue(self._end(date(2026, 12, 1), 60, "day").provisional)
        self.assertTrue(self._end(date(2026, 12, 20), 20, "workday").provisional)
        self.assertFalse(self._end(date(2026, 12, 1), 10, "workday").provisional)
        # The clock needs no calendar.
        start = datetime(2027, 3, 1, tzinfo=UTC)
        self.assertFalse(self._end(start, 8, "hour").provisional)

    @PROPERTY
    @given(dates, lengths)
    def test_days(self, start, value):
        end = self._end(start, value, "day")
        self.assertEqual((end.nominal_date - start).days, value)
        self._check_rolled(end)

    @PROPERTY
    @given(
        dates, strategies.integers(1, 18), strategies.sampled_from(["month", "year"])
    )
    def test_months(self, start, value, unit):
        end = self._end(start, value, unit)
        nominal = end.nominal_date
        months = (nominal.year - start.year) * 12 + nominal.month - start.month
        self.assertEqual(months, value * (12 if unit == "year" else 1))
        if nominal.day != start.day:
            last = month_lengths.monthrange(nominal.year, nominal.month)[1]
            self.assertEqual(nominal.day, last)
            self.assertGreater(start.day, last)
        self._check_rolled(end)

    def _check_rolled(self, end):
        self.assertTrue(self.calendar.is_workday(end.final_date))
        self.assertEqual(end.moved, not self.calendar.is_workday(end.nominal_date))
        gap = (end.final_date - end.nominal_date).days
        self.assertEqual(len(end.notes), gap)
        midnight = datetime.combine(end.final_date, time(), ZONE) + timedelta(days=1)
        self.assertEqual(end.ends_at, midnight)

    @PROPERTY
    @given(dates, lengths)
    def test_workdays(self, start, value):
        end = self._end(start, value, "workday")
        self.assertEqual(self.calendar.count_workdays(start, end.final_date), value)
        self.assertFalse(end.moved)

    @PROPERTY
    @given(
        dates, lengths, lengths, strategies.sampled_from(["workday", "day", "month"])
    )
    def test_longer_never_ends_earlier(self, start, a, b, unit):
        a, b = sorted((min(a, 200), min(b, 200)))
        self.assertLessEqual(
            self._end(start, a, unit).final_date, self._end(start, b, unit).final_date
        )

    def test_refused(self):
        day, moment = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
        for start, value, unit in (
            (day, 1, "week"),
            (day, -1, "day"),
            (day, 1.5, "workday"),
            (day, float("nan"), "day"),
            (day, float("inf"), "day"),
            (day, 2, "hour"),
            (datetime(2026, 1, 1), 2, "hour"),
            (datetime(2026, 1, 1), 2, "day"),
        ):
            with self.subTest(value=value, unit=unit), self.assertRaises(PeriodError):
                self._end(start, value, unit)
        for start, value, unit in (
            (day, 10**6, "day"),
            (day, 10**12, "day"),
            (day, 10**6, "month"),
            (day, 10**6, "workday"),
            (moment, 10**13, "hour"),
            (moment, 10**6, "hour"),
            (date(1900, 1, 1), 1, "day"),
        ):
            with self.subTest(value=value, unit=unit):
                with self.assertRaises(CalendarRangeError):
                    self._end(start, value, unit)

    def test_add_months_backwards(self):
        self.assertEqual(add_months(date(2026, 3, 31), -1), date(2026, 2, 28))
