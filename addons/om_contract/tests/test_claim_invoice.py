from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .deduction_common import DeductionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestClaimInvoice(DeductionCase):
    """What the purchaser bears is invoiced, once, and settled by its payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bda = cls.make_contract("60_40", 1296000.00)

    def _claim(self, contract=None, amount=4665.60, direction="purchaser"):
        claim = self.deduct(
            contract or self.bda, amount=amount, direction=direction, kind="delay"
        )
        self.agree(claim, "2026-07-15")
        claim.action_apply(claim=True)
        return claim

    def _get_invoice(self, claim):
        claim.action_make_invoice()
        move = claim.invoice_ids.filtered(lambda m: m.state == "draft")
        move.ensure_one()
        return move

    def test_draft_invoice(self):
        claim = self._claim()
        self.assertTrue(claim.may_invoice)
        move = self._get_invoice(claim)
        self.assertEqual((move.move_type, move.state), ("out_invoice", "draft"))
        self.assertEqual(move.partner_id, self.purchaser)
        self.assertEqual(move.agreement_id, self.bda)
        self.assertFalse(move.om_milestone_id)
        line = move.invoice_line_ids
        self.assertEqual(line.account_id.account_type, "income_other")
        self.assertTrue(line.account_id.code.startswith("5301"))
        self.assertEqual(line.tax_ids.amount, 6.0)
        # 4,665.60 / 1.06 = 4,401.509...
        self.assertEqual(f"{move.amount_total:.2f}", "4665.60")
        self.assertEqual(f"{move.amount_untaxed:.2f}", "4401.51")
        self.assertIn("肆仟陆佰陆拾伍元陆角", self._print(move))
        line.price_unit = 1.06
        self.assertIn("壹元零陆分", self._print(move))
        self.assertNotIn("肆仟", self._print(move), "words follow the amount")
        # The payments of the contract are what they were.
        self.assertFalse(self.bda.milestone_ids.invoice_ids)
        self.assertEqual(f"{self.bda.amount_invoiced:.2f}", "0.00")
        self.assertEqual(self.bda.invoice_count, 1)
        self.assertEqual(self.bda.action_view_invoices()["res_id"], move.id)

    def test_nothing_twice(self):
        claim = self._claim()
        move = self._get_invoice(claim)
        self.assertFalse(claim.may_invoice)
        with self.assertRaisesRegex(UserError, "Nothing is left to invoice"):
            claim.action_make_invoice()
        self.assertEqual(move.copy().om_deduction_id, claim, "it asks for the same")
        line = Command.update(move.invoice_line_ids.id, {"price_unit": 4665.61})
        move.invoice_line_ids = [line]
        with self.assertRaisesRegex(UserError, "would be invoiced for the claim"):
            move.action_post()

    def test_paid(self):
        claim = self._claim()
        move = self._get_invoice(claim)
        move.action_post()
        with self.assertRaisesRegex(UserError, "register the payment there"):
            claim.action_settle_claim("2026-07-15", "银行回单01")
        with self.assertRaisesRegex(UserError, "cancel the invoice first"):
            claim.action_reopen("金额更正")
        self._pay(move, 4000.00)
        self.assertEqual(f"{claim.amount_claim_open:.2f}", "665.60")
        self.assertTrue(claim.has_open_claim)
        self.assertIn("665.60", "\n".join(self.bda._get_open_matters()))
        self._pay(move)
        self.assertFalse(claim.has_open_claim)
        found = self.env["om.deduction"].search([("has_open_claim", "=", True)])
        self.assertNotIn(claim, found)
        self.assertNotIn(claim.name, "\n".join(self.bda._get_open_matters()))

    def test_cancelled_and_credited(self):
        claim = self._claim()
        move = self._get_invoice(claim)
        move.button_cancel()
        self.assertTrue(claim.may_invoice)
        again = self._get_invoice(claim)
        again.action_post()
        note = self._credit(again)
        self.assertEqual(note.om_deduction_id, claim)
        self.assertEqual(f"{claim.amount_invoiced:.2f}", "0.00")
        claim.action_reopen("金额更正")
        claim.amount = 100.00
        self.agree(claim, "2026-07-15")
        claim.action_apply()
        self.assertEqual(f"{self._get_invoice(claim).amount_total:.2f}", "100.00")

    def test_only_what_the_purchaser_bears(self):
        penalty = self._claim(amount=2000000.00, direction="contractor")
        self.assertTrue(penalty.amount_claimed)
        with self.assertRaisesRegex(UserError, "only what the purchaser bears"):
            penalty.action_make_invoice()
        open_one = self.deduct(self.bda, amount=5.0, direction="purchaser")
        with self.assertRaisesRegex(UserError, "only what the purchaser bears"):
            open_one.action_make_invoice()
        settled = self._claim(amount=5.0)
        settled.action_settle_claim("2026-07-15", "银行回单02")
        with self.assertRaisesRegex(UserError, "Nothing is left to invoice"):
            settled.action_make_invoice()

    def test_supplier(self):
        """We pay late: the supplier's interest is a bill, and an expense of ours."""
        contract = self.make_contract(
            "single", 5300.0, partner_id=self.supplier.id, domain="purchase"
        )
        move = self._get_invoice(self._claim(contract, 106.00))
        self.assertEqual(move.move_type, "in_invoice")
        self.assertEqual(move.partner_id, self.supplier)
        line = move.invoice_line_ids
        self.assertTrue(line.account_id.code.startswith("5711"))
        self.assertEqual(line.tax_ids.type_tax_use, "purchase")
        self.assertEqual(f"{move.amount_untaxed:.2f}", "100.00")

    def test_several_at_once(self):
        claims = self._claim() | self._claim(amount=12.34)
        action = claims.action_make_invoice()
        self.assertEqual(action["domain"], [("id", "in", claims.invoice_ids.ids)])
        amounts = [f"{move.amount_total:.2f}" for move in claims.invoice_ids]
        self.assertEqual(sorted(amounts), ["12.34", "4665.60"])

    def test_who_may(self):
        claim = self._claim()
        for role in ("manager", "auditor", "engineer"):
            user = self._create_user(role)
            with self.assertRaises(AccessError, msg=role):
                claim.with_user(user).action_make_invoice()
        with self.assertRaisesRegex(UserError, "not written by hand"):
            claim.amount_invoiced = 1.0
