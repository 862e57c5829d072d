from odoo import models

from odoo.addons.om_base.tools.tables import Column, Exact, Share, SheetWriter, Table


class ReportServiceReportXlsx(models.AbstractModel):
    _name = "report.om_helpdesk.om_service_report_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Service Report (Spreadsheet)"

    def _read_step(self, wizard, cursor):
        report = self.env["report.om_helpdesk.om_service_report"]
        return report._read_step(wizard, cursor)

    def generate_xlsx_report(self, workbook, data, objs):
        """Write one worksheet per sheet of the report."""
        report = self.env["report.om_helpdesk.om_service_report"]
        writer = SheetWriter(workbook)
        for wizard in objs:
            for sheet in report._get_sheets(wizard):
                name = sheet["unit"] or self.env._("Whole Contract")
                writer.add_page(name, self._get_tables(wizard, sheet))

    def _get_tables(self, wizard, sheet):
        report = self.env["report.om_helpdesk.om_service_report"]
        faults, requests = self._get_fault_columns(), self._get_request_columns()
        lists = [
            Table(self.env._("Deadlines Missed"), faults, sheet["breaches"]),
            Table(self.env._("Cancelled and Merged"), faults, sheet["ended"]),
            Table(self.env._("Urgent Faults"), faults, sheet["majors"]),
            Table(self.env._("All Faults"), faults, sheet["faults"]),
        ]
        counts = [each for each in report._request_tables(sheet)[:-1] if each.rows]
        return [
            self._get_figures(wizard, sheet),
            *lists,
            *counts,
            Table(self.env._("All Service Requests"), requests, sheet["requests"]),
        ]

    def _get_figures(self, wizard, sheet):
        report = self.env["report.om_helpdesk.om_service_report"]
        figures, available = sheet["figures"], sheet["availability"]
        rows = [
            [self.env._("Faults"), figures.total, ""],
            [self.env._("Repaired"), figures.closed, ""],
            *([label, count, ""] for label, count in sheet["severities"]),
            [self.env._("Cancelled"), figures.cancelled, ""],
            [self.env._("Merged"), figures.merged, ""],
            *(
                [
                    self.env._("Kept: %s", label),
                    "–" if kept.rate is None else Share(kept.rate),
                    f"{kept.met} / {kept.decided}",
                ]
                for label, kept in sheet["targets"]
            ),
            [
                self.env._("Availability"),
                "–" if available is None else Exact(available / 100),
                "",
            ],
            [
                self.env._("Satisfaction (target %d%%)", report._get_target()),
                "–" if figures.satisfaction is None else Share(figures.satisfaction),
                "",
            ],
        ]
        columns = [
            Column(sheet["unit"] or self.env._("Whole Contract")),
            Column(f"{wizard.date_from} – {wizard.date_to}"),
            Column(sheet["contract"]),
        ]
        return Table(wizard._get_title(), columns, rows)

    def _get_fault_columns(self):
        return [
            Column(self.env._("Number"), "number"),
            Column(self.env._("Fault"), "name"),
            Column(self.env._("System"), "system"),
            Column(self.env._("User Unit"), "unit"),
            Column(self.env._("Severity"), "severity"),
            Column(self.env._("Reported"), "reported"),
            Column(self.env._("Repaired"), "fixed"),
            Column(self.env._("Missed"), "late"),
            Column(self.env._("What Was Done"), "solution"),
        ]

    def _get_request_columns(self):
        return [
            Column(self.env._("Number"), "number"),
            Column(self.env._("Request"), "name"),
            Column(self.env._("System"), "system"),
            Column(self.env._("User Unit"), "unit"),
            Column(self.env._("Service"), "service"),
            Column(self.env._("Asked For"), "asked"),
            Column(self.env._("Done"), "done"),
            Column(self.env._("Late"), "late"),
            Column(self.env._("Summary"), "solution"),
        ]
