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
        # The first words of these heads are how the sheet is read again.
        heads = [
            Column(self.env._("Storage Place")),
            Column(self.env._("Part Code")),
            Column(self.env._("Part Name")),
            Column(self.env._("Serial Number / Lot")),
        ]
        opening = count.kind == "opening"
        if not opening:
            heads.append(Column(self.env._("Expected")))
        heads += [
            Column(self.env._("Quantity") if opening else self.env._("Found")),
            Column(self.env._("Reason for Difference")),
            Column(self.env._("Result")),
        ]
        rows = [self._get_row(line, opening) for line in count.line_ids]
        return Table(count.name, heads, rows, frozen=3)

    def _get_row(self, line, opening):
        texts = [
            line.location_id.complete_name,
            line.product_id.default_code,
            line.product_id.name,
            line.serial,
        ]
        expected = [] if opening else [self._get_number(line.expected)]
        found = self._get_number(line.counted) if line.is_counted else None
        result = line.result_text
        if not result and line.is_counted and not opening:
            result = line.with_env(self.env)._om_label("result")
        return [*texts, *expected, found, line.reason, result]

    def _get_number(self, quantity):
        return int(quantity) if float(quantity).is_integer() else quantity
