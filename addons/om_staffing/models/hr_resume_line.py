from odoo import fields, models


class HrResumeLine(models.Model):
    _inherit = "hr.resume.line"

    _free_fields = {"om_experience": None}

    om_experience = fields.Selection(
        [
            ("support", "Technical Support"),
            ("site_manager", "Technical Support, as Site Manager"),
        ],
        string="Counts As",
        index="btree_not_null",
        help="Whether the time counts as experience where a contract asks for years.",
    )
