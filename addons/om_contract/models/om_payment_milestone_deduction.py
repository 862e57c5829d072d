from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from .agreement_deduction import DEDUCTION_GROUPS
from .om_payment_milestone import to_decimal


class OmPaymentMilestone(models.Model):
    """What deductions take from a payment, and what its delay costs the payer."""

    _inherit = "om.payment.milestone"

    deduction_line_ids = fields.One2many(
        "om.deduction.line",
        "milestone_id",
        string="Deductions",
        groups=DEDUCTION_GROUPS,
    )
    interest_ids = fields.One2many(
        "om.deduction",
        "late_milestone_id",
        string="Interest on Late Payment",
        groups=DEDUCTION_GROUPS,
    )
    amount_interest = fields.Monetary(
        "Interest",
        compute="_compute_amount_interest",
        groups=DEDUCTION_GROUPS,
        help="Demanded up to today.",
    )

    @api.depends("deduction_line_ids.amount")
    def _compute_amount_deducted(self):
        sums = dict(
            self.env["om.deduction.line"]._read_group(
                [("milestone_id", "in", self._origin.ids)],
                ["milestone_id"],
                ["amount:sum"],
            )
        )
        for milestone in self:
            milestone.amount_deducted = sums.get(milestone._origin, 0.0)

    @api.depends("interest_ids.amount", "interest_ids.state")
    def _compute_amount_interest(self):
        for milestone in self:
            live = milestone.interest_ids.filtered(lambda d: d.state != "waived")
            milestone.amount_interest = sum(live.mapped("amount_so_far"))

    def _get_deductible(self) -> Decimal:
        """Return what a deduction can still take: what is neither invoiced nor paid."""
        self.ensure_one()
        gone = max(to_decimal(self.amount_invoiced), to_decimal(self.amount_paid))
        return max(to_decimal(self.amount_due) - gone, Decimal(0))

    def _get_payments(self):
        """Return [(day, amount)] of what was paid on the invoices of these: money, no
        credit note and no loss."""
        return self.invoice_ids._om_get_payments()

    def action_demand(self):
        """Demand late payments: from here the days of grace run, then the interest.

        :raises UserError: not overdue, or a contract without such a clause
        """
        self.check_access("write")
        demanded = self.interest_ids.filtered(lambda d: d.state != "waived")
        todo = self - demanded.late_milestone_id
        vals_list = [milestone._prepare_interest() for milestone in todo]
        interests = demanded | self.env["om.deduction"].create(vals_list)
        return interests._get_list_action()

    def _prepare_interest(self):
        self.ensure_one()
        if not self.is_overdue:
            raise UserError(
                self.env._("“%s” is not overdue: nothing to demand.", self.display_name)
            )
        clause = self.agreement_id.clause_ids.filtered(
            lambda c: c.direction == "purchaser" and c.method == "daily"
        )[:1]
        if not clause:
            raise UserError(
                self.env._(
                    "The clauses of contract “%s” name no interest on late payment.",
                    self.agreement_id.display_name,
                )
            )
        today = self.env["agreement"]._get_today()
        return {
            "name": self.env._("Late payment of “%s”", self.name),
            "agreement_id": self.agreement_id.id,
            "clause_id": clause.id,
            "late_milestone_id": self.id,
            "date": today,
            "demand_date": today,
            "base_amount": self.amount_residual,
        }
