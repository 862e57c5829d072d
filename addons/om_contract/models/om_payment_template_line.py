from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

BASES = [("contract", "Contract Price"), ("settlement", "Settlement Review")]
TERM_UNITS = [("workday", "Working Days"), ("day", "Days"), ("month", "Months")]


class OmPaymentTemplateLine(models.Model):
    _name = "om.payment.template.line"
    _inherit = ["om.act.mixin"]
    _description = "Payment Template Line"
    _order = "sequence, id"
    _free_fields = dict.fromkeys(
        (
            "template_id",
            "sequence",
            "name",
            "percent",
            "is_rest",
            "basis",
            "term_value",
            "term_unit",
            "condition_ids",
        )
    )

    template_id = fields.Many2one(
        "om.payment.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    percent = fields.Float(digits=(7, 4))
    is_rest = fields.Boolean(
        "Takes the Rest", help="The last milestone takes what the others leave."
    )
    share = fields.Float(compute="_compute_share", digits=(7, 4))
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

    @property
    def exact_percent(self):
        """The percentage as the engine takes it."""
        return Decimal(f"{self.percent:.4f}")

    @api.depends("percent", "is_rest", "template_id.line_ids.percent")
    def _compute_share(self):
        for line in self:
            others = line.template_id.line_ids - line
            line.share = (
                max(100.0 - sum(others.mapped("percent")), 0.0)
                if line.is_rest
                else line.percent
            )

    @api.constrains("percent", "is_rest")
    def _check_not_above_whole(self):
        """Lines may come one by one; that they are a whole is the template's rule."""
        for template in self.template_id:
            lines = template.line_ids
            if sum(line.exact_percent for line in lines if not line.is_rest) > 100:
                raise ValidationError(
                    self.env._(
                        "The milestones of “%s” add up to more than 100 percent.",
                        template.name,
                    )
                )

    def _prepare_milestone(self):
        """Return the values of the milestone that this line makes."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "name": self.name,
            "percent": self.share,
            "basis": self.basis,
            "term_value": self.term_value,
            "term_unit": self.term_unit,
            "condition_ids": [
                fields.Command.create(values)
                for values in self.condition_ids.sorted()._prepare_copies()
            ],
        }
