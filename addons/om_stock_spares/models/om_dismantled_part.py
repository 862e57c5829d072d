from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

DAYS_A_YEAR = 365.25


class OmDismantledPart(models.Model):
    """A device that was taken out: the ledger that settlement rests on.

    Name, reason of removal, place and years in use are what the contract wants on
    record; the device itself is kept until it is handed back or disposed of (Shunyi's
    tender, chapter 5, requirement 14).
    """

    _name = "om.dismantled.part"
    _inherit = ["mail.thread", "om.contract.guard.mixin"]
    _description = "Dismantled Part"
    _order = "date desc, id desc"
    _guarded_fields = frozenset(("state", "handed_on", "signature", "signed_by"))

    name = fields.Char(required=True, tracking=True)
    request_id = fields.Many2one(
        "om.spare.request", index=True, ondelete="restrict", readonly=True
    )
    system_id = fields.Many2one(
        "om.system", required=True, index=True, ondelete="restrict"
    )
    unit_id = fields.Many2one(related="system_id.unit_id", store=True)
    company_id = fields.Many2one(related="system_id.company_id", store=True, index=True)
    equipment_id = fields.Many2one("maintenance.equipment", index="btree_not_null")
    serial_no = fields.Char("Serial Number")
    reason = fields.Text("Reason of Removal", required=True, tracking=True)
    place = fields.Char(required=True, help="Where it was installed.")
    date = fields.Date(
        "Removed On", required=True, default=fields.Date.context_today, copy=False
    )
    in_use_since = fields.Date()
    years_in_use = fields.Float(
        compute="_compute_years_in_use", store=True, digits=(5, 1)
    )
    location_id = fields.Many2one(
        "stock.location", string="Kept At", tracking=True, ondelete="restrict"
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "om_dismantled_part_photo_rel",
        "part_id",
        "attachment_id",
        string="Photos",
        bypass_search_access=True,
        copy=False,
    )
    state = fields.Selection(
        [("kept", "Kept"), ("returned", "Handed Back"), ("disposed", "Disposed Of")],
        required=True,
        default="kept",
        readonly=True,
        tracking=True,
        index=True,
        copy=False,
    )
    handed_on = fields.Date(readonly=True, copy=False)
    signed_by = fields.Char(readonly=True, copy=False)
    signature = fields.Binary(readonly=True, copy=False, attachment=True)

    _request_equipment_uniq = models.UniqueIndex(
        "(request_id, equipment_id) WHERE equipment_id IS NOT NULL",
        "This device was taken down for this request already.",
    )

    @api.depends("date", "in_use_since")
    def _compute_years_in_use(self):
        for part in self:
            days = (
                (part.date - part.in_use_since).days
                if part.date and part.in_use_since
                else 0
            )
            part.years_in_use = max(days, 0) / DAYS_A_YEAR

    def action_hand_back(self, signed_by, signature):
        """Give the parts back to their owner, against a signature."""
        return self._leave("returned", signed_by, signature)

    def action_dispose(self, signed_by, signature):
        """Dispose of the parts, with the owner's signature."""
        return self._leave("disposed", signed_by, signature)

    def _leave(self, state, signed_by, signature):
        self.check_access("write")
        if not (signed_by or "").strip() or not signature:
            raise UserError(self.env._("The receiver's name and signature are needed."))
        self._lock()
        gone = self.filtered(lambda part: part.state != "kept")
        if gone:
            raise UserError(
                self.env._("“%s” has left the store already.", gone[0].name)
            )
        self._acting().write(
            {
                "state": state,
                "handed_on": fields.Date.context_today(self),
                "signed_by": signed_by,
                "signature": signature,
            }
        )
        return True


class OmSpareRequest(models.Model):
    """Putting the new part in, and the old one on record."""

    _inherit = "om.spare.request"

    dismantled_ids = fields.One2many(
        "om.dismantled.part", "request_id", string="Dismantled Parts", copy=False
    )
    new_equipment_ids = fields.Many2many(
        "maintenance.equipment",
        "om_spare_request_new_equipment_rel",
        "request_id",
        "equipment_id",
        string="Installed Devices",
        readonly=True,
        copy=False,
    )

    def action_install(self, place=None, kept_at=None):
        """Note that the issued part is in: the new device enters the ledger, the old
        one leaves it and is kept.

        :param place: where it was installed; default that of the old device
        :param kept_at: ``stock.location`` of the old one; default the warehouse's place
            for dismantled parts
        :raises UserError: not issued
        """
        self.check_access("write")
        self._lock()
        for request in self:
            request._check_state("issued")
        self._register_new_devices(place)
        self._dismantle(place, kept_at)
        self._acting().write(
            {"state": "installed", "installed_at": fields.Datetime.now()}
        )
        return True

    def _register_new_devices(self, place):
        """Make the parts with serial numbers devices of their systems."""
        tracked = self.filtered(lambda request: request.product_id.tracking == "serial")
        # Engineers install; the ledger itself is the dispatchers' to edit, and the
        # serial numbers are the warehouse's.
        rows = [
            (request, request._prepare_new_device(lot, place))
            for request, lots in tracked.sudo()._get_used_lots().items()
            for lot in lots
        ]
        devices = (
            self.env["maintenance.equipment"]
            .sudo()
            .create([values for _request, values in rows])
        )
        found = defaultdict(devices.browse)
        for (request, _values), device in zip(rows, devices, strict=True):
            found[request.id] |= device
        for request in tracked:
            request._acting().new_equipment_ids = found[request.id]

    def _prepare_new_device(self, lot, place):
        """Return the values of the device that a part with a serial number becomes."""
        self.ensure_one()
        old = self.equipment_id
        return {
            "name": old.name or self.quota_id.name,
            "model": self.product_id.display_name,
            "serial_no": lot.name,
            "system_id": self.system_id.id,
            "hardware_line_id": old.hardware_line_id.id,
            "category_id": old.category_id.id,
            "location": place or old.location,
            "effective_date": fields.Date.context_today(self),
        }

    def _dismantle(self, place, kept_at):
        """Put the old devices on record and into the place for dismantled parts."""
        self.env["om.dismantled.part"].create(
            [request._prepare_dismantled(place, kept_at) for request in self]
        )
        # As above: what was taken out is no longer in use.
        self.equipment_id.sudo().om_state = "removed"

    def _prepare_dismantled(self, place, kept_at):
        """Return the values of the old device's entry."""
        self.ensure_one()
        old = self.equipment_id
        kept_at = kept_at or self.list_id.warehouse_id.dismantled_location_id
        return {
            "name": old.name or self.quota_id.name,
            "request_id": self.id,
            "system_id": self.system_id.id,
            "equipment_id": old.id,
            "serial_no": old.serial_no,
            "reason": self.beyond_repair,
            "place": place or old.location or self.system_id.name,
            "in_use_since": old.effective_date,
            "location_id": kept_at.id,
            "photo_ids": [fields.Command.set(self.photo_ids.ids)],
        }
