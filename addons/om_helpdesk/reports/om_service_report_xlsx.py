from odoo import models

from ..engine.service_report import SATISFACTION_TARGET

WIDTHS = (18, 32, 34, 22, 12, 18, 18, 14, 40)


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
        styles = {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "head": workbook.add_format({"bold": True, "bg_color": "#E7E3F0"}),
            "percent": workbook.add_format({"num_format": "0.0%", "align": "right"}),
            "exact": workbook.add_format({"num_format": "0.000%", "align": "right"}),
        }
        names = set()
        for wizard in objs:
            for sheet in report._get_sheets(wizard):
                name = self._get_sheet_name(sheet["unit"], names)
                self._write_sheet(workbook.add_worksheet(name), wizard, sheet, styles)

    def _get_sheet_name(self, unit, names):
        """Return a name that spreadsheets take, different from those taken."""
        base = unit or self.env._("Whole Contract")
        clean = "".join("_" if char in "[]:*?/\\" else char for char in base)[:28]
        name, number = clean, 2
        while name.lower() in names:
            name, number = f"{clean} {number}", number + 1
        names.add(name.lower())
        return name

    def _write_sheet(self, page, wizard, sheet, styles):
        report = self.env["report.om_helpdesk.om_service_report"]
        for column, width in enumerate(WIDTHS):
            page.set_column(column, column, width)
        figures = sheet["figures"]
        page.write(0, 0, wizard._get_title(), styles["title"])
        page.write(1, 0, f"{wizard.date_from} – {wizard.date_to}")
        page.write(1, 2, sheet["unit"] or self.env._("Whole Contract"))
        page.write_string(1, 3, sheet["contract"])
        row = 3
        for label, value in (
            (self.env._("Faults"), figures.total),
            (self.env._("Repaired"), figures.closed),
            *sheet["severities"],
            (self.env._("Cancelled"), figures.cancelled),
            (self.env._("Merged"), figures.merged),
        ):
            page.write(row, 0, label, styles["head"])
            page.write_number(row, 1, value)
            row += 1
        for label, kept in sheet["targets"]:
            page.write(row, 0, self.env._("Kept: %s", label), styles["head"])
            self._write_share(page, row, kept.rate, styles)
            page.write(row, 2, f"{kept.met} / {kept.decided}")
            row += 1
        for label, share, style in (
            (self.env._("Availability"), self._share(sheet["availability"]), "exact"),
            (
                self.env._("Satisfaction (target %d%%)", 100 * SATISFACTION_TARGET),
                figures.satisfaction,
                "percent",
            ),
        ):
            page.write(row, 0, label, styles["head"])
            self._write_share(page, row, share, styles, style)
            row += 1
        for title, rows in (
            (self.env._("Deadlines Missed"), sheet["breaches"]),
            (self.env._("Cancelled and Merged"), sheet["ended"]),
            (self.env._("Urgent Faults"), sheet["majors"]),
            (self.env._("All Faults"), sheet["faults"]),
        ):
            row = self._write_rows(page, row + 1, title, rows, styles)
        for table in report._request_tables(sheet)[:-1]:
            row = self._write_table(page, row + 1, table, styles)
        self._write_requests(page, row + 1, sheet["requests"], styles)

    def _write_table(self, page, row, table, styles):
        """Write a table of the paper; return the row after it."""
        if not table["rows"]:
            return row
        page.write(row, 0, table["title"], styles["title"])
        for column, (head, _width, _number) in enumerate(table["columns"]):
            page.write(row + 1, column, head, styles["head"])
        for offset, cells in enumerate(table["rows"], row + 2):
            for column, (value, _smaller) in enumerate(cells):
                if isinstance(value, int):
                    page.write_number(offset, column, value)
                else:
                    page.write_string(offset, column, value)
        return row + 3 + len(table["rows"])

    def _write_requests(self, page, row, requests, styles):
        """Write what was asked for beside repairs."""
        heads = (
            self.env._("Number"),
            self.env._("Request"),
            self.env._("System"),
            self.env._("User Unit"),
            self.env._("Service"),
            self.env._("Asked For"),
            self.env._("Done"),
            self.env._("Late"),
            self.env._("Summary"),
        )
        keys = ("number", "name", "system", "unit", "service", "asked", "done")
        page.write(row, 0, self.env._("All Service Requests"), styles["title"])
        for column, head in enumerate(heads):
            page.write(row + 1, column, head, styles["head"])
        for offset, values in enumerate(requests, row + 2):
            for column, key in enumerate((*keys, "late", "solution")):
                page.write_string(offset, column, values[key])

    def _share(self, percent):
        return None if percent is None else percent / 100

    def _write_share(self, page, row, share, styles, style="percent"):
        if share is None:
            page.write(row, 1, "–")
        else:
            page.write_number(row, 1, share, styles[style])

    def _write_rows(self, page, row, title, rows, styles):
        page.write(row, 0, title, styles["title"])
        heads = (
            self.env._("Number"),
            self.env._("Fault"),
            self.env._("System"),
            self.env._("User Unit"),
            self.env._("Severity"),
            self.env._("Reported"),
            self.env._("Repaired"),
            self.env._("Missed"),
            self.env._("What Was Done"),
        )
        for column, head in enumerate(heads):
            page.write(row + 1, column, head, styles["head"])
        keys = ("number", "name", "system", "unit", "severity", "reported", "fixed")
        for offset, values in enumerate(rows, row + 2):
            for column, key in enumerate((*keys, "late", "solution")):
                # Never a formula, whatever somebody wrote into a fault's name.
                page.write_string(offset, column, values[key])
        return row + 3 + len(rows)
