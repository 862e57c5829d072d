from odoo import models


class Agreement(models.Model):
    """What a contract in force costs has accounts, to be chosen on suppliers' bills."""

    _inherit = "agreement"

    def action_activate(self):
        result = super().action_activate()
        self._make_cost_accounts()
        return result

    def _make_cost_accounts(self):
        """Make the accounts of these contracts and their systems; names follow."""
        # sudo: whoever brings a contract into force need not keep accounts.
        sales = self.sudo().filtered(lambda contract: contract.domain == "sale")
        Account = self.env["account.analytic.account"]
        accounts = Account._get_om_accounts(
            (contract, system)
            for contract in sales
            for system in (self.env["om.system"].sudo(), *contract.system_ids)
        )
        for (contract, system), account in accounts.items():
            name = (system or contract).name
            if account.name != name or account.code != contract.code:
                account.write({"name": name, "code": contract.code})
