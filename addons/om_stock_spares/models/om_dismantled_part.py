from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

KEPT = ("kept",)
KEEPERS = ("om_base.group_warehouse", "om_base.group_manager")
DAYS_A_YEAR = 365.25


class OmDismantledPart(models.Model):
    """A device that was taken out: the ledger that settlement rests on.

    Name, reason of removal, place and years in use are what the contract wants on
    record; the device itself is kept until it is handed back or disposed of (Shunyi's
    tender, chapter 5, requirement 14).
    """

    _name = "om.dismantled.part"
    _inherit = ["mail.thread", "om.act.mixin", "om.contract.work.mixin"]
    _description = "Dismantled Part"
    _order = "date desc, id desc"

    # Corrected while it is kept, each time on record.
    _free_fields = {
        "name": KEPT,
        "system_id": KEPT,
        "equipment_id": KEPT,
        "serial_no": KEPT,
        "reason": KEPT,
        "place": KEPT,
        "date": KEPT,
        "in_use_since": KEPT,
        "location_id": KEPT,
        "photo_ids": KEPT,
        "repair_ids": None,
    }
    _acts = {
        "hand_back": Act(
            _lt("Handed Back"),
            source=KEPT,
            target="returned",
            groups=KEEPERS,
            party="_get_owner",
        ),
        "dispose": Act(
            _lt("Disposed Of"),
            source=KEPT,
            target="disposed",
            groups=KEEPERS,
            party="_get_owner",
        ),
    }
    _facts = {
        "name": Fact("name"),
        "request": Fact("request_id"),
        "system": Fact("system_id"),
        "device": Fact("equipment_id"),
        "serial": Fact("serial_no"),
        "reason": Fact("reason"),
        "place": Fact("place"),
        "removed_on": Fact("date"),
        "in_use_since": Fact("in_use_since"),
        "kept_at": Fact("location_id"),
        "state": Fact("state"),
        "handed_on": Fact("handed_on"),
        "received_by": Fact("signed_by", personal=True),
    }

    name = fields.Char(required=True, tracking=True)
    request_id = fields.Many2one(
        "om.spare.request", index=True, ondelete="restrict", readonly=True
    )
    system_id = fields.Many2one(
        "om.system", required=True, index=True, ondelete="restrict"
    )
    unit_id = fields.Many2one(related="system_id.unit_id", store=True)
    company_id = fields.Many2one(related="system_id.company_id", store=True, index=True)
    equipment_id = fields.Many2one(
        "maintenance.equipment", index="btree_not_null", ondelete="restrict"
    )
    serial_no = fields.Char("Serial Number")
    reason = fields.Text("Reason of Removal", required=True, tracking=True)
    place = fields.Char(required=True, help="Where it was installed.")
    date = fields.Date(
        "Removed On", required=True, default=lambda self: beijing.today(), copy=False
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

    def copy_data(self, default=None):
        raise UserError(
            self.env._("A device is taken out once: register the next one as new.")
        )

    @api.private
    def action_hand_back(self, paper=None):
        """Give the parts back to their owner.

        :param paper: what its person signed, on paper or by hand on our screen
        """
        return self._leave("hand_back", paper)

    @api.private
    def action_dispose(self, paper=None):
        """Dispose of the parts, with the owner's signature."""
        return self._leave("dispose", paper)

    def action_enter_paper(self):
        """Open the dialog for the owner's signature; which one, the button says."""
        context = self.env.context
        return self._open_paper(context.get("om_paper"), context.get("om_way", "paper"))

    def _get_owner(self):
        """Whose device it was, and in which capacity that body signs."""
        return self.unit_id.commercial_partner_id, "user_unit"

    def _leave(self, name, paper):
        gone = self.filtered(lambda part: part.state != "kept")
        if gone:
            raise UserError(
                self.env._("“%s” has left the store already.", gone[0].name)
            )
        with self._act(name, paper=paper) as parts:
            parts.write(
                {
                    "handed_on": self._get_signing_day(),
                    "signed_by": paper.person if paper else self.env.user.name,
                }
            )
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        """What a settlement rests on, or a repair was tried on, stays."""
        if any(part.request_id or part.repair_ids or part.handed_on for part in self):
            raise UserError(
                self.env._(
                    "Devices taken out for a request or repaired stay on record."
                )
            )

    @api.model
    def _filter_closed_files(self, files):
        """The photos of what has left, or of a request, stay."""
        parts = self.search([("photo_ids", "in", files.ids)])
        return (
            files
            & parts.filtered(lambda part: part.request_id or part.handed_on).photo_ids
        )


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

    def action_install(self):
        """Ask for what shows that the part is in: place, serial numbers and a photo."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_stock_spares.om_spare_install_action"
        )
        action["context"] = {"default_request_id": self.id}
        return action

    def _install(self, place=None, kept_at=None, old_serial=None, photos=None):
        """Note that the issued part is in: the new device enters the ledger, the old
        one leaves it and is kept.

        :param place: where it was installed; default that of the old device
        :param old_serial: of what was taken out; default that of the old device
        :param photos: attachments that show it
        :param kept_at: ``stock.location`` of the old one; default the warehouse's place
            for dismantled parts
        :raises UserError: not issued
        """
        photos = photos or self.env["ir.attachment"]
        # superuser: files that the user has just uploaded are nobody else's yet
        photos.sudo().filtered(
            lambda photo: not photo.res_id and photo.create_uid == self.env.user
        ).write({"res_model": self._name, "res_id": self[:1].id})
        with self._act("install", evidence=photos) as requests:
            requests._register_new_devices(place)
            requests._dismantle(place, kept_at, old_serial, photos)
            now = fields.Datetime.now()
            requests.write({"state": "installed", "installed_at": now})
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
            request.new_equipment_ids = found[request.id]

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
            "effective_date": beijing.today(),
        }

    def _dismantle(self, place, kept_at, old_serial, photos):
        """Put the old devices on record and into the place for dismantled parts."""
        self.env["om.dismantled.part"].create(
            [
                request._prepare_dismantled(place, kept_at, old_serial, photos)
                for request in self
            ]
        )
        # As above: what was taken out is no longer in use.
        self.equipment_id.sudo().om_state = "removed"

    def _prepare_dismantled(self, place, kept_at, old_serial, photos):
        """Return the values of the old device's entry."""
        self.ensure_one()
        old = self.equipment_id
        kept_at = kept_at or self.list_id.warehouse_id.dismantled_location_id
        return {
            "name": old.name or self.quota_id.name,
            "request_id": self.id,
            "system_id": self.system_id.id,
            "equipment_id": old.id,
            "serial_no": old_serial or old.serial_no,
            "reason": self.beyond_repair,
            "place": place or old.location or self.system_id.name,
            "in_use_since": old.effective_date,
            "location_id": kept_at.id,
            "photo_ids": [fields.Command.set((self.photo_ids | photos).ids)],
        }
