from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import timeline

LAST_REPAIRS = 3


class OmField(models.AbstractModel):
    """Tickets on the engineer's telephone."""

    _inherit = "om.field"

    @api.model
    def _add_forms(self, cards):
        result = super()._add_forms(cards)
        mine = cards["ticket"]
        tickets = self.env["helpdesk.ticket"].browse(mine)
        pauses = list(self.env["om.ticket.pause"]._om_labels("kind").items())
        last = self._get_last_repairs(tickets.system_id)
        marked = self._get_marked(tickets.system_id)
        colleagues = [
            (user.id, user.name)
            for user in (tickets._om_get_engineers() - self.env.user).sorted("name")
        ]
        for ticket in tickets:
            mine[ticket.id]["form"] = {
                "kind": ticket.kind,
                "mine": ticket.user_id == self.env.user,
                "free": not ticket.user_id,
                "responded": bool(ticket.responded_at),
                "arrived": bool(ticket.arrived_at),
                "fixed": bool(ticket.fixed_at),
                "paused": ticket.state == "waiting",
                "asks": ticket.asks_acknowledgement,
                "given": "",
                "colleagues": colleagues if ticket.user_id == self.env.user else [],
                "cause": ticket.cause or "",
                "solution": ticket.solution or "",
                "description": self._to_text(ticket.description),
                "device": self._describe_devices(ticket.equipment_ids),
                "signed": ticket.user_signed_by or "",
                "mark": ticket.system_id in marked,
                "photos": 0,
                "pauses": pauses,
                "last": [
                    row
                    for row in last.get(ticket.system_id, [])
                    if row["id"] != ticket.id
                ],
            }
        return result

    @api.model
    def _get_last_repairs(self, systems):
        """Return {system: what was done there last, the latest first}."""
        found = self.env["helpdesk.ticket"].search(
            [("system_id", "in", systems.ids), ("fixed_at", "!=", False)],
            order="fixed_at desc, id desc",
            limit=LAST_REPAIRS * 100,
        )
        return {
            system: [
                {
                    "id": ticket.id,
                    "day": self._format(ticket.fixed_at)[:10],
                    "name": ticket.name,
                    "note": ticket.solution or "",
                }
                for ticket in tickets[:LAST_REPAIRS]
            ]
            for system, tickets in found.grouped("system_id").items()
        }

    @api.model
    def _get_takers(self):
        return {
            **super()._get_takers(),
            "ticket": (
                ("helpdesk.ticket",),
                {
                    "take": "_take_ticket",
                    "arrive": "_take_arrival",
                    "fix": "_take_repair",
                    "pause": "_take_pause",
                    "resume": "_take_resumption",
                    "acknowledge": "_take_acknowledgement",
                    "hand_over": "_take_hand_over",
                    "refuse": "_take_refusal",
                    "photo": "_take_ticket_photo",
                    "unit_sign": "_take_ticket_signature",
                    "note": "_take_note",
                },
            ),
        }

    @api.model
    def _when(self, ticket, moment, words=""):
        """Return (time or None for now, reason) as the acts of tickets take them."""
        if not moment.offline:
            return None, words or None
        if moment.clock_set:
            words = " ".join(
                filter(None, (words, self.env._("(the telephone's clock was set)")))
            )
        return moment.at, ticket._mark_recorded(words)

    @api.model
    def _take_ticket(self, ticket, _values, moment):
        ticket._om_take(*self._when(ticket, moment))

    @api.model
    def _take_arrival(self, ticket, _values, moment):
        ticket._om_arrive(*self._when(ticket, moment))

    @api.model
    def _take_repair(self, ticket, values, moment):
        """Write down what was done, as the dialog of the ticket does, then say when."""
        act = self.env["om.ticket.act"].create(
            {
                "ticket_ids": [(6, 0, ticket.ids)],
                "kind": timeline.FIXED,
                "cause": self._get_text(values, "cause"),
                "solution": self._get_text(values, "solution"),
                "third_party_id": ticket.third_party_id.id,
            }
        )
        act._note_work()
        ticket._om_act(timeline.FIXED, *self._when(ticket, moment))

    @api.model
    def _take_pause(self, ticket, values, moment):
        reason = self._get_text(values, "reason")
        kind = values.get("kind")
        if not reason or kind not in self.env["om.ticket.pause"]._om_labels("kind"):
            raise UserError(
                self.env._("Say what is waited for, and why the work cannot go on.")
            )
        at, reason = self._when(ticket, moment, reason)
        self.env["om.ticket.pause"].create(
            {
                "ticket_id": ticket.id,
                "kind": kind,
                "reason": reason,
                "date_from": at or fields.Datetime.now(),
            }
        )

    @api.model
    def _take_resumption(self, ticket, _values, moment):
        ticket._om_resume(*self._when(ticket, moment))

    @api.model
    def _take_acknowledgement(self, ticket, _values, _moment):
        """Counts when it comes in: the next level may have been told meanwhile."""
        if ticket.asks_acknowledgement:
            ticket.action_acknowledge()

    @api.model
    def _take_hand_over(self, ticket, values, moment):
        user = self.env["res.users"].browse(self._to_id(values.get("user")))
        words = self._get_text(values, "reason")
        ticket._om_hand_over(user.exists(), *self._when(ticket, moment, words))

    @api.model
    def _take_refusal(self, ticket, values, moment):
        words = self._get_text(values, "reason")
        if not words:
            raise UserError(self.env._("Give the reason."))
        at, reason = self._when(ticket, moment, words)
        ticket._om_refuse(reason, at)

    @api.model
    def _take_ticket_photo(self, ticket, values, moment):
        photo = self._keep_photo(ticket, values, moment)
        body = Markup("<br/>").join(
            [self.env._("Photos of the repair"), *photo.description.split("\n")]
        )
        ticket.message_post(body=body, attachment_ids=photo.ids)

    @api.model
    def _take_ticket_signature(self, ticket, values, moment):
        """Somebody of the unit has drawn the name for what was done."""
        done = [
            ["name", ticket.name or ""],
            ["cause", (ticket.cause or "").strip()],
            ["solution", (ticket.solution or "").strip()],
        ]
        paper = self._make_paper(ticket, values, moment, done)
        reason = self._word_signed(done)
        if moment.offline:
            reason = ticket._mark_recorded(reason)
        ticket._om_enter_signature(paper, reason)
