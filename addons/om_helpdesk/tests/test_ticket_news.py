from odoo.tests import freeze_time, tagged

from .ticket_common import REPORTED, TicketCommon, after


@tagged("post_install", "-at_install")
class TestTicketNews(TicketCommon):
    """Whoever reported is told what becomes of it, once for each step."""

    def setUp(self):
        super().setUp()
        self.person = self.env["res.partner"].create(
            {
                "name": "乙01",
                "parent_id": self.unit.id,
                "email": "yi01@example.com",
                "lang": "en_US",
            }
        )

    def _report(self, severity="urgent", at=REPORTED, **values):
        values = {"partner_id": self.person.id, **values}
        return super()._report(severity, at, **values)

    def _told(self, moment, work):
        """Do ``work`` at a moment to the end of its transaction; return the mails."""
        before = self.env["mail.mail"].search([])
        with freeze_time(moment):
            work()
            self.env.cr.flush()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def _do(self, ticket, moment, method, *args, user=None):
        own = ticket.with_user(user or self.engineer)
        return self._told(moment, lambda: getattr(own, method)(*args))

    def test_accepted_repaired_and_in_work_again(self):
        ticket = self._report()
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        turns = [("cron_id", "=", queue.id)]
        before = self.env["ir.cron.trigger"].search_count(turns)
        mail = self._do(ticket, after(minutes=5), "action_take")
        self.assertEqual(mail.email_to, self.person.email_formatted)
        # Sent when the transaction is through, not at the queue's next hour.
        self.assertGreater(self.env["ir.cron.trigger"].search_count(turns), before)
        self.assertIn(ticket.number, mail.subject)
        self.assertIn("Accepted", mail.subject)
        self.assertIn(self.engineer.name, mail.body_html)
        # Urgent: eight hours from 10:00 in Beijing.
        self.assertIn("2026-03-11 18:00", mail.body_html)
        self.assertFalse(self._do(ticket, after(minutes=9), "action_arrive"))
        with freeze_time(after(minutes=10)):
            ticket.solution = "换了电源"
        mail = self._do(ticket, after(minutes=20), "_om_act", "fixed")
        self.assertIn("换了电源", mail.body_html)
        # No login: the page by its token, and an answer to the mail.
        self.assertIn(f"/my/ticket/{ticket.id}?access_token=", mail.body_html)
        self.assertIn("answer to this e-mail", mail.body_html)
        self.assertEqual((mail.model, mail.res_id), (ticket._name, ticket.id))
        mail = self._do(
            ticket,
            after(minutes=30),
            "_om_act",
            "reopened",
            None,
            "still dark",
            user=self.dispatcher,
        )
        self.assertIn("still dark", mail.body_html)

    def test_who_has_a_login_answers_on_the_page(self):
        user = self._create_portal_user("portal_user_unit", self.unit)
        user.partner_id.write({"email": "portal@example.com", "lang": "en_US"})
        ticket = self._report(partner_id=user.partner_id.id)
        mail = self._do(ticket, after(minutes=20), "_om_act", "fixed")
        self.assertIn(f"/my/ticket/{ticket.id}", mail.body_html)
        self.assertNotIn("access_token", mail.body_html)
        self.assertIn("Please say on its page", mail.body_html)
        # Whoever takes it back into work by the own word is not told of it.
        word = self._told(
            after(minutes=30),
            lambda: ticket.with_user(user)._answer_in_portal("refuse", "dark"),
        )
        self.assertFalse(word)

    def test_whoever_wants_no_mails_gets_none(self):
        user = self._create_portal_user("portal_user_unit", self.unit)
        user.partner_id.write({"email": "portal@example.com", "lang": "en_US"})
        ticket = self._report(partner_id=user.partner_id.id)
        mail = self._do(ticket, after(minutes=5), "action_take")
        # The way out stands in each; who has no login has none of the kind.
        self.assertIn("/my/tickets#om_news", mail.body_html)
        other = self._do(self._report(), after(minutes=5), "action_take")
        self.assertNotIn("#om_news", other.body_html)
        user.partner_id.om_news_off = True
        self.assertFalse(self._do(ticket, after(minutes=20), "_om_act", "fixed"))
        # The unit's other people are told as before.
        other = self._do(self._report(), after(minutes=5), "action_take")
        self.assertEqual(other.email_to, self.person.email_formatted)

    def test_late(self):
        ticket = self._report()
        watch = self.env["helpdesk.ticket"]
        mails = self._told(after(minutes=31), lambda: watch._om_watch(1000))
        address = self.person.email_formatted
        mail = mails.filtered(lambda mail: mail.email_to == address)
        self.assertEqual(len(mail), 1)
        self.assertIn("response", mail.body_html)
        mails = self._told(after(minutes=32), lambda: watch._om_watch(1000))
        self.assertNotIn(address, mails.mapped("email_to"), "once")
        self.assertEqual(ticket.respond_status, "breached")

    def test_one_mail_for_all_that_is_done_at_once(self):
        tickets = self._report() | self._report() | self._report()
        mail = self._do(tickets, after(minutes=5), "action_take")
        self.assertEqual(len(mail), 1)
        self.assertIn("3", mail.subject)
        for ticket in tickets:
            self.assertIn(ticket.number, mail.body_html)

    def test_nobody_is_told_what_is_old_or_did_not_happen(self):
        ticket = self._report(partner_id=self.unit.id)
        self.assertFalse(
            self._do(ticket, after(minutes=5), "action_take"), "no address"
        )
        # Entered long afterwards: the unit has known it for days.
        old = self._report()
        mail = self._told(
            after(days=3),
            lambda: old.with_user(self.manager)._om_act(
                "responded", after(minutes=3), "on paper"
            ),
        )
        self.assertFalse(mail)
        # Taken back within the transaction.
        both = self._report()
        mail = self._told(
            after(minutes=5),
            lambda: (
                both.with_user(self.dispatcher)._om_act("fixed"),
                both.with_user(self.dispatcher)._om_act("reopened", reason="x"),
            ),
        )
        self.assertIn("In work again", mail.subject)

    def test_the_same_for_many(self):
        counts = []
        for number in (3, 30):
            tickets = self.env["helpdesk.ticket"].union(
                *(
                    self._report(partner_email=f"p{each}@example.com")
                    for each in range(number)
                )
            )
            with freeze_time(after(minutes=5)):
                tickets.with_user(self.dispatcher)._om_act("responded")
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.env["helpdesk.ticket"].sudo()._om_send_news()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
