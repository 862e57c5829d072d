from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine import ledger

_lt = LazyTranslate(__name__)

# A device in one of these states counts for the declared quantity.
PRESENT_STATES = ("in_use", "faulty")


class MaintenanceEquipment(models.Model):
    """The ledger of devices. An entry still to be completed stands for a number, not
    for a device: what is on record about it begins when it is completed."""

    _name = "maintenance.equipment"
    _inherit = ["maintenance.equipment", "om.act.mixin", "om.search.mixin"]
    _rec_names_search = ["name", "serial_no", "ledger_number", "ip_address"]
    _state_field = "om_state"
    _free_fields = dict.fromkeys(
        (
            "active",
            "address",
            "assign_date",
            "category_id",
            "color",
            "company_id",
            "cost",
            "department_id",
            "effective_date",
            "employee_id",
            "equipment_assign_to",
            "equipment_properties",
            "expected_mtbf",
            "hardware_line_id",
            "install_date",
            "ip_address",
            "latitude",
            "lease_end",
            "location",
            # Odoo's, where stock and maintenance meet.
            "location_id",
            "longitude",
            "maintenance_ids",
            "maintenance_team_id",
            "model",
            "name",
            "note",
            "om_state",
            "online_ids",
            "owner_user_id",
            "partner_id",
            "partner_ref",
            "photo_ids",
            "scrap_date",
            "serial_no",
            "system_id",
            "technician_user_id",
            "warranty_date",
        )
    )
    _acts = {"complete": Act(_lt("Completed"))}
    _facts = {
        "state": Fact("om_state"),
        "active": Fact("active"),
        "system": Fact("system_id"),
        "number": Fact("ledger_number"),
        "serial": Fact("serial_no"),
        "model": Fact("model"),
        "scrapped_on": Fact("scrap_date"),
        "leased_until": Fact("lease_end"),
        "warranty_until": Fact("warranty_date"),
    }

    system_id = fields.Many2one(
        "om.system",
        compute="_compute_system_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        string="O&M System",
    )
    hardware_line_id = fields.Many2one(
        "om.system.hardware",
        domain="[('system_id', '=?', system_id)]",
        index="btree_not_null",
        ondelete="set null",
        string="Declared As",
        help="The line of the contract's hardware list this device counts for.",
    )
    unit_id = fields.Many2one(related="system_id.unit_id", string="User Unit")
    # Typed letter by letter in search fields, among hundreds of thousands.
    name = fields.Char(index="trigram")
    model = fields.Char(index="trigram")
    serial_no = fields.Char(index="trigram")
    ledger_number = fields.Char(
        "Ledger No.",
        readonly=True,
        copy=False,
        index="trigram",
        help="Number in the ledger: code of the system, line of its hardware list,"
        " number of the device. Never given to another device.",
    )
    om_state = fields.Selection(
        [
            ("in_use", "In Use"),
            ("faulty", "Faulty"),
            ("removed", "Dismantled"),
            ("scrapped", "Scrapped"),
        ],
        string="Device State",
        required=True,
        default="in_use",
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    to_complete = fields.Boolean(
        index=True,
        copy=False,
        tracking=True,
        help="Made from the declared quantities: place, model and serial number are"
        " still to be entered.",
    )
    warranty_date = fields.Date(index="btree_not_null")
    lease_end = fields.Date(
        "Leased Until",
        tracking=True,
        copy=False,
        index="btree_not_null",
        help="Last day that is paid for, of what is leased and not owned: a line, a SIM"
        " card, cloud capacity, a web certificate.",
    )
    location = fields.Char("Place", help="Where the device stands.")
    address = fields.Char(help="Street address or crossing.")
    latitude = fields.Float(digits=(10, 7), aggregator=None)
    longitude = fields.Float(digits=(10, 7), aggregator=None)
    ip_address = fields.Char("IP Address", index="trigram", copy=False)
    install_date = fields.Date("Installed On", copy=False)
    photo_ids = fields.Many2many(
        "ir.attachment",
        "om_equipment_photo_rel",
        "equipment_id",
        "attachment_id",
        string="Photos",
        bypass_search_access=True,
        copy=False,
    )

    # What the audit looks for at each opening of the overview, and hardly ever finds.
    _dates_in_disorder = models.Index(
        "(system_id) WHERE install_date > warranty_date OR install_date > scrap_date"
    )
    # How many are served, of hundreds of thousands, without looking at each.
    _served = models.Index(
        "(system_id, company_id)"
        " WHERE active IS TRUE AND om_state IN ('in_use', 'faulty')"
    )
    # What the audit counts: of each line, of those that stand nowhere, by address.
    _of_line = models.Index(
        "(hardware_line_id) WHERE active IS TRUE AND om_state IN ('in_use', 'faulty')"
    )
    _nowhere = models.Index(
        "(system_id) WHERE (location IS NULL OR location = '')"
        " AND (address IS NULL OR address = '')"
        " AND (latitude IS NULL OR latitude = 0)"
        " AND (longitude IS NULL OR longitude = 0)"
    )
    _by_ip_address = models.Index("(system_id, ip_address) WHERE ip_address != ''")
    _ledger_number_uniq = models.UniqueIndex(
        "(company_id, ledger_number) WHERE ledger_number IS NOT NULL",
        "Another device has the same number in the ledger.",
    )

    @api.depends("hardware_line_id")
    def _compute_system_id(self):
        for equipment in self:
            equipment.system_id = (
                equipment.hardware_line_id.system_id or equipment.system_id
            )

    @api.depends("system_id")
    def _compute_owner(self):
        # Odoo makes whoever registers a device its owner and follower; the devices of
        # user units have neither.
        units = self.filtered(
            lambda equipment: (
                equipment.system_id and equipment.equipment_assign_to == "other"
            )
        )
        units.owner_user_id = False
        return super(MaintenanceEquipment, self - units)._compute_owner()

    @api.depends("ledger_number")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for equipment in self:
            if equipment.ledger_number and not equipment.serial_no:
                equipment.display_name = f"{equipment.name} {equipment.ledger_number}"
        return result

    @api.onchange("system_id")
    def _onchange_system_id(self):
        if self.hardware_line_id.system_id != self.system_id:
            self.hardware_line_id = False

    @api.onchange("om_state")
    def _onchange_om_state(self):
        if self.om_state != "scrapped":
            self.scrap_date = False
        elif not self.scrap_date:
            self.scrap_date = self._get_ledger_today()

    @api.constrains("system_id", "hardware_line_id")
    def _check_hardware_line(self):
        wrong = self.filtered(
            lambda equipment: (
                equipment.hardware_line_id
                and equipment.hardware_line_id.system_id != equipment.system_id
            )
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "These devices are declared in the hardware list of another"
                    " system: %s",
                    format_list(self.env, wrong.mapped("display_name")),
                )
            )

    @api.constrains("om_state", "scrap_date")
    def _check_scrap_date(self):
        wrong = self.filtered(
            lambda equipment: (
                (equipment.om_state == "scrapped") != bool(equipment.scrap_date)
            )
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "Scrapped devices, and no others, have the day on which they were"
                    " scrapped: %s",
                    format_list(self.env, wrong.mapped("display_name")),
                )
            )

    @api.constrains("latitude", "longitude")
    def _check_coordinates(self):
        for equipment in self:
            try:
                ledger.check_point(equipment.latitude, equipment.longitude)
            except ledger.PlaceError as error:
                if error.swapped:
                    message = self.env._(
                        "Latitude and longitude of “%s” seem to be swapped: a latitude"
                        " lies between -90 and 90 degrees.",
                        equipment.display_name,
                    )
                else:
                    message = self.env._(
                        "The coordinates of “%s” are no place on earth: latitude -90 to"
                        " 90, longitude -180 to 180 degrees.",
                        equipment.display_name,
                    )
                raise ValidationError(message) from error

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        today = self._get_ledger_today()
        equipments = super().create(
            [
                self._complete_state(self._clean_values(vals), today)
                for vals in vals_list
            ]
        )
        equipments._assign_ledger_numbers()
        equipments._om_adopt("photo_ids")
        return equipments

    def write(self, vals):
        vals = self._clean_values(vals)
        today = self._get_ledger_today()
        scrapped = self.browse()
        if vals.keys() & {"om_state", "scrap_date"}:
            scrapped = self.filtered("scrap_date")
        for records in (scrapped, self - scrapped):
            if records:
                super(MaintenanceEquipment, records).write(
                    records._complete_state(vals, today)
                )
        if vals.get("hardware_line_id"):
            self._assign_ledger_numbers()
        if "photo_ids" in vals:
            self._om_adopt("photo_ids")
        return True

    @api.model
    def _clean_values(self, vals):
        """Return the values with the IP address in its standard form."""
        if not vals.get("ip_address"):
            return vals
        try:
            address = ledger.normalize_ip(vals["ip_address"])
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%s” is not an IP address. Enter one such as 10.1.2.3 or"
                    " 2001:db8::1.",
                    vals["ip_address"],
                )
            ) from error
        return {**vals, "ip_address": address}

    def _complete_state(self, vals, today):
        """Return values in which the state and the day of scrapping agree.

        Whichever of the two is given leads; a scrapped device keeps its day.
        """
        state = vals.get("om_state")
        if state and "scrap_date" not in vals:
            if state != "scrapped":
                return {**vals, "scrap_date": False}
            if not self or not all(self.mapped("scrap_date")):
                return {**vals, "scrap_date": today}
        elif vals.get("scrap_date") and not state:
            return {**vals, "om_state": "scrapped"}
        elif "scrap_date" in vals and not vals["scrap_date"] and not state:
            if any(equipment.om_state == "scrapped" for equipment in self):
                return {**vals, "om_state": "in_use"}
        return vals

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_complete(self):
        """Take devices off the list of those to be completed."""
        nowhere = self.filtered(lambda equipment: not equipment._has_place())
        if nowhere:
            names = nowhere[:10].mapped("display_name")
            raise UserError(
                self.env._(
                    "Say first where these devices stand (place, address or"
                    " coordinates), %(count)s in all:\n%(devices)s",
                    count=len(nowhere),
                    devices="\n".join(names),
                )
            )
        with self.filtered("to_complete")._act("complete") as devices:
            devices.write({"to_complete": False})
        return True

    def _note(self, name, before, **values):
        return super(
            MaintenanceEquipment, self.filtered(lambda device: not device.to_complete)
        )._note(name, before, **values)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ledger(self):
        """A number of the ledger is never given again: what had it stays."""
        kept = self.filtered(
            lambda device: device.ledger_number and not device.to_complete
        )
        if kept:
            raise UserError(
                self.env._(
                    "These devices are in the ledger and stay on record. If they were"
                    " taken away, set their state to dismantled or scrapped: %s",
                    format_list(self.env, kept[:10].mapped("display_name")),
                )
            )

    def action_report_fault(self):
        """Return the form of a new fault of this device."""
        self.ensure_one()
        return self.env["maintenance.request"]._get_report_fault_action(
            self.system_id, self
        )

    def _has_place(self):
        self.ensure_one()
        return bool(
            self.location
            or self.address
            or ledger.has_point(self.latitude, self.longitude)
        )

    # ------------------------------------------------------------
    # Ledger
    # ------------------------------------------------------------

    def _assign_ledger_numbers(self):
        """Number the devices of a hardware line that have no number yet."""
        unnumbered = self.filtered(
            lambda equipment: equipment.hardware_line_id and not equipment.ledger_number
        )
        if not unnumbered:
            return
        numbers = unnumbered.hardware_line_id._draw_ledger_numbers(
            Counter(equipment.hardware_line_id.id for equipment in unnumbered)
        )
        # sudo: the server draws the numbers, whoever registers the device.
        for equipment in unnumbered.sudo():
            equipment.ledger_number = next(numbers[equipment.hardware_line_id.id])

    @api.model
    def _get_present_domain(self):
        """Return which devices count for the declared quantity."""
        # Named, and not as what is left: the indexes of what is there are found by it.
        return Domain("om_state", "in", PRESENT_STATES)

    @api.model
    def _get_ledger_today(self):
        """Return the present day in Beijing time."""
        return beijing.today()
