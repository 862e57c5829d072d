from odoo import api, models


class OmSetup(models.AbstractModel):
    _inherit = "om.setup"

    @api.model
    def _get_steps(self):
        contracts = self._get_setup_contracts()
        silent = contracts.filtered(
            lambda contract: not contract.no_promise and not contract.default_policy_id
        )
        # What the register says of each system needs no default.
        bare = self.env["om.system"]._read_group(
            [
                ("agreement_id", "in", silent.ids),
                ("sla_policy_id", "=", False),
                ("state", "!=", "stopped"),
            ],
            ["agreement_id"],
        )
        told = {contract for (contract,) in bare}
        return [
            *super()._get_steps(),
            self._make_step(
                "promises",
                60,
                self.env._("Service Promises"),
                self.env._(
                    "Within what time faults are answered and repaired: each contract's"
                    " own, or none where it prints none."
                ),
                [
                    (contracts, self.env._("There is no contract yet.")),
                    *(
                        (
                            contract not in told,
                            self.env._(
                                "“%s” has systems without a promise: enter the"
                                " contract's default, or say in the contract that it"
                                " prints no times.",
                                contract.display_name,
                            ),
                        )
                        for contract in silent
                    ),
                ],
                [
                    (
                        self.env._("Service Promises"),
                        "om_helpdesk.om_sla_policy_action",
                        None,
                    )
                ],
            ),
        ]
