from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.pasted import read_table
from odoo.addons.om_base.tools.sheets import fold, parse_date
from odoo.addons.om_base.tools.text import clean_code, spellings

from ..engine import ledger

# As the columns stand where no titles are pasted with them.
ORDER = (
    "name",
    "model",
    "serial_no",
    "location",
    "ip_address",
    "install_date",
    "warranty_date",
)
DATES = ("install_date", "warranty_date")
# Rows told one by one.
MOST = 12


class OmDevicePaste(models.TransientModel):
    """Devices of a system, pasted from a spreadsheet: read first, then entered."""

    _name = "om.device.paste"
    _description = "Paste Devices"

    system_id = fields.Many2one("om.system", required=True, readonly=True)
    text = fields.Text(
        "Rows from the Spreadsheet",
        help="With their titles the columns may stand in any order; without titles in"
        " the order that is shown.",
    )
    order = fields.Char("Columns", compute="_compute_order")
    found_count = fields.Integer("Devices Found", compute="_compute_found")
    declared_count = fields.Integer(
        "Of Which Declared",
        compute="_compute_found",
        help="A line of the system's hardware list has the same name.",
    )
    problems = fields.Text("To Be Put Right", compute="_compute_found")

    @api.depends_context("lang")
    def _compute_order(self):
        labels = self._get_labels(self.env)
        self.order = " | ".join(labels[name] for name in ORDER)

    @api.model
    def _get_labels(self, env):
        described = env["maintenance.equipment"].fields_get(ORDER, ["string"])
        return {name: described[name]["string"] for name in ORDER}

    @api.depends("text", "system_id")
    @api.depends_context("lang")
    def _compute_found(self):
        for paste in self:
            values, problems = paste._read()
            paste.found_count = len(values)
            paste.declared_count = sum(bool(v.get("hardware_line_id")) for v in values)
            if len(problems) > MOST:
                rest = self.env._("and %s more rows", len(problems) - MOST)
                problems = [*problems[:MOST], rest]
            paste.problems = "\n".join(problems) or False

    def _read(self):
        """Return the values of the devices, and what is wrong, in words."""
        self.ensure_one()
        titles = {
            fold(label): name
            for lang in {self.env.lang or "en_US", "en_US"}
            for name, label in self._get_labels(
                self.with_context(lang=lang).env
            ).items()
        }
        rows = read_table(self.text or "", titles, ORDER)
        lines = self.system_id.hardware_line_ids
        named = Counter(fold(line.name or "") for line in lines)
        declared = {
            fold(line.name or ""): line.id
            for line in lines
            if named[fold(line.name or "")] == 1
        }
        known = self._get_known_serials(rows)
        values_list, problems = [], []
        for row in rows:
            values, wrong = self._read_row(row, known)
            problems += [
                self.env._("Row %(row)s: %(wrong)s", row=row.number, wrong=each)
                for each in wrong
            ]
            line = declared.get(fold(values.get("name", "")))
            values |= {
                "system_id": self.system_id.id,
                "company_id": self.system_id.company_id.id,
            }
            if line:
                values["hardware_line_id"] = line
            values_list.append(values)
        return values_list, problems

    def _get_known_serials(self, rows):
        """Return the serial numbers of these rows that a device has already, as they
        are compared."""
        asked = {
            spelling
            for row in rows
            for spelling in spellings(row.values.get("serial_no", ""))
            if spelling
        }
        # sudo: a number is taken, whoever's device has it.
        found = self.env["maintenance.equipment"].sudo().with_context(active_test=False)
        found = found.search([("serial_no", "in", list(asked))])
        return {clean_code(serial).casefold() for serial in found.mapped("serial_no")}

    def _read_row(self, row, known):
        """Return a row as values, and what is wrong with it; remember its number."""
        values, wrong = dict(row.values), []
        if "name" not in values:
            wrong.append(self.env._("the device has no name."))
        for name in DATES:
            if name in values:
                day = parse_date(values[name])
                if not day:
                    wrong.append(
                        self.env._("“%s” is no day such as 2026-01-31.", values[name])
                    )
                values[name] = day or False
        if "ip_address" in values:
            try:
                ledger.normalize_ip(values["ip_address"])
            except ValueError:
                wrong.append(self.env._("“%s” is no IP address.", values["ip_address"]))
        if "serial_no" in values:
            values["serial_no"] = serial = clean_code(values["serial_no"])
            if serial.casefold() in known:
                wrong.append(
                    self.env._(
                        "the serial number “%s” is on record or stands above.", serial
                    )
                )
            known.add(serial.casefold())
        return values, wrong

    def action_apply(self):
        """Enter the devices, all of them or none, and show them."""
        self.ensure_one()
        values, problems = self._read()
        if problems:
            raise UserError("\n".join(problems[:MOST]))
        if not values:
            raise UserError(
                self.env._("Paste the rows of the devices first: none is there.")
            )
        devices = self.env["maintenance.equipment"].create(values)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.maintenance_equipment_action"
        )
        name = self.env._("Devices Entered")
        domain = [("id", "in", devices.ids)]
        return action | {"name": name, "domain": domain, "context": {}}
