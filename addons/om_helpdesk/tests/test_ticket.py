from datetime import timedelta

from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .ticket_common import REPORTED, TicketCommon


def after(**values):
    return REPORTED + timedelta(**values)


@tagged("post_install", "-at_install")
class TestTicket(TicketCommon):
    def test_deadlines_at_once(self):
        ticket = self._report("urgent")
        self.assertEqual(ticket.respond_deadline, after(minutes=30))
        self.assertEqual(ticket.onsite_deadline, after(hours=2))
        self.assertEqual(ticket.fix_deadline, after(hours=8))
        self.assertEqual(ticket.next_deadline, after(minutes=30))
        self.assertEqual(ticket.unit_id, self.unit)
        self.assertEqual(ticket.state, "new")
        self.assertEqual(ticket.sla_source, "system")
        general = self._report("general")
        self.assertFalse(general.onsite_deadline)
        self.assertEqual(general.onsite_status, "none")
        self.assertEqual(general.fix_deadline, after(hours=48))

    def test_deadlines_in_the_form(self):
        with freeze_time(REPORTED):
            form = Form(self.env["helpdesk.ticket"].with_user(self.dispatcher))
            form.name = "Test fault"
            form.system_id = self.system
            form.severity = "urgent"
            self.assertEqual(form.fix_deadline, after(hours=8))
            self.assertEqual(form.partner_id, self.unit)
            form.severity = "serious"
            self.assertEqual(form.fix_deadline, after(hours=24))

    def test_default_promise_is_a_data_fault(self):
        default = self.env["om.sla.policy"]._get_default()
        self.assertTrue(default)
        minor = self._report("minor")
        self.assertEqual(minor.sla_source, "default")
        self.assertEqual(minor.sla_policy_id, default)
        self.assertTrue(minor.fix_deadline)
        without = self._report("urgent", system_id=False)
        self.assertEqual(without.sla_source, "default")
        self.assertTrue(without.fix_deadline)
        default.is_default = False
        missing = self._report("minor")
        self.assertEqual(missing.sla_source, "missing")
        self.assertEqual(missing.fix_status, "none")

    def test_the_whole_way(self):
        ticket = self._report("urgent")
        self._at(after(minutes=20), ticket, "action_take")
        self.assertEqual(ticket.user_id, self.engineer)
        self.assertEqual(ticket.responded_at, after(minutes=20))
        self.assertEqual(ticket.respond_status, "met")
        self.assertEqual(ticket.state, "progress")
        self.assertEqual(ticket.stage_id.om_state, "progress")
        self._at(after(hours=2, seconds=1), ticket, "action_arrive")
        self.assertEqual(ticket.onsite_status, "breached")
        act = ticket.with_user(self.engineer).action_fix()
        with freeze_time(after(hours=8)):
            form = Form(
                self.env["om.ticket.act"]
                .with_user(self.engineer)
                .with_context(**act["context"])
            )
            form.solution = "Replaced the power supply"
            form.save().action_confirm()
        self.assertEqual(ticket.fix_status, "met")
        self.assertEqual(ticket.fixed_at, after(hours=8))
        self.assertEqual(ticket.stage_id.om_state, "fixed")
        with self.assertRaises(UserError):
            self._at(after(hours=9), ticket, "action_confirm")
        self._at(after(hours=9), ticket, "action_confirm", self.dispatcher)
        self.assertEqual(ticket.confirmed_at, after(hours=9))
        self.assertTrue(ticket.closed)
        self.assertFalse(ticket.is_open)

    def test_signature_confirms(self):
        ticket = self._report("urgent")
        self._at(after(minutes=20), ticket, "action_take")
        self._at(after(minutes=30), ticket, "_om_act", self.engineer, "fixed")
        pixel = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
            b"YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
        )
        ticket.with_user(self.engineer).write(
            {"user_signature": pixel, "user_signed_by": "乙01"}
        )
        self._at(after(minutes=40), ticket, "action_confirm")
        self.assertEqual(ticket.state, "confirmed")
        with self.assertRaises(UserError):
            ticket.with_user(self.engineer).user_signed_by = "乙02"

    def test_breached_at_once(self):
        ticket = self._report("urgent")
        with freeze_time(after(minutes=31)):
            self.env.invalidate_all()
            self.assertEqual(ticket.respond_status, "running")
            self.assertEqual(ticket.respond_status_now, "breached")
            self.assertTrue(ticket.is_breached)
            found = self.env["helpdesk.ticket"].search([("is_breached", "=", True)])
            self.assertIn(ticket, found)
            self.assertEqual(ticket.urgency, "late")
        with freeze_time(after(minutes=30)):
            self.env.invalidate_all()
            self.assertEqual(ticket.respond_status_now, "running")
            found = self.env["helpdesk.ticket"].search([("is_breached", "=", False)])
            self.assertIn(ticket, found)

    def test_typed_in_late(self):
        """A call at ten, typed in at noon: the clock started at ten."""
        with freeze_time(after(hours=2)):
            ticket = self.env["helpdesk.ticket"].create(
                {
                    "name": "Test fault",
                    "description": "Test",
                    "system_id": self.system.id,
                    "severity": "urgent",
                    "reported_at": REPORTED,
                    "responded_at": after(minutes=10),
                }
            )
            self.assertEqual(ticket.respond_status, "met")
            self.assertEqual(ticket.state, "progress")
            self.assertEqual(ticket.onsite_status, "running")

    def test_no_future(self):
        with self.assertRaises(UserError):
            self._report("urgent", reported_at=after(minutes=1))
        ticket = self._report("urgent")
        with self.assertRaises(UserError):
            self._at(
                after(minutes=5),
                ticket,
                "_om_act",
                self.engineer,
                "responded",
                after(minutes=6),
                "x",
            )

    def test_order(self):
        ticket = self._report("urgent")
        self._at(after(minutes=20), ticket, "action_take")
        with self._refused("enter a later time"):
            self._at(
                after(minutes=30),
                ticket,
                "_om_act",
                self.engineer,
                "arrived",
                after(minutes=10),
                "noted on paper",
            )

    @mute_logger("odoo.sql_db")
    def test_order_in_the_database(self):
        ticket = self._report("urgent")
        self._at(after(minutes=20), ticket, "action_take")
        with self.assertRaises(CheckViolation):
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET arrived_at = %s WHERE id = %s",
                [after(minutes=10), ticket.id],
            )

    def test_earlier_time_needs_a_reason(self):
        ticket = self._report("urgent")
        with self._refused("why the time"):
            self._at(
                after(minutes=25),
                ticket,
                "_om_act",
                self.engineer,
                "responded",
                after(minutes=10),
            )
        self._at(
            after(minutes=25),
            ticket,
            "_om_act",
            self.engineer,
            "responded",
            after(minutes=10),
            "no signal",
        )
        self.assertEqual(ticket.responded_at, after(minutes=10))
        event = ticket.event_ids.filtered(lambda event: event.kind == "responded")
        self.assertEqual(event.entered_on, after(minutes=25))
        self.assertEqual(event.reason, "no signal")
        self.assertIn("no signal", ticket.message_ids[0].body)

    def test_earlier_time_after_the_deadline_needs_a_manager(self):
        ticket = self._report("urgent")
        late = (after(hours=1), ticket, "_om_act")
        stated = ("responded", after(minutes=10), "noted on paper")
        for user in (self.engineer, self.dispatcher):
            with self._refused("project manager"):
                self._at(*late, user, *stated)
        self.env.invalidate_all()
        self._at(*late, self.manager, *stated)
        self.assertEqual(ticket.respond_status, "met")

    def test_pause_moves_the_deadline(self):
        ticket = self._report("urgent")
        self._at(after(minutes=10), ticket, "action_take")
        self._pause(ticket, after(hours=1))
        self.assertEqual(ticket.state, "waiting")
        self.assertEqual(ticket.fix_status, "paused")
        self.assertEqual(ticket.stage_id.om_state, "waiting")
        self._at(after(hours=3), ticket, "action_resume")
        self.assertEqual(ticket.state, "progress")
        self.assertEqual(ticket.fix_deadline, after(hours=10))
        self.assertEqual(ticket.onsite_deadline, after(hours=4))
        self.assertEqual(ticket.respond_deadline, after(minutes=30))

    def _pause(self, ticket, at, user=None, **values):
        with freeze_time(at):
            pause = (
                self.env["om.ticket.pause"]
                .with_user(user or self.engineer)
                .create(
                    {
                        "ticket_id": ticket.id,
                        "kind": "user",
                        "reason": "the room is locked",
                        **values,
                    }
                )
            )
            self.env.flush_all()
        self.env.invalidate_all()
        return pause

    def test_solved_straight_from_a_pause(self):
        """The flaw of the stock add-on: two days later this read as expired."""
        ticket = self._report("urgent")
        self._at(after(minutes=10), ticket, "action_take")
        self._pause(ticket, after(hours=1))
        self._at(after(hours=12), ticket, "_om_act", self.engineer, "fixed")
        self.assertFalse(ticket._om_open_pause())
        self.assertEqual(ticket.fix_status, "met")
        self.assertEqual(ticket.fix_deadline, after(hours=19))
        with freeze_time(after(days=2)):
            ticket._om_recompute_sla()
            self.assertEqual(ticket.fix_status, "met")

    def test_pause_after_the_deadline_changes_nothing(self):
        ticket = self._report("urgent")
        self._at(after(minutes=10), ticket, "action_take")
        self._pause(ticket, after(hours=9))
        self.assertEqual(ticket.fix_status, "breached")
        self._at(after(hours=30), ticket, "action_resume")
        self.assertEqual(ticket.fix_deadline, after(hours=8))

    def test_overlapping_pauses(self):
        ticket = self._report("urgent")
        self._at(after(minutes=5), ticket, "action_take")
        past = {"date_from": after(minutes=10), "date_to": after(minutes=20)}
        self._pause(ticket, after(hours=1), **past)
        with self._refused("paused already"):
            self._pause(
                ticket,
                after(hours=1),
                date_from=after(minutes=15),
                date_to=after(minutes=25),
            )
        self._pause(ticket, after(hours=1), date_from=after(minutes=20))
        with self._refused("paused already"):
            self._pause(ticket, after(hours=2))

    @mute_logger("odoo.sql_db")
    def test_overlap_in_the_database(self):
        ticket = self._report("urgent")
        past = {"date_from": after(minutes=10), "date_to": after(minutes=20)}
        self._pause(ticket, after(hours=1), **past)
        other = self._pause(
            ticket,
            after(hours=1),
            date_from=after(minutes=20),
            date_to=after(minutes=30),
        )
        with self._refused("no_overlap", ExclusionViolation):
            self.env.cr.execute(
                "UPDATE om_ticket_pause SET date_from = %s WHERE id = %s",
                [after(minutes=19), other.id],
            )

    def test_future_pauses(self):
        ticket = self._report("urgent")
        with self._refused("future"):
            self._pause(ticket, after(hours=1), date_from=after(hours=2))
        with self._refused("future"):
            self._pause(
                ticket,
                after(hours=1),
                date_from=after(minutes=50),
                date_to=after(hours=2),
            )

    def test_past_pause_does_not_heal(self):
        ticket = self._report("urgent")
        past = {"date_from": after(minutes=5), "date_to": after(minutes=50)}
        with self._refused("project manager"):
            self._pause(ticket, after(hours=1), self.dispatcher, **past)

    def test_pauses_stay_on_record(self):
        ticket = self._report("urgent")
        pause = self._pause(ticket, after(minutes=10))
        with self.assertRaises(UserError):
            pause.unlink()
        with self.assertRaises(AccessError):
            pause.with_user(self.dispatcher).date_from = after(minutes=5)

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

    def test_cancelled(self):
        ticket = self._report("urgent")
        with self._refused("reason"):
            self._at(after(minutes=40), ticket, "_om_act", self.dispatcher, "cancelled")
        self._at(
            after(minutes=40),
            ticket,
            "_om_act",
            self.dispatcher,
            "cancelled",
            None,
            "false alarm",
        )
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
        self._report("urgent").with_user(self.dispatcher).unlink()

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
