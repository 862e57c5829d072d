from odoo import api, models


class ReportBidPack(models.AbstractModel):
    _name = "report.om_staffing.om_bid_pack"
    _description = "Bid Pack"

    @api.model
    def _get_report_values(self, docids, data=None):
        evaluations = self.env["om.bid.evaluation"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "om.bid.evaluation",
            "docs": evaluations,
            "packs": {one.id: one.get_pack() for one in evaluations},
        }
