from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


class ReportSpareHandoverXlsx(models.AbstractModel):
    _name = "report.om_stock_spares.om_spare_handover_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Hand-Over of Spare Stock as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        columns = [
            Column(self.env._("Hand-Over"), "handover_id.name"),
            Column(self.env._("Storage Place"), "place"),
            Column(self.env._("Part"), "product_name"),
            Column(self.env._("Serial Number / Lot"), "lot_name"),
            Column(self.env._("Quantity"), "quantity", kind="number"),
            Column(self.env._("Unit"), "uom_name"),
            Column(self.env._("Condition"), self._say("condition")),
            Column(self.env._("Remarks"), "note"),
        ]
        table = Table(self.env._("Spare Stock"), columns, objs.line_ids, frozen=3)
        self._write_tables(workbook, [table])
