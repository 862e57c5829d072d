from odoo import api, models
from odoo.tools import SQL


class _Held:
    """Rows of the stock that this transaction holds; only code of the server can make
    one."""

    def __init__(self, ids):
        self.ids = frozenset(ids)


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        """What the transaction holds is not asked for once more, row by row."""
        held = self.env.context.get("om_held")
        if isinstance(held, _Held) and limit == 1:
            mine = self.filtered(lambda quant: quant.id in held.ids)[:1]
            if mine:
                return mine
        return super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )

    @api.model
    def _wait_for(self, products, places):
        """Hold what lies there of these products, and wait for whoever does.

        Odoo goes round a row that somebody holds, and leaves less than nothing in
        another one beside it.
        """
        # superuser: as Odoo itself counts
        stored = self.sudo().search(
            [
                ("product_id", "in", products.ids),
                ("location_id", "child_of", places.ids),
            ]
        )
        if stored:
            # In one order for everybody, so that two never wait for each other.
            self.env.execute_query(
                SQL(
                    "SELECT id FROM stock_quant WHERE id IN %s ORDER BY id"
                    " FOR NO KEY UPDATE",
                    stored._ids,
                )
            )
        return stored

    @api.model
    def _get_holding(self, sources, target, keys):
        """Return the context in which Odoo finds what goes from ``sources`` to
        ``target`` without asking for each transfer.

        :param keys: {(product's id, lot's id or False)} of what goes
        """
        quants = self.sudo()
        products = self.env["product.product"].browse({key[0] for key in keys})
        held = quants._wait_for(products, sources)
        there = quants.search(
            [
                ("product_id", "in", products.ids),
                ("lot_id", "in", [key[1] for key in keys]),
                ("location_id", "=", target.id),
            ]
        )
        missing = keys - {(each.product_id.id, each.lot_id.id) for each in there}
        held |= there.try_lock_for_update(allow_referencing=True)
        held |= quants._make_room(target, missing)
        return {
            "om_held": _Held(held.ids),
            "quants_cache": quants._get_quants_by_products_locations(
                products, sources | target
            ),
        }

    @api.model
    def _make_room(self, target, keys):
        """Make empty rows at ``target``, all at once: Odoo makes one after the other
        when something comes there for the first time."""
        # Not by Odoo's own method for quantities, which is that loop.
        return models.BaseModel.create(
            self.sudo(),
            [
                {"product_id": product, "lot_id": lot, "location_id": target.id}
                for product, lot in sorted(keys)
            ],
        )

    @api.model
    def _get_stored(self, products, places):
        """Return what lies there, in the order in which it is taken from there."""
        # superuser: as Odoo itself counts
        quants = self.sudo()
        by_order = {}
        for product in products:
            strategy = quants._get_removal_strategy(product, places[:1])
            by_order.setdefault(strategy, product.browse())
            by_order[strategy] |= product
        stored = quants.browse()
        for strategy, some in by_order.items():
            if strategy == "least_packages":
                # Parts lie in no packages.
                strategy = "fifo"
            found = quants.search(
                [
                    ("product_id", "in", some.ids),
                    ("location_id", "child_of", places.ids),
                ],
                order=quants._get_removal_strategy_order(strategy),
            )
            if strategy == "closest":
                found = found.sorted(
                    lambda each: (each.location_id.complete_name, -each.id)
                )
            stored |= found
        return stored
