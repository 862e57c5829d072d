import io
from datetime import date

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged, warmup

from .inspection_common import SIGNATURE, InspectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 02:00:00")
class TestInspectionBulk(InspectionCommon):
    """What is done with many inspections at once, from the list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = cls.inspection
        for day in range(11, 30):
            cls.many |= cls._create_inspection(inspection_date=f"2026-03-{day}")

    def _change(self, requests, user=None, **values):
        return (
            self.env["om.inspection.change"]
            .with_user(user or self.dispatcher)
            .create({"request_ids": requests.ids, **values})
        )

    def test_assign(self):
        action = self.many.with_user(self.dispatcher).action_assign()
        self.assertEqual(action["context"]["default_kind"], "assign")
        change = self._change(self.many, kind="assign")
        self.assertEqual(change.request_count, 20)
        with self.assertRaisesRegex(UserError, "engineer"):
            change.action_confirm()
        change.user_id = self.colleague
        change.action_confirm()
        self.assertEqual(self.many.user_id, self.colleague)
        with self.assertRaisesRegex(UserError, "dispatcher"):
            self._change(
                self.many, self.engineer, kind="assign", user_id=self.engineer.id
            ).action_confirm()

    def test_postpone_by_days_says_why(self):
        change = self._change(self.many, kind="move", days=7)
        self.assertEqual(change.late_count, 5, "25 to 29 March would be in April")
        with self.assertRaisesRegex(UserError, "why"):
            change.action_confirm()
        change.reason = "机房停电检修"
        change.action_confirm()
        self.assertEqual(self.inspection.inspection_date, date(2026, 3, 17))
        self.assertEqual(max(self.many.mapped("inspection_date")), date(2026, 4, 5))
        for request in self.many:
            self.assertIn("机房停电检修", request.message_ids[0].body)
        self.assertIn("2026-03-10", self.inspection.message_ids[0].body)

    def test_postpone_to_a_day(self):
        change = self._change(
            self.many, kind="move", date="2026-03-31", days=1, reason="x"
        )
        with self.assertRaisesRegex(UserError, "new day"):
            change.action_confirm()
        change.days = 0
        change.action_confirm()
        self.assertEqual(set(self.many.mapped("inspection_date")), {date(2026, 3, 31)})

    def test_an_engineer_postpones_their_own(self):
        values = {"kind": "move", "days": 1, "reason": "x"}
        self._change(self.many[:2], self.engineer, **values).action_confirm()
        with self.assertRaisesRegex(UserError, "甲11"):
            self._change(self.many[:2], self.colleague, **values).action_confirm()

    def test_what_is_finished_stays(self):
        self._close(self.inspection.with_user(self.engineer))
        for values in (
            {"kind": "move", "days": 1, "reason": "x"},
            {"kind": "assign", "user_id": self.colleague.id},
        ):
            with self.assertRaisesRegex(UserError, "三月巡检"):
                self._change(self.many, **values).action_confirm()

    def test_finish_what_is_complete(self):
        mine = self.many.with_user(self.engineer)
        for request in mine[:3]:
            self._judge_all(request)
        mine[:2].inspector_signature = SIGNATURE
        mine[3].action_start_inspection()
        answer = mine[:5].action_close_complete()["params"]
        self.assertEqual(
            mine[:5].mapped("inspection_step"),
            ["done", "done", "running", "running", "planned"],
        )
        self.assertEqual(answer["message"].count("\n"), 2, "three are named")
        self.assertIn("温度", answer["message"])

    def test_the_form_leads_to_the_signature(self):
        request = self.inspection.with_user(self.engineer)
        request.action_start_inspection()
        with self.assertRaisesRegex(UserError, "温度"):
            request.action_sign_and_close()
        self._judge_all(request)
        action = request.action_sign_and_close()
        self.assertEqual(action["tag"], "om_assets.sign")
        self.assertEqual(action["params"]["field"], "inspector_signature")
        self.assertEqual(request.inspection_step, "running")
        request.inspector_signature = SIGNATURE
        self.assertIs(request.action_sign_and_close(), True)
        self.assertEqual(request.inspection_step, "done")

    def test_print_and_export(self):
        self._close(self.inspection.with_user(self.engineer))
        for name in ("action_print_inspections", "action_export_inspections"):
            action = getattr(self.many.with_user(self.engineer), name)()
            self.assertEqual(action["type"], "ir.actions.report")
            self.assertEqual(action["context"]["active_ids"], self.many.ids)
        report = self.env["ir.actions.report"].with_user(self.engineer)
        html = report._render_qweb_html("om_assets.om_inspection", self.many.ids)[0]
        self.assertEqual(html.decode().count("<h1"), 20)
        content = report._render_xlsx(
            "om_assets.om_inspection_xlsx", self.many.ids, data={}
        )[0]
        book = load_workbook(io.BytesIO(content))
        sheets = [list(sheet.values) for sheet in book]
        self.assertEqual([len(rows) for rows in sheets], [21, 4])

    @warmup
    def test_queries_belong_to_the_batch(self):
        def count(act):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            act()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        planned = self.many.with_context(tracking_disable=False)
        for values in (
            {"kind": "assign", "user_id": self.colleague.id},
            {"kind": "move", "date": "2026-03-31", "reason": "x"},
        ):
            self._change(planned[:1], **values).action_confirm()
            small = self._change(planned[1:4], **values)
            large = self._change(planned[4:], **values)
            few = count(small.action_confirm)
            many = count(large.action_confirm)
            self.assertLessEqual(many, few + 5, values)
