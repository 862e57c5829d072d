from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..engine import fault_report


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"

    report_channel = fields.Selection(
        [("office", "Office"), ("label", "Device Label")],
        string="Reported Through",
        default="office",
        readonly=True,
        copy=False,
        help="Device label: somebody scanned the code on the device.",
    )
    reporter_name = fields.Char("Reported By", copy=False, groups="om_base.group_user")
    reporter_contact = fields.Char("Contact", copy=False, groups="om_base.group_user")

    @api.model
    def _get_report_fault_action(self, system, equipment):
        """Return the form of a new fault of a system, or of one of its devices."""
        form = self.env.ref("maintenance.hr_equipment_request_view_form")
        subject = equipment or system
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report a Fault"),
            "res_model": self._name,
            "views": [(form.id, "form")],
            "context": {
                "default_name": self.env._("Fault: %s", subject.display_name),
                "default_maintenance_type": "corrective",
                "default_system_id": system.id,
                "default_equipment_id": equipment.id,
                "default_company_id": (
                    system.company_id or equipment.company_id or self.env.company
                ).id,
                "default_user_id": self._get_repairer(system, equipment).id,
                "form_view_initial_mode": "edit",
            },
        }

    @api.model
    def _get_repairer(self, system, equipment):
        """Return who repairs: whoever sees to the device, else to the system, as long
        as they are here."""
        here = equipment.technician_user_id.filtered("active")
        return here or system.user_id.filtered("active")

    @api.model
    def _get_open_label_report(self, equipment):
        """Return the open fault that was reported through the device's label."""
        return self.sudo().search(
            equipment._get_label_reports_domain()
            & Domain("stage_id.done", "=", False)
            & Domain("archive", "=", False),
            limit=1,
        )

    @api.model
    def _report_through_label(self, equipment, report):
        """Store a fault that somebody reported through a device's label; return it.

        One open report per device: a second one returns the first, so that a crowd
        before a dark screen makes one fault and a vandal no flood.

        :param equipment: the device, as superuser
        :param report: a ``fault_report.FaultReport``
        :raises UserError: if the device takes no reports, or none more today
        :raises LockError: if somebody reports a fault of the same device right now
        """
        equipment = equipment.sudo()
        equipment.lock_for_update(allow_referencing=True)
        if not equipment._is_in_service():
            raise UserError(self.env._("This device is no longer in service."))
        if already := self._get_open_label_report(equipment):
            return already
        yesterday = fields.Datetime.now() - timedelta(days=1)
        recent = self.sudo().search_count(
            equipment._get_label_reports_domain()
            & Domain("create_date", ">=", yesterday),
            limit=fault_report.MAX_A_DAY,
        )
        if recent >= fault_report.MAX_A_DAY:
            raise UserError(
                self.env._(
                    "Too many faults of this device were reported today. Please"
                    " telephone instead."
                )
            )
        system = equipment.system_id
        company = equipment.company_id or system.company_id
        return (
            self.sudo()
            .with_company(company)
            .create(
                {
                    "name": f"{equipment.name}: {fault_report.first_line(report.text)}",
                    "description": plaintext2html(report.text),
                    "maintenance_type": "corrective",
                    "equipment_id": equipment.id,
                    "system_id": system.id,
                    "company_id": company.id,
                    "user_id": self._get_repairer(system, equipment).id,
                    "employee_id": False,
                    "report_channel": "label",
                    "reporter_name": report.reporter,
                    "reporter_contact": report.contact,
                }
            )
        )
