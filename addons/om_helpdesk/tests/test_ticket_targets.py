from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .ticket_common import REPORTED, TicketCommon, after


@tagged("post_install", "-at_install")
class TestTicketTargets(TicketCommon):
    """What is owed beside response, arrival and repair, and by which way of report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail = cls.env.ref("om_helpdesk.helpdesk_ticket_channel_email")
        cls.phone = cls.env.ref("om_helpdesk.helpdesk_ticket_channel_phone")
        line = {"severity": "general", "unit": "hour"}
        cls.policy.write(
            {
                "near_km": 30,
                "line_ids": [
                    (0, 0, {**line, "target": "plan", "value": 4}),
                    (0, 0, {**line, "target": "parts", "value": 1, "start": "broken"}),
                    (0, 0, {**line, "target": "onsite", "value": 24, "reach": "near"}),
                    (0, 0, {**line, "target": "onsite", "value": 48, "reach": "far"}),
                    (
                        0,
                        0,
                        {
                            **line,
                            "target": "respond",
                            "value": 1,
                            "channel_id": cls.phone.id,
                        },
                    ),
                ],
            }
        )

    def _note(self, ticket, event):
        mine = ticket.with_user(self.engineer).with_context(om_event=event)
        return mine.action_note()

    def _report(self, **values):
        with freeze_time(REPORTED):
            return self.env["helpdesk.ticket"].create(
                {
                    "name": "测试",
                    "description": "测试",
                    "system_id": self.system.id,
                    "severity": "general",
                    "reported_at": REPORTED,
                    "user_id": self.engineer.id,
                    **values,
                }
            )

    def test_a_plan_is_owed_and_handed_in(self):
        ticket = self._report()
        self.assertEqual(ticket.plan_deadline, after(hours=4))
        self.assertEqual(ticket.plan_status, "running")
        self.assertEqual(ticket.next_deadline, after(hours=4))
        with freeze_time(after(hours=3)):
            self._note(ticket, "planned")
        self.assertEqual(ticket.planned_at, after(hours=3))
        self.assertEqual(ticket.plan_status, "met")
        self.assertEqual(ticket.respond_status, "met", "who plans has responded")
        with self.assertRaises(UserError):
            self._note(ticket, "planned")

    def test_a_plan_that_is_late_is_a_breach(self):
        ticket = self._report()
        with freeze_time(after(hours=4, seconds=1)):
            self.assertIn(
                ticket, self.env["helpdesk.ticket"].search([("is_breached", "=", True)])
            )
            self._note(ticket, "planned")
        self.assertEqual(ticket.plan_status, "breached")

    def test_parts_are_owed_from_when_one_is_found_broken(self):
        ticket = self._report()
        self.assertTrue(ticket.asks_broken)
        self.assertEqual(ticket.parts_status, "none")
        with freeze_time(after(hours=1)):
            self._note(ticket, "broken")
        self.assertFalse(ticket.asks_broken)
        self.assertEqual(ticket.parts_deadline, after(hours=2))
        with freeze_time(after(hours=1, minutes=50)):
            self._note(ticket, "supplied")
        self.assertEqual(ticket.parts_status, "met")
        kinds = ticket.event_ids.filtered(lambda e: not e.voided_on).mapped("kind")
        self.assertIn("broken", kinds)
        self.assertIn("supplied", kinds)

    def test_the_channel_decides_and_its_change_is_an_act(self):
        by_phone = self._report(channel_id=self.phone.id)
        self.assertEqual(by_phone.respond_deadline, after(hours=1))
        by_mail = self._report(channel_id=self.mail.id)
        self.assertEqual(by_mail.respond_deadline, after(hours=4))
        with freeze_time(after(minutes=30)):
            by_mail.with_user(self.dispatcher).write({"channel_id": self.phone.id})
        self.assertEqual(by_mail.respond_deadline, after(hours=1))
        # Nobody talks a breach away by saying that it was a mail.
        with freeze_time(after(hours=2)), self.assertRaises(UserError):
            by_mail.with_user(self.dispatcher).write({"channel_id": self.mail.id})

    def test_changed_hours_of_a_line_are_followed(self):
        hours = self.env.ref("om_helpdesk.om_service_calendar_7x12").copy()
        line = self.policy.line_ids.filtered(lambda line: line.channel_id)
        line.with_context(om_reason="约定").write(
            {"calendar_id": hours.id, "clock": "service_hours"}
        )
        ticket = self._report(channel_id=self.phone.id)
        self.assertEqual(ticket.respond_deadline, after(hours=1))
        morning = hours.window_ids.filtered(lambda window: window.hour_from == 9)
        with freeze_time(after(minutes=1)):
            morning.write({"hour_from": 10.5})
        self.assertEqual(ticket.respond_deadline, after(hours=1, minutes=30))

    def test_distance(self):
        ticket = self._report()
        self.assertEqual(ticket.onsite_deadline, after(hours=24))
        self.system.with_context(om_reason="搬迁").distance_km = 31
        self.assertEqual(ticket.onsite_deadline, after(hours=48))

    def test_a_confirmed_result_keeps_channel_hours_and_distance(self):
        """Whatever becomes of the promise and the system: result and explanation of
        what was confirmed stay."""
        hours = self.env.ref("om_helpdesk.om_service_calendar_7x12").copy()
        line = self.policy.line_ids.filtered(lambda line: line.channel_id)
        line.with_context(om_reason="约定").write(
            {"calendar_id": hours.id, "clock": "service_hours"}
        )
        ticket = self._report(channel_id=self.phone.id)
        self.assertEqual(ticket.respond_deadline, after(hours=1))
        with freeze_time(after(minutes=30)):
            ticket.with_user(self.engineer).action_take()
        with freeze_time(after(hours=3)):
            ticket.with_user(self.engineer)._om_act("fixed")
            ticket.with_user(self.dispatcher).action_confirm()
        with freeze_time(after(hours=4)):
            results = ticket._om_results_text()
            explained = ticket.sla_explanation
            # In no language in particular, as what was kept.
            kept = ticket.sla_rule_id.terms["calendars"][0]["names"]
            self.assertTrue(any(name in explained for name in kept.values()))
            self.assertNotIn(self.calendar.name, explained.split("<h4")[1])
            self.system.with_context(om_reason="搬迁").distance_km = 31
            line.with_context(om_reason="约定").write({"calendar_id": False})
            morning = hours.window_ids.filtered(lambda window: window.hour_from == 9)
            morning.write({"hour_from": 10.5})
            ticket.invalidate_recordset()
            ticket._om_recompute_sla()
            self.assertEqual(ticket._om_results_text(), results)
            self.assertEqual(ticket.sla_explanation, explained)

    def test_try_asks_what_the_promise_asks(self):
        trial = Form(self.env["om.sla.try"])
        trial.policy_id = self.policy
        trial.severity = "general"
        trial.reported_at = REPORTED
        self.assertEqual(
            set(trial.used), {*trial.used, "planned", "supplied", "broken", "channel"}
        )
        trial.broken_at = REPORTED + timedelta(hours=1)
        trial.channel_id = self.phone
        # A part found broken at 11:00 in Beijing: an hour later.
        self.assertIn("12:00", trial.result)

    def test_what_is_not_promised_is_not_asked(self):
        ticket = self._report(severity="urgent")
        self.assertFalse(ticket.asks_broken)
        self.assertEqual(ticket.plan_status, "none")
        self.assertEqual(ticket.parts_status, "none")
        self.assertEqual(ticket.assess_status, "none")
