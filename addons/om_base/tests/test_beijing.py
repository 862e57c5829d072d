from datetime import UTC, date, datetime, timedelta

from freezegun import freeze_time

from odoo.tests import BaseCase

from ..tools import beijing


class TestBeijing(BaseCase):
    """A day of Beijing begins at 16:00 UTC of the day before."""

    def test_today_turns_at_sixteen_utc(self):
        for moment, day in (
            ("2026-01-19 15:59:59", date(2026, 1, 19)),
            ("2026-01-19 16:00:00", date(2026, 1, 20)),
            ("2026-12-31 16:00:00", date(2027, 1, 1)),
        ):
            with freeze_time(moment):
                self.assertEqual(beijing.today(), day)
                self.assertEqual(beijing.day_of(datetime.now(UTC)), day)
            self.assertEqual(beijing.day_of(datetime.fromisoformat(moment)), day)

    def test_a_day_as_the_database_has_it(self):
        begin, over = beijing.bounds(date(2026, 3, 1))
        self.assertEqual(begin, datetime(2026, 2, 28, 16))
        self.assertEqual(over - begin, timedelta(days=1))
        self.assertEqual(
            beijing.bounds(date(2026, 3, 1), date(2026, 3, 31)),
            (datetime(2026, 2, 28, 16), datetime(2026, 3, 31, 16)),
        )

    def test_there_and_back(self):
        for typed in (datetime(2026, 6, 1, 0, 0), datetime(2026, 6, 1, 23, 59)):
            stored = beijing.to_stored(typed)
            self.assertEqual(stored, typed - timedelta(hours=8))
            self.assertEqual(beijing.to_local(stored).replace(tzinfo=None), typed)
            self.assertEqual(beijing.to_stored(beijing.to_local(stored)), stored)

    def test_words(self):
        self.assertEqual(beijing.word(datetime(2026, 6, 1, 16, 5)), "2026-06-02 00:05")
        self.assertEqual(beijing.word(False), "")
