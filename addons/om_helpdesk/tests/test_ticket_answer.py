from email.message import EmailMessage

from odoo.tests import TransactionCase, freeze_time, tagged

from ..engine.machine_mail import is_machine
from .test_ticket_mail import TicketMailCommon
from .test_ticket_portal import TicketPortalCommon
from .ticket_common import REPORTED, after

MACHINES = (
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-generated",
    "Auto-Submitted: AUTO-NOTIFIED; x=y",
    "X-Auto-Response-Suppress: All",
    "Precedence: bulk",
    "Precedence: auto_reply",
    "Precedence: junk",
    "X-Autoreply: yes",
    "X-Autorespond: absence",
    "Return-Path: <>",
)
PEOPLE = (
    "Auto-Submitted: no",
    "Precedence: list",
    "X-Autoreply: no",
    "Return-Path: <c01@unit.example.com>",
    "X-Mailer: anything",
)


@tagged("post_install", "-at_install")
class TestMachineMail(TransactionCase):
    def test_marks(self):
        for marks, expected in ((MACHINES, True), (PEOPLE, False)):
            for mark in marks:
                mail = EmailMessage()
                name, value = mark.split(": ", 1)
                mail[name] = value
                with self.subTest(mark=mark):
                    self.assertIs(is_machine(mail, "c01@unit.example.com"), expected)

    def test_senders(self):
        self.assertTrue(is_machine({}, "MAILER-DAEMON@unit.example.com"))
        self.assertTrue(is_machine({}, "postmaster@unit.example.com"))
        self.assertFalse(is_machine({}, "master@unit.example.com"))
        self.assertFalse(is_machine({}, ""))


