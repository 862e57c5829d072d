from odoo import api, models

# Hours of one engagement's service.
CALENDARS = ("om_service_calendar_bda", "om_service_calendar_emergency")


class OmSetup(models.AbstractModel):
    _inherit = "om.setup"

    @api.model
    def _forget_examples(self):
        """Promises of engagements that are not ours, and the hours of their services;
        hours as they are usual stay."""
        result = super()._forget_examples()
        policies = self._get_shipped("om_helpdesk", "om.sla.policy")
        policies.filtered(lambda policy: not policy.system_ids).unlink()
        calendars = self.env["om.service.calendar"].union(
            *filter(
                None, (self.env.ref(f"om_helpdesk.{name}", False) for name in CALENDARS)
            )
        )
        left = self.env["om.sla.policy"].with_context(active_test=False)
        used = left.search([("calendar_id", "in", calendars.ids)]).calendar_id
        (calendars - used).unlink()
        return result

    @api.model
    def _bring_examples_back(self):
        result = super()._bring_examples_back()
        if not self._get_shipped("om_helpdesk", "om.sla.policy"):
            self._load_again("om_helpdesk/data/om_sla_policy_data.xml")
        return result

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
