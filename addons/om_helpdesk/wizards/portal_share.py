from odoo import models


class PortalShare(models.TransientModel):
    _inherit = "portal.share"

    def action_send_mail(self):
        """A fault is shown to its unit and the parties of its contract, no others."""
        if self.res_model == "helpdesk.ticket":
            ticket = self.env["helpdesk.ticket"].browse(self.res_id)
            ticket.check_access("read")
            ticket._om_check_customers(self.partner_ids)
        return super().action_send_mail()
