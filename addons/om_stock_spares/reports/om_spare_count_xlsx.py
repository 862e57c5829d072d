from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


class ReportSpareCountXlsx(models.AbstractModel):
    """The sheet of a stock-taking: to fill in, and with its result afterwards."""

    _name = "report.om_stock_spares.om_spare_count_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Sheet of a Stock-Taking"

    def generate_xlsx_report(self, workbook, data, objs):
        self._write_tables(workbook, [self._get_table(count) for count in objs[:1]])

    def _get_table(self, count):
        opening = count.kind == "opening"
        # The first words of these heads are how the sheet is read again.
        columns = [
            Column(self.env._("Storage Place"), "location_id.complete_name"),
            Column(self.env._("Part Code"), "product_id.default_code"),
            Column(self.env._("Part Name"), "product_id.name"),
            Column(self.env._("Serial Number / Lot"), "serial"),
            Column(self.env._("Expected"), "expected", kind="number"),
            Column(
                self.env._("Quantity") if opening else self.env._("Found"),
                lambda line: line.counted if line.is_counted else None,
                kind="number",
            ),
            Column(self.env._("Reason for Difference"), "reason"),
            Column(self.env._("Result"), self._get_result),
        ]
        if opening:
            columns = [each for each in columns if each.key != "expected"]
        return Table(count.name, columns, count.line_ids, frozen=3)

    def _get_result(self, line):
        if line.result_text or not line.is_counted or line.count_id.kind == "opening":
            return line.result_text
        return line.with_env(self.env)._om_label("result")
