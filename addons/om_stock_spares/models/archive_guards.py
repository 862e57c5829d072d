"""What of spare parts may not be archived: see ``om.archive.guard.mixin``."""

from odoo import models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        variants = self.with_context(active_test=False).product_variant_ids
        return [
            *super()._get_archive_bars(),
            *(
                (records.product_tmpl_id, why)
                for records, why in variants._get_archive_bars()
            ),
        ]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred(
                    "om.spare.quota", "product_id", [("list_state", "!=", "draft")]
                ),
                self.env._("the part is on a spare list of a contract."),
            ),
            (
                self._get_referred(
                    "om.spare.request", "product_id", [("state", "!=", "draft")]
                ),
                self.env._("the part was asked for as a spare."),
            ),
        ]
