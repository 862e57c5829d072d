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

    def _group_by_lang(self):
        """Return {language: partners}: whoever is written to reads it in the own
        language, else in the company's, whatever the sender's is."""
        home = self.env.company.partner_id.lang or self.env.lang
        return self.grouped(lambda partner: partner.lang or home)
