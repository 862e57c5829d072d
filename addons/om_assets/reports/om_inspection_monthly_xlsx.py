from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


class ReportInspectionMonthlyXlsx(models.AbstractModel):
    _name = "report.om_assets.om_inspection_monthly_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Monthly Inspection Report as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        report = self.env["report.om_assets.om_inspection_monthly"]
        sheets = [sheet for wizard in objs for sheet in report._get_sheets(wizard)]
        self._write_sheets(workbook, sheets)

    def _write_sheets(self, workbook, sheets):
        report = self.env["report.om_assets.om_inspection_monthly"]
        figures = report._get_figure_columns()
        unit = Column(self.env._("User Unit"), "system.unit_id.name")
        system = Column(self.env._("System"), "system.name")
        self._write_tables(
            workbook,
            [
                Table(
                    self.env._("By System"),
                    [
                        unit,
                        Column(self.env._("No."), report._get_number),
                        system,
                        *figures,
                    ],
                    [line for sheet in sheets for line in sheet["systems"]],
                ),
                Table(
                    self.env._("By User Unit"),
                    [Column(self.env._("User Unit"), "unit.name"), *figures],
                    self._sum_by_unit(sheets),
                ),
                Table(
                    self.env._("Inspections"),
                    [
                        unit,
                        system,
                        Column(self.env._("Scope"), "scope"),
                        Column(self.env._("Mode"), "mode"),
                        Column(self.env._("Planned Day"), "request.inspection_date"),
                        Column(
                            self.env._("In Time Until"), "request.inspection_deadline"
                        ),
                        Column(
                            self.env._("Inspected On"), "request.inspection_done_on"
                        ),
                        Column(self.env._("Status"), "status"),
                        Column(self.env._("Result"), "result"),
                        Column(self.env._("Inspector"), "inspector"),
                        Column(
                            self.env._("Signed for the User Unit By"), "unit_signer"
                        ),
                    ],
                    [row for sheet in sheets for row in sheet["rows"]],
                ),
                Table(
                    self.env._("Fails"),
                    [
                        unit,
                        system,
                        Column(self.env._("Day"), "day"),
                        Column(self.env._("Item"), "fail.name"),
                        Column(self.env._("Finding"), "fail.note"),
                        Column(self.env._("Measured"), "measured"),
                        Column(self.env._("Admissible"), "fail.bound_text"),
                        Column(self.env._("Fault"), "fault"),
                        Column(self.env._("Follow-up"), "follow_up"),
                    ],
                    [fail for sheet in sheets for fail in sheet["fails"]],
                ),
            ],
        )

    def _sum_by_unit(self, sheets):
        """Return the figures of each unit; several sheets of a unit are added up."""
        totals = {}
        for sheet in sheets:
            unit, figures = sheet["unit"], sheet["figures"]
            totals[unit] = totals[unit] + figures if unit in totals else figures
        return [{"unit": unit, "figures": each} for unit, each in totals.items()]
