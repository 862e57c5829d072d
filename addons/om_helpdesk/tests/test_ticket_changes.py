from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .ticket_common import REPORTED, TicketCommon, after


@tagged("post_install", "-at_install")
class TestTicketChanges(TicketCommon):
    """Corrections, frozen results, reopening, merging; what follows the promises."""

    def test_severity_corrected(self):
        ticket = self._report("general")
        self._at(after(minutes=10), ticket, "action_take")
        self._pause(ticket, after(hours=1))
        self._at(after(hours=2), ticket, "action_resume")
        with freeze_time(after(hours=3)):
            ticket.with_user(self.dispatcher).with_context(
                om_reason="two floors are down"
            ).severity = "urgent"
            self.env.flush_all()
        self.assertEqual(ticket.fix_deadline, after(hours=9))
        self.assertEqual(ticket.respond_status, "met")
        # The pause of one hour belongs to the ticket, whatever its severity is.
        self.assertEqual(ticket.onsite_deadline, after(hours=3))
        body = ticket.message_ids[0].body
        self.assertIn("two floors are down", body)
        self.assertIn("2026-03-13 11:00:00", body)
        self.assertIn("2026-03-11 19:00:00", body)

    def test_lower_severity_does_not_heal(self):
        ticket = self._report("urgent")
        with freeze_time(after(hours=1)):
            with self._refused("project manager"):
                ticket.with_user(self.dispatcher).severity = "general"
        self.env.invalidate_all()
        with freeze_time(after(hours=1)):
            ticket.with_user(self.manager).severity = "general"
            self.assertEqual(ticket.respond_status_now, "running")

    def test_engineers_do_not_correct(self):
        ticket = self._report("urgent")
        for values in (
            {"severity": "minor"},
            {"reported_at": after(minutes=-5)},
            {"responded_at": after(minutes=5)},
        ):
            with self.assertRaises(AccessError), freeze_time(after(minutes=10)):
                ticket.with_user(self.engineer).write(values)

    def test_frozen_after_confirmation(self):
        ticket = self._confirmed()
        for values in (
            {"severity": "minor"},
            {"system_id": self.other_system.id},
            {"fixed_at": after(minutes=50)},
            {"reported_at": after(minutes=-50)},
        ):
            with self._refused("confirmed"):
                ticket.with_user(self.manager).write(values)
        with self._refused("confirmed"):
            self._pause(ticket, after(hours=5), self.manager)

    def _confirmed(self):
        ticket = self._report("urgent")
        self._at(after(minutes=40), ticket, "action_take")
        self._at(after(minutes=60), ticket, "_om_act", self.engineer, "fixed")
        self._at(after(minutes=90), ticket, "action_confirm", self.dispatcher)
        self.assertEqual(ticket.respond_status, "breached")
        return ticket

    def test_policy_changes_leave_confirmed_alone(self):
        ticket = self._confirmed()
        running = self._report("urgent")
        with freeze_time(after(hours=2)):
            line = self.policy.line_ids.filtered(
                lambda line: (line.severity, line.target) == ("urgent", "fix")
            )
            line.value = 4
            self.env.flush_all()
        self.assertEqual(ticket.fix_deadline, after(hours=8))
        self.assertEqual(running.fix_deadline, after(hours=4))
        self.assertIn("Service promise changed", running.message_ids[0].body)

    def test_system_gets_another_promise(self):
        ticket = self._report("general")
        faster = self._create_policy(
            "Faster",
            [("general", "respond", 1, "hour"), ("general", "fix", 5, "hour")],
        )
        with freeze_time(after(minutes=5)):
            self.system.sla_policy_id = faster
            self.assertEqual(ticket.fix_deadline, after(hours=5))

    def test_key_period(self):
        ticket = self._report("general")
        self.policy.write({"key_respond_hours": 1, "key_fix_hours": 2})
        self.assertEqual(ticket.fix_deadline, after(hours=48))
        with freeze_time(after(minutes=5)):
            period = self.env["om.key.period"].create(
                {
                    "name": "Test period",
                    "date_start": "2026-03-11",
                    "date_end": "2026-03-11",
                    "system_ids": [(6, 0, self.system.ids)],
                }
            )
            self.assertEqual(ticket.respond_deadline, after(hours=1))
            self.assertEqual(ticket.fix_deadline, after(hours=2))
            period.unlink()
            self.assertEqual(ticket.fix_deadline, after(hours=48))

    def test_correction_by_a_manager(self):
        ticket = self._confirmed()
        with freeze_time(after(days=1)):
            Correction = self.env["om.ticket.correction"].with_context(
                default_ticket_id=ticket.id
            )
            with self.assertRaises(AccessError):
                self._correct(
                    Correction.with_user(self.dispatcher),
                    responded_at=after(minutes=12),
                )
            self._correct(
                Correction.with_user(self.manager), responded_at=after(minutes=12)
            )
            self.env.flush_all()
        self.assertEqual(ticket.responded_at, after(minutes=12))
        self.assertEqual(ticket.respond_status, "met")
        self.assertEqual(ticket.state, "confirmed")
        voided = ticket.event_ids.filtered("voided_on")
        self.assertEqual(voided.at, after(minutes=40))
        self.assertEqual(voided.voided_by_id, self.manager)
        bodies = "".join(ticket.message_ids.mapped("body"))
        self.assertIn("call log of the unit", bodies)

    def _correct(self, Correction, **values):
        form = Form(Correction)
        for name, value in values.items():
            setattr(form, name, value)
        form.reason = "call log of the unit"
        form.save().action_confirm()

    def test_reopened_counts_once_and_runs_on(self):
        ticket = self._report("urgent")
        self._at(after(minutes=10), ticket, "action_take")
        self._at(after(hours=7), ticket, "_om_act", self.engineer, "fixed")
        self.assertEqual(ticket.fix_status, "met")
        self._at(
            after(hours=7, minutes=30),
            ticket,
            "_om_act",
            self.dispatcher,
            "reopened",
            None,
            "still no picture",
        )
        self.assertEqual(ticket.fix_status, "running")
        self.assertEqual(ticket.state, "progress")
        self.assertFalse(ticket.fixed_at)
        self._at(after(hours=9), ticket, "_om_act", self.engineer, "fixed")
        self.assertEqual(ticket.fix_status, "breached")
        self.assertEqual(ticket.reopen_count, 1)
        self.assertEqual(len(ticket.event_ids), 5)

    def test_confirmed_is_reopened_by_a_manager(self):
        ticket = self._confirmed()
        act = (after(days=1), ticket, "_om_act")
        why = ("reopened", None, "the signature was a mistake")
        for user in (self.engineer, self.dispatcher):
            with self.assertRaises(AccessError):
                self._at(*act, user, *why)
        self._at(*act, self.manager, *why)
        self.assertEqual(ticket.state, "progress")
        self.assertEqual(ticket.respond_status, "breached")
        self.assertEqual(ticket.fix_status, "breached")

    def test_merging_in_the_dialog(self):
        first, second = self._report("urgent"), self._report("urgent")
        act = second.with_user(self.dispatcher).action_merge()
        with freeze_time(after(minutes=5)):
            form = Form(
                self.env["om.ticket.act"]
                .with_user(self.dispatcher)
                .with_context(**act["context"])
            )
            form.duplicate_of_id = first
            form.save().action_confirm()
        self.assertEqual(second.duplicate_id, first)
        self.assertEqual(second.state, "cancelled")

    def test_explanation(self):
        ticket = self._report("urgent")
        self.assertIn("2026-03-11", ticket.sla_explanation)
        self.assertFalse(ticket.sla_differs)

    def test_cancelled(self):
        ticket = self._report("urgent")
        with self._refused("reason"):
            self._at(after(minutes=40), ticket, "_om_cancel", self.dispatcher, "")
        with self._refused("Only the user unit"):
            self._at(
                after(minutes=40),
                ticket,
                "_om_act",
                self.dispatcher,
                "cancelled",
                None,
                "false alarm",
            )
        person = self._create_portal_user("portal_user_unit", self.unit)
        with freeze_time(after(minutes=40)):
            theirs = ticket.with_user(person).sudo()
            theirs._om_cancel_by_unit("false alarm")
            self.env.flush_all()
        self.env.invalidate_all()
        # Nobody responded in time, and that stays; the rest was not owed any more.
        self.assertEqual(ticket.respond_status, "breached")
        self.assertEqual(ticket.fix_status, "none")
        self.assertEqual(ticket.state, "cancelled")

    def test_cards(self):
        stage = self.env["helpdesk.ticket"]._om_stages(self.env.company.id)
        ticket = self._report("urgent")

        def move(moment, state, user=self.dispatcher):
            with freeze_time(moment):
                ticket.with_user(user).stage_id = stage[state]
                self.env.flush_all()

        with self.assertRaises(UserError):
            move(after(minutes=5), "waiting")
        with self.assertRaises(UserError):
            move(after(minutes=5), "cancelled")
        move(after(minutes=5), "progress")
        self.assertEqual(ticket.responded_at, after(minutes=5))
        move(after(minutes=45), "fixed")
        self.assertEqual(ticket.fixed_at, after(minutes=45))
        with self.assertRaises(UserError):
            move(after(minutes=50), "progress")
        move(after(minutes=55), "confirmed")
        self.assertEqual(ticket.confirmed_at, after(minutes=55))
        with self.assertRaises(UserError):
            move(after(minutes=55), "new")

    def test_dispatch(self):
        ticket = self._report("urgent")
        with freeze_time(after(minutes=3)):
            ticket.with_user(self.dispatcher).user_id = self.engineer
            self.env.flush_all()
        self.assertEqual(ticket.dispatched_at, after(minutes=3))
        self.assertEqual(ticket.state, "dispatched")
        with freeze_time(after(minutes=9)):
            ticket.with_user(self.dispatcher).user_id = self.second_engineer
        self.assertEqual(ticket.dispatched_at, after(minutes=3))
        with self._refused("Already taken"):
            self._at(after(minutes=10), ticket, "action_take", self.engineer)

    def test_merged(self):
        first, second = self._report("urgent"), self._report("urgent")
        self.assertEqual((first.twin_count, second.twin_count), (1, 1))
        with freeze_time(after(minutes=5)):
            second.with_user(self.dispatcher).duplicate_id = first
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(second.state, "cancelled")
        self.assertEqual(first.twin_count, 0)

    def test_outside_the_service(self):
        self.assertFalse(self._report().service_flag)
        self.system.service_end = "2026-03-10"
        self.assertEqual(self._report().service_flag, "outside")
        self.system._stop("2026-03-01", "moved")
        self.assertEqual(self._report().service_flag, "stopped")

    def test_acted_on_tickets_stay(self):
        ticket = self._report("urgent")
        self._at(after(minutes=5), ticket, "action_take")
        with self.assertRaises(UserError):
            ticket.with_user(self.dispatcher).unlink()
        # A fault of a system is owed from its report on, whatever its state.
        with self.assertRaises(UserError):
            self._report("urgent").with_user(self.dispatcher).unlink()
        no_report = self._report("general", system_id=False)
        no_report.with_user(self.dispatcher).unlink()

    def test_follow_up(self):
        ticket = self._confirmed()
        with self.assertRaises(UserError):
            ticket.with_user(self.dispatcher).followup_result = "dissatisfied"
        self.env.invalidate_all()
        ticket.with_user(self.dispatcher).write(
            {"followup_result": "dissatisfied", "followup_note": "took too long"}
        )
        self.assertEqual(ticket.followup_user_id, self.dispatcher)
        self.assertTrue(ticket.followup_on)

    def test_major_matters_are_reported(self):
        self.system.user_id = self.manager
        ticket = self._report("urgent")
        self.assertEqual(ticket.major_report_due, after(minutes=30))
        self.assertEqual(ticket.activity_ids.user_id, self.manager)
        self.assertFalse(self._report("serious").activity_ids)

    def test_callers_values_stay(self):
        values = {
            "name": "Test fault",
            "description": "Test",
            "system_id": self.system.id,
            "fixed_at": REPORTED,
            "reported_at": REPORTED,
        }
        before = dict(values)
        ticket = self.env["helpdesk.ticket"].create(values)
        self.assertEqual(values, before)
        self.assertEqual(ticket.fixed_at, REPORTED)
        change = {"stage_id": ticket.stage_id.id, "user_id": self.engineer.id}
        before = dict(change)
        ticket.write(change)
        self.assertEqual(change, before)
