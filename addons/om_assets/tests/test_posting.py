from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
class TestPosting(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.people = cls.env["hr.employee"].create(
            [{"name": f"甲{number:02}"} for number in range(1, 4)]
        )

    def test_required_against_posted(self):
        self.system.onsite_staff = 2
        self.assertEqual(
            (self.system.posted_count, self.system.posting_missing), (0, 2)
        )
        self.system.with_user(self.dispatcher).posted_employee_ids = self.people[0]
        self.assertEqual(
            (self.system.posted_count, self.system.posting_missing), (1, 1)
        )
        self.system.posted_employee_ids = self.people
        self.assertEqual(
            (self.system.posted_count, self.system.posting_missing), (3, 0)
        )

    def test_who_left_is_not_posted(self):
        self.system.onsite_staff = 2
        self.system.posted_employee_ids = self.people[:2]
        self.people[0].active = False
        self.assertEqual(
            (self.system.posted_count, self.system.posting_missing), (1, 1)
        )

    def test_naming_is_not_editing(self):
        system = self.system.with_user(self.dispatcher)
        with self.assertRaises(AccessError):
            system.posted_employee_ids = [(0, 0, {"name": "x"})]
        with self.assertRaises(AccessError):
            system.posted_employee_ids = [(1, self.people[0].id, {"name": "x"})]
        other = self.env["om.system"].with_user(self.dispatcher)
        named = other.create(
            {
                "name": "x",
                "unit_id": self.unit.id,
                "posted_employee_ids": [(6, 0, self.people.ids)],
            }
        )
        self.assertEqual(named.posted_count, 3)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_sees_the_people(self):
        self.system.posted_employee_ids = self.people
        engineer = self._create_user("engineer")
        self.assertEqual(self.system.with_user(engineer).posted_count, 3)
        with self.assertRaises(AccessError):
            self.system.with_user(engineer).posted_employee_ids = False
        contact = self.env["res.partner"].create(
            {"name": "乙01", "parent_id": self.unit.id}
        )
        portal = self._create_user("portal_user_unit", partner_id=contact.id)
        with self.assertRaises(AccessError):
            self.system.with_user(portal).read(["posted_employee_ids"])
