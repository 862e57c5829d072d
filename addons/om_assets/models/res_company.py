from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    mlps_cap_level2 = fields.Integer(
        "Level 2 Assessments Paid",
        help="How many level 2 assessments the contract pays for in a year. Zero: not"
        " said.",
    )
    mlps_cap_level3 = fields.Integer(
        "Level 3 Assessments Paid",
        help="How many level 3 assessments the contract pays for in a year. Zero: not"
        " said.",
    )
    mlps_user_id = fields.Many2one(
        "res.users",
        string="Responsible for MLPS",
        domain="[('share', '=', False)]",
        help="Asked for the assessments of systems that have no responsible.",
    )

    _mlps_caps_not_negative = models.Constraint(
        "CHECK (mlps_cap_level2 >= 0 AND mlps_cap_level3 >= 0)",
        "The number of assessments that the contract pays for cannot be negative.",
    )
