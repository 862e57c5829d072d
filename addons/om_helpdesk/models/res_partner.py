from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # A wish of the person, which whoever keeps contacts may enter.
    _free_fields = {"om_news_off": None}

    om_news_off = fields.Boolean(
        "No E-mails About Own Reports",
        help="What becomes of the faults that this person reported is not told by"
        " e-mail; the page of each fault shows it all the same. People with a login"
        " choose it in the portal.",
    )
