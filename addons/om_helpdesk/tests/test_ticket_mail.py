import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .test_ticket_portal import SILENT, TicketPortalCommon
from .ticket_common import REPORTED, TicketCommon, after

MAIL = """\
From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{number}@unit.example.com>
{more}Content-Type: text/plain; charset=utf-8

{body}
"""


class TicketMailCommon(TicketCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        domain = cls.env["mail.alias.domain"].create({"name": "om.example.com"})
        cls.env.company.alias_domain_id = domain
        cls.team.write({"alias_name": "om-test-desk", "alias_domain_id": domain.id})
        cls.address = "om-test-desk@om.example.com"
        cls.person = cls.env["res.partner"].create(
            {"name": "丙01", "parent_id": cls.unit.id, "email": "c01@unit.example.com"}
        )
        cls.number = 0

    def _receive(self, sender, subject="主会场无图像", body="今早开始", more=""):
        type(self).number += 1
        mail = MAIL.format(
            sender=sender,
            to=self.address,
            subject=subject,
            body=body,
            more=more,
            number=f"test-{self.number}",
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            found = self.env["mail.thread"].message_process(None, mail)
        return self.env["helpdesk.ticket"].browse(found or ())

    def _mails_to(self, address):
        return [
            mail
            for mail in self._mails
            if any(address in to for to in mail["email_to"])
        ]


@tagged("post_install", "-at_install")
class TestTicketMail(TicketMailCommon):
    """Reports by e-mail come in with deadlines, and both sides answer by e-mail."""

    def test_a_report_of_a_unit_with_one_system(self):
        with freeze_time(REPORTED), self.mock_mail_gateway():
            ticket = self._receive(self.person.email_formatted)
        self.assertEqual(ticket.name, "主会场无图像")
        self.assertIn("今早开始", str(ticket.description))
        self.assertEqual(ticket.system_id, self.system)
        self.assertEqual(ticket.severity, "general")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(
            ticket.channel_id,
            self.env.ref("om_helpdesk.helpdesk_ticket_channel_email"),
        )
        self.assertEqual(ticket.partner_id, self.person)
        self.assertEqual(ticket.sla_source, "system")
        self.assertEqual(ticket.respond_deadline, after(hours=4))
        self.assertEqual(ticket.fix_deadline, after(hours=48))

    def test_acknowledged_with_number_and_deadlines(self):
        with freeze_time(REPORTED), self.mock_mail_gateway():
            ticket = self._receive(self.person.email_formatted)
        (mail,) = self._mails_to(self.person.email)
        self.assertIn(ticket.number, mail["subject"])
        for text in (ticket.number, "2026-03-11 14:00", "2026-03-13 10:00"):
            self.assertIn(text, mail["body"])
        self.assertIn(self.address, mail["reply_to"])

    def test_a_stranger_names_no_system(self):
        with freeze_time(REPORTED), self.mock_mail_gateway():
            ticket = self._receive("Nobody <nobody@elsewhere.example.com>")
        self.assertFalse(ticket.system_id)
        self.assertNotEqual(ticket.sla_source, "system", "a fault of the data")
        self.assertTrue(ticket.fix_deadline, "never silently without deadlines")
        faults = self.env["helpdesk.ticket"].search([("sla_source", "!=", "system")])
        self.assertIn(ticket, faults)
        (mail,) = self._mails_to("nobody@elsewhere.example.com")
        self.assertIn(ticket.number, mail["subject"])

    def test_a_unit_with_two_systems_names_none(self):
        self._create_system("甲单位第二系统", self.unit)
        with freeze_time(REPORTED), self.mock_mail_gateway():
            ticket = self._receive(self.person.email_formatted)
        self.assertFalse(ticket.system_id)
        self.assertEqual(ticket.partner_id, self.person)

    def test_answers_are_comments_of_the_ticket(self):
        with freeze_time(REPORTED), self.mock_mail_gateway():
            ticket = self._receive(self.person.email_formatted)
            (mail,) = self._mails_to(self.person.email)
            known = self.env["helpdesk.ticket"].search_count([])
            answer = self._receive(
                self.person.email_formatted,
                "Re: " + mail["subject"],
                "另有一台也不亮",
                f"In-Reply-To: {mail['message_id']}\n"
                f"References: {mail['message_id']}\n",
            )
        self.assertEqual(answer, ticket)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), known)
        message = ticket.message_ids[0]
        self.assertIn("另有一台也不亮", message.body)
        self.assertEqual(message.author_id, self.person)
        self.assertFalse(message.is_internal)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))

    def test_our_comment_reaches_the_reporter(self):
        with freeze_time(REPORTED), self.mock_mail_gateway():
            ticket = self._receive(self.person.email_formatted)
        with freeze_time(after(hours=1)), self.mock_mail_gateway():
            ticket.with_user(self.dispatcher).message_post(
                body="工程师已出发",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=ticket.partner_id.ids,
            )
        (mail,) = self._mails_to(self.person.email)
        self.assertIn("工程师已出发", mail["body"])
        self.assertIn(self.address, mail["reply_to"])


