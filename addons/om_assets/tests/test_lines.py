from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
class TestLines(OmAssetsCommon):
    def _assert_refused(self, line, values):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            line.write(values)
            self.env.flush_all()

    def test_impossible_values_are_refused(self):
        spare = self.env["om.system.spare"].create(
            {"system_id": self.system.id, "name": "硬盘", "quantity": 2}
        )
        plan = self.system.inspection_plan_ids
        deadline = self.system.deadline_ids
        for line, values in (
            (self.system.hardware_line_ids[0], {"quantity": -1}),
            (spare, {"quantity": -1}),
            (plan, {"every": 0}),
            (plan, {"times": 0}),
            (deadline, {"respond_value": -1}),
            (deadline, {"onsite_value": -1}),
            (deadline, {"fix_value": -1}),
        ):
            with self.subTest(line=line, values=values):
                self._assert_refused(line, values)

    def test_one_set_of_deadlines_per_severity(self):
        minor = self.system.deadline_ids.copy({"severity": "minor"})
        self._assert_refused(minor, {"severity": "urgent"})

    def test_plans_in_words(self):
        plan = self.system.inspection_plan_ids
        for values, text in (
            ({}, "Every month, once (Everything)"),
            ({"times": 2}, "Every month, 2 times (Everything)"),
            (
                {"every": 6, "times": 1, "scope": "hardware"},
                "Every 6 months, once (Hardware)",
            ),
            ({"mode": "onsite"}, "Every 6 months, once (Hardware, On Site)"),
        ):
            plan.write(values)
            self.assertEqual(plan.display_name, text)

    def test_plans_and_deadlines_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["om_assets"], ["zh_CN"])
        plan = self.system.inspection_plan_ids.with_context(lang="zh_CN")
        plan.write({"per": "quarter", "times": 2, "scope": "hardware"})
        self.assertEqual(plan.display_name, "每季度 2 次（硬件）")
        plan.write({"every": 6, "per": "month", "times": 1, "mode": "remote"})
        self.assertEqual(plan.display_name, "每 6 个月 1 次（硬件，远程）")
        deadline = self.system.deadline_ids.with_context(lang="zh_CN")
        self.assertEqual(deadline.respond_text, "30 分钟")
        self.assertEqual(deadline.fix_text, "8 小时")

    def test_no_promise_is_not_at_once(self):
        deadline = self.system.deadline_ids
        self.assertEqual(deadline.respond_text, "30 min")
        self.assertFalse(deadline.onsite_text)
        deadline.write(
            {
                "respond_value": 0,
                "fix_value": 7,
                "fix_unit": "workday",
                "onsite_value": 0.5,
                "onsite_unit": "hour",
            }
        )
        self.assertEqual(deadline.respond_text, "at once")
        self.assertEqual(deadline.onsite_text, "0.5 h")
        self.assertEqual(deadline.fix_text, "7 working days")

    def test_indicator_in_words(self):
        kpi = self.env["om.system.kpi"].create(
            {
                "system_id": self.system.id,
                "name": "设备在线率",
                "value": 98,
                "uom_name": "%",
            }
        )
        self.assertEqual(kpi.display_name, "设备在线率 ≥ 98 %")

    def test_changes_of_promises_stay_on_record(self):
        system = self.system.with_context(tracking_disable=False)
        deadline = system.deadline_ids
        count = len(system.message_ids)
        deadline.fix_value = 6
        body = system.message_ids[0].body
        self.assertIn("repair 8 h", body)
        self.assertIn("repair 6 h", body)
        deadline.sequence = 3
        self.assertEqual(len(system.message_ids), count + 1, "nothing promised changed")
        system.inspection_plan_ids.unlink()
        self.assertIn("Every month, once", system.message_ids[0].body)
        self.env["om.system.kpi"].with_context(tracking_disable=False).create(
            {"system_id": system.id, "name": "<b>在线率</b>", "value": 90}
        )
        self.assertIn("&lt;b&gt;在线率", system.message_ids[0].body)
        self.assertEqual(len(system.message_ids), count + 3)

    def test_lines_of_a_new_system_are_no_change(self):
        system = (
            self.env["om.system"]
            .with_context(tracking_disable=False)
            .create(
                {
                    "name": "新系统",
                    "unit_id": self.unit.id,
                    "deadline_ids": [(0, 0, {"severity": "flat"})],
                }
            )
        )
        self.assertNotIn("All Levels", "".join(system.message_ids.mapped("body")))
