from odoo import api, models


class PortalShare(models.TransientModel):
    _inherit = "portal.share"

    @api.constrains("res_model", "res_id", "partner_ids")
    def _check_om_customers(self):
        """A fault is shown to its unit and the parties of its contract, no others."""
        for share in self.filtered(lambda share: share.res_model == "helpdesk.ticket"):
            ticket = self.env["helpdesk.ticket"].browse(share.res_id)
            ticket.check_access("read")
            ticket._om_check_customers(share.partner_ids)
