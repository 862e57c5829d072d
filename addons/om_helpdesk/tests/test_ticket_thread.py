from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .ticket_common import REPORTED, TicketCommon


@tagged("post_install", "-at_install")
class TestTicketThread(TicketCommon):
    """What is written in batches says what the stock discussions say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={})
        cls.Ticket = cls.env["helpdesk.ticket"].with_user(cls.dispatcher)

    def _create(self, count=3, **values):
        with freeze_time(REPORTED + timedelta(minutes=30)):
            tickets = self.Ticket.create(
                [
                    {
                        "name": f"Fault {number}",
                        "description": "Test",
                        "system_id": self.system.id,
                        "team_id": self.team.id,
                        "severity": "serious",
                        "reported_at": REPORTED,
                        **values,
                    }
                    for number in range(count)
                ]
            )
            self.flush_tracking()
        return tickets

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.flush()

    def test_assigned_people_follow_and_are_told(self):
        tickets = self._create(user_id=self.engineer.id)
        told = self.env["mail.message"].search(
            [
                ("message_type", "=", "user_notification"),
                ("notified_partner_ids", "in", self.engineer.partner_id.ids),
            ]
        )
        self.assertEqual(len(told), 1, "one message of all")
        for ticket in tickets:
            self.assertIn(self.engineer.partner_id, ticket.message_partner_ids)
            self.assertIn(self.dispatcher.partner_id, ticket.message_partner_ids)
            self.assertIn(ticket.display_name, told.body)

    def test_one_ticket_tells_of_itself(self):
        ticket = self._create(user_id=self.engineer.id)[:1]
        single = ticket.copy({"user_id": False})
        single.user_id = self.engineer
        told = self.env["mail.message"].search(
            [("model", "=", single._name), ("res_id", "=", single.id)]
        )
        self.assertIn(self.engineer.partner_id, told.notified_partner_ids)

    def test_with_earlier_times(self):
        tickets = self._create(responded_at=REPORTED + timedelta(minutes=5))
        self.assertEqual(set(tickets.mapped("state")), {"progress"})
        self.assertEqual(len(tickets.message_follower_ids), 3)

    def test_followers_of_the_team_are_told(self):
        plain = self._create(1)
        self.assertFalse(plain.message_ids.notified_partner_ids)
        self.team.message_subscribe(
            self.manager.partner_id.ids,
            self.env.ref("helpdesk_mgmt.hlp_tck_team_created").ids,
        )
        for ticket in self._create():
            self.assertIn(self.manager.partner_id, ticket.message_partner_ids)
            self.assertIn(
                self.manager.partner_id, ticket.message_ids.notified_partner_ids
            )

    def test_tracked_values(self):
        tickets = self._create()
        stages = self.Ticket._om_stages(self.env.company.id)
        with freeze_time(REPORTED + timedelta(minutes=40)):
            tickets.write({"stage_id": stages["progress"]})
            self.flush_tracking()
        for ticket in tickets:
            values = ticket.sudo().message_ids.tracking_value_ids
            self.assertEqual(values.field_id.name, "stage_id")
            self.assertEqual(values.new_value_integer, stages["progress"])
            note = values.mail_message_id
            self.assertEqual(note.author_id, self.dispatcher.partner_id)
            self.assertEqual((note.model, note.res_id), (ticket._name, ticket.id))

    def test_nobody_mails_in_the_name_of_another_party(self):
        """The dialog that mails many documents writes as superuser."""
        ticket = self._create(1)
        before = ticket.message_ids

        def mail(author, **values):
            composer = (
                self.env["mail.compose.message"]
                .with_user(self.dispatcher)
                .create(
                    {
                        "composition_mode": "mass_mail",
                        "model": ticket._name,
                        "res_ids": str(ticket.ids),
                        "subject": "x",
                        "body": "<p>x</p>",
                        "author_id": author.id,
                        "auto_delete": False,
                        **values,
                    }
                )
            )
            composer.action_send_mail()

        body = self.unit.commercial_partner_id
        body.email = "unit@example.com"
        forged = [(body, {}), (body.browse(), {"email_from": "unit@example.com"})]
        for author, values in forged:
            with self.assertRaises(AccessError), self.cr.savepoint():
                mail(author, **values)
        self.assertEqual(ticket.message_ids, before)
        mail(self.dispatcher.partner_id)
        self.assertEqual(
            (ticket.message_ids - before).author_id, self.dispatcher.partner_id
        )

    def test_clients_cannot_switch_the_notes_off(self):
        ticket = self._create(1)
        before = ticket.message_ids
        ticket = ticket.with_context(om_notes=[], om_followers=[])
        with freeze_time(REPORTED + timedelta(minutes=40)):
            ticket.with_user(self.dispatcher).write({"severity": "urgent"})
            self.flush_tracking()
        self.assertTrue(ticket.message_ids - before)

    def test_board_is_told_once(self):
        tickets = self._create()
        sent = []
        self.patch(
            type(self.env["res.groups"]),
            "_bus_send",
            lambda group, name, payload: sent.append((name, payload)),
        )
        with freeze_time(REPORTED + timedelta(minutes=40)):
            tickets.action_respond()
            tickets[0].with_user(self.dispatcher).write({"severity": "urgent"})
            self.flush_tracking()
        self.assertEqual(sent, [("om_helpdesk.tickets", {"ids": tickets.ids})])
