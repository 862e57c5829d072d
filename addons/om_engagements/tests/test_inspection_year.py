import json
from calendar import monthrange
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import chinese_calendar

from odoo.tests import TransactionCase, freeze_time, tagged

from .test_register_files import TRANSCRIPTION

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def owed(inspection, start):
    """How many inspections one line of the contract owes from ``start`` to the end of
    2026: each period its count, a part of one its part, rounded up; of a count a year
    all, as it is printed."""
    every, per, times = (inspection[name] for name in ("every", "per", "times"))
    served = (LAST - start).days + 1
    if per == "workday":
        return times * len(chinese_calendar.get_workdays(start, LAST))
    if per == "day":
        whole, rest = divmod(served, every)
        return whole * times + ceil(Fraction(rest * times, every))
    days, length = Counter(), {}
    for number in range(served):
        day = start + timedelta(days=number)
        if per == "week":
            name, size = day - timedelta(days=day.weekday()), 7
        elif per == "month" and every == 1:
            name, size = day.month, monthrange(2026, day.month)[1]
        elif per == "quarter":
            name = (day.month + 2) // 3
            size = sum(monthrange(2026, 3 * name - i)[1] for i in range(3))
        elif per == "month":
            # Half-years of the contract, counted from the system's own first day.
            passed = (day.month - start.month) - (day.day < start.day)
            name = passed // every
            begin = date(2026, start.month + every * name, start.day)
            month = start.month + every * (name + 1)
            end = date(2026 + (month > 12), month - 12 * (month > 12), start.day)
            size = (end - begin).days
        else:
            return times
        days[name] += 1
        length[name] = size
    return sum(ceil(Fraction(times * days[name], length[name])) for name in days)


@tagged("post_install", "-at_install")
class TestInspectionYear(TransactionCase):
    """The inspections of 2026 are those that the transcribed contract owes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.rows = json.loads(TRANSCRIPTION.read_text(encoding="utf-8"))
        cls.systems = {
            row["seq"]: cls.env.ref(f"om_engagements.system_{row['seq']:03d}")
            for row in cls.rows
        }
        register = cls.env["om.system"].union(*cls.systems.values())
        cls.plans = register.inspection_plan_ids
        # What a demonstration has invented for these plans.
        cls.plans.write({"key_period_rule": "none", "generated_until": False})
        cls.env.flush_all()
        cls.env.cr.execute(
            "DELETE FROM maintenance_request WHERE inspection_plan_id IN %s",
            [tuple(cls.plans.ids)],
        )
        cls.env.invalidate_all()

    @freeze_time("2025-12-31 16:00:00")
    def test_the_whole_year(self):
        before = self.env.cr.sql_log_count
        report = self.plans._generate(FIRST, LAST)
        # The ORM inserts a hundred rows a statement, here in batches of 2,000; the rest
        # does not depend on how many plans or requests there are.
        queries = self.env.cr.sql_log_count - before
        self.assertLessEqual(queries, 8600 // 100 * 3 + 60)
        expected = {
            row["seq"]: sum(
                owed(inspection, date.fromisoformat(row["service_start"]))
                for inspection in row["inspections"]
            )
            for row in self.rows
        }
        requests = self.plans.request_ids
        counts = Counter(request.system_id.sequence_no for request in requests)
        self.assertEqual({seq: counts[seq] for seq in expected}, expected, "per system")
        self.assertEqual(report.created, sum(expected.values()))
        self.assertEqual(report.created, 8600)
        # Every working day: 2026 has 248, and 74 from 15 September on.
        self.assertEqual(counts[76], 12 + 248)
        self.assertEqual(counts[127], 74)
        for request in requests:
            system = request.system_id
            self.assertLessEqual(system.service_start, request.inspection_date)
            self.assertLessEqual(request.inspection_date, LAST)

        self._check_spread(requests)

        again = self.plans._generate(FIRST, LAST)
        self.assertEqual((again.created, again.moved, again.removed), (0, 0, 0))

    def _check_spread(self, requests):
        """No working day of a full month has more than two and a half times its share,
        and none has none."""
        november = Counter(
            request.inspection_date
            for request in requests
            if request.inspection_date.month == 11
            and request.inspection_plan_id.per != "day"
        )
        share = sum(november.values()) / 21
        self.assertEqual(len(november), 21)
        self.assertLessEqual(max(november.values()), 2.5 * share)

    @freeze_time("2025-12-31 16:00:00")
    def test_a_full_year_of_every_system(self):
        """What the contract owes in a year in which all systems are served."""
        self.plans.system_id.write({"service_start": FIRST})
        report = self.plans._generate(FIRST, LAST)
        expected = sum(
            owed(inspection, FIRST)
            for row in self.rows
            for inspection in row["inspections"]
        )
        self.assertEqual(report.created, expected)
        self.assertEqual(report.created, 11170)
