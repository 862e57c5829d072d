from decimal import Decimal

from odoo import models

from ..engine.margin import percentages


class AccountMoveLine(models.Model):
    """A bill of a supplier who serves systems is borne by these, by their fees: what
    the contract says is not chosen again on each bill."""

    _inherit = "account.move.line"

    def _related_analytic_distribution(self):
        # sudo: whoever enters a bill need not see the fees by which it is shared.
        contract = self.move_id.sudo().om_milestone_id.agreement_id
        systems = contract.served_system_ids.filtered("agreement_id")
        if contract.domain != "purchase" or not systems:
            return super()._related_analytic_distribution()
        systems = systems.sorted("id")
        accounts = self.env["account.analytic.account"]._get_om_accounts(
            (system.agreement_id, system) for system in systems
        )
        shares = percentages([Decimal(str(system.annual_fee)) for system in systems])
        return {
            str(accounts[system.agreement_id, system].id): float(share)
            for system, share in zip(systems, shares, strict=True)
            if share
        }
