from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act

from .helpdesk_ticket_acts import LATE

_lt = LazyTranslate(__name__)

# Whoever sends somebody so soon after a colleague has not seen that yet.
JUST_NOW = timedelta(minutes=5)


class HelpdeskTicket(models.Model):
    """Tickets go from hand to hand by their engineer, too, not by the dispatcher alone.

    Who holds a ticket hands it over to a colleague; who was sent and has not accepted
    refuses it, with the reason. The clocks run on: they ask nothing about who it is.
    """

    _inherit = "helpdesk.ticket"

    _acts = {
        "handed_over": Act(
            _lt("Handed Over"),
            source=("dispatched", "progress", "waiting"),
            late=LATE,
        ),
        "refused": Act(
            _lt("Refused by the Engineer"),
            source=("dispatched",),
            reason=True,
            late=LATE,
        ),
    }

    def action_hand_over(self):
        """Ask to which colleague."""
        return self._om_open_act("handed_over")

    def action_refuse(self):
        """Ask why the engineer does not take it."""
        return self._om_open_act("refused")

    def action_print_labels(self):
        """Return the PDF of the labels of the devices that are concerned."""
        devices = self.equipment_ids
        if not devices:
            raise UserError(
                self.env._("Enter the devices first: labels are printed for them.")
            )
        return devices.action_print_labels()

    def _om_hand_over(self, user, at=None, reason=None):
        """Give one's own tickets to a colleague; the dispatchers are told."""
        self._om_check_mine()
        if not user or user == self.env.user:
            raise UserError(self.env._("Choose the colleague who goes on with it."))
        if user not in self._om_get_engineers():
            raise UserError(
                self.env._("%s is no engineer of ours: choose another one.", user.name)
            )
        # superuser: it was checked that they are his; what he has given away may be out
        # of his sight before the act ends
        with self.sudo()._om_changing(
            "handed_over", happened_at=at, reason=reason
        ) as tickets:
            tickets.write({"user_id": user.id})
        self._om_tell_handed_over(user, reason)
        return True

    def _om_refuse(self, reason, at=None):
        """Give back what one was sent to; somebody else has to be sent: a task."""
        self._om_check_mine()
        # superuser: as above
        with self.sudo()._om_changing(
            "refused", happened_at=at, reason=reason
        ) as tickets:
            tickets.write({"user_id": False})
        self._om_tell_refused(reason)
        return True

    def _om_tell_overtaking(self, user_id):
        """Tell the person at work that a colleague has just sent somebody else.

        Two dispatchers with the same ticket before them: the later word holds, but not
        in silence. One that comes at the same moment is refused by the tickets' locks
        and asked again, and then sees the first.
        """
        taken = self.filtered(lambda ticket: ticket.user_id.id not in (False, user_id))
        if not taken:
            return
        # superuser: who sent whom is told to those who send
        sent = self.env["om.act"].sudo()
        sent = sent.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", taken.ids),
                ("act", "=", "dispatched"),
                ("entered_at", ">=", fields.Datetime.now() - JUST_NOW),
                ("user_id", "!=", self.env.uid),
            ]
        )
        # Whoever calls may have no language in hand; the person who reads it has one.
        told = self.with_context(lang=self.env.user.lang).env
        lines = [
            told._(
                "%(ticket)s: %(colleague)s sent %(engineer)s at %(time)s already; your"
                " choice takes that place.",
                ticket=taken.browse(act.res_id).display_name,
                colleague=act.user_id.name,
                engineer=taken.browse(act.res_id).sudo().user_id.name,
                time=self._om_format(act.entered_at),
            )
            for act in (acts[0] for acts in sent.grouped("res_id").values())
        ]
        if lines:
            self.env.user._bus_send(
                "simple_notification",
                {"type": "warning", "sticky": True, "message": "\n".join(lines)},
            )

    def _om_check_mine(self):
        self.check_access("write")
        others = self.filtered(lambda ticket: ticket.user_id != self.env.user)
        if others:
            raise UserError(
                self.env._(
                    "Only whoever holds a ticket hands it over or refuses it: %s",
                    format_list(self.env, others.mapped("display_name")),
                )
            )

    def _om_get_engineers(self):
        """Return those of ours to whom tickets go.

        An administrator has every role; an engineer is one who was made one.
        """
        # superuser: who works with us is no secret among us
        engineer, manager, administrator = (
            self.env.ref(f"om_base.group_{role}").sudo()
            for role in ("engineer", "manager", "administrator")
        )
        people = engineer.all_user_ids - administrator.all_user_ids
        people |= engineer.user_ids | manager.user_ids
        return people.filtered(lambda user: user.active and not user.share).sudo(False)

    def _om_get_senders(self):
        """Return who sends people to this ticket: its team's chief, or all."""
        self.ensure_one()
        # superuser: the ticket may be somebody else's by now
        chief = self.sudo().team_id.user_id.filtered("active")
        return chief or self.env["om.escalation.rule"]._get_dispatchers()

    def _om_tell_handed_over(self, user, reason):
        for ticket in self.sudo():  # as above
            for chief in ticket._om_get_senders() - self.env.user - user:
                told = ticket.with_context(lang=chief.lang)
                told.message_notify(
                    subject=told.env._("Handed over: %s", told.display_name),
                    body=told.env._(
                        "%(giver)s handed it over to %(taker)s. %(reason)s",
                        giver=self.env.user.name,
                        taker=user.name,
                        reason=reason or "",
                    ),
                    partner_ids=chief.partner_id.ids,
                )

    def _om_tell_refused(self, reason):
        todo = self.env.ref("mail.mail_activity_data_todo")
        today = beijing.today()
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].sudo().create(  # for another user
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": ticket.id,
                    "user_id": chief.id,
                    "date_deadline": today,
                    "summary": self.with_context(lang=chief.lang).env._(
                        "%s has refused it: send somebody else", self.env.user.name
                    ),
                    "note": reason,
                    "automated": True,
                }
                for ticket in self
                for chief in ticket._om_get_senders()
            ]
        )
