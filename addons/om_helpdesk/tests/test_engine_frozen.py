from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.frozen import FrozenWorkdays, get_unusual_days

YEARS = (2025, 2026, 2027)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
# A list of the district: one rest day of its own, one Sunday that is worked.
THEN = WorkdayCalendar(
    {date(2026, 3, 11): False, date(2026, 3, 15): True}, {date(2026, 3, 11): "示例"}
)
NOW = WorkdayCalendar()


class TestFrozenWorkdays(BaseCase):
    """What was kept answers like the calendar that it was taken from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frozen = FrozenWorkdays(
            {year: THEN.is_provisional(date(year, 1, 1)) for year in YEARS},
            get_unusual_days(THEN, YEARS),
            NOW,
        )

    def test_notes_of_all_days(self):
        day = date(2025, 1, 1)
        while day <= date(2027, 12, 31):
            self.assertEqual(self.frozen.is_workday(day), THEN.is_workday(day), day)
            self.assertEqual(self.frozen.is_provisional(day), THEN.is_provisional(day))
            kept, note = self.frozen.note(day), THEN.note(day)
            self.assertEqual(bool(kept), bool(note), day)
            if note:
                self.assertEqual(
                    (kept.kind, kept.name, kept.provisional),
                    (note.kind, note.name, note.provisional),
                )
            day += timedelta(days=1)

    @settings(deadline=None, derandomize=True, database=None, max_examples=200)
    @given(days, st.integers(-30, 30), days)
    def test_counting(self, day, number, other):
        there = THEN.add_workdays(day, number)
        if there.year in YEARS:
            self.assertEqual(self.frozen.add_workdays(day, number), there)
        self.assertEqual(
            self.frozen.count_workdays(day, other), THEN.count_workdays(day, other)
        )

    def test_other_years_are_asked_of_the_calendar(self):
        day = date(2024, 10, 1)
        self.assertEqual(self.frozen.note(day), NOW.note(day))
        self.assertFalse(self.frozen.is_workday(day))
        self.assertFalse(self.frozen.is_provisional(day))
