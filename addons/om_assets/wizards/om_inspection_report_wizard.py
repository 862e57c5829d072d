from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.monthly import month_bounds

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class OmInspectionReportWizard(models.TransientModel):
    _name = "om.inspection.report.wizard"
    _inherit = ["om.paper.mixin"]
    _description = "Monthly Inspection Report"

    year = fields.Integer(
        required=True, default=lambda self: self._get_last_month().year
    )
    month = fields.Selection(
        MONTHS, required=True, default=lambda self: str(self._get_last_month().month)
    )
    layout = fields.Selection(
        [("unit", "One Report per User Unit"), ("system", "One Report per System")],
        required=True,
        default="unit",
    )
    unit_ids = fields.Many2many(
        "res.partner",
        "om_inspection_report_unit_rel",
        "wizard_id",
        "unit_id",
        string="User Units",
        domain="[('om_system_ids', '!=', False)]",
        help="Empty: every unit that had inspections planned.",
    )
    system_ids = fields.Many2many(
        "om.system",
        "om_inspection_report_system_rel",
        "wizard_id",
        "system_id",
        string="Systems",
        domain="[('unit_id', 'in', unit_ids)] if unit_ids else []",
        help="Empty: all systems of the units.",
    )

    @api.model
    def _get_last_month(self):
        today = self.env["maintenance.request"]._get_inspection_today()
        return today - relativedelta(months=1)

    @api.constrains("year")
    def _check_year(self):
        if any(not 2000 <= wizard.year <= 2100 for wizard in self):
            raise UserError(self.env._("Enter a year, such as 2026."))

    @api.model
    def _create_reports(self, systems, year, month):
        """Return the reports of systems for a month: here one."""
        values = {
            "year": year,
            "month": str(month),
            "unit_ids": systems.unit_id.ids,
            "system_ids": systems.ids,
        }
        return self.create(values)

    def action_print_pdf(self):
        """Print the reports into one PDF file."""
        return self._print("om_assets.om_inspection_monthly_report")

    def action_print_volume(self):
        """Print the reports into one volume: contents, and the spreadsheet inside."""
        return self._print("om_assets.om_inspection_volume_report")

    def action_print_xlsx(self):
        """Write the reports into one spreadsheet."""
        return self._print("om_assets.om_inspection_monthly_report_xlsx")

    def _print(self, xmlid):
        self.ensure_one()
        if not self.env["maintenance.request"].search_count(
            self._get_inspection_domain(), limit=1
        ):
            raise UserError(
                self.env._(
                    "No inspection was planned for them in %s.", self._get_period_text()
                )
            )
        return self._print_paper(xmlid)

    def _count_told(self):
        domain = self._get_inspection_domain()
        return self.env["maintenance.request"].search_count(domain)

    def _split_paper(self):
        """A paper of each unit, in the order of the one of all."""
        requests = self.env["maintenance.request"].search(self._get_inspection_domain())
        units = (requests.system_id.unit_id | self.unit_ids).sorted("name")
        return [(unit.name, {"unit_ids": [(6, 0, unit.ids)]}) for unit in units]

    def _get_inspection_domain(self):
        """Return what the month owed; what was cancelled is not owed."""
        self.ensure_one()
        domain = [
            ("is_inspection", "=", True),
            ("inspection_month", "=", self._get_bounds()[0]),
            ("inspection_status", "not in", ["cancelled"]),
            ("company_id", "in", self.env.companies.ids),
            ("system_id", "!=", False),
        ]
        if self.unit_ids:
            domain.append(("system_id.unit_id", "in", self.unit_ids.ids))
        if self.system_ids:
            domain.append(("system_id", "in", self.system_ids.ids))
        return domain

    def _get_bounds(self):
        return month_bounds(date(self.year, int(self.month), 1))

    def _get_period_text(self):
        """Return the period in words, such as 2026-03-01 – 2026-03-31."""
        first, last = self._get_bounds()
        return f"{first} – {last}"

    def _get_contract_text(self):
        """Return the contract of the report in words; here there is none."""
        return ""

    def _get_today_text(self):
        return fields.Date.to_string(
            self.env["maintenance.request"]._get_inspection_today()
        )

    def _get_file_name(self):
        """Return the name of the file, without its extension."""
        self.ensure_one()
        month = f"{self.year}-{int(self.month):02d}"
        unit = f" {self.unit_ids.name}" if len(self.unit_ids) == 1 else ""
        return self.env._("Inspection report %(month)s%(unit)s", month=month, unit=unit)

    def _get_report_base_filename(self):
        """Return the name under which the portal hands the report out."""
        return self[:1]._get_file_name()
