import json
from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.models.om_act_mixin import Paper

from .ticket_common import REPORTED, TicketCommon, after

# What nobody writes by hand in any state: (field, value).
CLOSED = (
    ("state", "new"),
    ("number", "HT00001"),
    ("unit_id", False),
    ("respond_deadline", datetime(2030, 1, 1)),
    ("onsite_deadline", datetime(2030, 1, 1)),
    ("fix_deadline", datetime(2030, 1, 1)),
    ("respond_status", "met"),
    ("onsite_status", "met"),
    ("fix_status", "met"),
    ("cancelled_at", REPORTED),
    ("reopen_count", 7),
    ("sla_policy_id", False),
    ("sla_source", "missing"),
    ("sla_rule_id", 1),
    ("user_signed_by", "丙01"),
    ("user_signed_on", REPORTED),
    ("followup_on", REPORTED),
    ("closed_date", REPORTED),
    ("company_id", 0),
)


@tagged("post_install", "-at_install")
class TestTicketActs(TicketCommon):
    """What a client can write, what it cannot, and what stands on record."""

    def _others(self):
        return (self.engineer, self.dispatcher, self.manager)

    def _breached(self):
        ticket = self._report("urgent")
        self._at(after(minutes=40), ticket, "action_take")
        self._at(after(minutes=60), ticket, "_om_act", self.engineer, "fixed")
        return ticket

    def _lines(self, ticket):
        return ticket.act_ids.sorted("position")

    def test_nobody_heals_a_breach_by_writing(self):
        ticket = self._breached()
        self.assertEqual(ticket.respond_status, "breached")
        for _round in range(2):
            for user in self._others():
                theirs = ticket.with_user(user)
                for name, value in CLOSED:
                    if ticket._fields[name].convert_to_cache(
                        value, ticket
                    ) == ticket._fields[name].convert_to_cache(ticket[name], ticket):
                        continue
                    with self.assertRaises(UserError, msg=f"{name} {user.login}"):
                        theirs.write({name: value})
                    self.env.invalidate_all()
                result = theirs.load(
                    [".id", "respond_status"], [[str(ticket.id), "met"]]
                )
                self.assertFalse(result["ids"])
                with self.assertRaises(UserError):
                    theirs.web_save({"respond_status": "met"}, {})
                with self.assertRaises(UserError):
                    theirs.action_archive()
                with self.assertRaises(UserError):
                    theirs.unlink()
            if not ticket.confirmed_at:
                self._at(after(hours=2), ticket, "action_confirm", self.dispatcher)
        self.assertEqual((ticket.respond_status, ticket.active), ("breached", True))

    def test_a_dispatcher_cannot_reset_and_delete(self):
        ticket = self._breached()
        with self.assertRaises(UserError):
            ticket.with_user(self.dispatcher).write({"state": "new"})
        with self.assertRaises(UserError):
            ticket.with_user(self.dispatcher).unlink()
        self.assertEqual(len(ticket.event_ids), 3)

    def test_an_engineer_does_not_back_date_a_new_fault(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.engineer)
        common = {"name": "x", "description": "x", "system_id": self.system.id}
        with freeze_time(after(hours=5)):
            for vals in (
                {"reported_at": REPORTED},
                {"responded_at": after(hours=4)},
                {"fixed_at": after(hours=4)},
                {"number": "HT00001"},
                {"state": "fixed"},
                {"fix_status": "met"},
                {"event_ids": [Command.create({"kind": "fixed", "at": REPORTED})]},
            ):
                with self.assertRaises(UserError, msg=str(vals)):
                    Ticket.create({**common, **vals})
            ticket = Ticket.with_context(
                default_number="HT00001", default_state="fixed"
            ).create({**common, "reported_at": after(hours=5)})
        self.assertEqual(ticket.state, "new")
        self.assertNotEqual(ticket.number, "HT00001")

    def test_a_dispatcher_types_in_an_earlier_call_and_no_kept_promise(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.dispatcher)
        common = {
            "name": "x",
            "description": "x",
            "severity": "urgent",
            "system_id": self.system.id,
            "reported_at": REPORTED,
        }
        with freeze_time(after(hours=1)):
            with self._refused("project manager"):
                Ticket.create({**common, "responded_at": after(minutes=5)})
            ticket = Ticket.create(common)
            kept = Ticket.with_user(self.manager).create(
                {**common, "responded_at": after(minutes=5)}
            )
        self.assertEqual(ticket.reported_at, REPORTED)
        self.assertEqual(kept.respond_status, "met")

    def test_numbers_are_unique(self):
        ticket = self._report()
        copy = ticket.with_user(self.dispatcher).copy()
        self.assertNotEqual(ticket.number, copy.number)
        self.assertEqual(copy.state, "new")

    def test_an_engineer_does_not_send_anybody_elses_fault_on(self):
        ticket = self._report("urgent")
        self._at(after(minutes=5), ticket, "action_take", self.second_engineer)
        with self._refused("Already taken"):
            ticket.with_user(self.engineer).user_id = self.engineer
        with freeze_time(after(minutes=6)):
            ticket.with_user(self.second_engineer).user_id = self.engineer
        self.assertEqual(ticket.user_id, self.engineer)

    def test_pauses_are_not_made_void_by_writing(self):
        ticket = self._report("urgent")
        pause = self._pause(ticket, after(minutes=5))
        self._at(after(minutes=9), ticket, "action_resume")
        for user in self._others():
            for vals in (
                {"voided_on": REPORTED},
                {"voided_by_id": self.manager.id},
                {"void_reason": "x"},
                {"user_id": self.manager.id},
            ):
                with self.assertRaises(UserError, msg=str(vals)):
                    pause.with_user(user).write(vals)
            with self.assertRaises(UserError):
                pause.with_user(user).create(
                    {
                        "ticket_id": ticket.id,
                        "kind": "user",
                        "reason": "x",
                        "voided_on": REPORTED,
                    }
                )
        with self.assertRaises(AccessError):
            pause.with_user(self.engineer)._void("x")
        with self.assertRaises(AccessError), freeze_time(after(minutes=10)):
            pause.with_user(self.engineer).date_to = after(minutes=8)
        with freeze_time(after(minutes=10)):
            correction = (
                self.env["om.ticket.correction"]
                .with_user(self.manager)
                .with_context(default_ticket_id=ticket.id)
            )
            correction.create(
                {"reason": "nobody waited", "pause_id": pause.id}
            ).action_confirm()
        self.assertTrue(pause.voided_on)
        self.assertEqual(pause.act_ids[0].act, "voided")
        for user in self._others():
            with self.assertRaises(UserError):
                pause.with_user(user).voided_on = False

    def test_nobody_confirms_his_own_work(self):
        ticket = self._report("urgent")
        with freeze_time(after(minutes=5)):
            ticket.with_user(self.dispatcher).user_id = self.dispatcher
        self._at(after(minutes=10), ticket, "_om_act", self.dispatcher, "fixed")
        for moment, user in ((20, self.dispatcher), (21, self.engineer)):
            with self.assertRaises(UserError):
                self._at(after(minutes=moment), ticket, "action_confirm", user)
        stage = self.env["helpdesk.ticket"]._om_stages(self.env.company.id)
        with self._refused("own work"), freeze_time(after(minutes=22)):
            ticket.with_user(self.dispatcher).stage_id = stage["confirmed"]
        self._at(after(minutes=30), ticket, "action_confirm", self.manager)
        self.assertEqual(self._lines(ticket)[-1].act, "confirmed_for")
        self.assertFalse(self._lines(ticket)[-1].signature_id)

    def test_the_unit_confirms_by_its_login_or_on_paper(self):
        person = self._create_portal_user("portal_user_unit", self.unit)
        stranger = self._create_portal_user("portal_user_unit", self.other_unit)
        first, second = self._breached(), self._breached()
        with freeze_time(after(hours=3)):
            with self.assertRaises(AccessError):
                first.with_user(stranger).sudo()._om_act("confirmed")
            first.with_user(person).sudo()._om_act("confirmed")
            scan = self.env["ir.attachment"].create({"name": "单.txt", "raw": b"x"})
            paper = Paper("丙01", after(hours=3).date(), scan)
            with self.assertRaises(UserError):
                second.with_user(self.engineer).action_confirmed(paper)
            second.with_user(self.dispatcher).action_confirmed(paper)
            self.env.flush_all()
        for ticket, way, user in (
            (first, "login", person),
            (second, "paper", self.dispatcher),
        ):
            line = self._lines(ticket)[-1]
            signature = line.signature_id
            self.assertEqual(
                (ticket.state, line.act, signature.way, signature.party_id),
                ("confirmed", "confirmed", way, self.unit),
            )
            self.assertEqual(line.user_id, user)

    def test_the_drawn_name_needs_a_person(self):
        ticket = self._report("urgent")
        pixel = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
            b"YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
        )
        for vals in ({"user_signature": pixel}, {"user_signature": False}):
            with self._refused("drawn"):
                ticket.with_user(self.engineer).write(vals)

    def test_one_line_for_each_act(self):
        with freeze_time(REPORTED):
            ticket = (
                self.env["helpdesk.ticket"]
                .with_user(self.dispatcher)
                .create(
                    {
                        "name": "x",
                        "description": "x",
                        "system_id": self.system.id,
                        "severity": "urgent",
                        "user_id": self.engineer.id,
                    }
                )
            )
            self.env.flush_all()
        self._at(after(minutes=5), ticket, "action_take")
        self._pause(ticket, after(minutes=9))
        self._at(after(minutes=15), ticket, "action_resume")
        self._at(
            after(minutes=20),
            ticket,
            "_om_act",
            self.engineer,
            "fixed",
            after(minutes=18),
            "no signal",
        )
        self._at(after(minutes=30), ticket, "action_confirm", self.dispatcher)
        lines = self._lines(ticket)
        self.assertEqual(
            lines.mapped("act"),
            ["create", "responded", "paused", "resumed", "fixed", "confirmed_for"],
        )
        fixed = lines[4]
        self.assertEqual(
            (fixed.happened_at, fixed.entered_at, fixed.reason),
            (after(minutes=18), after(minutes=20), "no signal"),
        )
        told = json.loads(lines[-1].sudo().facts)
        self.assertEqual(told["fixed"], "2026-03-11T02:18:00Z")
        self.assertEqual((told["fix_status"], told["state"]), ("met", "confirmed"))
        faults = self.env["om.act"]._find_faults(
            [("res_model", "in", ("helpdesk.ticket", "om.ticket.pause"))]
        )
        mine = (f"helpdesk.ticket {ticket.id},", f"pause {ticket.pause_ids.id},")
        self.assertFalse([each for each in faults if any(key in each for key in mine)])

    def test_what_passes_by_itself_is_on_record(self):
        ticket = self._report("urgent")
        with freeze_time(after(minutes=31)):
            self.env["helpdesk.ticket"]._om_watch(1000)
            self.env.flush_all()
        self.assertEqual(self._lines(ticket)[-1].act, "breached")
        with freeze_time(after(hours=2)):
            self.policy.line_ids.filtered(
                lambda line: (line.severity, line.target) == ("urgent", "fix")
            ).value = 4
            self.env.flush_all()
        self.assertEqual(self._lines(ticket)[-1].act, "promised")

    def test_the_trail_stays(self):
        ticket = self._breached()
        with freeze_time(after(hours=1)):
            ticket.with_user(self.dispatcher)._om_log({ticket: "what was said"})
        message = ticket.message_ids[0]
        for user in self._others():
            with self.assertRaises(UserError):
                message.with_user(user).body = "else"
            with self.assertRaises(UserError):
                message.with_user(user).unlink()
            with self.assertRaises(AccessError):
                ticket.with_user(user).message_post(
                    body="x", author_id=self.unit.id, message_type="comment"
                )

    def test_photos_stay(self):
        """Nobody takes away what others handed in, or replaces a finished photo."""
        ticket = self._report("urgent")
        person = self._create_portal_user("portal_user_unit", self.unit)
        values = {
            "name": "照片.txt",
            "raw": b"x",
            "res_model": ticket._name,
            "res_id": ticket.id,
        }
        File = self.env["ir.attachment"]
        theirs = File.with_user(person).sudo().create(values)
        ours, slip = (File.with_user(self.engineer).create(values) for _each in "ab")
        slip.unlink()
        for user in self._others():
            with self.assertRaises(UserError):
                theirs.with_user(user).unlink()
            with self.assertRaises(UserError):
                theirs.with_user(user).raw = b"y"
        self._at(after(minutes=5), ticket, "action_take")
        self._at(after(minutes=9), ticket, "_om_act", self.engineer, "fixed")
        for vals in ({"raw": b"y"}, {"public": True}, {"res_id": 0}):
            with self.assertRaises(UserError):
                ours.with_user(self.engineer).write(vals)
        with self.assertRaises(UserError):
            ours.with_user(self.engineer).unlink()

    def test_ratings_are_the_reporters(self):
        ticket = self._breached()
        person = self._create_portal_user("portal_user_unit", self.unit)
        token = ticket.sudo()._rating_get_access_token(person.partner_id)
        ticket.sudo().rating_apply(2, token=token, feedback="late")
        rating = ticket.sudo().rating_ids
        auditor = self._create_user("auditor")
        for user in (*self._others(), auditor):
            theirs = rating.with_user(user)
            for vals in ({"rating": 5}, {"feedback": "x"}, {"consumed": False}):
                with self.assertRaises(UserError):
                    theirs.write(vals)
            with self.assertRaises(UserError):
                theirs.reset()
            with self.assertRaises(UserError):
                theirs.unlink()
            with self.assertRaises(UserError):
                theirs.create(
                    {
                        "res_model_id": rating.res_model_id.id,
                        "res_id": ticket.id,
                        "rating": 5,
                        "consumed": True,
                    }
                )
            with self.assertRaises(AccessError):
                theirs.read(["access_token"])
            with self.assertRaises(UserError):
                ticket.with_user(user).rating_apply(5, token=token)
        self.assertEqual(rating.rating, 2)
        self.assertEqual(len(rating.act_ids), 2)

    def test_no_flag_of_a_client_opens_a_door(self):
        """A promise is logged and the faults follow, whatever the context says."""
        ticket = self._report("urgent")
        line = self.policy.line_ids.filtered(
            lambda each: (each.severity, each.target) == ("urgent", "fix")
        ).with_user(self.manager)
        flags = {
            "tracking_disable": True,
            "om_policy_writing": True,
            "om_policy_refreshing": True,
            "om_calendar_writing": True,
            "om_act": True,
            "om_lines": True,
        }
        with freeze_time(after(minutes=5)):
            before = len(self.policy.message_ids)
            line.with_context(**flags).value = 4
            self.env.flush_all()
            self.assertGreater(len(self.policy.message_ids), before)
            self.assertEqual(ticket.fix_deadline, after(hours=4))
            report = (
                self.env["helpdesk.ticket"]
                .with_user(self.engineer)
                .with_context(fetchmail_cron_running=True)
                .create({"name": "x", "description": "x"})
            )
        self.assertFalse(report.channel_id)
        self.assertEqual(line.act_ids.sorted("position")[-1].act, "change")

    def test_queries_do_not_grow_with_the_batch(self):
        counts = []
        for number in (3, 30):
            tickets = self.env["helpdesk.ticket"].union(
                *(self._report("urgent") for _each in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(after(minutes=5)):
                tickets.with_user(self.dispatcher)._om_act("responded")
                self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
