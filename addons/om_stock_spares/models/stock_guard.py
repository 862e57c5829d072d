"""What happened in the store changes by Odoo's own acts only.

Odoo opens its stock models as a whole: whoever may write a transfer may, over RPC,
write the serial number of a part that left last year, make a move "done" that never
moved anything, or set what is in stock to another number. Here done moves stay as they
are, and quantities follow from moves.

Odoo's methods write these fields as the user, too. They are told from a client by an
object in the context, which no client can send, or by one of our acts.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

STOCK_ACT = object()

# Odoo's reservations go to and fro between these; they tell no facts. What is a draft
# becomes one of them when it is confirmed.
RESERVATION = frozenset(("waiting", "confirmed", "partially_available", "assigned"))
PLANNED = RESERVATION | {"draft"}


class OmStockGuardMixin(models.AbstractModel):
    _name = "om.stock.guard.mixin"
    _description = "Stock That Changes by Odoo's Acts Only"

    # What no client writes in any state, and what it may still write on what is done.
    _never_written = frozenset()
    _free_when_done = frozenset()

    def _working(self):
        """These in the context of one of Odoo's own acts."""
        return self.with_context(om_stock_act=STOCK_ACT)

    @api.model
    def _is_working(self):
        return (
            self.env.su
            or self.env.context.get("om_stock_act") is STOCK_ACT
            or self.env["om.act.mixin"]._is_acting()
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_working():
            for vals in vals_list:
                self._refuse_written(
                    name
                    for name in self._never_written & vals.keys()
                    if vals[name] and vals[name] != "draft"
                )
                self._check_new(vals)
        return super().create(vals_list)

    @api.model
    def _check_new(self, vals):
        """Raise if a client may not make a record like this."""

    def write(self, vals):
        if not self._is_working():
            self._check_written(vals)
        return super().write(vals)

    def _check_written(self, vals):
        """Raise if a client writes what is not its to write."""
        self._refuse_written(self._never_written & vals.keys())
        names = {
            name
            for name in vals.keys() - self._free_when_done
            if not name.startswith(("activity_", "message_"))
        }
        if names and any(record._is_done() for record in self):
            self._refuse_written(names)

    def _is_done(self):
        self.ensure_one()
        return self.state == "done"

    @api.model
    def _refuse_written(self, names):
        names = sorted(names)
        if names:
            labels = self.sudo().fields_get(names, ["string"])
            raise UserError(
                self.env._(
                    "%(fields)s (%(model)s): what has happened in the store stays as it"
                    " happened. Put it right by a return, a transfer or a"
                    " stock-taking.",
                    fields=format_list(
                        self.env,
                        [labels.get(name, {}).get("string", name) for name in names],
                    ),
                    # sudo: names of models are no secret.
                    model=self.env["ir.model"].sudo()._get(self._name).name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_happened(self):
        if not self._is_working() and any(record._is_done() for record in self):
            self._refuse_written(["state"])


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "om.stock.guard.mixin"]
    _never_written = frozenset(("state", "om_spare_request_id"))
    _free_when_done = frozenset(
        ("note", "user_id", "printed", "priority", "is_locked", "signature")
    )

    def _action_done(self):
        """Odoo's own act: what it writes is not a client's."""
        return super(StockPicking, self._working())._action_done()

    def _check_written(self, vals):
        if vals == {"state": "cancel"} and not self.move_ids:
            # What has nothing in it tells no facts.
            return None
        return super()._check_written(vals)


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "om.stock.guard.mixin"]
    _never_written = frozenset(("om_spare_request_id", "om_spare_count_id"))
    # Links to what follows from them.
    _free_when_done = frozenset(
        (
            "analytic_account_line_ids",
            "created_purchase_line_ids",
            "move_dest_ids",
            "move_orig_ids",
            "priority",
            "sequence",
        )
    )

    @api.model
    def _check_new(self, vals):
        if vals.get("state") in ("done", "cancel"):
            self._refuse_written(["state"])

    def _check_written(self, vals):
        if "state" in vals and not (
            vals["state"] in RESERVATION and all(move.state in PLANNED for move in self)
        ):
            self._refuse_written(["state"])
        return super()._check_written(vals)

    def copy_data(self, default=None):
        """A copy is still to be moved: it is no part of what is over."""
        over = ("done", "cancel")
        return [
            {**vals, "picking_id": (default or {}).get("picking_id", False)}
            if move.picking_id.state in over
            else vals
            for move, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def _action_cancel(self):
        """Odoo's own act: what it writes is not a client's."""
        return super(StockMove, self._working())._action_cancel()

    def _set_value(self, *args, **kwargs):
        """Odoo's own act: a value follows from bills and costs."""
        return super(StockMove, self._working())._set_value(*args, **kwargs)


class StockMoveLine(models.Model):
    _name = "stock.move.line"
    _inherit = ["stock.move.line", "om.stock.guard.mixin"]
    _never_written = frozenset(("state",))
    _free_when_done = frozenset(("is_entire_pack",))

    @api.model
    def _check_new(self, vals):
        move = self.env["stock.move"].browse(vals.get("move_id"))
        picking = self.env["stock.picking"].browse(vals.get("picking_id"))
        if "done" in (move.state, picking.state):
            self._refuse_written(["quantity"])


class StockScrap(models.Model):
    _name = "stock.scrap"
    _inherit = ["stock.scrap", "om.stock.guard.mixin"]
    _never_written = frozenset(("state", "date_done"))

    def do_scrap(self):
        """Odoo's own act: what it writes is not a client's."""
        return super(StockScrap, self._working()).do_scrap()


class StockQuant(models.Model):
    _name = "stock.quant"
    _inherit = ["stock.quant", "om.stock.guard.mixin"]
    _never_written = frozenset(("quantity", "reserved_quantity", "in_date"))
    # What is counted, by whom and when; Odoo makes a move of the difference.
    _counted = frozenset(
        (
            "accounting_date",
            "inventory_date",
            "inventory_diff_quantity",
            "inventory_quantity",
            "inventory_quantity_auto_apply",
            "inventory_quantity_set",
            "user_id",
        )
    )

    def _check_written(self, vals):
        """What lies where follows from moves."""
        self._refuse_written(vals.keys() - self._counted)

    def _is_done(self):
        return False
