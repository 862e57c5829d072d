from odoo import api, models


class ResPartnerCategory(models.Model):
    _inherit = "res.partner.category"

    @api.depends_context("partner_category_display")
    def _compute_display_name(self):
        """With ``partner_category_display`` "short" in the context, the name alone.

        Lists of parties show one tag in each row; repeating its parent there hides
        what differs.
        """
        if self.env.context.get("partner_category_display") != "short":
            return super()._compute_display_name()
        for category in self:
            category.display_name = category.name
