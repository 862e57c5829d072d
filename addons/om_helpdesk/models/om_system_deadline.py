from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact

from ..engine.policy import MAIN_TARGETS
from .om_sla_policy_register import DEADLINE_CHANGED


class OmSystemDeadline(models.Model):
    _inherit = "om.system.deadline"

    _free_fields = {"respond_service_hours": None}
    _facts = {"respond_service_hours": Fact("respond_service_hours")}

    respond_service_hours = fields.Boolean(
        "Response in Service Hours Only",
        help="Hours and minutes are natural hours unless the contract ties them to"
        " service hours.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        deadlines = super().create(vals_list)
        self._let_promises_follow(deadlines.system_id)
        return deadlines

    def write(self, vals):
        systems = self.system_id
        result = super().write(vals)
        if vals.keys() & set(self._get_promise_fields()):
            self._let_promises_follow(systems | self.system_id)
        return result

    def unlink(self):
        systems = self.system_id
        result = super().unlink()
        self._let_promises_follow(systems)
        return result

    @api.model
    def _let_promises_follow(self, systems):
        systems.with_context(
            om_deadline_changed=DEADLINE_CHANGED
        )._assign_sla_policies()

    @api.model
    def _get_promise_fields(self):
        return [
            "system_id",
            "severity",
            "respond_service_hours",
            *(f"{target}_value" for target in MAIN_TARGETS),
            *(f"{target}_unit" for target in MAIN_TARGETS),
        ]

    def _get_register_values(self):
        """Return [severity, promise or None per target]; a promise is [value, unit,
        clock].

        Days end when business closes, as the Civil Code has it (article 203).
        """
        self.ensure_one()
        promises = []
        for target in MAIN_TARGETS:
            unit = self[f"{target}_unit"]
            if not unit:
                promises.append(None)
                continue
            value = self[f"{target}_value"]
            clock = "service_hours" if unit in ("workday", "day") else "always"
            if target == "respond" and self.respond_service_hours:
                clock = "service_hours"
            promises.append([value, unit, clock])
        return [self.severity, *promises]
