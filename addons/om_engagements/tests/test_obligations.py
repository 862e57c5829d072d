"""What the five documents owe, as it is loaded."""

import csv
from datetime import date

from odoo.tests import TransactionCase, freeze_time, tagged

from ..models.om_obligation_loader import OBLIGATIONS_FOLDER
from ..models.om_register_loader import ENGAGEMENTS_FOLDER, REGISTER_FOLDER
from ..tools import register
from ..tools.obligations import read_obligations

# Lines of the register that hang on an event, and those that print no period at all;
# (row, line). Rows 52 and 86 print a period that the transcription has no word for.
EVENTS = {
    *((6, 2), (7, 1), (7, 2), (16, 1)),
    *((88, 3), (116, 3), (132, 1), (151, 1)),
}
SPOKEN = {(52, 3): "ten_days", (86, 1): "half_year"}
OPEN = {
    *((13, 3), (15, 1), (32, 1), (45, 1), (52, 1), (56, 2)),
    *((83, 1), (87, 3), (88, 1), (88, 2), (143, 4)),
}
# What the other documents call their reports, and what is owed for each: one thing, or
# none where something else of the product keeps it. (contract, system, line)
OTHERS = {
    ("bda", 1, 1): "weekly",
    ("bda", 1, 2): "watch_log",
    ("bda", 1, 3): "final_report",
    ("bda", 1, 4): "proposals",
    ("changning", 4, 1): "report",
    ("emergency", 4, 1): "daily",
    ("emergency", 4, 2): "weekly",
    ("emergency", 4, 3): "monthly",
    ("emergency", 4, 4): "yearly",
    ("emergency", 4, 5): "drill",
    # The record of a meeting belongs to the request for it.
    ("emergency", 1, 1): None,
    ("tongzhou", 28, 1): "usage_books",
    ("tongzhou", 28, 2): "usage_press",
    ("tongzhou", 28, 3): "usage_faces",
    ("tongzhou", 28, 4): "summary",
}
# Its monthly reports are handed in together, once, after the end.
TOGETHER = {(62, 3): "once"}


