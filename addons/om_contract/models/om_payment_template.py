from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.milestones import ShareError, check_shares
from .om_clause_terms import CLAUSE_TERMS
from .om_notice_terms import NOTICE_TERMS
from .om_payment_template_line import TERM_UNITS


class OmPaymentTemplate(models.Model):
    """How a kind of contract is paid: a whole in a few parts with their conditions."""

    _name = "om.payment.template"
    _inherit = ["om.act.mixin", "om.notice.terms", "om.clause.terms"]
    _description = "Payment Template"
    _order = "sequence, name, id"
    # Contracts copy it: what is signed does not follow it.
    _free_fields = dict.fromkeys(
        (
            "name",
            "sequence",
            "active",
            "source",
            "line_ids",
            "bond_percent",
            "bond_term_value",
            "bond_term_unit",
            "clause_ids",
            *NOTICE_TERMS,
            *CLAUSE_TERMS,
        )
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    source = fields.Char(
        translate=True, help="Where the rule is written: document and clause."
    )
    line_ids = fields.One2many(
        "om.payment.template.line", "template_id", string="Milestones", copy=True
    )
    summary = fields.Char(compute="_compute_summary", string="Shares")
    agreement_count = fields.Integer("Contracts", compute="_compute_agreement_count")

    bond_percent = fields.Float(
        "Bond (%)",
        digits=(7, 4),
        help="Percent of the price that the contractor hands in as a bond; 0: none.",
    )
    bond_term_value = fields.Integer(
        "Bond Due After",
        aggregator=None,
        help="How long after the signature the bond is due. 0: no term is named.",
    )
    bond_term_unit = fields.Selection(TERM_UNITS, default="day", required=True)
    clause_ids = fields.One2many(
        "om.deduction.clause", "template_id", string="Deduction Clauses", copy=True
    )

    _bond_percent_range = models.Constraint(
        "CHECK (bond_percent >= 0 AND bond_percent <= 100)",
        "A bond is between 0 and 100 percent of the price.",
    )
    _bond_term_not_negative = models.Constraint(
        "CHECK (bond_term_value >= 0)", "A term cannot be negative."
    )

    @api.depends("line_ids.share", "line_ids.sequence")
    def _compute_summary(self):
        for template in self:
            template.summary = " / ".join(
                f"{line.share:g}" for line in template.line_ids.sorted()
            )

    def _compute_agreement_count(self):
        counts = dict(
            self.env["agreement"]._read_group(
                [("payment_template_id", "in", self.ids)],
                ["payment_template_id"],
                ["__count"],
            )
        )
        for template in self:
            template.agreement_count = counts.get(template, 0)

    @api.constrains("line_ids")
    def _check_whole(self):
        for template in self:
            lines = template.line_ids.sorted()
            try:
                check_shares(
                    [None if line.is_rest else line.exact_percent for line in lines]
                )
            except ShareError as error:
                raise ValidationError(
                    self.env._(
                        "The milestones of “%s” have to add up to 100 percent, and only"
                        " the last one can take the rest.",
                        template.name,
                    )
                ) from error
            if any(line.basis == "settlement" for line in lines[:-1]):
                raise ValidationError(
                    self.env._(
                        "Only the last milestone of “%s” can be measured by the"
                        " settlement review.",
                        template.name,
                    )
                )

    def action_view_agreements(self):
        """Return the list of the contracts that are paid this way."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_contract.agreement_action"
        )
        action["domain"] = [("payment_template_id", "in", self.ids)]
        action["context"] = {}
        return action

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            {**vals, "name": self.env._("%s (copy)", template.name)}
            for template, vals in zip(self, vals_list, strict=True)
        ]
