from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.scoring import (
    Demand,
    all_or_nothing,
    grouped_points,
    half_up,
    met_kinds,
    performance_points,
)


class OmTenderRule(models.Model):
    _name = "om.tender.rule"
    _inherit = "om.act.mixin"
    _description = "Scoring Rule for the Enterprise"
    _order = "tender_id, sequence, id"
    _free_fields = dict.fromkeys(
        (
            "tender_id",
            "sequence",
            "name",
            "kind",
            "points",
            "step",
            "signed_after",
            "item_ids",
        )
    )

    tender_id = fields.Many2one(
        "om.tender", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="tender_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("together", "All Together or Nothing"),
            ("each", "Less for Each Missing One"),
            ("performance", "Reference Contracts"),
        ],
        required=True,
        default="together",
    )
    points = fields.Float("Full Points", digits=(5, 2), required=True)
    step = fields.Float(
        "Points Each",
        digits=(5, 2),
        help="Points for each reference contract, or lost with each certificate.",
    )
    signed_after = fields.Date(
        help="Contracts signed later than this day count, on the day itself not."
    )
    item_ids = fields.One2many(
        "om.tender.rule.item", "rule_id", string="Certificates", copy=True
    )

    _points_positive = models.Constraint(
        "CHECK (points > 0 AND step >= 0)", "A rule gives points."
    )

    @api.constrains("kind", "step", "signed_after", "item_ids")
    def _check_complete(self):
        for rule in self:
            if rule.kind == "performance":
                complete = rule.step and rule.signed_after
            else:
                complete = rule.item_ids and (rule.kind == "together" or rule.step)
            if not complete:
                raise ValidationError(
                    self.env._(
                        "“%s” is not complete: certificates for a rule about"
                        " certificates; points each and the day of signature for"
                        " one about contracts.",
                        rule.name,
                    )
                )

    @api.private
    def get_points(self, held, signed, day):
        """Points of this rule on ``day``.

        :param held: the enterprise's ``Qualification``
        :param signed: days of signature of the reference contracts
        """
        self.ensure_one()
        full, step = Decimal(str(self.points)), Decimal(str(self.step))
        if self.kind == "performance":
            return performance_points(signed, self.signed_after, step, full)
        kinds = [str(item.type_id.id) for item in self.item_ids]
        met = met_kinds(self._get_demands(), held, day)
        if self.kind == "each":
            return grouped_points(met, kinds, full, step)
        return all_or_nothing(met, kinds, half_up(full))

    def _get_demands(self):
        return [
            Demand(str(item.type_id.id), item.grade, item.scope or "")
            for item in self.item_ids
        ]
