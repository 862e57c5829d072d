from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Fact

from ..engine.deviation import overall

DEVIATIONS = [
    ("positive", "Positive Deviation"),
    ("none", "No Deviation"),
    ("negative", "Negative Deviation"),
]


class OmSpareCompatibility(models.Model):
    """Somebody's judgement whether a product may take the place of a listed part."""

    _name = "om.spare.compatibility"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Compatible Spare Part"
    _rec_name = "product_id"
    _rec_names_search = ["product_id.name", "product_id.default_code"]
    _order = "quota_id, id"

    _free_fields = {
        "quota_id": None,
        "product_id": None,
        "line_ids": None,
        "note": None,
    }
    _facts = {"quota": Fact("quota_id"), "product": Fact("product_id")}

    quota_id = fields.Many2one(
        "om.spare.quota", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="quota_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict"
    )
    line_ids = fields.One2many(
        "om.spare.compatibility.line", "compatibility_id", string="Parameters"
    )
    deviation = fields.Selection(
        DEVIATIONS, compute="_compute_deviation", store=True, tracking=True
    )
    judged_by_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, tracking=True, copy=False
    )
    judged_on = fields.Date(
        default=lambda self: beijing.today(), tracking=True, copy=False
    )
    is_compatible = fields.Boolean(
        compute="_compute_deviation",
        store=True,
        help="Every parameter is judged and none is worse than required.",
    )
    note = fields.Text()

    _product_uniq = models.Constraint(
        "unique(quota_id, product_id)",
        "This product is judged for this part already.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_used()

    def _check_not_used(self):
        """Raise if a part was asked for on the word of one of these judgements."""
        # sudo: whether it was used is asked, whoever may read requests.
        requests = self.env["om.spare.request"].sudo()
        used = requests.search(
            [
                ("quota_id", "in", self.quota_id.ids),
                ("product_id", "in", self.product_id.ids),
                ("state", "!=", "draft"),
            ]
        )
        pairs = {(request.quota_id, request.product_id) for request in used}
        if any((each.quota_id, each.product_id) in pairs for each in self):
            raise UserError(
                self.env._(
                    "A part was asked for on the word of this judgement: it stays on"
                    " record."
                )
            )

    @api.depends("line_ids.deviation")
    def _compute_deviation(self):
        for judgement in self:
            found = overall(line.deviation or None for line in judgement.line_ids)
            judgement.deviation = found
            judgement.is_compatible = found in ("positive", "none")


class OmSpareCompatibilityLine(models.Model):
    _name = "om.spare.compatibility.line"
    _inherit = ["om.act.mixin"]
    _description = "Parameter of a Compatible Spare Part"
    _order = "sequence, id"

    _free_fields = {
        "compatibility_id": None,
        "sequence": None,
        "name": None,
        "required_value": None,
        "offered_value": None,
        "deviation": None,
    }
    _facts = {
        "judgement": Fact("compatibility_id"),
        "parameter": Fact("name"),
        "required": Fact("required_value"),
        "offered": Fact("offered_value"),
        "deviation": Fact("deviation"),
    }

    compatibility_id = fields.Many2one(
        "om.spare.compatibility", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Parameter", required=True)
    required_value = fields.Char("Required")
    offered_value = fields.Char("Offered")
    deviation = fields.Selection(DEVIATIONS)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.compatibility_id._check_not_used()
