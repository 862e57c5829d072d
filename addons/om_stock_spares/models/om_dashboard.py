from odoo import api, models
from odoo.fields import Domain

REQUESTS = "om_stock_spares.om_spare_request_action"
READINESS = "om_stock_spares.om_spare_readiness_action"


class OmDashboard(models.AbstractModel):
    _inherit = "om.dashboard"

    @api.model
    def _get_areas(self, today, month):
        areas = super()._get_areas(today, month)
        if self._may_read("warehouse", "procurement", "dispatcher"):
            areas.append(
                {
                    "key": "spares",
                    "label": self.env._("Spare Parts"),
                    "order": 30,
                    "figures": self._get_spare_figures(),
                }
            )
        return areas

    @api.model
    def _get_spare_figures(self):
        request = "om.spare.request"
        state = self.env[request]._fields["state"]
        states = dict(state._description_selection(self.env))
        return [
            self._count(
                "spares-asked",
                states["asked"],
                REQUESTS,
                request,
                Domain("state", "in", ["asked"]),
                level="warning",
            ),
            self._count(
                "spares-counter",
                states["confirmed"],
                REQUESTS,
                request,
                Domain("state", "in", ["confirmed"]),
                level="warning",
            ),
            self._count(
                "spares-unconfirmed",
                self.env._("Issued in an emergency, confirmation missing"),
                REQUESTS,
                request,
                Domain("is_unconfirmed", "=", True),
                level="danger",
            ),
            self._count(
                "spares-minimum",
                self.env._("Below the least stock"),
                READINESS,
                "om.spare.readiness",
                Domain("kind", "in", ["minimum"]),
                level="danger",
            ),
        ]
