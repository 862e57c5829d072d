from odoo import models

from odoo.addons.om_base.models.om_portal_mixin import Answer

from ..engine import timeline
from .helpdesk_ticket_acts import IN_WORK


class HelpdeskTicket(models.Model):
    """What the parties may say on the page of a ticket."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "om.portal.mixin"]

    _portal_path = "/my/ticket"
    _portal_answers = {
        "confirm": Answer("action_confirmed"),
        "refuse": Answer("_om_refuse_by_login", "reason"),
        "agree": Answer("_om_agree_by_login"),
        "disagree": Answer("_om_disagree_by_login", "reason"),
        "cancel": Answer("_om_cancel_by_unit", "reason"),
        "order": Answer("action_ordered"),
    }

    def _get_portal_words(self):
        """The unit's people answer for it, or the purchaser's where it confirms or
        orders; who only looks on has nothing to say."""
        self.ensure_one()
        # superuser: which words there are; only who reads the ticket has any
        ticket, user = self.sudo(), self.env.user.sudo()
        words = set()
        if user._is_public() or not self.has_access("read"):
            return words
        own = user._speaks_for(ticket.unit_id or ticket.partner_id)
        if own and ticket.state == "proposed":
            words |= {"agree", "disagree"}
        if own and ticket.state in IN_WORK:
            words.add("cancel")
        purchaser = ticket._om_get_purchaser()
        for_purchaser = ticket._om_is_for_purchaser()
        confirms = user._speaks_for(purchaser) if for_purchaser else own
        if confirms and ticket.state == "fixed":
            words |= {"confirm", "refuse"}
        if (
            ticket.needs_order
            and not ticket.ordered_on
            and ticket.state in self._get_acts()["ordered"].source
            and user._speaks_for(purchaser)
        ):
            words.add("order")
        return words

    def _om_may_rate(self):
        """Tell whether the user's unit can say what it thinks of the work: once."""
        self.ensure_one()
        ticket, user = self.sudo(), self.env.user.sudo()  # as above
        return (
            not user._is_public()
            and self.has_access("read")
            and user._speaks_for(ticket.unit_id or ticket.partner_id)
            and ticket.state == "confirmed"
            and not ticket.rating_ids.filtered("consumed")
        )

    def _answer_in_portal(self, word, reason="", **more):
        # superuser: the parties' people write no tickets, only the ledger does. An
        # order is signed by the login itself.
        ticket = self if word == "order" else self.sudo()
        return super(HelpdeskTicket, ticket)._answer_in_portal(word, reason, **more)

    def _om_refuse_by_login(self, reason):
        return self._om_act(timeline.REOPENED, reason=reason or None)

    def _om_agree_by_login(self):
        return self._om_answer_by_login(agrees=True)

    def _om_disagree_by_login(self, reason):
        return self._om_answer_by_login(agrees=False, answer=reason)
