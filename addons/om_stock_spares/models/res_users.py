from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_om_landings(self):
        """A storekeeper begins at the counter."""
        counter = (
            40,
            "om_base.group_warehouse",
            "om_stock_spares.om_spare_clerk_action",
        )
        return [*super()._get_om_landings(), counter]
