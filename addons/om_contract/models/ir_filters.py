from odoo import api, models


class IrFilters(models.Model):
    _inherit = "ir.filters"

    @api.model
    def get_filters(self, model, *args, **kwargs):
        """Name Odoo's own favourites of the invoice analysis in the user's language.

        The names of favourites are not translatable: people name them as they like.
        """
        filters = super().get_filters(model, *args, **kwargs)
        words = {
            "By Country": self.env._("By Country"),
            "By Credit Note": self.env._("By Credit Note"),
            "By Product": self.env._("By Product"),
            "By Product Category": self.env._("By Product Category"),
            "By Salespersons": self.env._("By Salespersons"),
            "Inventory Valuation": self.env._("Inventory Valuation"),
        }
        for each in filters:
            # One without users is for all, as those that come with Odoo.
            if not each.get("user_ids"):
                each["name"] = words.get(each["name"], each["name"])
        return filters
