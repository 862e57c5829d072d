from datetime import date

from odoo import api, models

# Invented: none of it is public. Prices are examples.
SIGNED = {
    "shunyi": (date(2026, 1, 20), None, None),
    "tongzhou": (date(2026, 2, 10), date(2026, 2, 10), 2680000.0),
    "emergency": (date(2026, 6, 8), None, 3960000.0),
}


class OmContractHistory(models.AbstractModel):
    """Invents what has happened to the contracts, for a demonstration."""

    _name = "om.contract.history"
    _description = "Invented History of Contracts"

    @api.model
    def _load(self):
        """Sign three contracts with purchasers and one with a supplier; pay the first
        payment of each, one of them in part."""
        lang = self.env["om.engagement.loader"]._in_chinese().env.lang
        quiet = self.with_context(tracking_disable=True, lang=lang)
        quiet._sign()
        quiet._invoice_and_pay("shunyi", date(2026, 2, 3), date(2026, 3, 6))
        tongzhou = quiet._get("tongzhou")
        quiet._receive_bond(tongzhou, date(2026, 2, 13))
        quiet._confirm(tongzhou, "funds", date(2026, 2, 27), "财政资金到账通知（示例）")
        quiet._confirm(
            tongzhou, "purchaser_approval", date(2026, 3, 2), "付款审批单（示例）"
        )
        quiet._invoice_and_pay("tongzhou", date(2026, 3, 2), date(2026, 3, 12))
        emergency = quiet._get("emergency")
        quiet._receive_bond(emergency, date(2026, 6, 12))
        # The appropriation was short: the rest follows as it arrives.
        quiet._invoice_and_pay(
            "emergency", date(2026, 6, 16), date(2026, 7, 3), 1500000.0
        )
        quiet._subcontract()

    @api.model
    def _get(self, name):
        demo = self.env.ref(f"om_engagements.demo_agreement_{name}", False)
        return demo or self.env["om.engagement.loader"]._get(name)

    @api.model
    def _sign(self):
        supervisor = self.env.ref("om_engagements.demo_partner_supervisor_firm")
        for name, (signed, start, price) in SIGNED.items():
            contract = self._get(name)
            contract.write(
                {
                    "signature_date": signed,
                    "effective_date": signed,
                    "start_date": start or contract.start_date,
                    "amount_total": price or contract.amount_total,
                    "supervisor_id": supervisor.id,
                    "user_id": self.env.ref("om_base.demo_user_procurement").id,
                }
            )
            contract.action_activate()

    @api.model
    def _subcontract(self):
        """A supplier works for Shunyi's contract and is paid as we are."""
        contract = self._get("subcontract")
        contract.user_id = self.env.ref("om_base.demo_user_procurement")
        contract.action_make_milestones()
        contract.action_activate()
        self._invoice_and_pay("subcontract", date(2026, 3, 10), date(2026, 3, 18))

    @api.model
    def _past(self, day):
        """``day``, or today where that lies ahead: nothing is done in the future."""
        return min(day, self.env["agreement"]._get_today())

    @api.model
    def _receive_bond(self, contract, day):
        for bond in contract.bond_ids:
            bond.action_receive(bond.amount, self._past(day))

    @api.model
    def _confirm(self, contract, kind, day, evidence):
        conditions = contract.milestone_ids[:1].condition_ids
        conditions.filtered(lambda condition: condition.kind == kind).action_confirm(
            self._past(day), evidence
        )

    @api.model
    def _invoice_and_pay(self, name, invoiced, paid, amount=None):
        """Invoice the first payment and register what came in for it."""
        milestone = self._get(name).milestone_ids[:1]
        milestone.action_make_invoice()
        move = milestone.invoice_ids
        move.invoice_date = self._past(invoiced)
        move.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {
                "amount": amount or move.amount_residual,
                "payment_date": self._past(paid),
            }
        )._create_payments()
