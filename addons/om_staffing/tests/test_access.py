from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import OmStaffingCommon

PERSONAL = ("om.social.insurance", "om.post.assignment", "om.bid.evaluation")


@tagged("post_install", "-at_install")
class TestAccess(OmStaffingCommon):
    def test_staffing_and_manager_evaluate(self):
        for role in ("staffing", "manager"):
            user = self._create_user(role)
            evaluation = self.evaluation.with_user(user)
            self.assertEqual(evaluation.get_compliance()["team"]["points"], 8.0)
            self.assertEqual(len(evaluation.get_pack()["team"]), 18)
            evaluation.get_people(search="data")
            evaluation.get_advice()
            evaluation.action_apply_best()

    def test_auditor_reads(self):
        auditor = self._create_user("auditor")
        evaluation = self.evaluation.with_user(auditor)
        self.assertFalse(evaluation.get_compliance()["evaluation"]["editable"])
        for act in (evaluation.action_freeze, evaluation.action_apply_best):
            with self.assertRaises(AccessError):
                act()

    def test_others_read_no_personal_data(self):
        for role in ("engineer", "dispatcher", "warehouse", "procurement"):
            user = self._create_user(role)
            for model in PERSONAL:
                with self.assertRaises(AccessError, msg=f"{role} {model}"):
                    self.env[model].with_user(user).search([]).read([])
            with self.assertRaises(AccessError):
                self.evaluation.with_user(user).get_compliance()
            found = self.env["hr.employee.skill"].with_user(user).search([])
            self.assertFalse(found.filtered("is_certification"))

    def test_nobody_certifies_oneself(self):
        user = self._create_user("engineer")
        employee = self.people["data"][0]
        employee.user_id = user
        own = employee.employee_skill_ids.with_user(user)
        self.assertEqual(own.skill_id, self.skill["analyst_senior"])
        with self.assertRaises(AccessError):
            own.valid_to = "2040-01-01"
        with self.assertRaises(AccessError):
            self._certify(employee.with_user(user), "cisp").with_user(user).unlink()
        with self.assertRaises(AccessError):
            own.read(["number"])

    def test_portal(self):
        user = self._create_user("portal_user_unit")
        for model in (*PERSONAL, "om.posting", "om.tender", "om.roster"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search([]).read([])
        self.assertFalse(self.env["om.posting.change"].with_user(user).search([]))

    def test_other_company(self):
        user = self._create_user("staffing")
        other = self.env["res.company"].create({"name": "other"})
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(
            self.env["om.tender"]
            .with_user(user)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", self.tender.id)])
        )
