from odoo import fields, models
from odoo.exceptions import UserError


class StockMove(models.Model):
    _inherit = "stock.move"

    om_spare_count_id = fields.Many2one(
        "om.spare.count",
        string="Stock-Taking",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _get_inventory_move_values(self, *args, **kwargs):
        """Moves of a stock-taking know it."""
        values = super()._get_inventory_move_values(*args, **kwargs)
        if self.env["om.spare.count"]._is_acting():
            values["om_spare_count_id"] = self.env.context.get("om_spare_count_id")
        return values


class StockLocation(models.Model):
    _inherit = "stock.location"

    om_counted_on = fields.Datetime(
        "Last Stock-Taking Applied",
        readonly=True,
        copy=False,
        help="When a stock-taking of spare parts was applied here last.",
    )

    def write(self, vals):
        if "om_counted_on" in vals and not self.env.su:
            raise UserError(
                self.env._("When a place was counted follows from its stock-takings.")
            )
        return super().write(vals)
