from odoo import api, fields, models
from odoo.exceptions import UserError

from .agreement import AMOUNT_GROUPS


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
    agreement_id = fields.Many2one(
        related="om_milestone_id.agreement_id",
        string="Contract",
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
        posted = super()._post(soft=soft)
        milestones._check_not_over_invoiced()
        for move in own.filtered(
            lambda move: (
                move.state == "posted"
                and not move.om_handed_in
                and move.move_type in ("out_invoice", "in_invoice")
            )
        ):
            today = self.env["agreement"]._get_today()
            move.om_handed_in = min(move.invoice_date or today, today)
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note belongs to the milestone of its invoice."""
        values_list = [dict(v) for v in default_values_list or [{} for _ in self]]
        for move, values in zip(self.sudo(), values_list, strict=True):
            if move.om_milestone_id:
                values.setdefault("om_milestone_id", move.om_milestone_id.id)
        return super()._reverse_moves(values_list, cancel=cancel)

    def action_view_om_contract(self):
        """Return the form of the contract."""
        self.ensure_one()
        return self.agreement_id._get_records_action()
