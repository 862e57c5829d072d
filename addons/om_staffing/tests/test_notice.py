from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.notice import (
    earliest_change,
    latest_notice,
    qualification_lacks,
    replacement_deadline,
    untrained,
)
from ..engine.people import Certificate, Person


@tagged("post_install", "-at_install")
class TestNotice(BaseCase):
    def test_notice(self):
        """7 days at Shunyi, 30 at the emergency centre."""
        self.assertEqual(earliest_change(date(2026, 3, 2), 7), date(2026, 3, 9))
        self.assertEqual(earliest_change(date(2026, 7, 1), 30), date(2026, 7, 31))
        self.assertEqual(latest_notice(date(2026, 3, 9), 7), date(2026, 3, 2))

    def test_replacement(self):
        calendar = WorkdayCalendar({})
        # A week, rest days or not; five working days around National Day 2025,
        # with the make-up Sunday 28 September
        self.assertEqual(
            replacement_deadline(date(2026, 9, 30), 7, "day", calendar),
            date(2026, 10, 7),
        )
        self.assertEqual(
            replacement_deadline(date(2025, 9, 26), 5, "workday", calendar),
            date(2025, 10, 10),
        )
        self.assertIsNone(replacement_deadline(date(2026, 3, 2), 0, "day", calendar))

    def test_same_qualification(self):
        day = date(2026, 3, 9)
        leaver = Person(
            1,
            (Certificate("a"), Certificate("old", None, date(2026, 3, 8))),
            degree="bachelor",
            title="intermediate",
        )
        same = Person(
            2, (Certificate("a", None, day),), degree="master", title="senior"
        )
        self.assertEqual(qualification_lacks(leaver, same, day), [])
        less = Person(3, (Certificate("a", None, date(2026, 3, 8)),), degree="college")
        lacks = qualification_lacks(leaver, less, day)
        self.assertEqual(
            [(lack.kind, lack.what) for lack in lacks],
            [("certificate", "a"), ("degree", "bachelor"), ("title", "intermediate")],
        )

    def test_untrained(self):
        months = [
            (date(2026, 1, 1), date(2026, 1, 31)),
            (date(2026, 2, 1), date(2026, 2, 28)),
        ]
        posted = [(1, date(2025, 1, 1), None), (2, date(2026, 2, 1), date(2026, 2, 9))]
        trained = [(1, date(2026, 1, 31)), (2, date(2026, 3, 1))]
        self.assertEqual(untrained(posted, trained, months), {months[1][0]: [1, 2]})