@tagged("post_install", "-at_install")
class TestTicketLink(TicketPortalCommon):
    """The link without login shows its fault, and goes to the fault's own people."""

    def _wizard(self, ticket, user):
        action = self.env.ref("helpdesk_mgmt.model_helpdesk_ticket_action_share")
        context = {
            "active_model": ticket._name,
            "active_id": ticket.id,
            "active_ids": ticket.ids,
        }
        opened = action.with_user(user).with_context(**context).run()
        self.assertEqual(opened["res_model"], "portal.share")
        return (
            self.env["portal.share"].with_user(user).with_context(**opened["context"])
        )

    def test_dispatchers_send_it_to_the_units_people(self):
        ticket = self._ticket()
        wizard = self._wizard(ticket, self.dispatcher)
        wizard.create({"partner_ids": [(6, 0, self.user.partner_id.ids)]})
        wizard.create(
            {"partner_ids": [(6, 0, self.buyer.partner_id.ids)]}
        ).action_send_mail()
        self.assertIn(self.buyer.partner_id, ticket.message_ids[0].notified_partner_ids)
        stranger = {"partner_ids": [(6, 0, self.foreign.partner_id.ids)]}
        with self.assertRaises(UserError):
            wizard.create(stranger).action_send_mail()

    def test_engineers_do_not(self):
        with self.assertRaises(AccessError):
            self._wizard(self._ticket(), self.engineer)

    def test_dispatchers_share_nothing_else(self):
        shares = self.env["portal.share"].with_user(self.dispatcher)
        with self.assertRaises(AccessError):
            shares.create(
                {
                    "res_model": "om.system",
                    "res_id": self.system.id,
                    "partner_ids": [(6, 0, self.user.partner_id.ids)],
                }
            )

    @mute_logger(*SILENT)
    def test_the_link_shows_its_fault_only(self):
        ticket, other = self._ticket(name="甲方故障"), self._ticket(name="另一故障")
        ticket.message_post(body="只在内部", subtype_xmlid="mail.mt_note")
        wizard = self._wizard(ticket, self.dispatcher)
        link = wizard.create(
            {"partner_ids": [(6, 0, self.user.partner_id.ids)]}
        ).share_link
        self.authenticate(None, None)
        page = self.url_open(re.sub(r"^https?://[^/]+", "", link))
        self.assertEqual(page.status_code, 200)
        self.assertIn("甲方故障", page.text)
        for text in ("只在内部", "另一故障", "/confirm", "/comment"):
            self.assertNotIn(text, page.text)
        token = ticket.access_token
        for path in (
            f"/my/ticket/{other.id}?access_token={token}",
            f"/my/ticket/{ticket.id}?access_token={token[:-1]}",
            f"/my/ticket/{ticket.id}",
        ):
            text = self.url_open(path).text
            self.assertNotIn("甲方故障", text, path)
            self.assertNotIn("另一故障", text, path)
        answer = self.url_open(
            "/mail/chatter_fetch",
            json={
                "params": {
                    "thread_model": "helpdesk.ticket",
                    "thread_id": ticket.id,
                    "token": token,
                }
            },
        )
        self.assertNotIn("只在内部", answer.text)
