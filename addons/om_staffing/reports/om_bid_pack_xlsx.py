from odoo import models


class ReportBidPackXlsx(models.AbstractModel):
    _name = "report.om_staffing.om_bid_pack_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Bid Pack as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        report = self.env["report.om_staffing.om_bid_pack"]
        self._write_tables(
            workbook,
            [
                table
                for evaluation in objs
                for table in report._get_tables(evaluation.get_pack())
            ],
        )
