import logging

from odoo import api, fields, models
from odoo.tools import email_split, html2plaintext

from odoo.addons.om_base.tools import beijing

from ..engine.machine_mail import is_machine

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, *args, **kwargs):
        """Let machines open no fault; their answers are notes that wake nobody."""
        routes = super().message_route(message, message_dict, *args, **kwargs)
        sender = (email_split(message_dict.get("email_from") or "") or [""])[0]
        if not routes or not is_machine(message, sender):
            return routes
        kept = [route for route in routes if route[0] != "helpdesk.ticket" or route[1]]
        if len(kept) < len(routes):
            _logger.info(
                "No fault opened from the mail %s of %s: a machine wrote it.",
                message_dict.get("message_id"),
                sender,
            )
        if any(route[0] == "helpdesk.ticket" for route in kept):
            message_dict.update(message_type="out_of_office", is_internal=True)
        return kept


class HelpdeskTicket(models.Model):
    """Who answers to a fault that is done with is heard.

    What is said about a confirmed, cancelled or merged fault opens a new one that
    follows it: the result of the old one stands, the new one has its own clocks from
    the moment of the answer, and it is on the board. An answer where the unit's
    confirmation or word is waited for is a task of the dispatchers.
    """

    _inherit = "helpdesk.ticket"

    follows_id = fields.Many2one(
        "helpdesk.ticket",
        string="Follows On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The closed fault to which somebody answered.",
    )

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if self._om_is_from_outside(message):
            # superuser: the answer is told on, whoever gave it
            self.sudo()._om_hear(message.sudo())
        return result

    @api.model
    def _om_is_from_outside(self, message):
        """Tell whether somebody who is not one of us has said something."""
        message = message.sudo()  # who wrote it, and as what
        ours = message.author_id.user_ids.filtered(lambda user: not user.share)
        return (
            message.message_type in ("email", "comment")
            and not message.is_internal
            and not message.subtype_id.internal
            and not ours
            and bool(message.author_id or message.message_type == "email")
        )

    def _om_hear(self, message):
        """Do what an answer from outside asks for."""
        self.ensure_one()
        if self.duplicate_id and self.duplicate_id.is_open:
            self.duplicate_id._om_hear_merged(self, message)
        elif not self.is_open:
            self._om_follow_on(message)
        elif self.state in ("fixed", "proposed"):
            # Who has said something has not been silent.
            self.objection_by = False
            self._om_ask_to_look()

    def _om_hear_merged(self, ticket, message):
        """Take over what was said about a duplicate."""
        self._om_log(
            {
                self: self.env._(
                    "%(who)s on %(fault)s: %(text)s",
                    who=message.author_id.name or message.email_from,
                    fault=ticket.number,
                    text=html2plaintext(message.body or ""),
                )
            }
        )
        self._om_ask_to_look()

    def _om_ask_to_look(self):
        """Give whoever dispatches the task to read an answer."""
        Activity = self.env["mail.activity"]
        todo = self.env.ref("mail.mail_activity_data_todo")
        users = (self.team_id.user_id or self.user_id).filtered("active")
        users = users or self.env["om.escalation.rule"]._get_dispatchers()
        today = beijing.today()
        known = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == todo and activity.automated
        )
        Activity.create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "user_id": user.id,
                    "date_deadline": today,
                    "summary": self.with_context(lang=user.lang).env._(
                        "The user has answered: read it"
                    ),
                    "automated": True,
                }
                for user in users - known.user_id
            ]
        )
        self._notify_board()

    def _om_follow_on(self, message):
        """Open the fault that an answer to a closed one reports."""
        author = message.author_id
        channel = "email" if message.message_type == "email" else "portal"
        channel = self.env.ref(
            f"om_helpdesk.helpdesk_ticket_channel_{channel}", raise_if_not_found=False
        )
        follower = self.with_context(mail_create_nosubscribe=True).create(
            {
                "name": self.name,
                "description": message.body,
                "system_id": self.system_id.id,
                "equipment_ids": [(6, 0, self.equipment_ids.ids)],
                "severity": self.severity,
                "team_id": self.team_id.id,
                "company_id": self.company_id.id,
                "partner_id": (author or self.partner_id).id,
                "partner_name": author.name or message.email_from,
                "partner_email": message.email_from,
                "partner_phone": self.partner_phone,
                "channel_id": channel.id if channel else False,
                "user_id": False,
                "follows_id": self.id,
            }
        )
        for attachment in message.attachment_ids:
            attachment.copy({"res_model": follower._name, "res_id": follower.id})
        self._om_log(
            {
                self: self.env._(
                    "An answer to this closed ticket opened %s.", follower.display_name
                ),
                follower: self.env._(
                    "Opened by an answer to the closed ticket %s.", self.display_name
                ),
            }
        )
        if message.message_type == "email":
            follower._om_acknowledge()
        return follower