@tagged("post_install", "-at_install")
class TestTicketAnswer(TicketMailCommon):
    """Machines report nothing; people are heard, also about what is closed."""

    def _count(self):
        return self.env["helpdesk.ticket"].search_count([])

    def _mailed(self, **values):
        with freeze_time(REPORTED), self.mock_mail_gateway():
            return self._receive(self.person.email_formatted, **values)

    def _answer(self, ticket, body="又坏了，请尽快处理", at=None, more=""):
        """Receive the person's answer to the acknowledgement of a ticket."""
        sent = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        thread = f"In-Reply-To: {sent.message_id}\nReferences: {sent.message_id}\n"
        with freeze_time(at or after(days=1)), self.mock_mail_gateway():
            answer = self._receive(
                self.person.email_formatted, "Re: fault", body, thread + more
            )
            self.env.flush_all()
        self.env.invalidate_all()
        return answer

    def _close(self, ticket):
        self._at(after(minutes=5), ticket, "action_take", self.engineer)
        self._at(after(minutes=9), ticket, "_om_act", self.engineer, "fixed")
        self._at(after(minutes=15), ticket, "action_confirm", self.dispatcher)

    def test_machines_open_no_fault_and_get_no_answer(self):
        for mark in MACHINES:
            known = self._count()
            with self.subTest(mark=mark), self.mock_mail_gateway():
                self._receive(
                    self.person.email_formatted, "自动回复：出差", more=f"{mark}\n"
                )
                self.assertEqual(self._count(), known)
                self.assertFalse(self._mails)
        known = self._count()
        with self.mock_mail_gateway():
            self._receive("MAILER-DAEMON@unit.example.com", "Undelivered")
        self.assertEqual(self._count(), known)

    def test_people_do(self):
        for mark in PEOPLE:
            known = self._count()
            with self.subTest(mark=mark), self.mock_mail_gateway():
                self._receive(self.person.email_formatted, more=f"{mark}\n")
                self.assertEqual(self._count(), known + 1)

    def test_an_absence_notice_wakes_nobody(self):
        ticket = self._mailed()
        self._close(ticket)
        known = self._count()
        self._answer(ticket, "本人出差", more="Auto-Submitted: auto-replied\n")
        self.assertEqual(self._count(), known)
        message = ticket.message_ids[0]
        self.assertIn("本人出差", message.body)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(message.notified_partner_ids)
        self.assertFalse(ticket.activity_ids)

    def test_our_mails_say_that_a_machine_wrote_them(self):
        with freeze_time(REPORTED), self.mock_mail_gateway():
            ticket = self._receive(self.person.email_formatted)
            (mail,) = self._mails_to(self.person.email)
            self.assertEqual(mail["headers"]["Auto-Submitted"], "auto-replied")
            self.assertIn("OOF", mail["headers"]["X-Auto-Response-Suppress"])
        with self.mock_mail_gateway():
            ticket.message_notify(partner_ids=self.person.ids, body="x", subject="x")
            (mail,) = self._mails_to(self.person.email)
            self.assertEqual(mail["headers"]["Auto-Submitted"], "auto-generated")
        # What a person writes is a person's.
        with self.mock_mail_gateway():
            ticket.with_user(self.dispatcher).message_post(
                body="x",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.person.ids,
            )
            (mail,) = self._mails_to(self.person.email)
            self.assertNotIn("Auto-Submitted", mail["headers"])

    def test_escalations_say_so_too(self):
        self.dispatcher.partner_id.lang = "en_US"
        self._mailed()
        with freeze_time(after(days=3)), self.mock_mail_gateway():
            self.env["helpdesk.ticket"]._om_watch(1000)
            mails = self._new_mails.filtered(
                lambda mail: self.dispatcher.partner_id in mail.recipient_ids
            )
            self.assertTrue(mails)
            for mail in mails:
                self.assertIn("auto-generated", mail.headers)

    def test_an_answer_to_a_confirmed_fault_opens_one_that_follows(self):
        ticket = self._mailed()
        self._close(ticket)
        self._answer(ticket)
        follower = self.env["helpdesk.ticket"].search([("follows_id", "=", ticket.id)])
        self.assertEqual(len(follower), 1)
        self.assertEqual(ticket.state, "confirmed")
        self.assertEqual(follower.state, "new")
        self.assertEqual(follower.system_id, ticket.system_id)
        self.assertEqual(follower.partner_id, self.person)
        self.assertIn("又坏了", str(follower.description))
        self.assertEqual(follower.reported_at, after(days=1))
        self.assertEqual(follower.respond_deadline, after(days=1, hours=4))
        self.assertTrue(
            follower.message_ids.filtered(lambda m: m.message_type == "auto_comment"),
            "acknowledged with its own number",
        )
        board = self.env["helpdesk.ticket"].with_user(self.dispatcher).get_board(1000)
        column = next(one for one in board["columns"] if one["key"] == "new")
        self.assertIn(follower.id, [card["id"] for card in column["cards"]])

    def test_an_answer_to_a_repaired_fault_is_a_task(self):
        ticket = self._mailed()
        self._at(after(minutes=5), ticket, "action_take", self.engineer)
        self._at(after(minutes=9), ticket, "_om_act", self.engineer, "fixed")
        self._answer(ticket, "还是不行", after(hours=1))
        self.assertEqual(ticket.state, "fixed")
        self.assertEqual(ticket.activity_ids.user_id, self.dispatcher)
        self._answer(ticket, "还是不行！", after(hours=2))
        self.assertEqual(len(ticket.activity_ids), 1, "one task, not one per mail")

    def test_an_answer_to_a_duplicate_reaches_the_one_that_goes_on(self):
        ticket = self._mailed()
        with freeze_time(REPORTED):
            first = self.env["helpdesk.ticket"].create(
                {
                    "name": "主会场无图像",
                    "description": "x",
                    "system_id": self.system.id,
                    "team_id": self.team.id,
                }
            )
            self.env.flush_all()
        self._at(
            after(minutes=5),
            ticket,
            "_om_merge",
            self.dispatcher,
            first.with_user(self.dispatcher),
        )
        known = self._count()
        self._answer(ticket, "还有一台")
        self.assertEqual(self._count(), known)
        self.assertIn("还有一台", first.message_ids[0].body)
        self.assertEqual(first.activity_ids.user_id, self.dispatcher)

    def test_what_we_say_ourselves_opens_nothing(self):
        ticket = self._mailed()
        self._close(ticket)
        known = self._count()
        ticket.with_user(self.dispatcher).message_post(
            body="已回访", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.message_post(body="note", subtype_xmlid="mail.mt_note")
        self.assertEqual(self._count(), known)

    def test_mails_are_in_the_language_of_who_reads_them(self):
        """The acknowledgement speaks the reporter's language, else the company's."""
        if "zh_CN" not in dict(self.env["res.lang"].get_installed()):
            self.skipTest("Chinese is not installed")
        self.env.company.partner_id.lang = "zh_CN"
        self.person.lang = "zh_CN"
        for sender in (self.person.email_formatted, "x@elsewhere.example.com"):
            with freeze_time(REPORTED), self.mock_mail_gateway():
                ticket = self._receive(sender)
                (mail,) = self._mails
            self.assertIn("已受理", mail["subject"], ticket.number)
            self.assertNotIn("We respond by", mail["body"])


@tagged("post_install", "-at_install")
class TestPortalAnswer(TicketPortalCommon):
    """What the unit says in the portal."""

    def test_a_comment_on_a_closed_fault_opens_one_that_follows(self):
        ticket = self._ticket()
        ticket._om_act("fixed")
        ticket._om_act("confirmed")
        self._login(self.user)
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertIn("alert-info", page.text)
        self._post(f"/my/ticket/{ticket.id}/comment", body="又坏了")
        follower = self.env["helpdesk.ticket"].search([("follows_id", "=", ticket.id)])
        self.assertIn("又坏了", str(follower.description))
        self.assertEqual(follower.partner_id, self.user.partner_id)

    def test_agree_or_not(self):
        ticket = self._ticket()
        ticket.with_user(self.dispatcher)._om_cancel("the cable was unplugged")
        for user in (self.buyer, self.foreign):
            self._login(user)
            for way in ("agree", "disagree", "cancel"):
                answer = self._post(f"/my/ticket/{ticket.id}/{way}", reason="x")
                self.assertEqual(answer.status_code, 404)
        self._login(self.user)
        page = self.url_open("/my/tickets?filterby=proposed")
        self.assertIn(ticket.number, page.text)
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertIn("the cable was unplugged", page.text)
        page = self._post(f"/my/ticket/{ticket.id}/disagree", reason=" ")
        self.assertIn("alert-danger", page.text)
        self.assertEqual(ticket.state, "proposed")
        self._post(f"/my/ticket/{ticket.id}/disagree", reason="it still flickers")
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "new")
        self.assertEqual(ticket.proposal_ids.answer, "it still flickers")
        ticket.with_user(self.dispatcher)._om_cancel("the cable was unplugged")
        self._post(f"/my/ticket/{ticket.id}/agree")
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "cancelled")
        self.assertEqual(ticket.proposal_ids[0].answered_by_id, self.user)
        # Another request: the same form sent twice gets its first answer again.
        answer = self._post(f"/my/ticket/{ticket.id}/agree", reason="once more")
        self.assertEqual(answer.status_code, 404)

    def test_taken_back(self):
        ticket = self._ticket()
        self._login(self.user)
        page = self._post(f"/my/ticket/{ticket.id}/cancel", reason="")
        self.assertIn("alert-danger", page.text)
        self.assertEqual(ticket.state, "new")
        self._post(f"/my/ticket/{ticket.id}/cancel", reason="it works again")
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "cancelled")
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertIn("it works again", page.text)
