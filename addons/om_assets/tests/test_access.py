from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .common import OmAssetsCommon

LINE_MODELS = {
    "om.system.hardware": {"name": "x"},
    "om.inspection.plan": {},
    "om.system.deadline": {"severity": "minor"},
    "om.system.kpi": {"name": "x"},
    "om.system.report": {"name": "x"},
    "om.system.spare": {"name": "x"},
}
READERS = ("engineer", "procurement", "warehouse", "staffing", "auditor")
WRITERS = ("dispatcher", "manager", "administrator")
PORTAL = ("portal_user_unit", "portal_purchaser", "portal_supervisor")


@tagged("post_install", "-at_install")
class TestAccess(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._create_user(role) for role in READERS + WRITERS}
        for role in PORTAL:
            contact = cls.env["res.partner"].create(
                {"name": f"乙 {role}", "parent_id": cls.unit.id}
            )
            cls.users[role] = cls._create_user(role, partner_id=contact.id)
        for system in (cls.system, cls.other_system):
            for model, values in LINE_MODELS.items():
                cls.env[model].create({**values, "system_id": system.id})
        cls.third_system = cls.env["om.system"].create(
            {"name": "乙单位门户网站", "unit_id": cls.other_unit.id}
        )
        cls.equipment = cls.env["maintenance.equipment"].create(
            {"name": "Device", "system_id": cls.system.id}
        )
        cls.request = cls.env["maintenance.request"].create(
            {"name": "Request", "equipment_id": cls.equipment.id}
        )

    def _as(self, role, records):
        return records.with_user(self.users[role])

    def _refused(self):
        return self.assertRaises(AccessError)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_internal_readers_read_everything_and_write_nothing(self):
        for role in READERS:
            with self.subTest(role=role):
                systems = self._as(role, self.env["om.system"]).search(
                    [("id", "in", (self.system | self.other_system).ids)]
                )
                self.assertEqual(len(systems), 2)
                self.assertEqual(self._as(role, self.system).device_count, 3)
                with self._refused():
                    self._as(role, self.system).write({"name": "x"})
                with self._refused():
                    self._as(role, self.env["om.system"]).create(
                        {"name": "x", "unit_id": self.unit.id}
                    )
                with self._refused():
                    self._as(role, self.category).write({"name": "x"})
                with self._refused():
                    self._as(role, self.system).action_start()
                for model in LINE_MODELS:
                    line = self.env[model].search(
                        [("system_id", "=", self.system.id)], limit=1
                    )
                    self._as(role, line).read(["sequence"])
                    with self._refused():
                        self._as(role, line).write({"sequence": 5})
                    with self._refused():
                        self._as(role, line).unlink()
                self._as(role, self.equipment).read(["name"])
                self._as(role, self.request).read(["name"])
                with self._refused():
                    self._as(role, self.equipment).write({"name": "x"})

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_writers_keep_the_register(self):
        for number, role in enumerate(WRITERS):
            with self.subTest(role=role):
                system = self._as(role, self.env["om.system"]).create(
                    {"name": f"{role}", "unit_id": self.unit.id}
                )
                system.service_start = "2026-01-01"
                for model, values in LINE_MODELS.items():
                    line = self._as(role, self.env[model]).create(
                        {**values, "system_id": system.id}
                    )
                    line.sequence = number
                    line.unlink()
                equipment = self._as(role, self.env["maintenance.equipment"]).create(
                    {"name": "x", "system_id": system.id}
                )
                equipment.location = "A01"
        draft = self.other_system
        with self._refused():
            self._as("dispatcher", draft).unlink()
        with self._refused():
            self._as("dispatcher", self.category).write({"name": "x"})
        self._as("manager", self.category).name = "Renamed"
        self._as("manager", draft).unlink()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_requests_by_role(self):
        for role in ("engineer", *WRITERS):
            with self.subTest(role=role):
                self._as(role, self.request).description = role
        for role in ("procurement", "warehouse", "staffing", "auditor"):
            with self.subTest(role=role), self._refused():
                self._as(role, self.request).write({"name": "x"})
        with self._refused():
            self._as("auditor", self.env["maintenance.request"]).create({"name": "x"})
        own = self._as("warehouse", self.env["maintenance.request"]).create(
            {"name": "x", "user_id": self.users["warehouse"].id}
        )
        self.assertTrue(own, "every other employee may ask for help")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_portal_sees_its_own_unit_only(self):
        for role in PORTAL:
            with self.subTest(role=role):
                System = self._as(role, self.env["om.system"])
                self.assertEqual(System.search([]), self.system)
                self._as(role, self.system).read(["name", "state", "summary"])
                with self._refused():
                    self._as(role, self.other_system).read(["name"])
                with self._refused():
                    self._as(role, self.system).write({"name": "x"})
                with self._refused():
                    self._as(role, self.system).read(["note"])
                for model in LINE_MODELS:
                    lines = self._as(role, self.env[model]).search([])
                    self.assertTrue(lines)
                    self.assertEqual(lines.system_id, self.system)
                    with self._refused():
                        lines[0].write({"sequence": 5})
                with self._refused():
                    self._as(role, self.equipment).read(["name"])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_purchaser_and_supervisor_see_the_systems_of_their_contracts(self):
        links = {
            "portal_purchaser": "purchaser_id",
            "portal_supervisor": "supervisor_id",
        }
        for line_model, values in LINE_MODELS.items():
            self.env[line_model].create({**values, "system_id": self.third_system.id})
        for role, link in links.items():
            self.third_system[link] = self.unit
            with self.subTest(role=role):
                seen = self.system | self.third_system
                self.assertEqual(self._as(role, self.env["om.system"]).search([]), seen)
                for model in LINE_MODELS:
                    lines = self._as(role, self.env[model]).search([])
                    self.assertEqual(lines.system_id, seen)
                    with self._refused():
                        lines[-1].write({"sequence": 5})
            self.third_system[link] = False
        self.third_system.purchaser_id = self.unit
        self.assertEqual(
            self._as("portal_user_unit", self.env["om.system"]).search([]),
            self.system,
            "colleagues of a user unit see what their unit uses, not what it pays for",
        )

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_others_see_nothing(self):
        for groups in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, login=f"no_{groups}", groups=groups)
            with self.subTest(groups=groups):
                for model in ("om.system", "om.system.deadline"):
                    with self._refused():
                        self.env[model].with_user(user).search([])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_baselines_are_technical(self):
        for role in (*READERS, "dispatcher", "manager", *PORTAL):
            with self.subTest(role=role), self._refused():
                self._as(role, self.env["om.register.baseline"]).search([])
        baselines = self._as("administrator", self.env["om.register.baseline"])
        baselines.search([])
        with self._refused():
            baselines.create({"name": "a.b", "source": "x", "model": "y"})

    def test_another_company_is_another_world(self):
        company = self.env["res.company"].create({"name": "Second"})
        foreign = self.env["om.system"].create(
            {
                "name": "Foreign",
                "unit_id": self.unit.id,
                "company_id": company.id,
                "hardware_line_ids": [(0, 0, {"name": "x"})],
            }
        )
        for role in ("engineer", "manager", "portal_user_unit"):
            with self.subTest(role=role):
                System = self._as(role, self.env["om.system"])
                self.assertNotIn(foreign, System.search([]))
                lines = self._as(role, self.env["om.system.hardware"]).search([])
                self.assertNotIn(foreign.hardware_line_ids, lines)
