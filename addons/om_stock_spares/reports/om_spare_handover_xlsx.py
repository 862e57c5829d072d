from odoo import models


class ReportSpareHandoverXlsx(models.AbstractModel):
    _name = "report.om_stock_spares.om_spare_handover_xlsx"
    # The ledger's way of writing tables.
    _inherit = ["report.om_contract.om_payment_ledger_xlsx"]
    _description = "Hand-Over of Spare Stock as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        heads = [
            (self.env._("Hand-Over"), False),
            (self.env._("Storage Place"), False),
            (self.env._("Part"), False),
            (self.env._("Serial Number / Lot"), False),
            (self.env._("Quantity"), False),
            (self.env._("Unit"), False),
            (self.env._("Condition"), False),
            (self.env._("Remarks"), False),
        ]
        rows = [
            [
                line.handover_id.name,
                line.place,
                line.product_name,
                line.lot_name,
                int(line.quantity) if line.quantity.is_integer() else line.quantity,
                line.uom_name,
                self._get_label(line, "condition"),
                line.note,
            ]
            for line in objs.line_ids
        ]
        sheet = workbook.add_worksheet(self.env._("Spare Stock"))
        self._write_sheet(sheet, heads, rows, self._get_formats(workbook))

    def _write_totals(self, sheet, heads, rows, formats, parts=None):
        """Pieces of different things are not added up."""
