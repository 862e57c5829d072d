from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.models.om_act_mixin import Paper

from .common import forget_contract


@tagged("post_install", "-at_install")
class TestTwoDecide(BaseCase):
    """Two people apply the same deduction, or draw the last of a bond: two transactions
    that know nothing of each other. What is tried here is committed, and taken away
    again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            partner = env["res.partner"].create(
                {"name": "甲采购单位", "is_company": True, "om_role": "purchaser"}
            )
            contract = env["agreement"].create(
                {
                    "name": "甲双人合同",
                    "code": "TEST-TWO-DECIDE",
                    "partner_id": partner.id,
                    "domain": "sale",
                    "signature_date": "2026-01-05",
                    "effective_date": "2026-01-05",
                    "start_date": "2026-01-01",
                    "end_date": "2026-12-31",
                    "amount_total": 1000.00,
                    "payment_template_id": env.ref(
                        "om_contract.om_payment_template_60_30_10"
                    ).id,
                }
            )
            contract.action_make_milestones()
            contract.action_activate()
            contract.bond_ids.action_receive()
            deduction = env["om.deduction"].create(
                {
                    "name": "甲事件",
                    "agreement_id": contract.id,
                    "date": "2026-02-02",
                    "amount": 150.00,
                }
            )
            cls._agree(deduction)
            claim = env["om.deduction"].create(
                {
                    "name": "甲索赔",
                    "agreement_id": contract.id,
                    "date": "2026-02-02",
                    "amount": 12.00,
                    "direction": "purchaser",
                }
            )
            cls._agree(claim)
            claim.action_apply()
            if not env.company.chart_template:
                env["account.chart.template"].try_loading("cn", env.company, False)
            # The tax is there before, so that the two meet at the claim only.
            contract._get_taxes()
            cls.contract_id, cls.partner_id = contract.id, partner.id
            cls.deduction_id, cls.claim_id = deduction.id, claim.id
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _agree(cls, deduction):
        scan = deduction.env["ir.attachment"].create(
            {"name": "签字页.pdf", "raw": b"%PDF-1.4 signed"}
        )
        today = deduction.env["agreement"]._get_today()
        deduction.action_agree_purchaser(Paper("甲经办", today, scan))
        deduction.action_agree_contractor()

    @classmethod
    def _env(cls, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            contract = env["agreement"].browse(cls.contract_id)
            deductions = contract.deduction_ids
            deductions.invoice_ids.unlink()
            forget_contract(env, contract)
            env["res.partner"].browse(cls.partner_id).unlink()

    def _contract(self, cr):
        return self._env(cr)["agreement"].browse(self.contract_id)

    def _deduction(self, cr):
        return self._env(cr)["om.deduction"].browse(self.deduction_id)

    def _claim(self, cr):
        return self._env(cr)["om.deduction"].browse(self.claim_id)

    @mute_logger("odoo.sql_db")
    def test_one_deduction_is_applied_once(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            late = self._deduction(two)
            # The second transaction sees the database as of now: nothing applied.
            self.assertEqual(late.state, "agreed")
            early = self._deduction(one)
            early.action_apply()
            self.assertEqual(early.state, "applied")
            with self.assertRaisesRegex(UserError, "Somebody else"):
                late.action_apply()
            one.commit()
            # Odoo repeats a transaction that fails so.
            with self.assertRaises(SerializationFailure):
                late.action_apply()
            two.rollback()
            again = self._deduction(two)
            with self.assertRaisesRegex(UserError, "needs: Agreed"):
                again.action_apply()
            # 100.00 from the bond, 50.00 from the first payment, once.
            self.assertEqual(again.line_ids.mapped("amount"), [100.00, 50.00])
            two.rollback()
            early.action_reopen("清理")
            self._agree(early)
            one.commit()

    @mute_logger("odoo.sql_db")
    def test_the_last_of_a_bond_is_drawn_once(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            late = self._contract(two).bond_ids
            self.assertEqual(late.balance, 100.00)
            early = self._contract(one).bond_ids
            early.action_draw(80.00)
            with self.assertRaisesRegex(UserError, "Somebody else"):
                late.action_draw(80.00)
            one.commit()
            with self.assertRaises(SerializationFailure):
                late.action_draw(80.00)
            two.rollback()
            again = self._contract(two).bond_ids
            with self.assertRaisesRegex(UserError, "holds"):
                again.action_draw(80.00)
            self.assertEqual(again.balance, 20.00)
            two.rollback()
            early.move_ids[-1:].action_cancel("清理")
            one.commit()

    @mute_logger("odoo.sql_db")
    def test_a_claim_is_invoiced_once(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            late = self._claim(two)
            self.assertTrue(late.may_invoice)
            self._claim(one).action_make_invoice()
            with self.assertRaisesRegex(UserError, "Somebody else"):
                late.action_make_invoice()
            one.commit()
            # Odoo repeats a transaction that fails so.
            with self.assertRaises(SerializationFailure):
                late.action_make_invoice()
            two.rollback()
            late = self._claim(two)
            with self.assertRaisesRegex(UserError, "Nothing is left to invoice"):
                late.action_make_invoice()
            self.assertEqual(late.invoice_ids.mapped("amount_total"), [12.00])
            two.rollback()
