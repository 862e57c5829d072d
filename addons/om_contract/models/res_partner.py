from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_om_role_domains(self):
        """Who signs a contract with us is its purchaser, or our supplier."""
        domains = super()._get_om_role_domains()
        for role, field, direction in (
            ("purchaser", "partner_id", "sale"),
            ("supplier", "partner_id", "purchase"),
            ("supervisor", "supervisor_id", "sale"),
        ):
            domains[role] |= self._get_om_named(
                "agreement", field, [("domain", "=", direction)]
            )
        return domains
