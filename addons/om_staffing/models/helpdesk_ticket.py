from collections import defaultdict

from odoo import models

from odoo.addons.om_helpdesk.engine.planning import Shift

from .om_roster import to_local


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _om_get_on_duty(self, moment):
        """The published rosters of the ticket's contract answer."""
        result = super()._om_get_on_duty(moment)
        # superuser: who is on duty is published; the contract decides which roster
        tickets = self.sudo()
        shifts = (
            self.env["om.roster.shift"]
            .sudo()  # as above
            .search(
                [
                    ("start", "<=", moment),
                    ("stop", ">", moment),
                    ("roster_id.state", "=", "published"),
                    (
                        "roster_id.tender_id.agreement_id",
                        "in",
                        tickets.agreement_id.ids,
                    ),
                ]
            )
        )
        people = {
            contract: found.employee_id.user_id
            for contract, found in shifts.grouped(
                lambda shift: shift.tender_id.agreement_id
            ).items()
        }
        for ticket in tickets:
            if ticket.agreement_id in people:
                result[ticket.id] = people[ticket.agreement_id]
        return result

    def _om_get_duty(self):
        """The rosters answer: who is on duty as the post that holds a request."""
        result = super()._om_get_duty()
        # superuser: who is on duty is published; the catalogue binds everybody
        asked = {
            ticket.id: (ticket, ticket.service_item_id.post_id)
            for ticket in self.sudo()
            if ticket.service_item_id.post_id and ticket.request_start
        }
        if not asked:
            return result
        posts = self.env["om.post"].union(*(post for _ticket, post in asked.values()))
        tickets = self.sudo().browse(asked)
        first = min(tickets.mapped("request_start"))
        last = max(tickets.mapped("request_stop"))
        rosters = (
            self.env["om.roster"]
            .sudo()  # as above
            .search(
                [
                    ("state", "=", "published"),
                    ("tender_id", "in", posts.sudo().tender_id.ids),
                    ("date_from", "<=", to_local(last).date()),
                    ("date_to", ">=", to_local(first).date()),
                ]
            )
        )
        shifts = defaultdict(list)
        for shift in rosters.shift_ids:
            shifts[shift.post_id.id].append(
                Shift(shift.employee_id.id, shift.start, shift.stop)
            )
        for ticket, post in asked.values():
            day = to_local(ticket.request_start).date()
            if any(
                roster.tender_id == post.tender_id
                and roster.date_from <= day <= roster.date_to
                for roster in rosters
            ):
                result[ticket.id] = (post.id, shifts[post.id])
        return result
