from odoo import api, models

from odoo.addons.om_base.tools.volume import Part, Volume, Words


class ReportServiceReportVolume(models.AbstractModel):
    """The service report of a period with thousands of faults: the tables of the paper,
    with contents and page numbers over all of it."""

    _name = "report.om_helpdesk.om_service_report_volume"
    _inherit = "om.volume.report"
    _description = "Service Report in One Volume"

    @api.model
    def _read_step(self, wizard, cursor):
        report = self.env["report.om_helpdesk.om_service_report"]
        return report._read_step(wizard, cursor)

    @api.model
    def _get_volume(self, wizard):
        """Return the volume of a report; a part is the whole contract, or a unit."""
        report = self.env["report.om_helpdesk.om_service_report"]
        sheets = report._get_sheets(wizard)
        period = f"{wizard.date_from} – {wizard.date_to}"
        contract = wizard._get_contract_text()
        facts = [
            (self.env._("Period"), period),
            *([(self.env._("Contract"), contract)] if contract else []),
            (self.env._("Contractor"), self.env.company.name),
        ]
        return Volume(
            title=wizard._get_title(),
            subtitle=period,
            author=self.env.company.name,
            language=self._get_language(),
            words=Words(
                contents=self.env._("Contents"),
                signatures=self.env._("Signatures"),
                colon=self.env._(": "),
            ),
            facts=facts,
            parts=[self._get_part(sheet, facts) for sheet in sheets],
        )

    @api.model
    def _get_part(self, sheet, facts):
        report = self.env["report.om_helpdesk.om_service_report"]
        other = self.env._("User unit (seal):")
        if not sheet["unit"]:
            other = self.env._("Purchaser (seal):")
        return Part(
            sheet["unit"] or self.env._("Whole Contract"),
            facts=facts,
            tables=report._get_tables(sheet),
            signatures=[self.env._("Service provider (seal):"), other],
        )
