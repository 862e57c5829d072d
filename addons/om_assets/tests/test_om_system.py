from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
class TestOmSystem(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.manager = cls._create_user("manager")

    def _assert_refused(self, values, message):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError, msg=message),
            self.env.cr.savepoint(),
        ):
            self.system.write(values)
            self.env.flush_all()

    def test_code_comes_from_the_sequence(self):
        systems = self.env["om.system"].create(
            [{"name": f"系统{n}", "unit_id": self.unit.id} for n in range(3)]
        )
        prefixes = {code[:4] for code in systems.mapped("code")}
        numbers = [int(code[4:]) for code in systems.mapped("code")]
        self.assertEqual(prefixes, {"SYS/"})
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3)))
        own = self.env["om.system"].create(
            {"name": "自编号", "unit_id": self.unit.id, "code": "OWN-1"}
        )
        self.assertEqual(own.code, "OWN-1")

    def test_code_without_plain_sequence(self):
        sequence = self.env.ref("om_assets.ir_sequence_om_system")
        sequence.implementation = "no_gap"
        codes = self.env["om.system"]._next_codes(2)
        self.assertEqual(int(codes[1][4:]) - int(codes[0][4:]), 1)
        sequence.unlink()
        with self.assertRaises(UserError):
            self.env["om.system"]._next_codes(1)

    def test_code_is_unique_in_the_company(self):
        self._assert_refused({"code": self.other_system.code}, "same code twice")
        company = self.env["res.company"].create({"name": "Second"})
        twin = self.env["om.system"].create(
            {
                "name": "Twin",
                "unit_id": self.unit.id,
                "code": self.system.code,
                "company_id": company.id,
            }
        )
        self.assertEqual(twin.code, self.system.code)

    def test_impossible_values_are_refused(self):
        for values in (
            {"onsite_staff": -1},
            {"sequence_no": -1},
            {"key_period_days": -1},
            {"trainings_per_year": -1},
            {"mlps_last_year": 25},
            {"service_end": "2025-12-31"},
            {"state": "stopped"},
            {"stop_date": "2026-03-01"},
            {"state": "stopped", "stop_date": "2025-12-31"},
        ):
            with self.subTest(values=values):
                self._assert_refused(values, values)

    def test_one_day_of_service_is_possible(self):
        self.system.service_end = self.system.service_start
        self.env.flush_all()

    def test_start_needs_the_first_day(self):
        systems = (self.system | self.other_system).with_user(self.dispatcher)
        with self.assertRaisesRegex(UserError, self.other_system.name):
            systems.action_start()
        self.other_system.service_start = "2026-03-01"
        systems.action_start()
        self.assertEqual(set(systems.mapped("state")), {"in_service"})

    def test_life_of_a_system(self):
        system = self.system.with_user(self.dispatcher)
        with self.assertRaises(UserError):
            system.action_suspend()
        system.action_start()
        with self.assertRaises(UserError):
            system.action_start()
        system.action_suspend()
        self.assertEqual(system.state, "suspended")
        system.action_start()
        self.assertEqual(system.state, "in_service")
        with self.assertRaises(UserError):
            system.action_reopen()

    def test_stop_keeps_day_and_reason(self):
        system = self.system.with_user(self.dispatcher)
        with self.assertRaises(UserError):
            system.action_stop()
        system.action_start()
        action = system.action_stop()
        form = Form(
            self.env["om.system.stop"]
            .with_user(self.dispatcher)
            .with_context(**action["context"])
        )
        form.date = "2026-07-01"
        form.reason = "用户单位书面通知"
        form.save().action_confirm()
        self.assertEqual(system.state, "stopped")
        self.assertEqual(system.stop_date, date(2026, 7, 1))
        self.assertIn("用户单位书面通知", system.message_ids[0].body)
        system.with_user(self.manager).action_reopen()
        self.assertEqual(system.state, "in_service")
        self.assertFalse(system.stop_date)

    def test_state_and_dates_are_tracked(self):
        # What is made and changed in one transaction is not tracked.
        self.env.cr.precommit.clear()
        system = self.system.with_context(tracking_disable=False)
        system.action_start()
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = system.message_ids.sudo().tracking_value_ids
        self.assertEqual(tracked.field_id.name, "state")
        self.assertEqual(tracked.new_value_char, "In Service")

    def test_only_drafts_are_deleted(self):
        self.system.action_start()
        with self.assertRaises(UserError):
            self.system.unlink()
        lines = self.other_system.hardware_line_ids
        self.other_system.unlink()
        self.assertFalse(lines.exists())

    def test_device_count_sums_the_declared_quantities(self):
        self.assertEqual(self.system.device_count, 3)
        self.system.hardware_line_ids[1].quantity = 4
        self.assertEqual(self.system.device_count, 7)
        self.system.hardware_line_ids[0].unlink()
        self.assertEqual(self.system.device_count, 4)

    def test_search_finds_any_part_of_name_code_and_unit(self):
        System = self.env["om.system"]
        typed = ("位办公系", "甲单位", self.system.code[1:])
        # Words in any order, pinyin and initials, also of the unit.
        for text in (*typed, "系统 甲单位", "jiadanwei", "jdw bgxt", "BANGONG 甲"):
            with self.subTest(text=text):
                found = [id_ for id_, _name in System.name_search(text)]
                self.assertIn(self.system.id, found)
                self.assertNotIn(self.other_system.id, found)

    def test_dropdown_shows_the_unit(self):
        formatted = self.system.with_context(formatted_display_name=True)
        self.assertEqual(self.system.display_name, "甲单位办公系统")
        self.assertEqual(formatted.display_name, "甲单位办公系统\t--甲单位--")

    def test_copy_is_a_draft_with_the_lines(self):
        self.system.action_start()
        copy = self.system.copy()
        self.assertEqual(copy.state, "draft")
        self.assertNotEqual(copy.code, self.system.code)
        self.assertEqual(copy.device_count, 3)
        self.assertEqual(copy.deadline_ids.fix_value, 8)

    def test_form_of_a_dispatcher(self):
        form = Form(self.env["om.system"].with_user(self.dispatcher))
        form.name = "新系统"
        form.unit_id = self.unit
        with form.hardware_line_ids.new() as line:
            line.name = "摄像机"
            line.quantity = 12
        with form.deadline_ids.new() as line:
            line.severity = "urgent"
        system = form.save()
        self.assertEqual(system.device_count, 12)
        self.assertTrue(system.code)

    def test_facts_of_a_class_need_no_code(self):
        self.category.system_properties_definition = [
            {"name": "gates", "string": "闸机数", "type": "integer"}
        ]
        self.system.system_properties = {"gates": 6}
        self.assertEqual(self.system.system_properties["gates"], 6)

    def test_partner_and_class_count_their_systems(self):
        self.assertEqual(self.unit.om_system_count, 1)
        self.assertEqual(self.category.system_count, 1)
        for action in (
            self.unit.action_view_om_systems(),
            self.category.action_view_systems(),
        ):
            found = self.env["om.system"].search(action["domain"])
            self.assertEqual(found, self.system)
