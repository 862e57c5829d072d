from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged, warmup

from .ticket_common import REPORTED, TicketCommon, after


@tagged("post_install", "-at_install")
class TestTicketFrozen(TicketCommon):
    """A confirmed result and its sheet stay, whatever becomes of the promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls.env["om.service.calendar"].create(
            {
                "name": "Office then",
                "window_ids": [
                    (0, 0, {"weekday": str(day), "hour_from": 9, "hour_to": 18})
                    for day in range(5)
                ],
            }
        )
        cls.policy.calendar_id = cls.office
        line = cls._line("minor", "fix", 2, "workday")
        cls.policy.write({"line_ids": [line, cls._line("minor", "respond", 3, "hour")]})

    @classmethod
    def _line(cls, severity, target, value, unit):
        return (
            0,
            0,
            {
                "severity": severity,
                "target": target,
                "value": value,
                "unit": unit,
                "clock": "service_hours",
            },
        )

    def _confirmed(self, count=1):
        with freeze_time(REPORTED):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": "Test fault",
                        "description": "x",
                        "system_id": self.system.id,
                        "severity": "minor",
                        "user_id": self.engineer.id,
                    }
                    for _number in range(count)
                ]
            )
        with freeze_time(after(hours=1)):
            tickets.with_user(self.engineer)._om_act("responded")
        with freeze_time(after(hours=4)):
            tickets.with_user(self.engineer)._om_act("fixed")
        with freeze_time(after(hours=5)):
            tickets.with_user(self.dispatcher)._om_act("confirmed")
            self.env.flush_all()
        return tickets

    def _state(self, ticket):
        self.env.invalidate_all()
        ticket = self.env["helpdesk.ticket"].browse(ticket.id)
        return (
            ticket.sla_policy_id,
            ticket.sla_source,
            ticket.respond_deadline,
            ticket.fix_deadline,
            ticket.respond_status,
            ticket.fix_status,
            str(ticket.sla_explanation),
        )

    def test_nothing_moves_it(self):
        ticket = self._confirmed()
        with freeze_time(after(hours=6)):
            before = self._state(ticket)
            self.assertIn("Office then", before[-1])
            self.assertFalse(ticket.sla_differs)
            # Reported on a Wednesday: the second working day after it is the Friday.
            self.assertEqual(str(ticket.fix_deadline), "2026-03-13 10:00:00")
        with freeze_time(after(hours=7)):
            self.policy.line_ids.filtered(lambda each: each.severity == "minor").write(
                {"value": 1, "unit": "hour"}
            )
            self.assertEqual(self._state(ticket), before)
            self.office.write(
                {
                    "name": "Office now",
                    "window_ids": [(5, 0, 0)]
                    + [(0, 0, {"weekday": "0", "hour_from": 1, "hour_to": 2})],
                }
            )
            self.assertEqual(self._state(ticket), before)
            self.env["om.calendar.day"].create(
                {"date": "2026-03-12", "kind": "holiday", "name": "Invented"}
            )
            self.assertEqual(self._state(ticket), before)
            self.policy.write({"key_respond_hours": 0.5, "key_fix_hours": 1})
            self.env["om.key.period"].create(
                {
                    "name": "Test",
                    "date_start": "2026-03-11",
                    "date_end": "2026-03-11",
                    "system_ids": [(6, 0, self.system.ids)],
                }
            )
            self.assertEqual(self._state(ticket), before)
            self.system.sla_policy_id = self._create_policy(
                "Other", [("minor", "fix", 1, "minute")]
            )
            self.assertEqual(self._state(ticket), before)
            # The engine is asked anew, from what was kept.
            ticket._om_recompute_sla()
            self.assertEqual(self._state(ticket), before)
            self.assertTrue(ticket.sla_differs, "and the sheet says so")

    def test_corrections_are_judged_by_the_kept_rule(self):
        ticket = self._confirmed()
        with freeze_time(after(hours=7)):
            lines = self.policy.line_ids.filtered(lambda each: each.severity == "minor")
            lines.write({"value": 1, "unit": "minute", "clock": "always"})
            self._correct(ticket, responded_at=after(hours=2))
            # Three service hours then, a minute now.
            self.assertEqual(ticket.respond_status, "met")
            self._correct(ticket, responded_at=after(hours=3, minutes=5))
            self.assertEqual(ticket.respond_status, "breached")

    def _correct(self, ticket, **values):
        self.env["om.ticket.correction"].with_user(self.manager).with_context(
            default_ticket_id=ticket.id
        ).create({"reason": "typing error", **values}).action_confirm()
        self.env.flush_all()

    def test_another_system_brings_its_own_rule(self):
        ticket = self._confirmed()
        rule = ticket.sla_rule_id
        self.other_system.sla_policy_id = self._create_policy(
            "Faster", [("minor", "fix", 1, "hour"), ("minor", "respond", 5, "minute")]
        )
        with freeze_time(after(hours=7)):
            self._correct(ticket, system_id=self.other_system.id)
            self.assertEqual(ticket.fix_deadline, after(hours=1))
            self.assertEqual(ticket.fix_status, "breached")
            self.assertNotEqual(ticket.sla_rule_id, rule)
            self.assertEqual(ticket.sla_rule_id.policy_id.name, "Faster")

    def test_reopened_follows_the_promise_again(self):
        ticket = self._confirmed()
        with freeze_time(after(hours=7)):
            lines = self.policy.line_ids.filtered(lambda each: each.severity == "minor")
            lines.write({"value": 10, "unit": "hour", "clock": "always"})
            ticket.with_user(self.manager)._om_act("reopened", reason="broken again")
            self.env.flush_all()
            self.assertEqual(ticket.fix_deadline, after(hours=10))
            self.assertEqual(ticket.fix_status, "running")

    def test_one_rule_for_many(self):
        tickets = self._confirmed(3)
        self.assertEqual(len(tickets.sla_rule_id), 1)
        self.policy.line_ids[0].value += 1
        later = self._confirmed()
        self.assertNotEqual(later.sla_rule_id, tickets.sla_rule_id)

    def test_nobody_changes_a_rule(self):
        rule = self._confirmed().sla_rule_id
        for user in (self.manager, self.dispatcher):
            with self.assertRaises(AccessError):
                rule.with_user(user).write({"digest": "x"})
            with self.assertRaises(AccessError):
                rule.with_user(user).unlink()

    @warmup
    def test_confirming_many_costs_no_more_queries(self):
        def cost(count):
            tickets = self._report_fixed(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(after(hours=5)):
                tickets.with_user(self.dispatcher)._om_act("confirmed")
                self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(3)
        few = cost(3)
        self.assertLessEqual(cost(40), few + 2)

    def _report_fixed(self, count):
        with freeze_time(after(hours=4)):
            return self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": "Test fault",
                        "description": "x",
                        "system_id": self.system.id,
                        "severity": "minor",
                        "reported_at": REPORTED,
                        "responded_at": after(hours=1),
                        "fixed_at": after(hours=4),
                    }
                    for _number in range(count)
                ]
            )
