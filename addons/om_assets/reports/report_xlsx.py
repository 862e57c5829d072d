from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from odoo import models

from ..engine.xlsx import cell_text


class SafeWorksheet(Worksheet):
    """A sheet whose texts always fit: too long ones are cut instead of left out, and
    what no spreadsheet can hold is dropped."""

    def _write_string(self, row, col, string, cell_format=None):
        return super()._write_string(row, col, cell_text(string), cell_format)


class ReportXlsxAbstract(models.AbstractModel):
    _inherit = "report.report_xlsx.abstract"

    # pylint: disable-next=method-required-super; it makes and writes the file in one go
    def create_xlsx_report(self, docids, data):
        objs = self._get_objs_for_report(docids, data)
        output = BytesIO()
        workbook = xlsxwriter.Workbook(output, self.get_workbook_options())
        workbook.worksheet_class = SafeWorksheet
        self.generate_xlsx_report(workbook, data, objs)
        workbook.close()
        return output.getvalue(), "xlsx"
