from odoo import api, fields, models
from odoo.exceptions import UserError

BEARERS = frozenset(("om_agreement_id", "om_system_id"))


class AccountAnalyticAccount(models.Model):
    """Where cost of a contract is kept: an account for each of its systems, and one for
    what it costs as a whole. A system of next year's contract has another account."""

    _inherit = "account.analytic.account"

    om_agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        copy=False,
        help="The contract that bears what is booked here.",
    )
    om_system_id = fields.Many2one(
        "om.system",
        string="System",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        copy=False,
        help="Empty: what the contract costs as a whole.",
    )

    _om_bearer_uniq = models.UniqueIndex(
        "(om_agreement_id, COALESCE(om_system_id, 0))"
        " WHERE om_agreement_id IS NOT NULL",
        "This contract or system has its account already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_bearers(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_bearers(vals)
        return super().write(vals)

    def _check_bearers(self, vals):
        """What bears the cost of an account is nobody's to write: it follows from the
        contracts."""
        named = BEARERS & vals.keys()
        if named and not self.env.su and (self or any(map(vals.get, named))):
            raise UserError(
                self.env._(
                    "Which contract and system an account belongs to follows from the"
                    " contract and is not entered."
                )
            )

    @api.model
    def _get_om_plan(self):
        """The plan of these accounts."""
        # sudo: which column it has is no secret of accountants.
        return self.env.ref("om_assessment.analytic_plan_om").sudo()

    @api.model
    def _get_om_accounts(self, bearers):
        """Return {(contract, system): account} of what bears cost, made where missing.

        :param bearers: iterable of (contract, system); an empty system: the contract
            as a whole. Without a contract nothing bears it, and it is left out.
        """
        # sudo: what people and parts do is booked, whoever does it.
        bearers = {
            (contract.sudo(), system.sudo()) for contract, system in bearers if contract
        }
        contracts = self.env["agreement"].sudo().union(*(pair[0] for pair in bearers))
        found = self.sudo().with_context(active_test=False)
        found = found.search([("om_agreement_id", "in", contracts.ids)])
        accounts = {
            (account.om_agreement_id, account.om_system_id): account
            for account in found
        }
        missing = sorted(
            bearers - accounts.keys(), key=lambda pair: (pair[0].id, pair[1].id or 0)
        )
        plan = self._get_om_plan()
        quiet = self.sudo().with_context(tracking_disable=True)
        made = quiet.create(
            [
                {
                    "name": (system or contract).name,
                    "code": contract.code,
                    "plan_id": plan.id,
                    "company_id": contract.company_id.id,
                    "om_agreement_id": contract.id,
                    "om_system_id": system.id,
                }
                for contract, system in missing
            ]
        )
        accounts.update(zip(missing, made, strict=True))
        return accounts
