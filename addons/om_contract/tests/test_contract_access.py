from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .common import OmContractCommon

READERS = ("procurement", "manager", "staffing", "auditor", "administrator")
WRITERS = ("procurement", "manager", "administrator")
OTHERS = ("engineer", "dispatcher", "warehouse")
PRICED = (
    "om.payment.milestone",
    "om.payment.condition",
    "om.fiscal.delay",
    "om.contract.amendment",
    "om.contract.document",
)


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestContractAccess(OmContractCommon):
    """Who sees contracts, who sees prices, who changes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract("60_40", code="甲-权限")
        cls.system = cls._create_system(agreement_id=cls.contract.id, annual_fee=5.0)
        cls.env["om.fiscal.delay"].create(
            {
                "agreement_id": cls.contract.id,
                "date_from": "2026-02-01",
                "cause": "甲",
            }
        )
        cls.env["om.contract.amendment"].create(
            {"agreement_id": cls.contract.id, "name": "甲", "reason": "甲"}
        )
        cls.env["om.contract.document"].create(
            {"agreement_id": cls.contract.id, "name": "甲", "file": "6K+B"}
        )
        cls.users = {"procurement": cls.officer} | {
            role: cls._create_user(role) for role in (*READERS[1:], *OTHERS)
        }

    def test_everybody_knows_the_contract(self):
        for user in self.users.values():
            contract = self.contract.with_user(user)
            self.assertEqual(contract.code, "甲-权限")
            self.assertEqual(self.system.with_user(user).agreement_id, contract)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_prices(self):
        for role in READERS:
            user = self.users[role]
            self.assertEqual(self.contract.with_user(user).amount_total, 1000000.0)
            self.assertEqual(self.system.with_user(user).annual_fee, 5.0)
            self.assertTrue(self.contract.with_user(user).milestone_ids[0].amount)
            for model in PRICED:
                self.assertTrue(self.env[model].with_user(user).search([]), model)
        for role in OTHERS:
            user = self.users[role]
            for record, name in (
                (self.contract, "amount_total"),
                (self.contract, "amount_paid"),
                (self.contract, "milestone_ids"),
                (self.system, "annual_fee"),
            ):
                with self.assertRaises(AccessError):
                    _value = record.with_user(user)[name]
            for model in PRICED:
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_forms_open(self):
        """Every internal role opens the contract's form, also without prices."""
        for user in self.users.values():
            views = (
                self.env["agreement"]
                .with_user(user)
                .get_view(self.env.ref("agreement.agreement_form").id, "form")
            )
            has_price = 'name="amount_total"' in views["arch"]
            self.assertEqual(has_price, user.login.split("_")[-1] in READERS)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_changes(self):
        for role in WRITERS:
            contract = self.contract.with_user(self.users[role])
            contract.name = f"甲合同 {role}"
            contract.milestone_ids[0].name = f"甲 {role}"
        for role in set(self.users) - set(WRITERS):
            contract = self.contract.with_user(self.users[role])
            with self.assertRaises(AccessError):
                contract.name = "甲"
            with self.assertRaises(AccessError):
                contract.action_activate()
            with self.assertRaises(AccessError):
                contract.create({"code": "甲", "name": "甲"})
            milestone = self.contract.milestone_ids[0].with_user(self.users[role])
            with self.assertRaises(AccessError):
                milestone.action_make_invoice()

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_agreement_groups_open_nothing(self):
        """The stock add-on's groups give every user all rights; here they do not."""
        user = new_test_user(
            self.env,
            login="om_contract_stock",
            groups="base.group_user,agreement.group_agreement_user",
        )
        contract = self.contract.with_user(user)
        with self.assertRaises(AccessError):
            _name = contract.name
        with self.assertRaises(AccessError):
            contract.name = "甲"
        with self.assertRaises(AccessError):
            contract.unlink()

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_officer_keeps_prices_of_systems_only(self):
        system = self.system.with_user(self.officer)
        system.annual_fee = 6.0
        self.assertFalse(system.is_editable)
        with self.assertRaisesRegex(AccessError, "a dispatcher changes the register"):
            system.name = "甲"
        with self.assertRaises(AccessError):
            system.create({"name": "甲", "unit_id": self.unit.id})
        with self.assertRaises(AccessError):
            system.unlink()
        # Through the contract's page of systems.
        self.contract.with_user(self.officer).write(
            {"system_ids": [Command.update(system.id, {"annual_fee": 7.0})]}
        )
        self.assertEqual(self.system.annual_fee, 7.0)
        dispatcher = self.system.with_user(self.users["dispatcher"])
        dispatcher.name = "甲系统二"
        self.assertTrue(dispatcher.is_editable)

    def test_officer_from_contract_to_payment(self):
        """Nothing in the officer's day needs an accountant: all done as him."""
        contract = self._create_contract("60_40", user=self.officer)
        contract.action_activate()
        milestone = contract.milestone_ids[0]
        self._confirm(milestone, "funds", "2026-02-02")
        move = self._invoice(milestone)
        self.assertEqual(move.env.user, self.officer)
        self._pay(move)
        self.assertEqual(milestone.state, "paid")

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_manager_makes_no_invoice(self):
        """A project manager keeps contracts; invoices are the officer's."""
        contract = self._create_contract("60_40", user=self.users["manager"])
        contract.action_activate()
        milestone = contract.milestone_ids[0]
        self._confirm(milestone, "funds", "2026-02-02")
        with self.assertRaises(AccessError):
            milestone.action_make_invoice()
        self._invoice(milestone.with_user(self.officer))
        self.assertEqual(milestone.amount_invoiced, 600000.0)

    def test_auditor_reads_invoices(self):
        contract = self._create_contract("60_40")
        contract.action_activate()
        milestone = contract.milestone_ids[0]
        self._confirm(milestone, "funds", "2026-02-02")
        move = self._invoice(milestone)
        auditor = self.users["auditor"]
        self.assertEqual(milestone.with_user(auditor).invoice_ids.id, move.id)
        self.assertEqual(contract.with_user(auditor).invoice_count, 1)
        with self.assertRaises(AccessError):
            move.with_user(auditor).button_draft()

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_other_company(self):
        company = self.env["res.company"].create({"name": "甲公司"})
        stranger = new_test_user(
            self.env,
            login="om_contract_stranger",
            groups="om_base.group_procurement",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(
            self.env["agreement"]
            .with_user(stranger)
            .search([("id", "=", self.contract.id)])
        )
        for model in PRICED:
            self.assertFalse(
                self.env[model]
                .with_user(stranger)
                .search([("agreement_id", "=", self.contract.id)]),
                model,
            )
        with self.assertRaises(AccessError):
            _name = self.contract.with_user(stranger).name

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model")
    def test_accountant_posts_without_a_role(self):
        """Who keeps the books need not see contracts to post what an officer made."""
        accountant = new_test_user(
            self.env,
            login="om_contract_accountant",
            groups="account.group_account_manager",
        )
        contract = self._create_contract("60_40")
        contract.action_activate()
        milestone = contract.milestone_ids[0]
        self._confirm(milestone, "funds", "2026-02-02")
        milestone.action_make_invoice()
        move = milestone.invoice_ids.with_user(accountant)
        move.action_post()
        self.assertEqual(str(milestone.invoice_date), "2026-02-02")
        with self.assertRaises(AccessError):
            _total = contract.with_user(accountant).amount_total

    def test_protected_over_rpc(self):
        """The context that acts carry cannot be sent: it is no value but an object."""
        for forged in (True, "Opening", 1):
            contract = self.contract.with_user(self.officer)
            contract = contract.with_context(om_act=forged)
            with self.assertRaisesRegex(UserError, "not written by hand"):
                contract.write({"state": "closed"})
