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
                    "figures": [
                        *self._get_ticket_figures(),
                        self._count(
                            "alerts",
                            self.env._("Alerts to be matched"),
                            "om_helpdesk.om_alert_action",
                            "om.alert",
                            Domain("match_state", "=", "unmatched"),
                            level="warning",
                        ),
                    ],
                }
            )
            areas.append(
                {
                    "key": "requests",
                    "label": self.env._("Service Requests"),
                    "order": 11,
                    "figures": self._get_request_figures(today),
                }
            )
        return areas

    @api.model
    def _get_request_figures(self, today):
        """Return what is asked for, planned and waits, beside the faults."""
        Ticket = self.env["helpdesk.ticket"]
        requests = Domain("kind", "=", "request")
        labels = dict(Ticket._fields["state"]._description_selection(self.env))
        first, after = Ticket._om_get_day(today)
        held = (
            Domain("request_start", ">=", first)
            & Domain("request_start", "<", after)
            & Domain("state", "!=", "cancelled")
        )
        rows = [
            ("new", labels["new"], Domain("state", "=", "new"), "warning"),
            (
                "late",
                self.env._("Overdue"),
                Domain("is_open", "=", True) & Domain("is_breached", "=", True),
                "danger",
            ),
            (
                "conflicts",
                self.env._("With Conflicts"),
                Domain("has_conflict", "=", True),
                "danger",
            ),
            ("today", self.env._("Held Today"), held, "body"),
            ("fixed", labels["fixed"], Domain("state", "=", "fixed"), "body"),
        ]
        return [
            self._count(
                f"requests-{key}",
                label,
                "om_helpdesk.helpdesk_request_action",
                Ticket._name,
                requests & domain,
                level=level,
            )
            for key, label, domain, level in rows
        ]

    @api.model
    def _get_ticket_figures(self):
        """Return the columns of the board as figures, and what is near its deadline."""
        now = fields.Datetime.now()
        Ticket = self.env["helpdesk.ticket"]
        columns = {
            # Requests have figures of their own.
            key: domain & Domain("kind", "=", "fault")
            for key, domain, _order in Ticket._get_board_columns(now)
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
