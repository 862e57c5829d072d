from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.milestones import Balance
from .agreement import AMOUNT_GROUPS
from .agreement_deduction import DEDUCTION_GROUPS
from .om_payment_milestone import to_decimal


class AccountMove(models.Model):
    _inherit = "account.move"

    om_milestone_id = fields.Many2one(
        "om.payment.milestone",
        string="Payment Milestone",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
        groups=AMOUNT_GROUPS,
    )
    om_deduction_id = fields.Many2one(
        "om.deduction",
        string="Claim",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
        groups=DEDUCTION_GROUPS,
        help="What the purchaser bears on top of the price, such as interest.",
    )
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        compute="_compute_agreement_id",
        store=True,
        index="btree_not_null",
        groups=AMOUNT_GROUPS,
    )
    om_handed_in = fields.Date(
        "Handed In On",
        copy=False,
        tracking=True,
        groups=AMOUNT_GROUPS,
        help="The day on which the payer received the invoice: where the contract says"
        " so, the term of payment runs from it. Empty when posting: the invoice date.",
    )

    @api.depends("om_milestone_id.agreement_id", "om_deduction_id.agreement_id")
    def _compute_agreement_id(self):
        for move in self:
            source = move.om_milestone_id or move.om_deduction_id
            move.agreement_id = source.agreement_id

    @api.constrains("om_handed_in")
    def _check_om_handed_in(self):
        today = self.env["agreement"]._get_today()
        for move in self.filtered("om_handed_in"):
            if move.om_handed_in > today:
                raise UserError(
                    self.env._(
                        "Invoice %(name)s cannot have been handed in on %(date)s, a day"
                        " to come.",
                        name=move.display_name,
                        date=move.om_handed_in,
                    )
                )

    def _post(self, soft=True):
        """Check what is asked for against what is due, and note the handing in."""
        # Accountants without a role in contracts post these invoices too.
        own = self.sudo().filtered(lambda move: move.om_milestone_id)
        milestones = own.om_milestone_id
        milestones._lock()
        claims = self.sudo().om_deduction_id
        claims._lock()
        posted = super()._post(soft=soft)
        milestones._check_not_over_invoiced()
        claims._check_not_over_invoiced()
        for move in own.filtered(
            lambda move: (
                move.state == "posted"
                and not move.om_handed_in
                and move.move_type in ("out_invoice", "in_invoice")
            )
        ):
            today = self.env["agreement"]._get_today()
            move.om_handed_in = min(move.invoice_date or today, today)
        milestones._bring_invoices_in_step()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note belongs to the milestone, or the claim, of its invoice."""
        values_list = [dict(v) for v in default_values_list or [{} for _ in self]]
        for move, values in zip(self.sudo(), values_list, strict=True):
            if move.om_milestone_id:
                values.setdefault("om_milestone_id", move.om_milestone_id.id)
            if move.om_deduction_id:
                values.setdefault("om_deduction_id", move.om_deduction_id.id)
        return super()._reverse_moves(values_list, cancel=cancel)

    def action_view_om_contract(self):
        """Return the form of the contract."""
        self.ensure_one()
        return self.agreement_id._get_records_action()

    def _get_balance(self, amount, deducted=0.0):
        """Return the :class:`Balance` of ``amount`` with these as its invoices.

        Invoiced: drafts and posted invoices, less posted credit notes. Cash: what came
        in for them and was not paid back, as the reconciliation says.
        """
        invoiced = cash = 0.0
        for move in self:
            is_credit = move.move_type in ("out_refund", "in_refund")
            if move.state == "cancel" or (is_credit and move.state == "draft"):
                continue
            sign = -1 if is_credit else 1
            invoiced += sign * move.amount_total
            if move.state == "posted":
                cash += sign * (move.amount_total - move.amount_residual)
        return Balance(
            to_decimal(amount),
            to_decimal(deducted),
            to_decimal(invoiced),
            to_decimal(cash),
        )

    def _view_of_contract(self):
        """Return the action that shows these invoices or bills of one direction."""
        is_purchase = self[:1].move_type in ("in_invoice", "in_refund")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_in_invoice_type"
            if is_purchase
            else "account.action_move_out_invoice_type"
        )
        action["domain"] = [("id", "in", self.ids)]
        action["context"] = {"create": False}
        if len(self) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.id
        return action
