from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common import forget_contract


@tagged("post_install", "-at_install")
class TestInvoiceTwoCursors(BaseCase):
    """Two people make the invoice of one milestone: two transactions that know nothing
    of each other. What is tried here is committed, and taken away again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = cls._get_env(cr)
            if not env.company.chart_template:
                env["account.chart.template"].try_loading("cn", env.company, False)
            partner = env["res.partner"].create(
                {"name": "甲采购人", "is_company": True, "om_role": "purchaser"}
            )
            contract = env["agreement"].create(
                {
                    "code": "甲-双人",
                    "name": "甲双人合同",
                    "partner_id": partner.id,
                    "amount_total": 1000.0,
                    "signature_date": "2026-01-20",
                    "start_date": "2026-01-01",
                    "end_date": "2026-12-31",
                    "payment_template_id": env.ref(
                        "om_contract.om_payment_template_review"
                    ).id,
                }
            )
            contract.action_make_milestones()
            contract.action_activate()
            # The tax is there before, so that the two meet at the milestone only.
            contract._get_taxes()
            cls.partner_id, cls.contract_id = partner.id, contract.id
            cls.milestone_id = contract.milestone_ids[0].id
        cls.addClassCleanup(cls._clean_up)

    @classmethod
    def _get_env(cls, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = cls._get_env(cr)
            contract = env["agreement"].browse(cls.contract_id)
            moves = contract.milestone_ids.invoice_ids
            moves.filtered(lambda move: move.state == "posted").button_draft()
            moves.unlink()
            forget_contract(env, contract)
            env["res.partner"].browse(cls.partner_id).unlink()

    def _get_milestone(self, cr):
        return self._get_env(cr)["om.payment.milestone"].browse(self.milestone_id)

    @mute_logger("odoo.sql_db")
    def test_one_invoice_and_one_message(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            late = self._get_milestone(two)
            # The second sees the database as of now: ready, nothing invoiced.
            self.assertEqual(late.state, "ready")
            self._get_milestone(one).action_make_invoice()
            with self.assertRaisesRegex(UserError, "Somebody else"):
                late.action_make_invoice()
            one.commit()
            # Odoo repeats a transaction that fails so.
            with self.assertRaises(SerializationFailure):
                late.action_make_invoice()
            two.rollback()
            late = self._get_milestone(two)
            with self.assertRaisesRegex(UserError, "Nothing is left to invoice"):
                late.action_make_invoice()
            self.assertEqual(len(late.invoice_ids), 1)
            two.rollback()
