from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.milestones import ShareError, check_shares

BASES = [("contract", "Contract Price"), ("settlement", "Settlement Review")]
TERM_UNITS = [("workday", "Working Days"), ("day", "Days"), ("month", "Months")]


class OmPaymentTemplate(models.Model):
    """How a kind of contract is paid: a whole in a few parts with their conditions."""

    _name = "om.payment.template"
    _description = "Payment Template"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    source = fields.Char(help="Where the rule is written: document and clause.")
    line_ids = fields.One2many(
        "om.payment.template.line", "template_id", string="Milestones", copy=True
    )
    summary = fields.Char(compute="_compute_summary", string="Shares")
    agreement_count = fields.Integer("Contracts", compute="_compute_agreement_count")

    @api.depends("line_ids.percent", "line_ids.is_rest", "line_ids.sequence")
    def _compute_summary(self):
        for template in self:
            template.summary = " / ".join(
                f"{line._get_percent():g}" for line in template.line_ids
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
            try:
                check_shares(template._get_shares())
            except ShareError as error:
                raise ValidationError(
                    self.env._(
                        "The milestones of “%s” must add up to 100 percent, and only"
                        " the last one can take the rest.",
                        template.name,
                    )
                ) from error

    def _get_shares(self):
        """Return the percentages in order as the engine takes them."""
        self.ensure_one()
        return [
            None if line.is_rest else Decimal(f"{line.percent:.4f}")
            for line in self.line_ids.sorted()
        ]


class OmPaymentTemplateLine(models.Model):
    _name = "om.payment.template.line"
    _description = "Payment Template Line"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "om.payment.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    percent = fields.Float(digits=(7, 4))
    is_rest = fields.Boolean(
        "Takes the Rest", help="The last milestone takes what the others leave."
    )
    basis = fields.Selection(BASES, required=True, default="contract")
    term_value = fields.Integer(
        "Term", help="How long after the conditions are met the payment is due."
    )
    term_unit = fields.Selection(TERM_UNITS, required=True, default="workday")
    condition_ids = fields.One2many(
        "om.payment.condition", "template_line_id", string="Conditions", copy=True
    )

    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "A percentage lies between 0 and 100.",
    )
    _term_not_negative = models.Constraint(
        "CHECK (term_value >= 0)", "A term cannot be negative."
    )

    @api.constrains("percent", "is_rest", "sequence")
    def _check_whole(self):
        self.template_id._check_whole()

    def _get_percent(self):
        """Return the percentage, for the rest what the others leave of 100."""
        self.ensure_one()
        if not self.is_rest:
            return self.percent
        others = self.template_id.line_ids - self
        return 100.0 - sum(others.mapped("percent"))

    def _prepare_milestone(self):
        """Return the values of the milestone that this line makes."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "name": self.name,
            "percent": self._get_percent(),
            "basis": self.basis,
            "term_value": self.term_value,
            "term_unit": self.term_unit,
            "condition_ids": [
                fields.Command.create(condition._prepare_copy())
                for condition in self.condition_ids
            ],
        }
