from collections import defaultdict
from contextlib import nullcontext
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing

from ..engine.picking import Need, Stored, share_out
from ..engine.readiness import StoredPart, is_fit
from .stock_move import QUIET_TRANSFER


class OmSpareRequest(models.Model):
    """From the store to the device: transfers, serial numbers, returns."""

    _inherit = "om.spare.request"

    picking_ids = fields.One2many(
        "stock.picking",
        "om_spare_request_id",
        string="Transfers",
        copy=False,
        groups="stock.group_stock_user",
    )
    move_ids = fields.One2many(
        "stock.move",
        "om_spare_request_id",
        string="Stock Moves",
        copy=False,
        groups="stock.group_stock_user",
    )
    source_location_id = fields.Many2one(
        "stock.location",
        string="Take From",
        check_company=True,
        index="btree_not_null",
        domain="[('usage', '=', 'internal')]",
        help="A crew's van or the key period stock. Empty: the main store.",
    )
    issued_qty = fields.Integer(
        "Issued", required=True, default=0, readonly=True, copy=False
    )
    returned_qty = fields.Integer(
        "Returned", required=True, default=0, readonly=True, copy=False
    )
    used_qty = fields.Integer(compute="_compute_used_qty")
    issued_at = fields.Datetime(readonly=True, copy=False)
    installed_at = fields.Datetime(readonly=True, copy=False)
    on_hand = fields.Float(
        compute="_compute_on_hand",
        compute_sudo=True,
        help="Available at the place it is taken from.",
    )
    lot_ids = fields.Many2many(
        "stock.lot",
        compute="_compute_lot_ids",
        compute_sudo=True,
        groups="stock.group_stock_user",
    )
    serial_numbers = fields.Char(compute="_compute_lot_ids", compute_sudo=True)

    _issued_within_quantity = models.Constraint(
        "CHECK (issued_qty >= 0 AND returned_qty >= 0 AND returned_qty <= issued_qty"
        " AND issued_qty - returned_qty <= quantity)",
        "No more can be issued than was confirmed.",
    )

    @api.depends("issued_qty", "returned_qty")
    def _compute_used_qty(self):
        for request in self:
            request.used_qty = request.issued_qty - request.returned_qty

    @api.depends("product_id", "list_id.warehouse_id", "source_location_id")
    def _compute_on_hand(self):
        for place, requests in self.grouped(
            lambda request: request._get_source()
        ).items():
            products = requests.product_id.with_context(location=place.id)
            free = {product.id: product.free_qty for product in products}
            for request in requests:
                request.on_hand = free.get(request.product_id.id, 0.0)

    def _get_source(self):
        """Return the place the part is taken from."""
        self.ensure_one()
        warehouse = self.list_id.warehouse_id
        return self.source_location_id or warehouse.lot_stock_id

    @api.depends("move_ids.lot_ids", "move_ids.state")
    def _compute_lot_ids(self):
        for request in self:
            done = request.move_ids.filtered(lambda move: move.state == "done")
            request.lot_ids = done.lot_ids
            request.serial_numbers = format_list(self.env, done.lot_ids.mapped("name"))

    # ------------------------------------------------------------
    # Issue
    # ------------------------------------------------------------

    def action_issue(self, lots=None, location=None):
        """Issue the confirmed parts: one transfer each, done.

        :param lots: ``stock.lot`` to take, for parts with serial numbers
        :param location: where it is taken from; default the place chosen in the
            request, or else the warehouse's store
        :raises UserError: not confirmed, not in stock, or somebody was first
        """
        self._lock_quotas("issue", location)
        with self._act("issue") as requests:
            requests._transfer(lots, location)
        return True

    def _lock_quotas(self, name, location):
        """Hold quotas and stock before the act ``name`` does anything else: whoever
        waits for another issue of the same part waits here, and where the server has
        to begin anew after that, little was done in vain."""
        self._check_may(self._get_acts()[name])
        self.quota_id._lock_rows()
        self.env["stock.quant"]._wait_for(self.product_id, self._get_sources(location))

    def _get_sources(self, location):
        """Return the places from which these are taken; ``location`` if it is given."""
        return location or self.env["stock.location"].union(
            *(request._get_source() for request in self)
        )

    def action_issue_emergency(self, lots=None, location=None):
        """Issue a part in a key period before it is confirmed; that has to follow.

        :raises UserError: outside key periods, or the cap is used up
        """
        self.ensure_one()
        self._lock_quotas("issue_emergency", location)
        with self._act("issue_emergency", evidence="photo_ids") as request:
            if not request._is_key_period():
                raise UserError(
                    self.env._(
                        "“%s” is not in a key period today: both confirmations come"
                        " first.",
                        request.system_id.name,
                    )
                )
            hours = timedelta(hours=request.list_id.emergency_hours)
            vals = {"is_emergency": True, "confirm_by": fields.Datetime.now() + hours}
            if request.state == "draft":
                request._put_to_parties(vals)
            else:
                request.write(vals)
            request.quota_id._book(reserved=request.quantity)
            request._transfer(lots, location)
            request._resume_tickets()
        return True

    def _is_key_period(self):
        """True if the system is in a key period today."""
        self.ensure_one()
        return bool(
            self.env["om.key.period"]._find_period(
                self.system_id, fields.Datetime.now()
            )
        )

    def _transfer(self, lots, location):
        """Move the parts out of the store, all or none; in a number of queries that
        does not grow with them."""
        shares = self._share_lots(lots or self.env["stock.lot"])
        pickings = self._create_pickings(location)
        scanned = pickings.filtered(lambda each: shares[each.om_spare_request_id])
        self._check_lots_there(scanned, shares)
        moves = pickings.move_ids
        lines = self._choose_stored(moves, shares)
        holding = self.env["stock.quant"]._get_holding(
            moves.location_id,
            moves.location_dest_id,
            {(line["product_id"], line.get("lot_id", False)) for line in lines},
        )
        # Before they are confirmed: what was chosen is taken as it is, and nothing is
        # looked for among all that is in stock, transfer by transfer.
        self.env["stock.move.line"].with_context(**holding).create(lines)
        moves._action_confirm(merge=False)
        self._order_again(moves)
        for picking in pickings:
            picking.om_spare_request_id._check_in_stock(picking)
        moves.picked = True
        context = {"om_held": holding["om_held"], **QUIET_TRANSFER}
        pickings.with_context(**context)._action_done()

    def _create_pickings(self, location):
        """Make the transfers, their numbers drawn at once."""
        target = self.env.ref("stock.stock_location_customers")
        vals_list = [request._prepare_picking(location, target) for request in self]
        by_kind = defaultdict(list)
        for vals in vals_list:
            by_kind[vals["picking_type_id"]].append(vals)
        for kind_id, some in by_kind.items():
            # superuser: whoever may make a transfer may draw its number
            kind = self.env["stock.picking.type"].sudo().browse(kind_id)
            numbers = self._draw_numbers(kind.sequence_id, len(some))
            for vals, number in zip(some, numbers, strict=True):
                vals["name"] = number
        pickings = self.env["stock.picking"].create(vals_list)
        # Not with them: Odoo would look for rules of ordering for each of them.
        self.env["stock.move"].create(
            [
                request._prepare_move(picking)
                for request, picking in zip(self, pickings, strict=True)
            ]
        )
        return pickings

    @api.model
    def _choose_stored(self, moves, shares):
        """Return the values of the lines of ``moves``: what lies there is taken in
        Odoo's order, of what was scanned nothing else."""
        stored = self.env["stock.quant"]._get_stored(
            moves.product_id, moves.location_id
        )
        needs = []
        for move in moves:
            lots = shares[move.om_spare_request_id]
            wanted = frozenset(lots.ids) if lots else None
            place = move.location_id.parent_path
            needs.append(Need(move.product_id.id, place, wanted, move.product_qty))
        lying = [
            Stored(
                quant.product_id.id,
                quant.location_id.parent_path,
                quant.lot_id.id or 0,
                quant.quantity - quant.reserved_quantity,
            )
            for quant in stored
        ]
        return [
            move._prepare_move_line_vals(quantity=taken, reserved_quant=stored[index])
            for move, found in zip(moves, share_out(needs, lying), strict=True)
            for index, taken in found
        ]

    @api.model
    def _order_again(self, moves):
        """Let Odoo order what runs out, where it has a rule for that; asked once for a
        part and place, not for each transfer."""
        ordered = (
            self.env["stock.warehouse.orderpoint"]
            .search(
                [("product_id", "in", moves.product_id.ids), ("trigger", "=", "auto")]
            )
            .product_id
        )
        firsts = {
            (move.product_id, move.location_id): move.id
            for move in moves.filtered(lambda move: move.product_id in ordered)
        }
        moves.browse(firsts.values())._trigger_scheduler()

    def _share_lots(self, lots):
        """Return {request: the serial numbers that are for it}.

        :raises UserError: fewer or more than the parts that need one
        """
        result = {}
        for request in self:
            result[request] = share = lots.browse()
            if request.product_id.tracking == "serial":
                needed = request.quantity - request.used_qty
                mine = lots.filtered(
                    lambda lot, r=request: lot.product_id == r.product_id
                )
                share = result[request] = mine[:needed]
                lots -= share
                if len(share) != needed:
                    raise UserError(request._get_serial_text(needed, len(self) > 1))
            elif lots and len(self) == 1:
                result[request], lots = lots, lots.browse()
        if lots:
            raise UserError(
                self.env._(
                    "“%s” is for none of these requests.",
                    format_list(self.env, lots.mapped("name")),
                )
            )
        return result

    def _get_serial_text(self, needed, among_others):
        self.ensure_one()
        if among_others:
            return self.env._(
                "%(request)s has parts with serial numbers: issue it at the counter,"
                " where they are scanned (menu Spare Parts, Issue), and leave it out"
                " here.",
                request=self.name,
            )
        return self.env._("Scan the serial number of each of the %s parts.", needed)

    def _check_lots_there(self, pickings, shares):
        """Raise for the first serial number that does not lie where its transfer takes
        it from."""
        lots = self.env["stock.lot"].union(*shares.values())
        groups = self.env["stock.quant"]._read_group(
            [
                ("lot_id", "in", lots.ids),
                ("location_id", "child_of", pickings.location_id.ids),
            ],
            ["lot_id", "location_id"],
            ["quantity:sum"],
        )
        found = defaultdict(list)
        for lot, place, quantity in groups:
            if quantity > 0:
                found[lot].append(place.parent_path)
        for picking in pickings:
            source = picking.location_id
            for lot in shares[picking.om_spare_request_id]:
                if not any(path.startswith(source.parent_path) for path in found[lot]):
                    raise UserError(
                        self.env._(
                            "“%(lot)s” is not in stock at %(place)s: scan another one,"
                            " or choose the place where it lies.",
                            lot=lot.name,
                            place=source.display_name,
                        )
                    )

    def _check_in_stock(self, picking):
        """Raise unless ``picking`` found all that this request needs, fit for use."""
        self.ensure_one()
        warehouse = self.list_id.warehouse_id
        locked = warehouse.quarantine_location_id | warehouse.dismantled_location_id
        if picking.location_id in locked:
            raise UserError(
                self.env._(
                    "Nothing is issued from “%s”.", picking.location_id.display_name
                )
            )
        today = beijing.today()
        for lot in picking.move_ids.lot_ids:
            if not is_fit(StoredPart(usable_until=lot._get_usable_until()), today):
                raise UserError(
                    self.env._(
                        "The shelf life of “%(lot)s” (%(product)s) has ended: take"
                        " another one and move this one to quarantine.",
                        lot=lot.name,
                        product=lot.product_id.display_name,
                    )
                )
        needed, found = self.quantity - self.used_qty, picking.move_ids.quantity
        if found < needed:
            raise UserError(
                self.env._(
                    "“%(product)s” is not in stock at %(place)s: %(there)s of"
                    " %(needed)s. Take it from another place or order it.",
                    product=self.product_id.display_name,
                    place=picking.location_id.display_name,
                    there=f"{found:g}",
                    needed=needed,
                )
            )

    def _prepare_picking(self, location, target):
        """Return the values of the transfer."""
        self.ensure_one()
        return {
            "picking_type_id": self.list_id.warehouse_id.out_type_id.id,
            "location_id": (location or self._get_source()).id,
            "location_dest_id": target.id,
            "partner_id": self.unit_id.id,
            "origin": self.name,
            "om_spare_request_id": self.id,
        }

    def _prepare_move(self, picking):
        """Return the values of what is moved in the transfer."""
        self.ensure_one()
        return {
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "partner_id": picking.partner_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity - self.used_qty,
            "product_uom": self.uom_id.id,
            "location_id": picking.location_id.id,
            "location_dest_id": picking.location_dest_id.id,
            "om_spare_request_id": self.id,
        }

    # ------------------------------------------------------------
    # Return
    # ------------------------------------------------------------

    def action_return(self, quantity=None, lots=None):
        """Bring back to the store what was issued and is not installed: one transfer
        for each request, done.

        :param quantity: how many parts of one request; default all
        :param lots: which of its serial numbers; default all
        :raises UserError: nothing is left to come back, more than there is, or it is
            settled
        """
        with self._act("return") as requests:
            requests._bring_back(quantity, lots)
        return True

    def _get_returnable_lots(self):
        """Return the serial numbers that may come back."""
        return self.env["stock.lot"].union(*self._get_used_lots().values())

    def _bring_back(self, quantity, lots):
        """Make the transfers of :meth:`action_return`, in its act."""
        inside = self.filtered(lambda request: not request.used_qty)[:1]
        if inside:
            raise UserError(
                self.env._("Nothing of %s is outside the store.", inside.name)
            )
        issues = self.env["stock.move"].search(
            [("om_spare_request_id", "in", self.ids), ("state", "=", "done")],
            order="id",
        )
        issues = issues.filtered(lambda move: move._is_way_out())
        back = issues.returned_move_ids.filtered(lambda move: move.state == "done")
        left = {move: move._get_whole_quantity() for move in issues}
        for move in back:
            left[move.origin_returned_move_id] -= move._get_whole_quantity()
        numbers = self._get_used_lots()
        if quantity is not None:
            self.ensure_one()
            numbers[self] = self._choose_returned(quantity, lots, numbers[self])
            left = self._share_returned(quantity, left, numbers[self])
        pickings = self.env["stock.picking"].create(
            [
                request._prepare_return(
                    {
                        move: count
                        for move, count in left.items()
                        if move.om_spare_request_id == request
                    }
                )
                for request in self
            ]
        )
        for picking in pickings:
            for move in picking.move_ids:
                mine = numbers[picking.om_spare_request_id]
                move.lot_ids = mine & move.origin_returned_move_id.lot_ids
        pickings.action_confirm()
        pickings.action_assign()
        pickings.move_ids.picked = True
        pickings.with_context(**QUIET_TRANSFER)._action_done()

    def _choose_returned(self, quantity, lots, outside):
        """Return the serial numbers that come back.

        :param outside: those that are outside the store
        :raises UserError: more parts than are outside, or other serial numbers
        """
        self.ensure_one()
        if not 0 < quantity <= self.used_qty:
            raise UserError(
                self.env._(
                    "%(quantity)s of %(request)s cannot come back: %(used)s are outside"
                    " the store.",
                    quantity=quantity,
                    request=self.name,
                    used=self.used_qty,
                )
            )
        chosen = outside & (lots or outside.browse())
        if outside and len(chosen) != quantity:
            raise UserError(
                self.env._(
                    "Choose the serial number of each of the %s parts.", quantity
                )
            )
        return chosen

    @api.model
    def _share_returned(self, quantity, left, lots):
        """Return {move: how many of it come back}.

        :param left: {move: how many of it are outside}
        """
        shares = {}
        for move, count in left.items():
            wanted = len(lots & move.lot_ids) if lots else quantity
            shares[move] = min(count, wanted)
            quantity -= shares[move]
        return shares

    def _prepare_return(self, left):
        """Return the values of the transfer that brings ``left`` back.

        :param left: {move: how many of it are still outside}
        """
        self.ensure_one()
        kind = self.list_id.warehouse_id.out_type_id
        moves = {move: quantity for move, quantity in left.items() if quantity > 0}
        first = next(iter(moves))
        return {
            "picking_type_id": (kind.return_picking_type_id or kind).id,
            "location_id": first.location_dest_id.id,
            "location_dest_id": first.location_id.id,
            "partner_id": self.unit_id.id,
            "origin": self.env._("Return of %s", self.name),
            "return_id": first.picking_id.id,
            "om_spare_request_id": self.id,
            "move_ids": [
                fields.Command.create(
                    {
                        "product_id": move.product_id.id,
                        "product_uom_qty": quantity,
                        "product_uom": move.product_id.uom_id.id,
                        "location_id": move.location_dest_id.id,
                        "location_dest_id": move.location_id.id,
                        "origin_returned_move_id": move.id,
                        "to_refund": True,
                    }
                )
                for move, quantity in moves.items()
            ],
        }

    # ------------------------------------------------------------
    # What the stock tells
    # ------------------------------------------------------------

    def _book_quantities(self, quantities, counter, opposite=None):
        """Add to a counter of the quotas, once for each quota.

        :param quantities: {request: whole number}
        :param counter: counter that grows
        :param opposite: counter that shrinks by the same
        """
        totals = defaultdict(int)
        for request, quantity in quantities.items():
            totals[request.quota_id] += quantity
        self.env["om.spare.quota"]._book_all(
            {
                quota: {counter: total} | ({opposite: -total} if opposite else {})
                for quota, total in totals.items()
            }
        )

    def _stock_act(self, name):
        """The act ``name``, for what a transfer tells; or the act that has made the
        transfer and goes on."""
        return nullcontext(self) if self._is_acting() else self._act(name)

    def _note_issued(self, quantities):
        """Parts have left the store: what was reserved is used.

        :param quantities: {request: how many}
        """
        if not quantities:
            return
        now = fields.Datetime.now()
        groups = defaultdict(self.browse)
        with self.union(*quantities)._stock_act("issue") as issued:
            for request in issued:
                quantity = quantities[request]
                if request.used_qty + quantity > request.quantity:
                    raise UserError(
                        self.env._(
                            "%(request)s allows %(quantity)s, and %(used)s are issued"
                            " already.",
                            request=request.name,
                            quantity=request.quantity,
                            used=request.used_qty,
                        )
                    )
                whole = request.used_qty + quantity == request.quantity
                groups[request.issued_qty + quantity, whole] |= request
            self._book_quantities(quantities, "used", "reserved")
            for (count, whole), requests in groups.items():
                values = {"issued_qty": count}
                if whole:
                    values |= {"state": "issued", "issued_at": now}
                requests.write(values)

    def _note_returned(self, quantities):
        """Unused parts are back: the cap has room for them again.

        :param quantities: {request: how many}
        """
        if not quantities:
            return
        with self.union(*quantities)._stock_act("return") as returned:
            self._book_quantities(
                {request: -quantity for request, quantity in quantities.items()}, "used"
            )
            by_count = returned.grouped(
                lambda request: request.returned_qty + quantities[request]
            )
            for count, requests in by_count.items():
                requests.write({"returned_qty": count})
