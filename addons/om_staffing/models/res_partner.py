from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_om_role_domains(self):
        """Who invites tenders, or was served before, is a purchaser."""
        domains = super()._get_om_role_domains()
        for model in ("om.tender", "om.reference"):
            domains["purchaser"] |= self._get_om_named(model, "partner_id")
        return domains
