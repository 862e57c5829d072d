from odoo.exceptions import AccessError
from odoo.tests import TransactionCase

from .common import INTERNAL_ROLES, PORTAL_ROLES, create_role_users


class TestAccess(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = create_role_users(cls)
        cls.env.cr.execute("DELETE FROM om_calendar_day")
        cls.day = cls.env["om.calendar.day"].create({"date": "2090-03-01"})

    def _groups(self, role):
        return {
            name
            for name in INTERNAL_ROLES + PORTAL_ROLES + ("user",)
            if self.users[role].has_group(f"om_base.group_{name}")
        }

    def test_roles_imply_each_other_as_agreed(self):
        simple = ("procurement", "warehouse", "engineer", "dispatcher", "staffing")
        for role in simple + ("auditor",):
            self.assertEqual(self._groups(role), {role, "user"})
        self.assertEqual(
            self._groups("manager"), {"manager", "dispatcher", "engineer", "user"}
        )
        self.assertEqual(
            self._groups("administrator"),
            {*simple, "manager", "administrator", "user"},
        )
        for role in INTERNAL_ROLES:
            self.assertTrue(self.users[role]._is_internal())

    def test_portal_roles_are_portal_users_and_nothing_more(self):
        for role in PORTAL_ROLES:
            self.assertEqual(self._groups(role), {role})
            self.assertTrue(self.users[role]._is_portal())

    def test_superuser_and_admin_administer(self):
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin.has_group("om_base.group_administrator"))

    def test_calendar_entries_are_read_by_all_roles_inside(self):
        for role in INTERNAL_ROLES:
            self.assertEqual(self.day.with_user(self.users[role]).kind, "holiday")

    def _writing_calls(self, role):
        Day = self.env["om.calendar.day"].with_user(self.users[role])
        day = Day.browse(self.day.id)
        return (
            lambda: Day.create({"date": "2090-03-02"}),
            lambda: day.write({"kind": "workday"}),
            lambda: day.unlink(),
            lambda: Day.env["om.calendar.publish"].create(
                {"year": 2027, "source": "x"}
            ),
        )

    def test_calendar_entries_are_kept_by_administrators(self):
        for call in self._writing_calls("administrator"):
            self.assertTrue(call())

    def test_calendar_entries_are_kept_by_nobody_else(self):
        for role in INTERNAL_ROLES + PORTAL_ROLES:
            if role == "administrator":
                continue
            for call in self._writing_calls(role):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    call()

    def test_portal_reads_no_entries_and_no_foreign_parties(self):
        units = self.env["res.partner"].create(
            [
                {"name": "单位甲", "is_company": True, "om_role": "user_unit"},
                {"name": "单位乙", "is_company": True, "om_role": "user_unit"},
            ]
        )
        for role in PORTAL_ROLES:
            user = self.users[role]
            with self.assertRaises(AccessError):
                self.day.with_user(user).read(["kind"])
            user.partner_id.parent_id = units[0]
            seen = (
                self.env["res.partner"].with_user(user).search([("om_role", "!=", 0)])
            )
            self.assertEqual(seen & units, units[0])
            with self.assertRaises(AccessError):
                units[1].with_user(user).read(["name"])

    def test_parties_are_kept_by_procurement_and_managers(self):
        unit = self.env["res.partner"].create({"name": "单位甲", "is_company": True})
        for role in INTERNAL_ROLES:
            party = unit.with_user(self.users[role])
            if role in ("procurement", "manager", "administrator"):
                party.om_role = "user_unit"
                self.assertEqual(unit.om_role, "user_unit")
            else:
                with self.subTest(role=role), self.assertRaises(AccessError):
                    party.om_role = "supplier"

    def test_menus(self):
        configuration = self.env.ref("om_base.om_menu_configuration")
        root = self.env.ref("om_base.om_menu_root")
        for role in INTERNAL_ROLES:
            visible = self.env["ir.ui.menu"].with_user(self.users[role])
            visible = visible._visible_menu_ids()
            self.assertIn(root.id, visible)
            self.assertEqual(
                configuration.id in visible, role in ("manager", "administrator"), role
            )
        for role in PORTAL_ROLES:
            self.assertFalse(root.group_ids & self.users[role].all_group_ids)

    def test_fixed_external_ids(self):
        for menu, sequence in (
            ("register", 10),
            ("inspection", 20),
            ("service", 30),
            ("contract", 40),
            ("spares", 50),
            ("staffing", 60),
            ("assessment", 70),
            ("reporting", 90),
            ("configuration", 100),
        ):
            record = self.env.ref(f"om_base.om_menu_{menu}")
            self.assertEqual(record.parent_id, self.env.ref("om_base.om_menu_root"))
            self.assertEqual(record.sequence, sequence)
