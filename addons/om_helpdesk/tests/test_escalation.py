from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .ticket_common import REPORTED, TicketCommon, after


@tagged("post_install", "-at_install")
class TestEscalation(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system.user_id = cls.manager
        cls.Rule = cls.env["om.escalation.rule"]
        cls.Rule.search([]).write({"mail": True})

    def _watch(self, moment):
        """Run the cron at a moment; return the new notices and mails."""
        notices = self.env["om.escalation.notice"].search([])
        mails = self.env["mail.mail"].search([])
        with freeze_time(moment):
            self.env.invalidate_all()
            self.env["helpdesk.ticket"]._om_watch(1000)
            self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["om.escalation.notice"].search([]) - notices,
            self.env["mail.mail"].search([]) - mails,
        )

    def _taken(self, severity="serious"):
        """Serious: respond within 1 hour, repair within 24."""
        ticket = self._report(severity)
        with freeze_time(after(minutes=1)):
            ticket.with_user(self.engineer).action_take()
            self.env.flush_all()
        self.env.invalidate_all()
        return ticket

    def test_shares(self):
        """24 hours: warned after 12 hours and 19:12, told after 24."""
        ticket = self._taken()
        self.assertEqual(ticket.next_escalation_at, after(hours=12))
        self.assertFalse(self._watch(after(hours=11, minutes=59))[0])
        notice, mail = self._watch(after(hours=12))
        self.assertEqual((notice.target, notice.percent), ("fix", 50))
        self.assertEqual(notice.user_ids, self.engineer)
        self.assertEqual(mail.email_to, self.engineer.email_formatted)
        self.assertEqual(ticket.activity_ids.user_id, self.engineer)
        self.assertEqual(ticket.next_escalation_at, after(hours=19, minutes=12))
        self.assertFalse(self._watch(after(hours=19))[0])
        notice, mails = self._watch(after(hours=19, minutes=12))
        self.assertEqual(notice.user_ids, self.engineer | self.dispatcher)
        self.assertEqual(len(mails), 2)
        notice, _mails = self._watch(after(hours=24, seconds=1))
        self.assertEqual(notice.percent, 100)
        self.assertEqual(
            notice.user_ids, self.engineer | self.dispatcher | self.manager
        )
        self.assertEqual(ticket.fix_status, "breached")
        self.assertFalse(ticket.next_escalation_at)

    def test_one_bad_fault_stops_no_other(self):
        bad, good = self._taken(), self._taken()
        tickets = self.registry["helpdesk.ticket"]
        escalate = tickets._om_escalate

        def stumble(self, now):
            if bad in self:
                raise ValueError("Test")
            return escalate(self, now)

        with (
            patch.object(tickets, "_om_escalate", stumble),
            self.assertLogs("odoo.addons.om_base.models.base", "WARNING"),
        ):
            notices, _mails = self._watch(after(hours=12))
        self.assertEqual(notices.ticket_id, good)
        notices, _mails = self._watch(after(hours=12))
        self.assertEqual(notices.ticket_id, bad, "tried again")

    def test_once_each(self):
        ticket = self._taken()
        self._watch(after(hours=12))
        notices, mails = self._watch(after(hours=13))
        self.assertFalse(notices)
        self.assertFalse(mails)
        self.assertEqual(len(ticket.activity_ids), 1)

    def test_no_flood_after_a_standstill(self):
        """Three days without the cron: one message per ticket and target."""
        ticket = self._report("serious", user_id=self.engineer.id)
        notices, mails = self._watch(after(days=3))
        self.assertEqual(len(notices), 6)
        told = notices.filtered("user_ids")
        self.assertEqual(
            sorted((each.target, each.percent) for each in told),
            [("fix", 100), ("respond", 100)],
        )
        self.assertEqual(len(mails), 3, "one mail per person, not per message")
        self.assertEqual(len(ticket.activity_ids), 6)
        self.assertFalse(self._watch(after(days=4))[0])

    def test_a_backlog_is_one_reminder_of_a_person_and_day(self):
        """A hundred overdue faults: a reminder for each of three people, the mail names
        all; what comes next this day adds none, the next day's is a new one."""
        many = self.env.ref("om_helpdesk.mail_activity_type_backlog")
        with freeze_time(REPORTED):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": f"Fault {number}",
                        "description": "Test",
                        "system_id": self.system.id,
                        "severity": "serious",
                        "user_id": self.engineer.id,
                        "team_id": self.team.id,
                    }
                    for number in range(100)
                ]
            )
            self.env.flush_all()
        notices, mails = self._watch(after(days=3))
        reminders = tickets.activity_ids
        self.assertEqual(reminders.activity_type_id, many)
        self.assertEqual(
            sorted(reminders.user_id.ids),
            sorted((self.engineer | self.dispatcher | self.manager).ids),
        )
        self.assertEqual(len(reminders), 3)
        self.assertEqual(len(notices), 600)
        self.assertEqual(len(mails), 3)
        with freeze_time(after(days=3)):
            tickets._om_remind(
                [
                    {
                        "activity_type_id": self.env.ref(
                            "om_helpdesk.mail_activity_type_escalation"
                        ).id,
                        "res_model_id": self.env["ir.model"]._get_id(tickets._name),
                        "res_id": ticket.id,
                        "user_id": self.engineer.id,
                        "date_deadline": reminders[0].date_deadline,
                        "summary": "Test",
                    }
                    for ticket in tickets
                ]
            )
        self.assertEqual(tickets.activity_ids, reminders)

    def test_nobody_is_warned_of_what_is_done(self):
        ticket = self._taken()
        with freeze_time(after(hours=2)):
            ticket.with_user(self.engineer)._om_act("fixed")
            self.env.flush_all()
        self.assertFalse(ticket.next_escalation_at)
        self.assertFalse(self._watch(after(days=2))[0])

    def test_paused_is_left_alone(self):
        ticket = self._taken()
        with freeze_time(after(hours=6)):
            self.env["om.ticket.pause"].create(
                {"ticket_id": ticket.id, "kind": "spare", "reason": "confirmed"}
            )
            self.env.flush_all()
        self.assertFalse(ticket.next_escalation_at)
        self.assertFalse(self._watch(after(hours=13))[0])
        with freeze_time(after(hours=16)):
            ticket.with_user(self.engineer).action_resume()
            self.env.flush_all()
        self.assertEqual(ticket.next_escalation_at, after(hours=22))

    def test_nobody_known(self):
        """Without engineer, leader and manager every dispatcher is told."""
        self.team.user_id = False
        self.system.user_id = False
        self._report("serious")
        notices, _mails = self._watch(after(minutes=30))
        self.assertIn(self.dispatcher, notices.user_ids)

    def test_rules_are_editable(self):
        ticket = self._taken()
        self.Rule.search([("percent", "=", 50)]).percent = 25
        self.assertEqual(ticket.next_escalation_at, after(hours=6))
        self.Rule.search([]).active = False
        self.assertFalse(ticket.next_escalation_at)

    def test_writes_nothing_that_has_not_changed(self):
        ticket = self._taken()
        self._watch(after(hours=12))
        before = ticket.write_date
        self.env.cr.execute(
            "SELECT xmin FROM helpdesk_ticket WHERE id = %s", [ticket.id]
        )
        row = self.env.cr.fetchone()
        self._watch(after(hours=13))
        self.env.cr.execute(
            "SELECT xmin FROM helpdesk_ticket WHERE id = %s", [ticket.id]
        )
        self.assertEqual(self.env.cr.fetchone(), row)
        self.assertEqual(ticket.write_date, before)

    def test_breach_is_written_down(self):
        ticket = self._report("serious")
        self._watch(after(minutes=60))
        self.assertEqual(ticket.respond_status, "running")
        self._watch(after(minutes=60, seconds=1))
        self.assertEqual(ticket.respond_status, "breached")
        self.assertEqual(ticket.fix_status, "running")

    def test_queries_do_not_grow(self):
        counts = []
        for size in (5, 50):
            self.env["helpdesk.ticket"].search([]).event_ids.sudo()
            with freeze_time(REPORTED):
                self.env["helpdesk.ticket"].create(
                    [
                        {
                            "name": f"Fault {number}",
                            "description": "Test",
                            "system_id": self.system.id,
                            "severity": "serious",
                            "user_id": self.engineer.id,
                            "team_id": self.team.id,
                        }
                        for number in range(size)
                    ]
                )
                self.env.flush_all()
                self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(after(days=3)):
                self.env["helpdesk.ticket"]._om_watch(1000)
                self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 15)
