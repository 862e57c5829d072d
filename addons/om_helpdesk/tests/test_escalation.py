from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.om_base.tests.common import new_test_user

from .ticket_common import REPORTED, TicketCommon, after


class EscalationCommon(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system.user_id = cls.manager
        cls.Rule = cls.env["om.escalation.rule"]
        # Nobody is asked to acknowledge, but where a test says so.
        cls.Rule.search([]).write({"mail": True, "wait_minutes": 0})

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


@tagged("post_install", "-at_install")
class TestEscalation(EscalationCommon):
    def test_shares(self):
        """24 hours: warned after 12 hours and 19:12, told after 24."""
        ticket = self._taken()
        self.assertEqual(ticket.next_escalation_at, after(hours=12))
        self.assertFalse(self._watch(after(hours=11, minutes=59))[0])
        notice, mail = self._watch(after(hours=12))
        self.assertEqual((notice.target, notice.percent), ("fix", 50))
        self.assertEqual(notice.user_ids, self.engineer)
        self.assertEqual(mail.recipient_ids, self.engineer.partner_id)
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


@tagged("post_install", "-at_install")
class TestAcknowledgement(EscalationCommon):
    """Serious: respond within 1 hour. Warned at 80 %, after 48 minutes: who is on duty,
    then after 15 minutes each the engineer, the chief dispatcher, the manager, all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule.search([]).active = False
        cls.rule = cls.Rule.create(
            {
                "percent": 80,
                "target": "respond",
                "to_engineer": False,
                "to_duty": True,
                "wait_minutes": 15,
            }
        )
        cls.duty = cls._create_user("engineer", "_duty")
        cls.other_dispatcher = cls._create_user("dispatcher", "_other")
        told = cls.duty | cls.engineer | cls.dispatcher | cls.manager
        told.lang = "en_US"
        cls.startClassPatcher(
            patch.object(
                cls.registry["helpdesk.ticket"],
                "_om_get_on_duty",
                lambda tickets, moment: dict.fromkeys(tickets.ids, cls.duty),
            )
        )
        cls.ticket = cls.env["helpdesk.ticket"]

    def setUp(self):
        super().setUp()
        self.ticket = self._report("serious", user_id=self.engineer.id)

    @property
    def notice(self):
        return self.ticket.notice_ids

    def _acknowledge(self, user, minutes):
        return self._at(
            after(minutes=minutes), self.ticket, "action_acknowledge", user=user
        )

    def test_each_level_in_turn(self):
        self.assertEqual(self.ticket.next_escalation_at, after(minutes=48))
        self._watch(after(minutes=48))
        self.assertEqual(self.notice.user_ids, self.duty)
        self.assertEqual((self.notice.level, self.notice.state), (1, "waiting"))
        told = self.duty
        for level, (minutes, user) in enumerate(
            (
                (63, self.engineer),
                (78, self.dispatcher),
                (93, self.manager),
            ),
            start=2,
        ):
            self.assertEqual(self.ticket.next_escalation_at, after(minutes=minutes))
            self._watch(after(minutes=minutes - 1))
            self.assertEqual(self.notice.user_ids, told)
            _notices, mails = self._watch(after(minutes=minutes))
            told |= user
            self.assertEqual(self.notice.user_ids, told)
            self.assertEqual(self.notice.level, level)
            self.assertEqual(mails.recipient_ids, user.partner_id)
            self.assertIn("nobody has acknowledged", mails.subject)
        self._watch(after(minutes=108))
        self.assertIn(self.other_dispatcher, self.notice.user_ids)
        self._watch(after(minutes=123))
        self.assertFalse(self.ticket.next_escalation_at, "all have been told")
        self.assertEqual(self.notice.level, 5)
        self.assertEqual(self.notice.state, "waiting", "and nobody said a word")

    def test_one_word_ends_it_and_stays_on_record(self):
        self._watch(after(minutes=48))
        self.assertTrue(self.ticket.with_user(self.duty).asks_acknowledgement)
        self.assertFalse(self.ticket.with_user(self.engineer).asks_acknowledgement)
        self.assertEqual(self.ticket.activity_ids.user_id, self.duty)
        self._acknowledge(self.duty, 50)
        self.assertEqual(self.notice.state, "acknowledged")
        self.assertEqual(self.notice.acknowledged_by_id, self.duty)
        self.assertEqual(self.notice.acknowledged_at, after(minutes=50))
        self.assertFalse(self.ticket.next_escalation_at)
        self.assertFalse(self.ticket.activity_ids)
        act = self.ticket.act_ids.filtered(lambda line: line.act == "acknowledged")
        self.assertEqual((act.user_id, len(act)), (self.duty, 1))
        self._watch(after(hours=3))
        self.assertEqual(self.notice.user_ids, self.duty)
        self.assertFalse(self.ticket.with_user(self.duty).asks_acknowledgement)
        with self._refused("somebody else has"):
            self._acknowledge(self.duty, 51)

    def test_who_was_not_told_has_no_word(self):
        self._watch(after(minutes=48))
        for user in (self.engineer, self.manager):
            if user.has_group("om_base.group_dispatcher"):
                continue
            with self._refused("No warning"):
                self._acknowledge(user, 50)
        unit = self._create_portal_user("portal_user_unit", self.unit)
        with self.assertRaises(AccessError):
            self._acknowledge(unit, 50)
        with self.assertRaises(AccessError):
            self.notice.with_user(self.duty).state = "acknowledged"
        # A dispatcher speaks for all.
        self._acknowledge(self.other_dispatcher, 50)
        self.assertEqual(self.notice.acknowledged_by_id, self.other_dispatcher)

    def test_what_is_kept_or_paused_asks_nobody(self):
        self._watch(after(minutes=48))
        self._at(after(minutes=50), self.ticket, "action_respond", user=self.dispatcher)
        self.assertFalse(self.ticket.next_escalation_at)
        self._watch(after(minutes=63))
        self.assertEqual(self.notice.user_ids, self.duty)

    def test_what_is_worse_asks_anew(self):
        self.Rule.create(
            {
                "percent": 100,
                "target": "respond",
                "to_engineer": False,
                "to_leader": True,
                "wait_minutes": 30,
            }
        )
        self._watch(after(minutes=48))
        first = self.notice
        self._watch(after(minutes=60, seconds=1))
        worse = self.notice - first
        self.assertFalse(first.next_level_at)
        self.assertEqual(worse.user_ids, self.dispatcher)
        self.assertEqual(worse.next_level_at, after(minutes=90, seconds=1))
        self._acknowledge(self.dispatcher, 61)
        self.assertEqual(
            set((first | worse).mapped("state")), {"acknowledged"}, "of both"
        )

    def test_a_rule_that_asks_no_more_stops_it(self):
        self._watch(after(minutes=48))
        self.rule.wait_minutes = 0
        self._watch(after(minutes=63))
        self.assertEqual(self.notice.user_ids, self.duty)
        self.assertFalse(self.ticket.next_escalation_at)

    def test_one_message_per_person_in_the_chosen_channels(self):
        channel = self.env["om.notice.channel"].create(
            {
                "name": "示例群",
                "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
            }
        )
        self.duty.om_notice_channel_ids = channel
        second = self._report("serious", user_id=self.engineer.id)
        self._watch(after(minutes=48))
        delivery = channel.delivery_ids
        self.assertEqual(delivery.user_ids, self.duty)
        self.assertIn(self.ticket.display_name, delivery.text)
        self.assertIn(second.display_name, delivery.text)
        self.assertIn(second._om_get_acknowledge_url(), delivery.text)
        self.assertTrue(delivery.text.startswith("Deadlines of 2 tickets"))

    def test_queries_of_levels_do_not_grow(self):
        counts = []
        for size in (3, 30):
            for _number in range(size):
                self._report("serious", user_id=self.engineer.id)
            self._watch(after(minutes=48))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._watch(after(minutes=63))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 20)


@tagged("post_install", "-at_install")
class TestAcknowledgementLink(TicketCommon, HttpCase):
    def test_one_tap_from_the_notice(self):
        user = new_test_user(
            self.env,
            "ack_engineer",
            password="ack_engineer_1",
            groups="om_base.group_engineer",
        )
        self.team.user_ids |= user
        ticket = self._report("serious")
        notice = self.env["om.escalation.notice"].create(
            {
                "ticket_id": ticket.id,
                "target": "respond",
                "percent": 80,
                "at": REPORTED,
                "user_ids": [(6, 0, user.ids)],
                "state": "waiting",
            }
        )
        path = ticket._om_get_acknowledge_url().replace(ticket.get_base_url(), "")
        self.url_open(path, allow_redirects=False)
        self.assertEqual(notice.state, "waiting", "nobody is signed in")
        self.authenticate("ack_engineer", "ack_engineer_1")
        wrong = self.url_open(path[:-1] + ("0" if path[-1] != "0" else "1"))
        self.assertEqual((wrong.status_code, notice.state), (404, "waiting"))
        answer = self.url_open(path, allow_redirects=False)
        self.assertIn(f"/odoo/om-tickets/{ticket.id}", answer.headers["Location"])
        notice.invalidate_recordset()
        self.assertEqual(notice.acknowledged_by_id, user)
        again = self.url_open(path, allow_redirects=False)
        self.assertIn(f"/odoo/om-tickets/{ticket.id}", again.headers["Location"])
