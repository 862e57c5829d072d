from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import hmac, html2plaintext, plaintext2html

from odoo.addons.om_base.tools.text import clean_code

from ..engine import fault_report

DAY = timedelta(days=1)


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
    report_code = fields.Char(
        "Code to Follow",
        copy=False,
        readonly=True,
        groups="om_base.group_user",
        help="By it, whoever reported reads without a login what has become of it.",
    )
    report_origin = fields.Char(
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups=fields.NO_ACCESS,
        help="Digest of the address from which it came; kept as long as it is counted.",
    )

    _report_code_uniq = models.UniqueIndex(
        "(report_code) WHERE report_code IS NOT NULL",
        "Another report has the same code.",
    )

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
    def _get_open_label_reports(self, equipment):
        """Return the open faults that were reported through the device's label."""
        return self.sudo().search(
            equipment._get_label_reports_domain()
            & Domain("stage_id.done", "=", False)
            & Domain("archive", "=", False),
            order="id",
        )

    @api.model
    def _report_through_label(self, equipment, report, origin="", photos=()):
        """Store a fault that somebody reported through a device's label; return it.

        One open report per device: a second one returns the first, so that a crowd
        before a dark screen makes one fault and a vandal no flood. Who says that it is
        another fault reports it, and not one that says the same.

        :param equipment: the device, as superuser
        :param report: a ``fault_report.FaultReport``
        :param origin: the address it came from; "" if that does not matter
        :param photos: contents that ``fault_report.check_photos`` let pass
        :raises UserError: if the device, or the address, may report none more today
        :raises LockError: if somebody reports a fault of the same device right now
        """
        equipment = equipment.sudo()
        equipment.lock_for_update(allow_referencing=True)
        if not equipment._is_in_service():
            raise UserError(self.env._("This device is no longer in service."))
        for known in self._get_open_label_reports(equipment):
            same = html2plaintext(known.description or "").strip() == report.text
            if same or not report.is_other:
                return known
        self._check_label_flood(equipment, origin)
        system = equipment.system_id
        company = equipment.company_id or system.company_id
        fault = (
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
                    "report_code": fault_report.make_code(),
                    "report_origin": self._digest_origin(origin),
                }
            )
        )
        fault._keep_report_photos(photos)
        return fault

    @api.model
    def _digest_origin(self, origin):
        """Return what is kept of an address: nobody reads it back."""
        env = self.env(su=True)
        return hmac(env, "om_assets.report_origin", origin) if origin else False

    @api.model
    def _check_label_flood(self, equipment, origin):
        """Refuse more reports than a device, or an address, brings in a day.

        It is counted in the database, whichever process is asked.
        """
        requests = self.sudo().with_context(active_test=False)
        lately = Domain("create_date", ">=", fields.Datetime.now() - DAY)
        recent = requests.search_count(
            equipment._get_label_reports_domain() & lately, limit=fault_report.MAX_A_DAY
        )
        if recent >= fault_report.MAX_A_DAY:
            raise UserError(
                self.env._(
                    "Too many faults of this device were reported today. Please"
                    " telephone instead."
                )
            )
        if not origin:
            return
        most = fault_report.MAX_FROM_ADDRESS
        from_there = Domain("report_origin", "=", self._digest_origin(origin))
        if requests.search_count(from_there & lately, limit=most) >= most:
            raise UserError(
                self.env._(
                    "Too many faults were reported from your network today. Please"
                    " telephone instead."
                )
            )

    def _keep_report_photos(self, photos):
        """Attach the photos of a report, which were checked."""
        self.ensure_one()
        self.env["ir.attachment"].sudo().create(  # whoever reports owns no files
            [
                {
                    "name": self.env._("Photo %s", number),
                    "raw": photo,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for number, photo in enumerate(photos, 1)
            ]
        )

    @api.model
    def _find_by_report_code(self, text):
        """Return the report with this code as superuser, or an empty recordset."""
        requests = self.sudo()
        code = fault_report.read_code(clean_code(str(text or "")[:40]))
        if not code:
            return requests.browse()
        return requests.search([("report_code", "=", code)], limit=1)

    def _get_followed_facts(self):
        """Return what whoever has the code reads of a report: plain values.

        ``steps`` are [(what, when)] of what has happened, in order.
        """
        self.ensure_one()
        done = self.stage_id.done
        return {
            "code": fault_report.show_code(self.report_code),
            "number": "",
            "device": self.equipment_id.name or "",
            "system": self.system_id.name or "",
            "unit": self.system_id.unit_id.name or "",
            "text": html2plaintext(self.description or "").strip(),
            "state": self.env._("Done") if done else self.env._("In Hand"),
            "steps": [(self.env._("Reported"), self.create_date)],
            "may_object": False,
        }

    @api.autovacuum
    def _gc_report_origins(self):
        """Forget the addresses of reports that are not counted any more."""
        limit = fields.Datetime.now() - 2 * DAY
        old = Domain("report_origin", "!=", False) & Domain("create_date", "<", limit)
        self.sudo().with_context(active_test=False).search(old, limit=10_000).write(
            {"report_origin": False}
        )
