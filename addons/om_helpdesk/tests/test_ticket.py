from psycopg2.errors import CheckViolation, ExclusionViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .ticket_common import REPORTED, TicketCommon, after


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
        default = self.default
        minor = self._report("minor")
        self.assertEqual(minor.sla_source, "default")
        self.assertEqual(minor.sla_policy_id, default)
        self.assertTrue(minor.fix_deadline)
        without = self._report("urgent", system_id=False, partner_id=self.unit.id)
        self.assertEqual(without.agreement_id, self.contract, "the unit's only one")
        self.assertEqual(without.sla_source, "default")
        self.assertTrue(without.fix_deadline)
        nobody = self._report("urgent", system_id=False)
        self.assertFalse(nobody.agreement_id)
        self.assertEqual(nobody.sla_source, "default", "provisionally")
        self.assertTrue(nobody.fix_deadline, "never silently without deadlines")
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
        signed = ticket.act_ids[0]
        self.assertEqual(
            (signed.signature_id.way, signed.signature_id.party_id, signed.user_id),
            ("drawn", self.unit, self.engineer),
        )
        # Whoever did the work hands the signature in; somebody else confirms by it.
        with self._refused("own work"):
            self._at(after(minutes=40), ticket, "action_confirm")
        self._at(after(minutes=40), ticket, "action_confirm", self.second_engineer)
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
