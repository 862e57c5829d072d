from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine import timeline
from ..models.om_ticket_event import KINDS
from ..models.om_ticket_pause import KINDS as PAUSES

PAUSE = "pause"
MERGE = "merge"
HAND_OVER = "handed_over"
REFUSE = "refused"


class OmTicketAct(models.TransientModel):
    """One dialog for what happens to a ticket and needs words, or an earlier time."""

    _name = "om.ticket.act"
    _description = "Ticket Act"

    ticket_ids = fields.Many2many("helpdesk.ticket", required=True, readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="The Ticket", compute="_compute_ticket_id"
    )
    kind = fields.Selection(
        [
            *(kind for kind in KINDS if kind[0] != timeline.REPORTED),
            (PAUSE, "Paused"),
            (MERGE, "Merged"),
            (HAND_OVER, "Handed Over"),
            (REFUSE, "Refused by the Engineer"),
        ],
        string="What Happened",
        required=True,
    )
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    until = fields.Datetime(
        help="For a waiting that is over already. Empty: it still lasts."
    )
    is_late = fields.Boolean(compute="_compute_is_late")
    is_request = fields.Boolean(compute="_compute_ticket_id")
    reason = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        string="Whom to Send",
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env.ref("om_base.group_engineer").ids,
            ),
            ("share", "=", False),
        ],
    )
    duplicate_of_id = fields.Many2one(
        "helpdesk.ticket",
        string="Goes On",
        domain="[('id', 'in', choice_ids)]",
        help="A fault in work of the same unit. It counts from the earliest report.",
    )
    choice_ids = fields.Many2many("helpdesk.ticket", compute="_compute_choice_ids")
    asks_unit = fields.Boolean(compute="_compute_choice_ids")
    not_covered = fields.Boolean(
        "Not Covered by the Contract",
        help="Such as damage by users: the unit is told, and may be offered a price.",
    )
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    offer = fields.Monetary(help="For how much it is done all the same. 0: none.")
    pause_kind = fields.Selection(PAUSES, string="Waiting For")
    cause = fields.Text()
    solution = fields.Text("What Was Done")
    third_party_id = fields.Many2one(
        "res.partner", domain="[('is_company', '=', True)]"
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Photos")
    user_signature = fields.Image(
        "Signature of the User", max_width=1024, max_height=1024
    )
    user_signed_by = fields.Char("Signed By")

    @api.depends("ticket_ids")
    def _compute_ticket_id(self):
        for act in self:
            act.ticket_id = act.ticket_ids if len(act.ticket_ids) == 1 else False
            act.is_request = "request" in act.ticket_ids.mapped("kind")

    @api.depends("ticket_ids", "kind", "duplicate_of_id")
    def _compute_choice_ids(self):
        for act in self:
            tickets = act.ticket_ids._origin
            act.choice_ids = False
            act.asks_unit = act.kind == timeline.CANCELLED and any(
                ticket._om_get_unit() for ticket in tickets
            )
            if act.kind != MERGE:
                continue
            act.choice_ids = tickets.search(tickets._om_merge_domain())
            if act.duplicate_of_id:
                act.asks_unit = bool(tickets._om_merge_lost(act.duplicate_of_id))

    @api.depends("at")
    def _compute_is_late(self):
        # A dialog stays open for a while; what is older is a statement.
        now = fields.Datetime.now()
        for act in self:
            act.is_late = bool(act.at and (now - act.at).total_seconds() > 300)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        tickets = self.env["helpdesk.ticket"].browse(
            self.env.context.get("default_ticket_ids") or ()
        )
        if len(tickets) == 1:
            values.update(
                user_id=(
                    values.get("kind") != HAND_OVER and tickets.user_id.id or False
                ),
                cause=tickets.cause,
                solution=tickets.solution,
                third_party_id=tickets.third_party_id.id,
            )
        return values

    def action_confirm(self):
        """Do it, with the checks of the button."""
        self.ensure_one()
        self.ticket_ids.check_access("write")
        if self.kind == PAUSE:
            self._pause()
        elif self.kind == MERGE:
            return self._tell(self.ticket_ids._om_merge(self._get_first(), self.reason))
        elif self.kind == timeline.CANCELLED:
            offer = self.offer if self.not_covered else 0
            return self._tell(
                self.ticket_ids._om_cancel(self.reason, self.not_covered, offer)
            )
        elif self.kind == timeline.DISPATCHED:
            self._dispatch()
        elif self.kind in (HAND_OVER, REFUSE):
            return self._give_away()
        else:
            self._note_work()
            self.ticket_ids._om_act(self.kind, *self._when())
        return {"type": "ir.actions.act_window_close"}

    def _when(self):
        """Return (time or None for now, reason); a dialog takes its time."""
        if not self.is_late and self.at <= fields.Datetime.now():
            return None, self.reason
        return self.at, self.reason

    def _dispatch(self):
        if not self.user_id:
            raise UserError(self.env._("Choose whom to send."))
        at, reason = self._when()
        tickets = self.ticket_ids
        if at:
            tickets.filtered(lambda ticket: not ticket.dispatched_at)._om_act(
                timeline.DISPATCHED, at, reason
            )
        tickets.write({"user_id": self.user_id.id})

    def _give_away(self):
        """Hand over or refuse; what is out of sight then is left for the own list."""
        tickets = self.ticket_ids
        if self.kind == REFUSE:
            tickets._om_refuse(self.reason)
        else:
            tickets._om_hand_over(self.user_id, reason=self.reason)
        if tickets.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        return self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_ticket_mine_action"
        )

    def _get_first(self):
        if not self.duplicate_of_id:
            raise UserError(self.env._("Choose the fault that goes on."))
        return self.duplicate_of_id

    def _tell(self, asked):
        """Close, and say for which faults the unit's word is waited for."""
        close = {"type": "ir.actions.act_window_close"}
        if not asked:
            return close
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Proposed to the user unit; the clocks run on until it has"
                    " answered: %s",
                    format_list(self.env, asked.mapped("number")),
                ),
                "next": close,
            },
        }

    def _pause(self):
        if not self.pause_kind or not self.reason:
            raise UserError(
                self.env._("Say what is waited for, and why the work cannot go on.")
            )
        at, reason = self._when()
        self.env["om.ticket.pause"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "kind": self.pause_kind,
                    "reason": reason,
                    "date_from": at or fields.Datetime.now(),
                    "date_to": self.until,
                }
                for ticket in self.ticket_ids
            ]
        )

    def _note_work(self):
        """Write down what was found and done."""
        if self.kind != timeline.FIXED:
            return
        if not self.solution:
            raise UserError(self.env._("Write down what was done."))
        values = {
            "cause": self.cause,
            "solution": self.solution,
            "third_party_id": self.third_party_id.id,
        }
        if self.user_signature:
            values.update(
                user_signature=self.user_signature,
                user_signed_by=self.user_signed_by or self.ticket_id.partner_name,
            )
        self.ticket_ids.write(values)
        if self.attachment_ids and self.ticket_id:
            self.ticket_id.message_post(
                body=self.env._("Photos of the repair"),
                attachment_ids=self.attachment_ids.ids,
            )
