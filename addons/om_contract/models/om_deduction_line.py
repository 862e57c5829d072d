from odoo import api, fields, models
from odoo.exceptions import UserError

from .om_deduction import DEDUCTION_ACT


class OmDeductionLine(models.Model):
    """A part of a deduction and what it was taken from. Written by acts only."""

    _name = "om.deduction.line"
    _description = "Applied Deduction"
    _order = "date, id"

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

    def _acting(self):
        """These lines in the context of an act that decides about them."""
        return self.with_context(om_deduction_act=DEDUCTION_ACT)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_act()
        return super().create(vals_list)

    def write(self, vals):
        self._check_act()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_act_only(self):
        self._check_act()

    def _check_act(self):
        if self.env.context.get("om_deduction_act") is not DEDUCTION_ACT:
            raise UserError(
                self.env._(
                    "What a deduction is taken from is decided by its buttons: apply,"
                    " reopen."
                )
            )