@tagged("post_install", "-at_install")
class TestObligations(TransactionCase):
    def _get(self, contract, key):
        return self.env.ref(f"om_engagements.obligation_{contract}_{key}")

    def _plan(self, obligation):
        """Plan as if it had been recorded here from the first day on."""
        obligation.sudo().record_from = False
        obligation.action_plan()
        return obligation.item_ids.sorted("period_start")

    def test_every_report_line(self):
        """Each of the register's 86 lines is there: with its period, of an event, or
        to be agreed; none is guessed."""
        rows = register.read_table(REGISTER_FOLDER / "reports.csv")
        self.assertEqual(len(rows), 86)
        loaded = {
            row["key"]: row
            for row in read_obligations(OBLIGATIONS_FOLDER / "shunyi.csv")
        }
        for row in rows:
            where = (row["seq"], row["line"])
            wanted = row["per"]
            if where in EVENTS:
                wanted = "event"
            wanted = {**SPOKEN, **TOGETHER}.get(where, wanted)
            found = loaded[f"report_{where[0]:03d}_{where[1]:02d}"]
            self.assertEqual(found.get("per"), wanted, where)
            self.assertEqual(found["seq"], [row["seq"]])
            self.assertEqual(found["name"], row["name"])
            self.assertEqual(wanted is None, where in OPEN, where)

    def test_reports_of_the_others(self):
        """Each report of the other documents is owed once, by the period that they
        print; nothing is owed twice."""
        found = {}
        for path in sorted(ENGAGEMENTS_FOLDER.glob("*/reports.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    where = path.parent.name, int(row["seq"]), int(row["line"])
                    found[where] = row["per"]
        self.assertEqual(found.keys(), OTHERS.keys())
        keys = [(where[0], key) for where, key in OTHERS.items() if key]
        self.assertEqual(len(set(keys)), len(keys))
        for where, key in OTHERS.items():
            if key and found[where]:
                self.assertEqual(self._get(where[0], key).per, found[where], where)

    def test_nothing_twice(self):
        """No two of a contract have the same name and systems in the same period."""
        for path in OBLIGATIONS_FOLDER.glob("*.csv"):
            seen = [
                (row["name"], tuple(row.get("seq", ())), row.get("per"))
                for row in read_obligations(path)
            ]
            self.assertEqual(len(set(seen)), len(seen), path.stem)

    def test_met_by_inspections(self):
        """000: the daily backup, the weekly scan and check are inspections of the
        platform anyway; each of them is of the plan that names it."""
        for key, per, scope in (
            ("backup", "day", "database"),
            ("scan", "week", "security"),
            ("software_check", "week", "software"),
        ):
            plan = self._get("tongzhou", key).plan_ids
            self.assertEqual((plan.per, plan.scope), (per, scope), key)

    def test_loaded_and_planned(self):
        """What a document says as a whole is in force, the rest is to be agreed."""
        for where in OPEN:
            self.assertEqual(
                self._get("shunyi", f"report_{where[0]:03d}_{where[1]:02d}").state,
                "draft",
            )
        # Twelve a year, from 10 May on: eight or twelve is asked.
        notices = self._get("shunyi", "report_126_01")
        self.assertTrue(notices._is_undecided())
        self.assertEqual(notices.state, "draft")
        record = self._get("shunyi", "report_129_02")
        self.assertEqual(record.state, "in_force")
        self.assertEqual(record.receiver_id, record.system_ids.unit_id)

    def test_loaded_once(self):
        before = self.env["om.obligation"].search([])
        items = self.env["om.obligation.item"].search([])
        self.env["om.register.loader"]._load_obligations()
        self.assertEqual(self.env["om.obligation"].search([]), before)
        self.assertEqual(self.env["om.obligation.item"].search([]), items)

    @freeze_time("2026-03-02 02:00:00")
    def test_shunyi(self):
        """Row 129: September's record; row 13: the 30th of the quarters and of the
        month after the year."""
        record = self._plan(self._get("shunyi", "report_129_02"))
        september = record.filtered(lambda one: one.period_end == date(2026, 9, 30))
        self.assertEqual(september.due_date, date(2026, 10, 8))
        quarters = self._plan(self._get("shunyi", "report_013_01"))
        self.assertLessEqual(
            set(quarters.mapped("due_date")),
            {
                date(2026, 3, 30),
                date(2026, 6, 30),
                date(2026, 9, 30),
                date(2026, 12, 30),
            },
        )
        self.assertTrue(quarters)
        (year,) = self._plan(self._get("shunyi", "report_013_02"))
        self.assertEqual(year.due_date, date(2027, 1, 30))
        self.assertTrue(year.is_provisional)

    @freeze_time("2024-03-18 02:00:00")
    def test_bda(self):
        """004: the final report within 10 working days, a record each week."""
        (report,) = self._plan(self._get("bda", "final_report"))
        self.assertEqual(report.due_date, date(2025, 3, 28))
        self.assertEqual(len(self._plan(self._get("bda", "weekly"))), 53)

    @freeze_time("2026-06-16 02:00:00")
    def test_emergency(self):
        """003: 365 daily reports, 12 by month of service, the hand-over in a month."""
        self.assertEqual(len(self._plan(self._get("emergency", "daily"))), 365)
        months = self._plan(self._get("emergency", "monthly"))
        self.assertEqual(len(months), 12)
        self.assertEqual({item.period_start.day for item in months}, {15})
        self.assertEqual({item.period_end.day for item in months}, {14})
        (entry,) = self._plan(self._get("emergency", "hand_over"))
        self.assertEqual(entry.due_date, date(2026, 7, 15))

    @freeze_time("2026-02-11 02:00:00")
    def test_tongzhou(self):
        """000 from 10 February on: 325 backups, 33 usage reports, 250 books a month."""
        for key in ("backup", "usage_books", "usage_press", "usage_faces", "ebooks"):
            obligation = self._get("tongzhou", key)
            obligation.sudo().with_context(om_reason="合同签订").write(
                {"first_day": "2026-02-10", "last_day": "2026-12-31"}
            )
        self.assertEqual(len(self._plan(self._get("tongzhou", "backup"))), 325)
        usage = sum(
            len(self._plan(self._get("tongzhou", f"usage_{kind}")))
            for kind in ("books", "press", "faces")
        )
        self.assertEqual(usage, 33)
        books = self._plan(self._get("tongzhou", "ebooks"))
        self.assertEqual(set(books.mapped("quantity_due")), {250})
