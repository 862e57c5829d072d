from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_list

from odoo.addons.om_base.models.mail_thread import AUTOMATIC

from ..engine import timeline
from .helpdesk_ticket_acts import IN_WORK
from .helpdesk_ticket_board import AWAITED

# In this order: of what one request does, the last is told.
OF_EVENTS = {
    timeline.RESPONDED: "taken",
    timeline.REOPENED: "reopened",
    timeline.FIXED: "fixed",
}
# What is entered later than that is no news to anybody.
RECENT = timedelta(days=1)


class HelpdeskTicket(models.Model):
    """Whoever reported a ticket hears what becomes of it, by e-mail.

    Accepted, late, repaired (with the way to confirm or refuse it), in work again: once
    for each, one e-mail per person for all that one request does, and only if it
    succeeds. Who has no address, or wants no such e-mails, sees the same on the page of
    the ticket.
    """

    _inherit = "helpdesk.ticket"

    def _om_bring_news(self, kind):
        """Let those who reported these be told at the end of the transaction."""
        if not self:
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault("om_helpdesk.news", {})
        if not waiting:
            # superuser: who is told is no question of who acts
            plain = self.env(context={}, su=True)["helpdesk.ticket"]
            precommit.add(plain._om_send_news)
        waiting.update(dict.fromkeys(self.ids, (kind, self.env.user.partner_id.id)))

    def _om_bring_news_of(self, events):
        """Tell of what has just happened; what was entered long afterwards is known."""
        since = fields.Datetime.now() - RECENT
        recent = events.filtered(lambda event: event.at >= since)
        # Who arrives without a word before has accepted it by that.
        self._om_of(recent, timeline.ARRIVED).filtered(
            lambda ticket: ticket.responded_at == ticket.arrived_at
        )._om_bring_news("taken")
        for kind, news in OF_EVENTS.items():
            self._om_of(recent, kind)._om_bring_news(news)

    @api.model
    def _om_send_news(self):
        """Queue one e-mail for each reader of what waits to be told."""
        waiting = self.env.cr.precommit.data.pop("om_helpdesk.news", None) or {}
        letters = {}
        for ticket in self.browse(waiting).exists():
            kind, author = waiting[ticket.id]
            # The person before the body: whoever has the trouble waits for it.
            partner = ticket.partner_id
            email = ticket.partner_email or (partner.email and partner.email_formatted)
            wanted = email and partner.id != author and not partner.om_news_off
            if wanted and ticket._om_is_news(kind):
                company = ticket.company_id or self.env.company
                lang = partner.lang or company.partner_id.lang
                letter = letters.setdefault((email, lang, company), [])
                letter.append((ticket, kind))
        singles = self.browse(
            lines[0][0].id for lines in letters.values() if len(lines) == 1
        )
        answers = singles._notify_get_reply_to() if singles else {}
        rows = []
        for (email, lang, company), lines in letters.items():
            sender = company.partner_id
            row = {
                **self.with_context(lang=lang)._om_write_letter(lines),
                "email_to": email,
                "author_id": sender.id,
                "auto_delete": True,
                "headers": repr(AUTOMATIC),
            }
            if sender.email:
                row["email_from"] = row["reply_to"] = sender.email_formatted
            if len(lines) == 1:
                ticket = lines[0][0]
                # An answer comes back to the ticket, and what was told stays there.
                row.update(
                    model=ticket._name,
                    res_id=ticket.id,
                    reply_to=answers.get(ticket.id),
                    body=row["body_html"],
                    is_notification=True,
                )
            rows.append(row)
        if rows:
            self.env["mail.mail"].create(rows)
            self.env["mail.mail"]._om_send_soon()

    def _om_is_news(self, kind):
        """Tell whether it still holds when the transaction ends."""
        self.ensure_one()
        if kind == "fixed":
            return self.state == "fixed"
        if kind == "late":
            return self.state in IN_WORK and bool(self._om_get_late())
        return self.state in IN_WORK

    def _om_get_late(self):
        """Return the targets that were missed and are still waited for."""
        self.ensure_one()
        return [
            target
            for target, done in AWAITED.items()
            if self[f"{target}_status"] == "breached" and not self[f"{done}_at"]
        ]

    @api.model
    def _om_write_letter(self, lines):
        """Return subject and text of what is told to one reader, in the language of the
        context; ``lines`` are [(ticket, what)]."""
        env = self.env
        if len(lines) == 1:
            ticket, kind = lines[0]
            ticket = ticket.with_env(env)
            asked_for = ticket.kind == "request"
            subject = {
                "taken": env._("Accepted: %s", ticket.display_name),
                "late": env._("Not in time: %s", ticket.display_name),
                "reopened": env._("In work again: %s", ticket.display_name),
                "fixed": (
                    env._("Done, please confirm: %s", ticket.display_name)
                    if asked_for
                    else env._("Repaired, please confirm: %s", ticket.display_name)
                ),
            }[kind]
        else:
            subject = env._("News of %s of your reports", len(lines))
        body = Markup().join(
            Markup("<div><p><b>%s</b></p>%s</div>")
            % (
                ticket.display_name,
                Markup().join(
                    Markup("<p>%s</p>") % text
                    for text in ticket.with_env(env)._om_word_news(kind)
                ),
            )
            for ticket, kind in lines
        )
        if lines[0][0].partner_id.user_ids:
            page = f"{lines[0][0].get_base_url()}/my/tickets#om_news"
            body += Markup('<p style="color: #666666"><a href="%s">%s</a></p>') % (
                page,
                env._("No such e-mails any more"),
            )
        return {"subject": subject, "body_html": body}

    def _om_word_news(self, kind):
        """Return the sentences that tell what has become of one ticket."""
        self.ensure_one()
        env = self.env
        link, may_answer = self._om_get_reader_link()
        page = Markup('<a href="%s">%s</a>') % (link, link) if link else ""
        if kind == "taken":
            texts = [
                env._("%s sees to it.", self.user_id.name)
                if self.user_id
                else env._("We see to it.")
            ]
            if self.fix_deadline:
                texts.append(
                    env._("To be done by %s", self._om_format(self.fix_deadline)[:16])
                )
        elif kind == "late":
            labels = self._om_target_labels()
            texts = [
                env._(
                    "The time for this has passed, and we are still at it: %s",
                    format_list(env, [labels[each] for each in self._om_get_late()]),
                )
            ]
        elif kind == "reopened":
            event = self.event_ids.filtered(
                lambda each: each.kind == timeline.REOPENED and not each.voided_on
            )[-1:]
            texts = [env._("We are at it again. %s", event.reason or "")]
        else:
            texts = [env._("What was done: %s", self.solution or "–")]
            texts.append(
                env._("Please say on its page whether it is in order.")
                if may_answer
                else env._("If it is not in order, answer to this e-mail.")
            )
            if self.objection_by:
                texts.append(self._om_word_silence())
        return [*texts, page] if page else texts

    def _om_get_reader_link(self):
        """Return (address of the page of whoever reported, whether it is answered
        there by the own login)."""
        self.ensure_one()
        base = self.get_base_url()
        code = self.request_ids.filtered("report_code")[:1].report_code
        if code:
            return f"{base}/om/f/{code}", True
        path = f"{base}/my/ticket/{self.id}"
        partner = self.partner_id
        if partner.user_ids:
            return path, True
        if partner and partner.commercial_partner_id in self._om_get_customers():
            return f"{path}?access_token={self._portal_ensure_token()}", False
        return "", False
