from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.acts import Fact


class OmDeductionLine(models.Model):
    """A part of a deduction and what it was taken from. Written by acts only."""

    _name = "om.deduction.line"
    _inherit = ["om.act.mixin"]
    _description = "Applied Deduction"
    _order = "date, id"
    _facts = {
        "deduction": Fact("deduction_id"),
        "target": Fact("target"),
        "payment": Fact("milestone_id"),
        "bond_entry": Fact("bond_move_id"),
        "amount": Fact("amount"),
        "date": Fact("date"),
    }

    deduction_id = fields.Many2one(
        "om.deduction", required=True, index=True, ondelete="restrict", readonly=True
    )
    agreement_id = fields.Many2one(
        related="deduction_id.agreement_id", store=True, index=True
    )
    company_id = fields.Many2one(related="deduction_id.company_id", store=True)
    currency_id = fields.Many2one(related="deduction_id.currency_id")
    kind = fields.Selection(related="deduction_id.kind")
    target = fields.Selection(
        [
            ("milestone", "Payment"),
            ("bond", "Bond"),
            ("review", "Settlement Review"),
            ("claim", "Claim"),
        ],
        string="Taken From",
        required=True,
        readonly=True,
    )
    milestone_id = fields.Many2one(
        "om.payment.milestone",
        string="Payment",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    bond_move_id = fields.Many2one(
        "om.bond.move",
        string="Drawn From",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    amount = fields.Monetary(required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Applied By", default=lambda self: self.env.user
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A part of a deduction is above zero."
    )
    _target_named = models.Constraint(
        "CHECK ((target = 'milestone') = (milestone_id IS NOT NULL)"
        " AND (target = 'bond') = (bond_move_id IS NOT NULL))",
        "Say which payment or bond the deduction is taken from.",
    )

    @api.depends("target", "amount", "currency_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        targets = self._om_labels("target")
        for line in self:
            amount = line.currency_id.format(line.amount) if line.currency_id else ""
            parts = (line.date and str(line.date), targets.get(line.target), amount)
            line.display_name = " ".join(filter(None, parts))

    @api.ondelete(at_uninstall=False)
    def _unlink_by_act_only(self):
        if not self.env.su and not self._is_acting():
            raise UserError(
                self.env._(
                    "What a deduction is taken from is decided by its buttons: apply,"
                    " reopen."
                )
            )
