from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# A deadline so near is worth a look.
NEAR_HOURS = 24
ACTION = "om_helpdesk.helpdesk_ticket_action"


class OmDashboard(models.AbstractModel):
    _inherit = "om.dashboard"

    @api.model
    def _get_areas(self, today, month):
        areas = super()._get_areas(today, month)
        if self._may_read("dispatcher", "procurement"):
            areas.append(
                {
                    "key": "tickets",
                    "label": self.env._("Faults"),
                    "order": 10,
                    "figures": self._get_ticket_figures(),
                }
            )
        return areas

    @api.model
    def _get_ticket_figures(self):
        """Return the columns of the board as figures, and what is near its deadline."""
        now = fields.Datetime.now()
        Ticket = self.env["helpdesk.ticket"]
        columns = {
            key: domain for key, domain, _order in Ticket._get_board_columns(now)
        }
        near = Domain("next_deadline", "<", now + timedelta(hours=NEAR_HOURS))
        labels = Ticket._get_board_labels()
        rows = [
            ("new", labels["new"], columns["new"], "warning"),
            ("late", labels["late"], columns["late"], "danger"),
            (
                "near",
                self.env._("Deadline within %s Hours", NEAR_HOURS),
                columns["running"] & near,
                "warning",
            ),
            *(
                (key, labels[key], columns[key], "body")
                for key in ("running", "waiting", "fixed", "proposed")
            ),
        ]
        return [
            self._count(
                f"tickets-{key}", label, ACTION, Ticket._name, domain, level=level
            )
            for key, label, domain, level in rows
        ]
