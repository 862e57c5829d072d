from odoo import models


class ReportSpareCountXlsx(models.AbstractModel):
    """The sheet of a stock-taking: to fill in, and with its result afterwards."""

    _name = "report.om_stock_spares.om_spare_count_xlsx"
    # The ledger's way of writing tables.
    _inherit = ["report.om_contract.om_payment_ledger_xlsx"]
    _description = "Sheet of a Stock-Taking"

    def generate_xlsx_report(self, workbook, data, objs):
        formats = self._get_formats(workbook)
        for count in objs[:1]:
            heads, rows = self._get_table(count)
            sheet = workbook.add_worksheet(count.name)
            self._write_sheet(sheet, heads, rows, formats)

    def _get_table(self, count):
        # The first words of these heads are how the sheet is read again.
        heads = [
            (self.env._("Storage Place"), False),
            (self.env._("Part Code"), False),
            (self.env._("Part Name"), False),
            (self.env._("Serial Number / Lot"), False),
        ]
        opening = count.kind == "opening"
        if not opening:
            heads.append((self.env._("Expected"), False))
        heads += [
            (self.env._("Quantity") if opening else self.env._("Found"), False),
            (self.env._("Reason for Difference"), False),
            (self.env._("Result"), False),
        ]
        rows = [self._get_row(line, opening) for line in count.line_ids]
        return heads, rows

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
            result = self._get_label(line, "result")
        return [*texts, *expected, found, line.reason, result]

    def _get_number(self, quantity):
        return int(quantity) if float(quantity).is_integer() else quantity

    def _write_totals(self, sheet, heads, rows, formats, parts=None):
        """Pieces of different things are not added up."""
