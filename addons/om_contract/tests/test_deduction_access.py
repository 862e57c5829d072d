from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.tests.common import create_role_users

from .deduction_common import DeductionCase

MODELS = (
    "om.bond",
    "om.bond.move",
    "om.deduction",
    "om.deduction.line",
    "om.deduction.clause",
)
WRITERS = ("procurement", "manager", "administrator")
READERS = (*WRITERS, "auditor")


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestDeductionAccess(DeductionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = create_role_users(cls)
        cls.contract = cls.make_contract("60_30_10", 1000000.00)
        cls.bond = cls.contract.bond_ids
        cls.bond.action_receive(date="2026-02-02")
        cls.deduction = cls.agree(
            cls.deduct(cls.contract, "60_30_10_damages", amount=500.00)
        )

    def test_who_reads_and_who_writes(self):
        for role, user in self.users.items():
            for name in MODELS:
                model = self.env[name].with_user(user)
                with self.subTest(role=role, model=name):
                    # What a party sees of its own contracts is the portal's matter.
                    if not role.startswith("portal_"):
                        self.assertEqual(model.has_access("read"), role in READERS)
                    for mode in ("write", "create"):
                        self.assertEqual(model.has_access(mode), role in WRITERS)

    def test_writers_do_everything(self):
        for role in WRITERS:
            user = self.users[role]
            with self.subTest(role=role):
                deduction = self.deduction.with_user(user)
                deduction.action_apply()
                self.assertEqual(deduction.line_ids.target, "bond")
                deduction.action_reopen("更正")
                for party in deduction._get_parties():
                    self.agree_as(deduction, party, "2026-07-01")
                bond = self.bond.with_user(user)
                bond.action_draw(10.0).action_cancel("误录")
                self.assertTrue(deduction.action_explain()["res_id"])
                self.assertTrue(
                    self.contract.with_user(user).action_view_deductions()["domain"]
                )
                self.contract.with_user(user).action_view_bonds()

    def test_the_auditor_reads_and_decides_nothing(self):
        auditor = self.users["auditor"]
        deduction = self.deduction.with_user(auditor)
        self.assertEqual(deduction.amount, 500.00)
        self.assertEqual(self.contract.with_user(auditor).bond_balance, 100000.00)
        self.assertTrue(deduction.action_explain()["res_id"])
        self.assertTrue(self.bond.with_user(auditor).action_explain()["res_id"])
        acts = (
            deduction.action_apply,
            lambda: deduction.action_reopen("更正"),
            lambda: deduction.action_waive("免除"),
            lambda: self.bond.with_user(auditor).action_draw(1.0),
            lambda: self.bond.move_ids.with_user(auditor).action_cancel("误录"),
            lambda: self.env["om.deduction.act"].with_user(auditor).create({}),
        )
        for act in acts:
            self.assertRaises(AccessError, act)

    def test_prices_stay_hidden_from_the_others(self):
        for role in ("engineer", "dispatcher", "warehouse", "portal_purchaser"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.deduction.with_user(self.users[role]).read(["amount"])

    def test_a_calculation_is_its_makers(self):
        action = self.deduction.with_user(self.users["auditor"]).action_explain()
        sheet = self.env["om.calculation"].browse(action["res_id"])
        with self.assertRaises(AccessError):
            sheet.with_user(self.users["engineer"]).read(["result"])

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "乙公司"})
        stranger = self._create_user(
            "manager", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        for name in MODELS:
            model = self.env[name].with_user(stranger)
            domain = [("agreement_id", "=", self.contract.id)]
            self.assertFalse(model.search_count(domain), name)
        # The catalogue of the templates is for everybody.
        clauses = self.env["om.deduction.clause"].with_user(stranger)
        self.assertTrue(clauses.search_count([("template_id", "!=", False)]))
