from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
class TestMaintenance(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.line = cls.system.hardware_line_ids[0]

    def test_line_decides_the_system(self):
        equipment = self.env["maintenance.equipment"].create(
            {"name": "服务器 01", "hardware_line_id": self.line.id}
        )
        self.assertEqual(equipment.system_id, self.system)
        self.assertEqual(self.system.equipment_count, 1)
        self.assertEqual(self.line.equipment_count, 1)
        self.assertEqual(self.other_system.equipment_count, 0)

    def test_line_of_another_system_is_refused(self):
        equipment = self.env["maintenance.equipment"].create(
            {"name": "服务器 01", "hardware_line_id": self.line.id}
        )
        with self.assertRaisesRegex(ValidationError, "服务器 01"):
            equipment.system_id = self.other_system

    def test_form_forgets_the_line_of_another_system(self):
        form = Form(self.env["maintenance.equipment"].with_user(self.dispatcher))
        form.name = "服务器 01"
        form.system_id = self.system
        form.hardware_line_id = self.line
        form.system_id = self.other_system
        self.assertFalse(form.hardware_line_id)
        form.save()

    def test_request_takes_the_system_of_its_device(self):
        equipment = self.env["maintenance.equipment"].create(
            {"name": "服务器 01", "system_id": self.system.id}
        )
        request = self.env["maintenance.request"].create(
            {"name": "告警", "equipment_id": equipment.id}
        )
        self.assertEqual(request.system_id, self.system)
        self.assertEqual(self.system.request_open_count, 1)
        with self.assertRaisesRegex(ValidationError, "告警"):
            request.system_id = self.other_system

    def test_request_without_device_keeps_its_system(self):
        request = self.env["maintenance.request"].create(
            {"name": "巡检", "system_id": self.system.id}
        )
        self.assertEqual(request.system_id, self.system)
        done = self.env["maintenance.stage"].search([("done", "=", True)], limit=1)
        request.stage_id = done
        self.assertEqual(self.system.request_open_count, 0)

    def test_system_with_devices_is_not_deleted(self):
        self.env["maintenance.equipment"].create(
            {"name": "服务器 01", "system_id": self.system.id}
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.system.unlink()

    def test_actions_list_what_belongs_to_the_system(self):
        equipment = self.env["maintenance.equipment"].create(
            {"name": "服务器 01", "system_id": self.system.id}
        )
        request = self.env["maintenance.request"].create(
            {"name": "告警", "equipment_id": equipment.id}
        )
        action = self.system.action_view_equipment()
        self.assertEqual(
            self.env["maintenance.equipment"].search(action["domain"]), equipment
        )
        self.assertEqual(action["context"]["default_system_id"], self.system.id)
        action = self.system.action_view_requests()
        self.assertEqual(
            self.env["maintenance.request"].search(action["domain"]), request
        )

    def test_whoever_uses_om_sees_our_form(self):
        """Wherever a request is opened from; others keep Odoo's own form."""
        Request = self.env["maintenance.request"]
        ours = self.env.ref("om_assets.om_inspection_view_form")
        stock = self.env.ref("maintenance.hr_equipment_request_view_form")
        plain = new_test_user(self.env, "om_assets_plain", groups="base.group_user")
        for user, view in ((self.dispatcher, ours), (plain, stock)):
            for asked in (None, False, stock.id):
                got = Request.with_user(user).get_view(asked, "form")
                self.assertEqual(got["id"], view.id, (user.login, asked))
        cards = self.env.ref("maintenance.hr_equipment_request_view_kanban")
        own_cards = self.env.ref("om_assets.om_inspection_view_kanban")
        for user, view in ((self.dispatcher, own_cards), (plain, cards)):
            got = Request.with_user(user).get_view(cards.id, "kanban")
            self.assertEqual(got["id"], view.id)
        got = Request.with_user(self.dispatcher).get_views([(stock.id, "form")])
        self.assertEqual(got["views"]["form"]["id"], ours.id)

    def test_a_plain_user_works_in_maintenance(self):
        """Maintenance is not ours alone: who has none of our roles repairs printers."""
        plain = new_test_user(self.env, "om_assets_plain", groups="base.group_user")
        request = self.env["maintenance.request"].create(
            {"name": "打印机", "user_id": plain.id}
        )
        form = Form(request.with_user(plain))
        form.name = "打印机卡纸"
        form.save()
        self.assertEqual(request.name, "打印机卡纸")
        self.assertFalse(request.is_inspection)

    def test_a_fault_in_our_form(self):
        engineer = self._create_user("engineer")
        form = Form(self.env["maintenance.request"].with_user(engineer))
        form.name = "会议室投影不亮"
        form.system_id = self.system
        fault = form.save()
        self.assertFalse(fault.is_inspection)
        self.assertFalse(fault.inspection_step, "no step of an inspection")
        self.assertFalse(fault.inspection_status)

    def test_each_company_has_its_team(self):
        """Inspections and faults of a second company's systems need one of its own."""
        company = self.env["res.company"].create({"name": "甲第二公司"})
        team = self.env["maintenance.team"].search([("company_id", "=", company.id)])
        self.assertEqual(len(team), 1)
        self.env["res.company"]._make_missing_teams()
        found = self.env["maintenance.team"].search([("company_id", "=", company.id)])
        self.assertEqual(found, team)
        # As those made before there was this rule.
        team.unlink()
        self.env["res.company"]._make_missing_teams()
        found = self.env["maintenance.team"].search([("company_id", "=", company.id)])
        self.assertEqual(len(found), 1)
        system = self.system.copy({"company_id": company.id, "name": "甲第二公司系统"})
        fault = (
            self.env["maintenance.request"]
            .with_company(company)
            .create(
                {"name": "甲故障", "system_id": system.id, "company_id": company.id}
            )
        )
        self.assertEqual(fault.maintenance_team_id, found)
