from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged

from .common import SCAN, OmObligationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-09 02:00:00")
class TestBulk(OmObligationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system.sudo().code = "TEST/001"
        cls.reports = cls._create_obligation(name="巡检报告")
        cls.records = cls._create_obligation(name="维修记录")

    def _month(self, obligation, number):
        return obligation.item_ids.sorted("period_start")[number - 1]

    def _drop(self, *names, role="manager"):
        user = self.users[role]
        Attachment = self.env["ir.attachment"].with_user(user)
        dialog = self.env["om.obligation.bulk"].with_user(user)
        files = Attachment.create(
            [
                {"name": name, "datas": SCAN, "res_model": dialog._name, "res_id": 0}
                for name in names
            ]
        )
        return dialog.create({"file_ids": [Command.set(files.ids)]})

    def test_by_name(self):
        """Matched by name and handed in at once; what is not stays, with the reason,
        until somebody says what it is."""
        dialog = self._drop(
            "TEST-001 巡检报告 2026-09.pdf",
            "TEST-001 维修记录 2026年9月.pdf",
            "TEST-001 维修记录 2026年9月附件.pdf",
            "TEST-001 2026-08.pdf",
            "TEST-001 巡检报告.pdf",
            "食堂照片 2026-09.pdf",
        )
        lines = {line.file_id.name: line for line in dialog.line_ids}
        self.assertEqual(len(lines), 6)
        self.assertEqual(dialog.open_count, 3)
        self.assertIn("2 items", lines["TEST-001 2026-08.pdf"].reason)
        self.assertIn("No period", lines["TEST-001 巡检报告.pdf"].reason)
        self.assertIn("Nothing", lines["食堂照片 2026-09.pdf"].reason)
        action = dialog.action_hand_in()
        report, record = (self._month(each, 9) for each in (self.reports, self.records))
        self.assertEqual((report.state, record.state), ("handed_in", "handed_in"))
        self.assertEqual(len(record.file_ids), 2)
        self.assertEqual(report.file_ids.name, "TEST-001 巡检报告 2026-09.pdf")
        self.assertEqual(report.file_ids.res_id, report.id)
        # The others are still there.
        self.assertEqual(action["res_id"], dialog.id)
        self.assertEqual(len(dialog.line_ids), 3)
        self.assertEqual(dialog.file_ids, dialog.line_ids.file_id)
        with self.assertRaises(UserError):
            dialog.action_hand_in()
        august = self._month(self.reports, 8)
        dialog.line_ids[0].item_id = august
        dialog.action_hand_in()
        self.assertEqual(august.state, "handed_in")
        self.assertEqual(len(dialog.line_ids), 2)

    def test_what_was_chosen_stays(self):
        """More files are dropped after one was chosen by hand; one is taken away."""
        dialog = self._drop("TEST-001 2026-08.pdf", "TEST-001 巡检报告 2026-09.pdf")
        august = self._month(self.reports, 8)
        dialog.line_ids.filtered(lambda line: not line.item_id).item_id = august
        more = self._drop("TEST-001 维修记录 2026-09.pdf").file_ids
        with Form(dialog) as form:
            form.file_ids.add(more)
        self.assertEqual(
            dialog.line_ids.item_id,
            august | self._month(self.reports, 9) | self._month(self.records, 9),
        )
        with Form(dialog) as form:
            form.file_ids.remove(id=more.id)
        self.assertEqual(len(dialog.line_ids), 2)

    def test_only_what_is_ones_own(self):
        """An engineer's files match what the engineer may hand in, and what is open."""
        names = ("TEST-001 巡检报告 2026-09.pdf", "TEST-001 维修记录 2026-09.pdf")
        self.reports.user_id = self.users["engineer"]
        dialog = self._drop(*names, role="engineer")
        self.assertEqual(dialog.line_ids.item_id, self._month(self.reports, 9))
        dialog.action_hand_in()
        # What is handed in is not matched again.
        self.assertEqual(
            self._drop(*names).line_ids.item_id.obligation_id, self.records
        )

    def _call(self, user, model, method, *args, **kwargs):
        """Call as RPC does: public methods only, as this user."""
        return call_kw(self.env[model].with_user(user), method, args, kwargs)

    def test_over_rpc(self):
        """Whoever forges a dialog hands in no more than by its buttons: nobody's dialog
        but one's own, nothing that is another's to hand in, no file of another
        document, and nobody from outside."""
        september = self._month(self.reports, 9)
        for role in ("engineer", "auditor"):
            user = self.users[role]
            dialog = self._drop("食堂照片.pdf", role=role)
            dialog.line_ids.with_user(user).item_id = september
            with self.subTest(role), self.assertRaises(UserError):
                self._call(user, dialog._name, "action_hand_in", dialog.ids)
        mine = self._drop("TEST-001 巡检报告 2026-09.pdf")
        for role in ("engineer", "dispatcher", "auditor", "staffing"):
            user = self.users[role]
            for model, ids in (
                (mine._name, mine.ids),
                (mine.line_ids._name, mine.line_ids.ids),
            ):
                for method, args in (
                    ("read", [["display_name"]]),
                    ("write", [{}]),
                    ("unlink", []),
                ):
                    with (
                        self.subTest(f"{role} {model} {method}"),
                        self.assertRaises(AccessError),
                    ):
                        self._call(user, model, method, ids, *args)
            with self.assertRaises(AccessError):
                self._call(user, mine._name, "action_hand_in", mine.ids)
        for user in (self.unit_user, self.other_user):
            for model in (mine._name, mine.line_ids._name):
                for method, args in (("create", [[{}]]), ("search_read", [[]])):
                    with self.subTest(method), self.assertRaises(AccessError):
                        self._call(user, model, method, *args)
        evidence = self.env["ir.attachment"].create(
            {
                "name": "别处的依据.pdf",
                "datas": SCAN,
                "res_model": self.system._name,
                "res_id": self.system.id,
            }
        )
        mine.line_ids.file_id = evidence
        with self.assertRaisesRegex(UserError, "not dropped here"):
            self._call(self.users["manager"], mine._name, "action_hand_in", mine.ids)
        self.assertEqual(evidence.res_model, self.system._name)
        self.assertEqual(september.state, "owed")
        for method in ("_match", "_explain", "_check_files"):
            with self.assertRaises(AccessError):
                self._call(self.users["manager"], mine._name, method, mine.ids)

    def test_not_before_its_day(self):
        dialog = self._drop("TEST-001 巡检报告 2026-09.pdf")
        dialog.date = "2026-10-10"
        with self.assertRaises(UserError):
            dialog.action_hand_in()

    def test_queries(self):
        """As many for forty files as for four."""

        def count(number):
            names = [
                f"TEST-001 维修记录 2026-{1 + i % 4:02}.pdf" for i in range(number)
            ]
            dialog = self._drop()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(dialog._match(names)), number)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(40), count(4))
