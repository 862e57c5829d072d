from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    om_role = fields.Selection(
        [
            ("purchaser", "Purchaser"),
            ("user_unit", "User Unit"),
            ("supervisor", "Supervisor"),
            ("supplier", "Supplier"),
            ("agency", "Procurement Agency"),
        ],
        string="O&M Role",
        index="btree_not_null",
        tracking=True,
        help="What this organisation is in operations and maintenance contracts: "
        "the purchaser pays, the user unit uses the systems, the supervisor "
        "confirms work and parts.",
    )
