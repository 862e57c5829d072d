from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.models.om_act_mixin import Paper

from .ticket_common import TicketCommon

START = datetime(2026, 3, 1)


def hour(number):
    return START + timedelta(hours=number)


@tagged("post_install", "-at_install")
class TestDowntime(TicketCommon):
    def _down(self, first, last, system=None, **values):
        return self.env["om.downtime"].create(
            {
                "system_id": (system or self.system).id,
                "date_from": hour(first),
                "date_to": last and hour(last),
                **values,
            }
        )

    def _paper(self):
        """The purchaser's letter, scanned."""
        scan = self.env["ir.attachment"].create({"name": "批复.txt", "raw": b"x"})
        return Paper("丙01", datetime.now().date(), scan)

    def _percent(self, first, last, system=None):
        system = system or self.system
        found = self.env["om.downtime"]._get_availability(
            system, hour(first), hour(last)
        )
        return found[system].percent

    def test_availability(self):
        """6 of 24 hours: 75 %; the purchaser excludes 3 of them: 87.5 %."""
        self._down(1, 4)
        roadworks = self._down(4, 7, excluded_cause="roadworks")
        self.assertEqual(self._percent(0, 24), 75)
        roadworks.with_user(self.dispatcher).action_claim()
        self.assertEqual(self._percent(0, 24), 75)
        roadworks.with_user(self.manager).action_approve(self._paper())
        self.assertEqual(float(self._percent(0, 24)), 87.5)
        self.assertEqual(roadworks.approved_by_id, self.purchaser)
        self.assertTrue(roadworks.approved_on)

    def test_devices(self):
        self.system.hardware_line_ids = [(0, 0, {"name": "Camera", "quantity": 10})]
        self._down(0, 12, device_count=2)
        self.assertEqual(self._percent(0, 24), 90)

    def test_still_down(self):
        self._down(0, False)
        with freeze_time(hour(12)):
            self.assertEqual(self._percent(0, 24), 0)
            found = self.env["om.downtime"]._get_availability(
                self.system, START, hour(24)
            )
            self.assertEqual(found[self.system].total, 12 * 3600)

    def test_systems_in_one_query(self):
        systems = self.system | self.other_system
        self._down(0, 6)
        self._down(0, 12, self.other_system)
        systems.mapped("device_count")
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.env["om.downtime"]._get_availability(systems, START, hour(24))
        self.assertEqual(found[self.system].percent, 75)
        self.assertEqual(found[self.other_system].percent, 50)

    def test_the_purchaser_decides(self):
        downtime = self._down(0, 6, excluded_cause="power")
        with self.assertRaises(AccessError):
            downtime.with_user(self.dispatcher).action_approve(self._paper())
        with self.assertRaises(UserError):
            downtime.with_user(self.manager).action_approve(self._paper())
        downtime.with_user(self.dispatcher).action_claim()
        with self._refused("signed paper"):
            downtime.with_user(self.manager).action_refuse()
        downtime.with_user(self.manager).action_refuse(self._paper())
        self.assertEqual(downtime.exclusion_state, "refused")
        with self.assertRaises(UserError):
            downtime.with_user(self.dispatcher).date_from = hour(1)
        self.assertEqual(float(self._percent(0, 24)), 75)

    def test_the_purchaser_hears_what_was_entered_for_it(self):
        """Nobody sees who signed a scan: whoever did not, notices."""
        mine = self._create_portal_user("portal_purchaser", self.purchaser)
        unit = self._create_portal_user("portal_user_unit", self.unit)
        downtimes = self._down(0, 6, excluded_cause="power")
        downtimes |= self._down(8, 9, excluded_cause="power")
        downtimes.action_claim()
        told = Domain("message_type", "=", "user_notification")
        downtimes.with_user(self.manager).action_approve(self._paper())
        message = self.env["mail.message"].search(
            told & Domain("partner_ids", "in", (mine | unit).partner_id.ids)
        )
        self.assertEqual(len(message), 1, "both papers in one message")
        self.assertEqual(message.partner_ids, mine.partner_id)
        for fact in ("丙01", self.manager.name, *downtimes.mapped("display_name")):
            self.assertIn(fact, message.body)
        # Whoever signs with the own login knows it.
        own = self._down(12, 13, excluded_cause="power")
        own.action_claim()
        own.with_user(mine)._decide("approve")
        self.assertEqual(
            self.env["mail.message"].search(
                told & Domain("partner_ids", "in", mine.partner_id.ids)
            ),
            message,
        )
        # No client keeps it silent.
        again = self._down(14, 15, excluded_cause="power")
        again.action_claim()
        silent = again.with_user(self.manager).with_context(om_invented=True)
        silent.action_refuse(self._paper())
        self.assertEqual(
            self.env["mail.message"].search_count(
                told & Domain("partner_ids", "in", mine.partner_id.ids)
            ),
            2,
        )

    def test_in_the_portal(self):
        """The purchaser's own login may decide on its systems, no other may."""
        mine = self._create_portal_user("portal_purchaser", self.purchaser)
        unit = self._create_portal_user("portal_user_unit", self.unit)
        downtime = self._down(0, 6, excluded_cause="power")
        other = self._down(0, 6, self.other_system, excluded_cause="power")
        (downtime | other).action_claim()
        for user, which in ((unit, downtime), (mine, other)):
            with self.assertRaises(AccessError):
                which.with_user(user).sudo()._decide("approve")
        downtime.with_user(mine)._decide("approve")
        self.assertEqual(downtime.approved_by_id, mine.partner_id)

    def test_sense(self):
        with self.assertRaises(UserError):
            self._down(0, 6).action_claim()
        with freeze_time(hour(1)), self.assertRaises(UserError):
            self._down(0, 6)
        device = self.env["maintenance.equipment"].create(
            {"name": "Camera", "system_id": self.other_system.id}
        )
        with self.assertRaises(UserError):
            self._down(0, 6, equipment_ids=[(6, 0, device.ids)], device_count=1)

    def test_who_signed_stands_on_record(self):
        ours = self._down(0, 6, excluded_cause="power")
        ours.action_claim()
        ours.with_user(self.manager).action_approve(self._paper())
        line = ours.act_ids[0]
        self.assertEqual(line.act, "approve")
        self.assertEqual(
            (line.signature_id.way, line.signature_id.party_id, line.user_id),
            ("paper", self.purchaser, self.manager),
        )
        self.assertTrue(line.attachment_ids)

    def test_a_client_writes_no_decision(self):
        """Consent, its time and whose system it was follow from acts."""
        downtime = self._down(0, 6, excluded_cause="power")
        for user in (self.engineer, self.dispatcher, self.manager):
            theirs = downtime.with_user(user)
            for vals in (
                {"exclusion_state": "approved", "excluded_cause": "power"},
                {"approved_by_id": self.purchaser.id},
                {"approved_on": START},
                {"unit_id": self.other_unit.id},
            ):
                with self.assertRaises(UserError, msg=str(vals)):
                    theirs.write(vals)
                with self.assertRaises(UserError, msg=str(vals)):
                    theirs.create(
                        {"system_id": self.system.id, "date_from": START, **vals}
                    )
            result = theirs.load(
                [".id", "exclusion_state"], [[str(downtime.id), "approved"]]
            )
            self.assertFalse(result["ids"])
            with self.assertRaises(UserError):
                theirs.unlink()
        downtime.with_user(self.engineer).date_to = hour(5)
        self.assertEqual(downtime.exclusion_state, "none")
        self.assertEqual(downtime.act_ids.mapped("act"), ["change", "create"])
