from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing

from ..engine.service_report import bounds


class OmServiceReport(models.TransientModel):
    """Choose the contract, the period and the user units of a service report."""

    _name = "om.service.report"
    _inherit = ["om.contract.report.mixin", "om.paper.mixin"]
    _description = "Service Report"

    period = fields.Selection(
        [
            ("day", "Daily"),
            ("week", "Weekly"),
            ("ten_days", "Every Ten Days"),
            ("month", "Monthly"),
            ("quarter", "Quarterly"),
            ("half_year", "Half-yearly"),
            ("year", "Yearly"),
        ],
        required=True,
        default="month",
    )
    date = fields.Date(
        "Day in the Period",
        required=True,
        default=lambda self: self._get_default_date(),
        help="Any day of the period that is reported.",
    )
    unit_ids = fields.Many2many(
        "res.partner",
        "om_service_report_unit_rel",
        "wizard_id",
        "unit_id",
        string="User Units",
        domain="[('om_system_ids.agreement_id', '=', agreement_id)]",
        help="Empty: one report of the whole contract.",
    )
    system_ids = fields.Many2many(
        "om.system",
        "om_service_report_system_rel",
        "wizard_id",
        "system_id",
        string="Systems",
        domain="[('agreement_id', '=', agreement_id)]",
        help="Empty: all. Else the report tells of these only.",
    )
    date_from = fields.Date(compute="_compute_bounds")
    date_to = fields.Date(compute="_compute_bounds")

    @api.model
    def _get_default_date(self):
        return self._get_last_day("month")

    @api.model
    def _get_last_day(self, period):
        """Return the last day of the last period that is over."""
        today = beijing.today()
        return bounds(period, today)[0] - timedelta(days=1)

    @api.onchange("period")
    def _onchange_period(self):
        """Another kind of report is of its own last period, not of last month's end."""
        if self.period:
            self.date = self._get_last_day(self.period)

    @api.depends("period", "date")
    def _compute_bounds(self):
        for wizard in self:
            first, last = bounds(wizard.period, wizard.date) if wizard.date else (0, 0)
            wizard.date_from, wizard.date_to = first or False, last or False

    def _get_moments(self):
        """Return the period as naive UTC: from, and the first moment after it."""
        self.ensure_one()
        return beijing.bounds(self.date_from, self.date_to)

    def _get_ticket_domain(self, kind="fault"):
        """Return the faults that were reported under the contract in the period,
        whatever became of them; or the service requests.

        Cancelled and merged faults are told as such, with what was missed on them.
        """
        start, end = self._get_moments()
        domain = (
            Domain("kind", "=", kind)
            & Domain("reported_at", ">=", start)
            & Domain("reported_at", "<", end)
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("agreement_id", "=", self.agreement_id.id)
        )
        if self.unit_ids:
            domain &= Domain("unit_id", "in", self.unit_ids.ids)
        if self.system_ids:
            domain &= Domain("system_id", "in", self.system_ids.ids)
        return domain

    def action_print_pdf(self):
        """Print the report."""
        return self._print("om_helpdesk.om_service_report_pdf")

    def action_print_xlsx(self):
        """Write the report into a spreadsheet."""
        return self._print("om_helpdesk.om_service_report_xlsx")

    def _print(self, xmlid):
        self.ensure_one()
        start, _end = self._get_moments()
        if start > fields.Datetime.now():
            raise UserError(
                self.env._("The period from %s on lies ahead.", self.date_from)
            )
        return self._print_paper(xmlid)

    def _count_told(self):
        domain = self._get_ticket_domain() | self._get_ticket_domain("request")
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        return tickets.search_count(domain)

    def _get_long_report(self, report):
        """The paper of thousands of faults is set as a volume."""
        if report.report_type == "xlsx":
            return report
        return self.env.ref("om_helpdesk.om_service_report_volume")

    def _get_title(self):
        """Return the title in words, such as “Monthly Service Report”."""
        self.ensure_one()
        return {
            "day": self.env._("Daily Service Report"),
            "week": self.env._("Weekly Service Report"),
            "ten_days": self.env._("Service Report of Ten Days"),
            "month": self.env._("Monthly Service Report"),
            "quarter": self.env._("Quarterly Service Report"),
            "half_year": self.env._("Half-yearly Service Report"),
            "year": self.env._("Yearly Service Report"),
        }[self.period]

    def _get_file_name(self):
        """Return the name of the file without its ending."""
        self.ensure_one()
        code = self.sudo().agreement_id.code  # its name is printed inside
        return " ".join(filter(None, (self._get_title(), code, str(self.date_from))))
