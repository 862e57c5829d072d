from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.om_base.tools.acts import Fact
from odoo.addons.om_contract.models.agreement import STATES


class Agreement(models.Model):
    _inherit = "agreement"

    _free_fields = {"no_promise": None}
    _reasoned_fields = {
        "no_promise": tuple(state for state, _label in STATES if state != "draft")
    }
    _facts = {"no_promise": Fact("no_promise", sealed=())}

    sla_policy_ids = fields.One2many(
        "om.sla.policy", "agreement_id", string="Service Promises", readonly=True
    )
    default_policy_id = fields.Many2one(
        "om.sla.policy", string="Default Promise", compute="_compute_default_policy_id"
    )
    no_promise = fields.Boolean(
        "No Times for Faults",
        copy=False,
        tracking=True,
        help="The contract prints no times for response and repair. Its faults have no"
        " deadlines unless a system is promised some; that is no gap of the register.",
    )

    @api.depends("sla_policy_ids.is_default", "sla_policy_ids.active")
    def _compute_default_policy_id(self):
        for contract in self:
            contract.default_policy_id = contract.sla_policy_ids.filtered("is_default")[
                :1
            ]

    @api.constrains("no_promise")
    def _check_no_promise(self):
        silent = self.filtered("no_promise")
        for contract, policy in (
            self.env["om.sla.policy"].sudo()._get_defaults(silent).items()
        ):
            raise ValidationError(
                self.env._(
                    "“%(contract)s” is said to print no times for faults, and"
                    " “%(promise)s” is its default: one of them is wrong.",
                    contract=contract.display_name,
                    promise=policy.display_name,
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if "no_promise" in vals:
            # superuser: whoever keeps the contract need not write faults.
            self.env["helpdesk.ticket"].sudo()._recompute_promises(
                [
                    ("agreement_id", "in", self.ids),
                    ("sla_source", "in", ("none", "missing")),
                ],
                self.env._("What the contract promises for faults changed"),
            )
        return result
