from io import BytesIO

from xlsxwriter import Workbook

from odoo import api, models

from odoo.addons.om_base.tools.tables import Column, Table
from odoo.addons.om_base.tools.volume import Inside, Part, Volume, Words

from ..engine.monthly import Figures

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportInspectionVolume(models.AbstractModel):
    """The month of all units in one volume, with the figures of each one's paper."""

    _name = "report.om_assets.om_inspection_volume"
    _inherit = "om.volume.report"
    _description = "Monthly Inspection Reports in One Volume"

    @api.model
    def _get_volume(self, wizard):
        """Return the volume of a month; its spreadsheet is inside of it.

        The number of queries does not depend on how many units there are.
        """
        report = self.env["report.om_assets.om_inspection_monthly"]
        sheets = report._get_sheets(wizard)
        period = wizard._get_period_text()
        contract = wizard._get_contract_text()
        facts = [
            *([(self.env._("Contract"), contract)] if contract else []),
            (self.env._("Contractor"), self.env.company.name),
            (self.env._("Printed On"), wizard._get_today_text()),
        ]
        total = sum((sheet["figures"] for sheet in sheets), Figures())
        return Volume(
            title=self.env._("Monthly Inspection Reports"),
            subtitle=period,
            author=self.env.company.name,
            language=self._get_language(),
            words=Words(
                contents=self.env._("Contents"),
                signatures=self.env._("4. Signatures"),
                colon=self.env._(": "),
            ),
            facts=[(self.env._("Period"), period), *facts],
            summary=report._get_summary(total),
            tables=[self._get_overview(sheets, total)],
            parts=[self._get_part(sheet, period, facts) for sheet in sheets],
            files=[self._get_spreadsheet(wizard, sheets)],
        )

    @api.model
    def _get_overview(self, sheets, total):
        report = self.env["report.om_assets.om_inspection_monthly"]
        return Table(
            self.env._("Figures by User Unit"),
            [
                Column(self.env._("User Unit"), "name", 35),
                *report._get_figure_columns(),
            ],
            [
                {"name": self._get_name(sheet), "figures": sheet["figures"]}
                for sheet in sheets
            ],
            last={"name": self.env._("Total"), "figures": total},
        )

    @api.model
    def _get_name(self, sheet):
        """Return the name of a part; that of a unit's only system goes with it."""
        names = (sheet["unit"].name, sheet["system"] and sheet["system"].name)
        return " · ".join(filter(None, names))

    @api.model
    def _get_part(self, sheet, period, facts):
        report = self.env["report.om_assets.om_inspection_monthly"]
        return Part(
            self._get_name(sheet),
            facts=[(self.env._("Period"), period), *facts],
            summary=report._get_summary(sheet["figures"]),
            tables=[*report._get_tables(sheet).values()],
            signatures=[
                self.env._("Contractor (signature, seal, date)"),
                self.env._("User Unit (signature, seal, date)"),
            ],
        )

    @api.model
    def _get_spreadsheet(self, wizard, sheets):
        maker = self.env["report.om_assets.om_inspection_monthly_xlsx"]
        output = BytesIO()
        with Workbook(output, {"in_memory": True}) as workbook:
            maker._write_sheets(workbook, sheets)
        return Inside(
            f"{wizard._get_file_name()}.xlsx",
            output.getvalue(),
            XLSX,
            self.env._("The same figures as a spreadsheet"),
        )
