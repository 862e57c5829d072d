import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..engine import ledger

_logger = logging.getLogger(__name__)

# Devices made at once: enough to make queries few, little enough to bound memory.
BATCH = 2000


class OmSystem(models.Model):
    _inherit = "om.system"

    ledger_count = fields.Integer(
        "Registered of Declared",
        compute="_compute_ledger",
        compute_sudo=True,
        help="Devices in the ledger that count for a line of the hardware list.",
    )
    ledger_missing = fields.Integer(
        "Not Yet in the Ledger",
        compute="_compute_ledger",
        search="_search_ledger_missing",
        compute_sudo=True,
    )
    ledger_percent = fields.Integer(
        "Ledger", compute="_compute_ledger", compute_sudo=True
    )
    to_complete_count = fields.Integer(
        "To Be Completed", compute="_compute_to_complete_count", compute_sudo=True
    )

    @api.depends(
        "hardware_line_ids.equipment_count",
        "hardware_line_ids.ledger_missing",
        "device_count",
    )
    def _compute_ledger(self):
        for system in self:
            lines = system.hardware_line_ids
            missing = sum(lines.mapped("ledger_missing"))
            system.ledger_count = sum(lines.mapped("equipment_count"))
            system.ledger_missing = missing
            # One line's surplus does not make up for another's gap.
            system.ledger_percent = ledger.percent(
                system.device_count, system.device_count - missing
            )

    @api.model
    def _search_ledger_missing(self, operator, value):
        if (operator, value) not in ((">", 0), (">=", 1)):
            return NotImplemented
        return Domain("hardware_line_ids.ledger_missing", ">", 0)

    @api.depends("equipment_ids.to_complete", "equipment_ids.active")
    def _compute_to_complete_count(self):
        counts = dict(
            self.env["maintenance.equipment"]._read_group(
                [("system_id", "in", self.ids), ("to_complete", "=", True)],
                ["system_id"],
                ["__count"],
            )
        )
        for system in self:
            system.to_complete_count = counts.get(system._origin, 0)

    def action_make_ledger(self):
        """Make the ledger entries that the declared quantities ask for."""
        stopped = self.filtered(lambda system: system.state == "stopped")
        made = (self - stopped)._make_ledger()
        if made:
            message = self.env._(
                "%s devices are in the ledger now. Enter their places, models and"
                " serial numbers.",
                made,
            )
        else:
            message = self.env._("The ledger holds every declared device already.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if made else "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _make_ledger(self):
        """Register the declared devices that the ledger lacks; return how many.

        Everything or nothing, in one transaction; what somebody entered by hand counts
        and is left alone.
        """
        self.check_access("write")
        self.env["maintenance.equipment"].check_access("create")
        lines = self.hardware_line_ids
        # sudo: the numbers are the server's; who may change the systems was asked.
        Equipment = (
            self.env["maintenance.equipment"]
            .sudo()
            .with_context(
                tracking_disable=True,
                mail_create_nosubscribe=True,
            )
        )
        lines._lock_ledger()
        lines.invalidate_recordset(["ledger_missing"])
        Equipment.search(
            [("hardware_line_id", "in", lines.ids), ("ledger_number", "=", False)]
        )._assign_ledger_numbers()
        lines = lines.filtered("ledger_missing")
        total = sum(lines.mapped("ledger_missing"))
        numbers = lines._draw_ledger_numbers(
            {line.id: line.ledger_missing for line in lines}
        )
        made = 0
        for values in split_every(
            BATCH, list(lines._prepare_equipment_values(numbers)), list
        ):
            made += len(Equipment.create(values))
            self.env.flush_all()
            self.env.invalidate_all()
            _logger.info("Device ledger: %s of %s entries made", made, total)
        return made

    def action_view_to_complete(self):
        """Return the list in which the devices of these systems are completed."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.maintenance_equipment_action"
        )
        action["domain"] = [("system_id", "in", self.ids)]
        action["context"] = {"search_default_to_complete": True}
        return action

    def action_open_device_paste(self):
        """Return the dialog into which devices are pasted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Paste Devices"),
            "res_model": "om.device.paste",
            "view_mode": "form",
            "target": "new",
            "context": {"default_system_id": self.id},
        }

    def action_print_labels(self):
        """Return the PDF of the labels of all devices of these systems."""
        equipment = self.env["maintenance.equipment"].search(
            [("system_id", "in", self.ids)], order="ledger_number, id"
        )
        if not equipment:
            raise UserError(
                self.env._("There is no device in the ledger of these systems yet.")
            )
        return equipment.action_print_labels()

    def action_report_fault(self):
        """Return the form of a new fault of this system."""
        self.ensure_one()
        return self.env["maintenance.request"]._get_report_fault_action(
            self, self.env["maintenance.equipment"]
        )
