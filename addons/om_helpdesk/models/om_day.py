from odoo import api, models
from odoo.fields import Domain

from .helpdesk_ticket import CLOSED_STATES

ACTION = "om_helpdesk.helpdesk_ticket_action"


class OmDay(models.AbstractModel):
    _inherit = "om.day"

    @api.model
    def _get_ticket_domains(self):
        """Return the user's open faults, and the new ones that nobody has taken."""
        mine = (
            Domain("user_id", "=", self.env.uid)
            | Domain("employee_ids.user_id", "=", self.env.uid)
        ) & Domain("state", "not in", (*CLOSED_STATES, "proposed"))
        # What somebody was sent to and refused is nobody's again.
        free = Domain("user_id", "=", False)
        free &= Domain("state", "in", ("new", "dispatched"))
        return mine, free

    @api.model
    def _get_figures(self, now, today):
        mine, free = self._get_ticket_domains()
        faults = Domain("kind", "=", "fault")
        dashboard = self.env["om.dashboard"]
        return [
            dashboard._count(
                "tickets",
                self.env._("My Faults"),
                ACTION,
                "helpdesk.ticket",
                mine & faults,
            ),
            dashboard._count(
                "free",
                self.env._("New, Not Taken"),
                ACTION,
                "helpdesk.ticket",
                free & faults,
            ),
            dashboard._count(
                "requests",
                self.env._("My Requests"),
                "om_helpdesk.helpdesk_request_action",
                "helpdesk.ticket",
                mine & ~faults,
            ),
            *super()._get_figures(now, today),
        ]

    @api.model
    def _get_cards(self, now, today):
        mine, free = self._get_ticket_domains()
        tickets = self.env["helpdesk.ticket"].search(
            mine | free, order="next_deadline, id"
        )
        states = dict(tickets._fields["state"]._description_selection(self.env))
        cards = []
        for ticket in tickets:
            facts = ticket._get_card()
            place = self._get_place(ticket.system_id)
            phone = ticket.partner_phone or ticket.partner_id.phone
            cards.append(
                {
                    **place,
                    "key": f"ticket-{ticket.id}",
                    "model": ticket._name,
                    "id": ticket.id,
                    "view_id": False,
                    "kind": "ticket",
                    "kind_label": facts["kind_label"],
                    "title": ticket.name,
                    "number": ticket.number,
                    "contact": ticket.partner_name or ticket.partner_id.name or "",
                    "phone": phone or place["phone"],
                    "deadline": facts["deadline"],
                    "what": self.env._("%s until", facts["target"]),
                    "state": states.get(ticket.state, ""),
                }
            )
        return super()._get_cards(now, today) + cards
