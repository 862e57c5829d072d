from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    spare_readiness_at = fields.Datetime(
        "Spare Part Readiness As Of",
        readonly=True,
        help="When it was last worked out which spare parts are not ready.",
    )
