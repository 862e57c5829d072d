from itertools import repeat

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.om_base.tools.acts import Fact

from ..engine import ledger


class OmSystemHardware(models.Model):
    _name = "om.system.hardware"
    _inherit = "om.system.line"
    _description = "Declared Hardware"
    _free_fields = dict.fromkeys(("name", "quantity", "uom_name"))
    _facts = {
        "system": Fact("system_id"),
        "name": Fact("name"),
        "quantity": Fact("quantity"),
    }

    name = fields.Char("Device", required=True)
    quantity = fields.Integer(
        help="As the contract declares it. Zero: the contract prints no number."
    )
    uom_name = fields.Char("Unit")
    equipment_ids = fields.One2many("maintenance.equipment", "hardware_line_id")
    equipment_count = fields.Integer(
        "Registered Devices",
        compute="_compute_equipment_count",
        compute_sudo=True,
        help="Devices in the ledger that are neither removed nor scrapped.",
    )
    ledger_missing = fields.Integer(
        "Not Yet in the Ledger",
        compute="_compute_equipment_count",
        search="_search_ledger_missing",
        compute_sudo=True,
    )
    ledger_percent = fields.Integer(
        "Registered", compute="_compute_equipment_count", compute_sudo=True
    )
    # The counters of the numbers: what was given once is never given again.
    ledger_line_no = fields.Integer(readonly=True, copy=False)
    ledger_last_no = fields.Integer(readonly=True, copy=False)

    _quantity_not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "The quantity of a device cannot be negative."
    )

    @api.depends(
        "quantity",
        "equipment_ids.om_state",
        "equipment_ids.active",
        "equipment_ids.hardware_line_id",
    )
    def _compute_equipment_count(self):
        counts = dict(
            self.env["maintenance.equipment"]._read_group(
                Domain("hardware_line_id", "in", self.ids)
                & self.env["maintenance.equipment"]._get_present_domain(),
                ["hardware_line_id"],
                ["__count"],
            )
        )
        for line in self:
            count = counts.get(line._origin, 0)
            line.equipment_count = count
            line.ledger_missing = ledger.missing(line.quantity, count)
            line.ledger_percent = ledger.percent(line.quantity, count)

    @api.model
    def _search_ledger_missing(self, operator, value):
        if operator not in ("in", ">", ">=", "<", "<=", "="):
            return NotImplemented
        self.env["maintenance.equipment"].flush_model(
            ["hardware_line_id", "active", "om_state"]
        )
        if operator == "in":
            compare = SQL("IN %s", tuple(value) or (None,))
        else:
            compare = SQL(operator + " %s", value)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "GREATEST(0, COALESCE(%s, 0) - (SELECT COUNT(*)"
                " FROM maintenance_equipment AS device"
                " WHERE device.hardware_line_id = %s AND device.active IS TRUE"
                " AND device.om_state IN ('in_use', 'faulty'))) %s",
                SQL.identifier(alias, "quantity"),
                SQL.identifier(alias, "id"),
                compare,
            )
        )

    def action_view_equipment(self):
        """Return the list of the devices that count for these lines."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.maintenance_equipment_action"
        )
        action["domain"] = [("hardware_line_id", "in", self.ids)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # Ledger entries
    # ------------------------------------------------------------

    def _prepare_equipment_values(self, numbers):
        """Yield the values of the devices that the ledger lacks, line after line.

        :param numbers: {line id: iterator of ledger numbers}
        """
        today = self.env["maintenance.equipment"]._get_ledger_today()
        for line in self:
            system = line.system_id
            values = {
                "name": line.name,
                "system_id": system.id,
                "hardware_line_id": line.id,
                "company_id": system.company_id.id,
                "technician_user_id": system.user_id.id,
                "equipment_assign_to": "other",
                "effective_date": system.service_start or today,
                "to_complete": True,
                "om_state": "in_use",
                "active": True,
            }
            for _index in range(line.ledger_missing):
                yield {**values, "ledger_number": next(numbers[line.id])}

    def _draw_ledger_numbers(self, counts):
        """Return {line id: iterator of new ledger numbers}.

        :param counts: {line id: how many numbers to draw}
        :raises UserError: if somebody else draws numbers of these lines right now
        """
        lines = self.sudo()
        self._lock_ledger()
        last_line_no = {}
        unnumbered = lines.filtered(lambda line: not line.ledger_line_no)
        if unnumbered:
            last_line_no = dict(
                lines._read_group(
                    [("system_id", "in", unnumbered.system_id.ids)],
                    ["system_id"],
                    ["ledger_line_no:max"],
                )
            )
        for line in unnumbered.sorted():
            number = (last_line_no.get(line.system_id) or 0) + 1
            last_line_no[line.system_id] = line.ledger_line_no = number
        numbers = {}
        for line in lines:
            count = counts.get(line.id, 0)
            start = line.ledger_last_no + 1
            line.ledger_last_no += count
            numbers[line.id] = map(
                ledger.format_number,
                repeat(line.system_id.code),
                repeat(line.ledger_line_no),
                range(start, start + count),
            )
        return numbers

    def _lock_ledger(self):
        """Keep others from numbering devices of the same systems; one query."""
        ids = self.system_id.ids
        if not ids:
            return
        self.env.flush_all()
        locked = self.env.execute_query(
            SQL(
                "SELECT id FROM om_system WHERE id IN %s FOR NO KEY UPDATE SKIP LOCKED",
                tuple(ids),
            )
        )
        if len(locked) != len(ids):
            raise UserError(
                self.env._(
                    "Somebody else is making ledger entries of these systems right now."
                    " Try again in a minute."
                )
            )
