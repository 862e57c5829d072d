import json
from base64 import b64decode
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_assets.tests.inspection_common import SIGNATURE
from odoo.addons.om_base.tools.beijing import day_of

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

    def test_the_unit_signs_without_network(self):
        """For what was done, as it stands; by whom, when, and its fingerprint."""
        sent = after(minutes=100)
        self._take("take", at=after(minutes=5))
        repair = {"cause": "电源老化", "solution": "更换电源"}
        self._take("fix", repair, at=after(minutes=60), sent=sent)
        shown = [
            ["name", self.ticket.name],
            ["cause", "电源老化"],
            ["solution", "更换电源"],
        ]
        signed = {"person": "乙一", "drawing": SIGNATURE, "shown": shown}
        at = after(minutes=65)
        with self._refused("signed for something else"):
            wrong = [*shown[:2], ["solution", "更换主板"]]
            self._take("unit_sign", {**signed, "shown": wrong}, at=at, sent=sent)
        with self._refused("one of ours"):
            ours = {**signed, "person": self.engineer.name}
            self._take("unit_sign", ours, at=at, sent=sent)
        self._take("unit_sign", signed, at=at, sent=sent)
        ticket = self.ticket
        self.assertEqual(ticket.user_signed_by, "乙一")
        self.assertEqual(ticket.user_signed_on, at)
        self.assertTrue(ticket.user_signature)
        line = self._lines()["signed"]
        self.assertEqual((line.happened_at, line.entered_at), (at, sent))
        self.assertRegex(line.reason, "Recorded offline: Fingerprint .*: [0-9a-f]{64}$")
        self.assertEqual(line.signature_id.way, "drawn")
        self.assertEqual(line.signature_id.signed_on, day_of(at))
        domain = [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        self.assertFalse(list(self.env["om.act"]._find_faults(domain)))

    def test_who_has_half_an_hour_left_is_notified_once(self):
        """Serious: repair within 24 hours; a browser of the engineer's is known."""
        ticket = self._report("serious", user_id=self.engineer.id)
        self._at(after(minutes=1), ticket, "action_take", self.engineer)
        self.env["mail.push.device"].get_web_push_vapid_public_key()
        device = self.env["mail.push.device"].create(
            {
                "partner_id": self.engineer.partner_id.id,
                "endpoint": "https://push.example.com/1",
                "keys": "{}",
            }
        )
        pushed, before = self.env["mail.push"], None
        for minutes, count in ((-31, 0), (-30, 1), (-29, 1), (-1, 1), (1, 1)):
            now = after(hours=24, minutes=minutes)
            with freeze_time(now):
                self.env["helpdesk.ticket"]._om_push_deadlines(before)
            before = now
            pushed = self.env["mail.push"].search(
                [("mail_push_device_id", "=", device.id)]
            )
            self.assertEqual(len(pushed), count, minutes)
        payload = json.loads(pushed.payload)
        self.assertEqual(payload["title"], ticket.display_name)
        data = {"model": "helpdesk.ticket", "res_id": ticket.id}
        self.assertEqual(payload["options"]["data"], data)

    def test_a_notice_reaches_the_browser(self):
        """An assignment ours, what waits for its word the party; of who is told by
        mail, too."""
        Device = self.env["mail.push.device"]
        Device.get_web_push_vapid_public_key()
        self.engineer.notification_type = "email"
        party = self._create_portal_user("portal_user_unit", self.unit)
        people = self.engineer.partner_id | party.partner_id
        for person in people:
            Device.create(
                {
                    "partner_id": person.id,
                    "endpoint": f"https://push.example.com/{person.id}",
                    "keys": "{}",
                }
            )
        with patch(
            "odoo.addons.mail.models.mail_thread.push_to_end_point"
        ) as push_to_end_point:
            self.ticket.with_user(self.dispatcher).message_notify(
                partner_ids=people.ids, subject="派单", body="派单"
            )
        self.assertEqual(
            {
                call.kwargs["device"]["endpoint"]
                for call in push_to_end_point.mock_calls
            },
            {f"https://push.example.com/{person.id}" for person in people},
        )

    def test_a_clock_that_was_set_is_told(self):
        """It was an hour ahead at the tap, and right when the entry was sent."""
        self._take(
            "take", at=after(minutes=65), sent=after(minutes=20), difference=-3600
        )
        # Sent before it was tapped, by its clock: it counts as it arrives.
        self.assertEqual(self.ticket.responded_at, after(minutes=20))

    def test_a_photo_comes_once_with_its_words(self):
        self._take("take", at=after(minutes=5))
        raw = b64decode(SIGNATURE)
        self.env["om.field.piece"].with_user(self.engineer)._add("p", 0, raw)
        about = json.dumps({"sha256": "ab" * 32})
        photo = {"upload": "p", "size": len(raw), "name": "a.png", "about": about}
        self._take("photo", photo, at=after(minutes=6), sent=after(minutes=20))
        attachment = self.ticket.message_ids[0].attachment_ids
        self.assertIn("2026-03-11 10:06:00", attachment.description)
        self.assertIn("ab" * 32, attachment.description)
        self.assertIn("ab" * 32, self.ticket.message_ids[0].body)
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
