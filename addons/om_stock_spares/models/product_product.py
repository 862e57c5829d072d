from odoo import api, fields, models

# Also while a list is being settled nothing leaves the store another way.
OPEN_STATES = ("active", "settling")


class ProductProduct(models.Model):
    _inherit = "product.product"

    spare_quota_ids = fields.One2many(
        "om.spare.quota", "product_id", string="Spare Parts Lists"
    )
    spare_compatibility_ids = fields.One2many(
        "om.spare.compatibility", "product_id", string="Replaces"
    )
    is_listed_spare = fields.Boolean(
        compute="_compute_is_listed_spare",
        compute_sudo=True,
        help="On an active spare parts list, or judged fit to replace a part of one.",
    )

    @api.depends(
        "spare_quota_ids.list_state",
        "spare_compatibility_ids.is_compatible",
        "spare_compatibility_ids.quota_id.list_state",
    )
    def _compute_is_listed_spare(self):
        listed = dict(
            self.env["om.spare.quota"]._read_group(
                [("product_id", "in", self.ids), ("list_state", "in", OPEN_STATES)],
                ["product_id"],
                ["__count"],
            )
        )
        replacing = dict(
            self.env["om.spare.compatibility"]._read_group(
                [
                    ("product_id", "in", self.ids),
                    ("is_compatible", "=", True),
                    ("quota_id.list_state", "in", OPEN_STATES),
                ],
                ["product_id"],
                ["__count"],
            )
        )
        for product in self:
            product.is_listed_spare = bool(
                listed.get(product._origin) or replacing.get(product._origin)
            )
