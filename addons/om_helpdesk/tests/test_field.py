import json
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_assets.tests.inspection_common import SIGNATURE

from .ticket_common import REPORTED, TicketCommon, after

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestTicketField(TicketCommon):
    """Urgent: respond within 30 minutes, arrive within 2 hours, repair within 8."""

    def setUp(self):
        super().setUp()
        self.ticket = self._report()

    def _take(self, kind, values=None, *, at, sent=None, user=None, **more):
        """Let the telephone send at ``sent`` what was done at ``at``."""
        user = user or self.engineer
        sent = sent or at
        entry = {
            "uid": user.id,
            "doc": "ticket",
            "id": self.ticket.id,
            "kind": kind,
            "values": values or {},
            "at": f"{at.isoformat()}Z",
            "sent": f"{sent.isoformat()}Z",
            "difference": 0,
            **more,
        }
        with freeze_time(sent):
            self.env["om.field"].with_user(user)._take(entry)
            self.env.flush_all()
        self.env.invalidate_all()

    def _lines(self):
        return {
            line.act: line
            for line in self.env["om.act"].search(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("res_id", "=", self.ticket.id),
                ]
            )
        }

    def test_a_life_without_network(self):
        """Taken, arrived, paused, resumed, repaired: uploaded together, in time."""
        sent = after(minutes=29)
        self._take("take", at=after(minutes=5), sent=sent)
        self._take("arrive", at=after(minutes=10), sent=sent)
        pause = {"kind": "user", "reason": "机房锁门"}
        self._take("pause", pause, at=after(minutes=12), sent=sent)
        self._take("resume", at=after(minutes=18), sent=sent)
        repair = {"cause": "电源老化", "solution": "更换电源"}
        self._take("fix", repair, at=after(minutes=25), sent=sent)
        ticket = self.ticket
        self.assertEqual(ticket.user_id, self.engineer)
        self.assertEqual(ticket.responded_at, after(minutes=5))
        self.assertEqual(ticket.arrived_at, after(minutes=10))
        self.assertEqual(ticket.fixed_at, after(minutes=25))
        self.assertEqual((ticket.cause, ticket.solution), ("电源老化", "更换电源"))
        pause = ticket.pause_ids
        self.assertEqual(
            (pause.date_from, pause.date_to), (after(minutes=12), after(minutes=18))
        )
        self.assertEqual(pause.reason, "Recorded offline: 机房锁门")
        self.assertEqual(ticket.respond_status, "met")
        lines = self._lines()
        for act, minutes in (("responded", 5), ("arrived", 10), ("fixed", 25)):
            line = lines[act]
            self.assertEqual(line.happened_at, after(minutes=minutes))
            self.assertEqual(line.entered_at, sent)
            self.assertEqual(line.reason, "Recorded offline")
        self.env.flush_all()
        domain = [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        self.assertFalse(list(self.env["om.act"]._find_faults(domain)))

    def test_with_network_it_is_as_the_button(self):
        self._take("take", at=after(minutes=5))
        self._take("arrive", at=after(minutes=6), sent=after(minutes=6, seconds=30))
        self.assertEqual(self.ticket.responded_at, after(minutes=5))
        self.assertEqual(self.ticket.arrived_at, after(minutes=6, seconds=30))
        self.assertFalse(self._lines()["arrived"].reason)

    def test_a_passed_deadline_is_not_healed(self):
        """The rule for what is entered late holds for telephones, too; the entry can
        stay as a note, from which the project manager enters it."""
        with self._refused("only a project manager"):
            self._take("take", at=after(minutes=5), sent=after(hours=1))
        self.assertFalse(self.ticket.responded_at)
        self._take("note", {"text": "接单"}, at=after(minutes=5), sent=after(hours=1))
        self.assertIn(
            "2026-03-11 10:05:00 Recorded offline: 接单",
            self.ticket.message_ids[0].body,
        )
        self._take("take", at=after(hours=1))
        self.assertEqual(self.ticket.respond_status, "breached")

    def test_late_but_within_what_is_promised_next(self):
        """Responded in time with a network, arrived without: uploaded before the
        deadline has passed, it counts from its own time."""
        self._take("take", at=after(minutes=5))
        self._take("arrive", at=after(minutes=50), sent=after(minutes=119))
        self.assertEqual(self.ticket.arrived_at, after(minutes=50))
        self.assertEqual(self.ticket.onsite_status, "met")

    def test_taken_by_somebody_else_meanwhile(self):
        self._at(after(minutes=6), self.ticket, "action_take", self.second_engineer)
        with self._refused("Already taken"):
            self._take("take", at=after(minutes=5), sent=after(minutes=20))
        self.assertEqual(self.ticket.user_id, self.second_engineer)
        self.assertEqual(self.ticket.responded_at, after(minutes=6))

    def test_repaired_meanwhile(self):
        self._take("take", at=after(minutes=5))
        self._at(after(minutes=20), self.ticket, "_om_act", self.dispatcher, "fixed")
        for kind, values in (
            ("arrive", {}),
            ("fix", {"solution": "更换电源"}),
        ):
            with self._refused("2026-03-11 10:20:00"):
                self._take(kind, values, at=after(minutes=15), sent=after(minutes=25))

    def test_before_the_report(self):
        with self._refused("reported only on"):
            self._take("take", at=REPORTED - HOUR, sent=after(minutes=5))

    def test_longer_ago_than_anybody_enters(self):
        ticket = self._report("minor")
        self.ticket = ticket
        with self._refused("not entered that long after"):
            self._take("take", at=after(minutes=5), sent=after(days=32))

    def test_words_that_are_missing(self):
        self._take("take", at=after(minutes=5))
        with self._refused("Write down what was done"):
            self._take("fix", {"cause": "x"}, at=after(minutes=6))
        with self._refused("Say what is waited for"):
            self._take("pause", {"kind": "user"}, at=after(minutes=6))
        with self._refused("Say what is waited for"):
            self._take("pause", {"kind": "nap", "reason": "x"}, at=after(minutes=6))

    def test_a_clock_that_was_set_is_told(self):
        """It was an hour ahead at the tap, and right when the entry was sent."""
        self._take(
            "take", at=after(minutes=65), sent=after(minutes=20), difference=-3600
        )
        # Sent before it was tapped, by its clock: it counts as it arrives.
        self.assertEqual(self.ticket.responded_at, after(minutes=20))

    def test_a_photo_comes_once_with_its_words(self):
        self._take("take", at=after(minutes=5))
        photo = {"data": SIGNATURE, "name": "a.png", "about": "SHA-256 abc"}
        self._take("photo", photo, at=after(minutes=6), sent=after(minutes=20))
        attachment = self.ticket.message_ids[0].attachment_ids
        self.assertIn("2026-03-11 10:06:00", attachment.description)
        self.assertIn("SHA-256 abc", attachment.description)
        self.assertEqual(attachment.res_id, self.ticket.id)

    def test_the_day_has_my_tickets_and_the_free_ones(self):
        other = self._report()
        self._at(after(minutes=6), other, "action_take", self.second_engineer)
        with freeze_time(after(minutes=10)):
            day = self.env["om.field"].with_user(self.engineer)._get_day()
        cards = {card["id"]: card for card in day["cards"] if card["kind"] == "ticket"}
        self.assertIn(self.ticket.id, cards)
        self.assertNotIn(other.id, cards)
        form = cards[self.ticket.id]["form"]
        self.assertTrue(form["free"])
        self.assertEqual(form["description"], "Test")
        self.assertEqual([kind for kind, _label in form["pauses"]][0], "user")
        json.dumps(day)

    def test_the_day_takes_as_many_queries_for_many(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(after(minutes=10)):
                self.env["om.field"].with_user(self.engineer)._get_day()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for _each in range(10):
            self._report()
        count()
        self.assertLessEqual(count(), few + 4)


@tagged("post_install", "-at_install")
class TestOneWay(TicketCommon):
    def test_the_telephone_has_no_rules_of_its_own(self):
        """What the button refuses, the telephone is refused in the same words."""
        ticket = self._report()
        self._at(after(minutes=6), ticket, "action_take", self.second_engineer)
        said = []
        for act in (
            lambda: ticket.with_user(self.engineer).action_take(),
            lambda: ticket.with_user(self.engineer)._om_take(
                after(minutes=5), "Recorded offline"
            ),
        ):
            with freeze_time(after(minutes=20)), self.assertRaises(UserError) as caught:
                act()
            said.append(str(caught.exception))
        self.assertEqual(said[0], said[1])
