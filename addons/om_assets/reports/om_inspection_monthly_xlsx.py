from odoo import models

from odoo.addons.om_base.tools.tables import Share


class ReportInspectionMonthlyXlsx(models.AbstractModel):
    _name = "report.om_assets.om_inspection_monthly_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Monthly Inspection Report as a Spreadsheet"

    def _get_objs_for_report(self, docids, data):
        return self.env["om.inspection.report.wizard"].browse(
            docids or (data or {}).get("context", {}).get("active_ids", [])
        )

    def generate_xlsx_report(self, workbook, data, objs):
        report = self.env["report.om_assets.om_inspection_monthly"]
        sheets = [sheet for wizard in objs for sheet in report._get_sheets(wizard)]
        figure_heads = report._get_figure_heads()
        self._add_sheet(
            workbook,
            self.env._("By System"),
            [
                self.env._("User Unit"),
                self.env._("No."),
                self.env._("System"),
                *figure_heads,
            ],
            [
                [
                    sheet["unit"].name,
                    system["system"].sequence_no or "",
                    system["system"].name,
                    *self._get_figures(system["figures"]),
                ]
                for sheet in sheets
                for system in sheet["systems"]
            ],
        )
        self._add_sheet(
            workbook,
            self.env._("By User Unit"),
            [self.env._("User Unit"), *figure_heads],
            [
                [unit.name, *self._get_figures(figures)]
                for unit, figures in self._sum_by_unit(sheets).items()
            ],
        )
        self._add_sheet(
            workbook,
            self.env._("Inspections"),
            [
                self.env._("User Unit"),
                self.env._("System"),
                self.env._("Scope"),
                self.env._("Mode"),
                self.env._("Planned Day"),
                self.env._("In Time Until"),
                self.env._("Inspected On"),
                self.env._("Status"),
                self.env._("Result"),
                self.env._("Inspector"),
                self.env._("Signed for the User Unit By"),
            ],
            [
                [
                    sheet["unit"].name,
                    row["system"].name,
                    row["scope"],
                    row["mode"],
                    row["request"].inspection_date,
                    row["request"].inspection_deadline,
                    row["request"].inspection_done_on,
                    row["status"],
                    row["result"],
                    row["inspector"],
                    row["unit_signer"],
                ]
                for sheet in sheets
                for row in sheet["rows"]
            ],
        )
        self._add_sheet(
            workbook,
            self.env._("Fails"),
            [
                self.env._("User Unit"),
                self.env._("System"),
                self.env._("Day"),
                self.env._("Item"),
                self.env._("Finding"),
                self.env._("Measured"),
                self.env._("Admissible"),
                self.env._("Fault"),
                self.env._("Follow-up"),
            ],
            [
                [
                    sheet["unit"].name,
                    fail["system"].name,
                    fail["day"],
                    fail["fail"].name,
                    fail["fail"].note or "",
                    fail["measured"],
                    fail["fail"].bound_text,
                    fail["fault"],
                    fail["follow_up"],
                ]
                for sheet in sheets
                for fail in sheet["fails"]
            ],
        )

    def _get_figures(self, figures):
        return [
            figures.planned,
            figures.done,
            figures.in_time,
            figures.late,
            figures.missed,
            figures.open,
            figures.failed,
            None if figures.rate is None else Share(figures.rate),
        ]

    def _sum_by_unit(self, sheets):
        """Return {unit: figures}; several sheets of a unit are added up."""
        totals = {}
        for sheet in sheets:
            unit, figures = sheet["unit"], sheet["figures"]
            totals[unit] = totals[unit] + figures if unit in totals else figures
        return totals
