from odoo import api, models
from odoo.tools import format_list


class OmSetup(models.AbstractModel):
    _inherit = "om.setup"

    @api.model
    def _get_setup_contracts(self):
        """Return the contracts with purchasers that are worked for or prepared."""
        return self.env["agreement"].search(
            [
                ("domain", "=", "sale"),
                ("is_template", "=", False),
                ("state", "in", ["draft", "in_force"]),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    @api.model
    def _get_steps(self):
        contracts = self._get_setup_contracts()
        drafts = contracts.filtered(lambda contract: contract.state == "draft")
        return [
            *super()._get_steps(),
            self._make_step(
                "contract",
                40,
                self.env._("First Contract"),
                self.env._(
                    "Number, parties, price and payment template: what is paid when,"
                    " and what the systems of the register belong to. It can come with"
                    " the register's spreadsheet."
                ),
                [
                    (contracts, self.env._("There is no contract yet.")),
                    *(
                        (
                            False,
                            self.env._(
                                "“%(contract)s” is not in force: %(missing)s.",
                                contract=draft.display_name,
                                missing=format_list(self.env, missing)
                                if (missing := draft._get_missing_for_effect())
                                else self.env._("press “Bring into Force”"),
                            ),
                        )
                        for draft in drafts
                        if contracts == drafts
                    ),
                ],
                [(self.env._("Contracts"), "om_contract.agreement_action", None)],
            ),
        ]
