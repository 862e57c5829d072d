from odoo import models

from odoo.addons.om_base.tools.tables import text_width


class ReportBidPackXlsx(models.AbstractModel):
    _name = "report.om_staffing.om_bid_pack_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Bid Pack as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        report = self.env["report.om_staffing.om_bid_pack"]
        formats = self._get_formats(workbook)
        for evaluation in objs:
            for table in report._get_tables(evaluation.get_pack()):
                self._write_sheet(workbook, table, formats)

    def _write_sheet(self, workbook, table, formats):
        """Write a table; texts as texts, so that no name can become a formula."""
        sheet = workbook.add_worksheet(table.title)
        widths = [text_width(column.title) for column in table.columns]
        for number, column in enumerate(table.columns):
            sheet.write_string(0, number, column.title, formats["head"])
        rows = [*table.rows, table.total] if table.total else table.rows
        for line, row in enumerate(rows, 1):
            for number, column in enumerate(table.columns):
                value = row[column.key]
                form = formats[column.kind]
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(line, number, value, form)
                else:
                    sheet.write_string(line, number, value or "", form)
                widths[number] = max(widths[number], text_width(str(value)))
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _get_formats(self, workbook):
        base = {"border": 1, "valign": "top"}
        return {
            "head": workbook.add_format({"bold": True, "bg_color": "#E9ECEF", **base}),
            "text": workbook.add_format({"text_wrap": True, **base}),
            "number": workbook.add_format(base),
            "money": workbook.add_format({"num_format": "#,##0.00", **base}),
        }
