from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.milestones import ShareError, check_shares


class OmPaymentTemplate(models.Model):
    """How a kind of contract is paid: a whole in a few parts with their conditions."""

    _name = "om.payment.template"
    _inherit = ["om.act.mixin"]
    _description = "Payment Template"
    _order = "sequence, name, id"
    # Contracts copy it: what is signed does not follow it.
    _free_fields = dict.fromkeys(("name", "sequence", "active", "source", "line_ids"))

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
