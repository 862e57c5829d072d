from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


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
        compute="_compute_on_hand", help="Available in the warehouse of the list."
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

    @api.depends("product_id", "list_id.warehouse_id")
    def _compute_on_hand(self):
        for warehouse, requests in self.grouped(
            lambda request: request.list_id.warehouse_id
        ).items():
            products = requests.product_id.with_context(warehouse_id=warehouse.id)
            free = {product.id: product.free_qty for product in products}
            for request in requests:
                request.on_hand = free.get(request.product_id.id, 0.0)

    @api.depends("move_ids.lot_ids", "move_ids.state")
    def _compute_lot_ids(self):
        for request in self:
            done = request.move_ids.filtered(lambda move: move.state == "done")
            request.lot_ids = done.lot_ids
            request.serial_numbers = ", ".join(done.lot_ids.mapped("name"))

    # ------------------------------------------------------------
    # Issue
    # ------------------------------------------------------------

    def action_issue(self, lots=None, location=None):
        """Issue the confirmed part: one transfer, done.

        :param lots: ``stock.lot`` to take, for parts with serial numbers
        :param location: where it is taken from; default the warehouse's store
        :raises UserError: not confirmed, not in stock, or somebody was first
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        self.invalidate_recordset()
        self._check_state("confirmed")
        self._transfer(lots, location)
        return True

    def action_issue_emergency(self, lots=None, location=None):
        """Issue a part in a key period before it is confirmed; that has to follow.

        :raises UserError: outside key periods, or the cap is used up
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        self.invalidate_recordset()
        self._check_state("draft", "asked")
        if not self._is_key_period():
            raise UserError(
                self.env._(
                    "“%s” is not in a key period today: both confirmations come first.",
                    self.system_id.name,
                )
            )
        if self.state == "draft":
            self.action_ask()
        self.quota_id._book(reserved=self.quantity)
        now = fields.Datetime.now()
        self._acting().write(
            {
                "is_emergency": True,
                "confirm_by": now + timedelta(hours=self.list_id.emergency_hours),
            }
        )
        self._transfer(lots, location)
        self._resume_tickets()
        return True

    def _is_key_period(self):
        """True if the system is in a key period today."""
        self.ensure_one()
        today = self.env["om.calendar"]._to_date(fields.Datetime.now())
        return bool(
            self.env["om.key.period"].search_count(
                [
                    ("date_start", "<=", today),
                    ("date_end", ">=", today),
                    ("company_id", "=", self.company_id.id),
                    "|",
                    ("system_ids", "=", False),
                    ("system_ids", "in", self.system_id.ids),
                ],
                limit=1,
            )
        )

    def _transfer(self, lots, location):
        """Move the part out of the store."""
        self.ensure_one()
        needed = self.quantity - self.used_qty
        if self.product_id.tracking == "serial" and len(lots or ()) != needed:
            raise UserError(
                self.env._("Scan the serial number of each of the %s parts.", needed)
            )
        picking = self.env["stock.picking"].create(self._prepare_picking(location))
        picking.action_confirm()
        picking.action_assign()
        move = picking.move_ids
        if lots:
            move.lot_ids = lots
        if move.quantity < self.quantity - self.used_qty:
            raise UserError(
                self.env._(
                    "“%(product)s” is not in stock at %(place)s: %(there)s of"
                    " %(needed)s. Take it from another place or order it.",
                    product=self.product_id.display_name,
                    place=picking.location_id.display_name,
                    there=f"{move.quantity:g}",
                    needed=self.quantity - self.used_qty,
                )
            )
        move.picked = True
        picking.with_context(skip_backorder=True)._action_done()

    def _prepare_picking(self, location):
        """Return the values of the transfer."""
        self.ensure_one()
        warehouse = self.list_id.warehouse_id
        kind = warehouse.out_type_id
        source = location or kind.default_location_src_id
        target = self.env.ref("stock.stock_location_customers")
        return {
            "picking_type_id": kind.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "partner_id": self.unit_id.id,
            "origin": self.name,
            "om_spare_request_id": self.id,
            "move_ids": [
                fields.Command.create(
                    {
                        "product_id": self.product_id.id,
                        "product_uom_qty": self.quantity - self.used_qty,
                        "product_uom": self.uom_id.id,
                        "location_id": source.id,
                        "location_dest_id": target.id,
                        "om_spare_request_id": self.id,
                    }
                )
            ],
        }

    # ------------------------------------------------------------
    # What the stock tells
    # ------------------------------------------------------------

    def _note_issued(self, quantity):
        """Parts have left the store: what was reserved is used."""
        self.ensure_one()
        if self.used_qty + quantity > self.quantity:
            raise UserError(
                self.env._(
                    "%(request)s allows %(quantity)s, and %(used)s are issued already.",
                    request=self.name,
                    quantity=self.quantity,
                    used=self.used_qty,
                )
            )
        self.quota_id._book(reserved=-quantity, used=quantity)
        values = {"issued_qty": self.issued_qty + quantity}
        if self.used_qty + quantity == self.quantity:
            values |= {"state": "issued", "issued_at": fields.Datetime.now()}
        self._acting().write(values)

    def _note_returned(self, quantity):
        """Unused parts are back: the cap has room for them again."""
        self.ensure_one()
        self._check_state("confirmed", "issued")
        self.quota_id._book(used=-quantity)
        self._acting().write({"returned_qty": self.returned_qty + quantity})
