from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


class ReportSpareHandoverXlsx(models.AbstractModel):
    _name = "report.om_stock_spares.om_spare_handover_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Hand-Over of Spare Stock as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        heads = [
            Column(self.env._("Hand-Over")),
            Column(self.env._("Storage Place")),
            Column(self.env._("Part")),
            Column(self.env._("Serial Number / Lot")),
            Column(self.env._("Quantity")),
            Column(self.env._("Unit")),
            Column(self.env._("Condition")),
            Column(self.env._("Remarks")),
        ]
        rows = [
            [
                line.handover_id.name,
                line.place,
                line.product_name,
                line.lot_name,
                int(line.quantity) if line.quantity.is_integer() else line.quantity,
                line.uom_name,
                line.with_env(self.env)._om_label("condition"),
                line.note,
            ]
            for line in objs.line_ids
        ]
        table = Table(self.env._("Spare Stock"), heads, rows, frozen=3)
        self._write_tables(workbook, [table])
