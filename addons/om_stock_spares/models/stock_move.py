from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

# How our transfers are done: without a question about what is left over, and without
# the text message that Odoo sends to the receiving body through a gateway abroad once
# its telephone number is known. Units are told in the portal.
QUIET_TRANSFER = {"skip_backorder": True, "skip_sms": True}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    om_spare_request_id = fields.Many2one(
        "om.spare.request",
        string="Spare Part Request",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )


class StockMove(models.Model):
    """Listed spare parts leave our places for a confirmed request only, whatever the
    way: transfer, move, import, scrap or inventory."""

    _inherit = "stock.move"

    om_spare_request_id = fields.Many2one(
        "om.spare.request",
        string="Spare Part Request",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def _action_done(self, cancel_backorder=False):
        # Odoo's own act: what it writes is not a client's.
        moves = self._working()
        moves._check_settled_returns()
        spares = moves.exists().filtered(
            lambda move: (
                move.state not in ("done", "cancel") and move.product_id.is_listed_spare
            )
        )
        spares._check_spare_way_out()
        done = super(StockMove, moves)._action_done(cancel_backorder=cancel_backorder)
        for move in done & spares:
            move._get_whole_quantity()
        (done & spares)._book_spares()
        return done

    def _is_way_out(self):
        """True if the move takes goods out of our own places."""
        self.ensure_one()
        ours = ("internal", "transit")
        return (
            self.location_id.usage in ours and self.location_dest_id.usage not in ours
        )

    def _check_spare_way_out(self):
        """Raise for the first move that takes a listed part out without its right."""
        ways_out = self.filtered(lambda move: move._is_way_out())
        requests = ways_out.om_spare_request_id
        issue = requests._get_acts()["issue"]
        if not requests._is_acting():
            requests._lock_for(issue)
        for move in ways_out:
            request = move.om_spare_request_id
            if request:
                if not request.is_emergency:
                    request._check_source(issue)
            elif move.is_inventory or move.scrap_id:
                move._check_spare_correction()
            elif move.location_dest_id.usage != "supplier":
                raise UserError(
                    self.env._(
                        "“%s” is on a contract's spare parts list: it leaves the store"
                        " for a request that purchaser and supervisor have confirmed"
                        " only (menu Spare Parts, Requests).",
                        move.product_id.display_name,
                    )
                )

    def _check_spare_correction(self):
        """Corrections are for those who keep the store, with a reason."""
        self.ensure_one()
        user = self.env.user
        allowed = self.env.su or any(
            user.has_group(f"om_base.group_{role}")
            for role in ("warehouse", "manager", "administrator")
        )
        if not allowed:
            raise UserError(
                self.env._(
                    "Quantities of listed spare parts are corrected by the warehouse."
                )
            )
        reason = self.inventory_name or self.scrap_id.scrap_reason_tag_ids
        if not reason:
            raise UserError(
                self.env._(
                    "Say why the quantity of “%s” is corrected (field Reason).",
                    self.product_id.display_name,
                )
            )

    def _get_whole_quantity(self):
        """Return what was moved in the unit of the part, in which caps are counted,
        whatever the unit of the transfer.

        :raises UserError: a fraction of a piece
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        quantity = self.product_uom._compute_quantity(self.quantity, unit, round=False)
        whole = round(quantity)
        # Finer than any unit's rounding: 0.01 of a piece is a fraction, too.
        if float_compare(quantity, whole, precision_digits=6):
            raise UserError(
                self.env._(
                    "“%(part)s” is counted in whole %(unit)s: %(quantity)s %(given)s"
                    " are %(converted)s %(unit)s. Correct the quantity.",
                    part=self.product_id.display_name,
                    unit=unit.name,
                    quantity=f"{self.quantity:g}",
                    given=self.product_uom.name,
                    converted=f"{quantity:g}",
                )
            )
        return whole

    def _book_spares(self):
        """Let the requests know what has left and what has come back."""
        issued, returned = defaultdict(int), defaultdict(int)
        for move in self:
            request = move.om_spare_request_id
            if request and move._is_way_out():
                issued[request] += move._get_whole_quantity()
            origin = move.origin_returned_move_id
            if origin.om_spare_request_id and origin._is_way_out():
                returned[origin.om_spare_request_id] += move._get_whole_quantity()
        self.env["om.spare.request"]._note_issued(issued)
        self.env["om.spare.request"]._note_returned(returned)
