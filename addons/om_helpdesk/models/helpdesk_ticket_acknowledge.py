from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac


class HelpdeskTicket(models.Model):
    """Who was warned says so by one tap; else the warning goes to the next level."""

    _inherit = "helpdesk.ticket"

    asks_acknowledgement = fields.Boolean(
        compute="_compute_asks_acknowledgement",
        groups="base.group_user",
        help="A warning waits for the word of somebody who was told.",
    )

    @api.depends("is_open", "notice_ids.state", "notice_ids.user_ids")
    @api.depends_context("uid")
    def _compute_asks_acknowledgement(self):
        for ticket in self:
            ticket.asks_acknowledgement = bool(ticket._om_unacknowledged())

    def _om_unacknowledged(self):
        """Return the warnings that the user may acknowledge: those told to the user; a
        dispatcher all."""
        # superuser: who was told of a ticket one reads is no secret
        waiting = self.sudo().notice_ids.filtered(
            lambda notice: notice.ticket_id.is_open and notice.state == "waiting"
        )
        if self.env.user.has_group("om_base.group_dispatcher"):
            return waiting
        return waiting.filtered(lambda notice: self.env.user in notice.user_ids)

    def action_acknowledge(self):
        """Say that the warning was read and is being dealt with: the next level is not
        asked any more."""
        self.check_access("read")
        if self.env.user.share:
            raise AccessError(self.env._("Our own people acknowledge warnings."))
        waiting = self._om_unacknowledged()
        if not waiting:
            raise UserError(
                self.env._(
                    "No warning of this ticket waits for your word: somebody else has"
                    " acknowledged it, or it is done."
                )
            )
        # superuser: who was told acknowledges, also who does not write the ticket
        with waiting.ticket_id.sudo()._om_changing("acknowledged") as tickets:
            waiting.write(
                {
                    "state": "acknowledged",
                    "next_level_at": False,
                    "acknowledged_at": fields.Datetime.now(),
                    "acknowledged_by_id": self.env.uid,
                }
            )
            # The own reminder has served; those of others stay theirs.
            tickets.activity_unlink(
                ["om_helpdesk.mail_activity_type_escalation"], user_id=self.env.uid
            )
        return True

    # ------------------------------------------------------------
    # From the notice
    # ------------------------------------------------------------

    def _om_get_acknowledge_token(self):
        """The secret part of the link in a warning: nobody else can make one that
        somebody who is signed in opens without knowing what it does."""
        self.ensure_one()
        return hmac(self.env(su=True), "om-escalation", self.id)[:32]

    def _om_get_acknowledge_url(self):
        token = self._om_get_acknowledge_token()
        return f"{self.get_base_url()}/om/acknowledge/{self.id}/{token}"

    def _om_is_acknowledge_token(self, token):
        return consteq(self._om_get_acknowledge_token(), token)

    # ------------------------------------------------------------
    # On duty
    # ------------------------------------------------------------

    def _om_get_on_duty(self, moment):
        """Return {id: users who are on duty for these tickets at a moment (UTC)}.

        The rosters answer where there are some; nobody is known to be, here.
        """
        return {}
