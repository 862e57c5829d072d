from odoo import models


class Agreement(models.Model):
    """The payment ledger of contracts."""

    _inherit = "agreement"

    def _get_ledger_file_name(self):
        """The name of the exported file."""
        return self.env._("Payment Ledger %s", self._get_today())
