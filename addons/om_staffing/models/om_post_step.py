from odoo import fields, models


class OmPostStep(models.Model):
    _name = "om.post.step"
    _inherit = "om.act.mixin"
    _description = "Step of Points"
    _order = "post_id, count"
    _free_fields = dict.fromkeys(
        (
            "post_id",
            "count",
            "points",
        )
    )
    _rec_name = "count"

    post_id = fields.Many2one("om.post", required=True, index=True, ondelete="cascade")
    count = fields.Integer("From Persons", required=True, default=1)
    points = fields.Float(digits=(5, 2), required=True)

    _count_uniq = models.Constraint(
        "unique(post_id, count)", "Each number of persons has one step."
    )
    _count_positive = models.Constraint(
        "CHECK (count > 0 AND points >= 0)",
        "Steps begin at 1 person, and points are not negative.",
    )
