from base64 import b64decode
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import PNG, SparesCommon

TAPPED = datetime(2026, 3, 10, 2, 0)
SENT = TAPPED + timedelta(hours=3)


@tagged("post_install", "-at_install")
class TestSpareField(SparesCommon):
    """Parts that are asked for without a network; of lamps 7 are allowed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TAPPED):
            cls.inspection = cls.env["maintenance.request"].create(
                {
                    "name": "三月巡检",
                    "system_id": cls.system.id,
                    "is_inspection": True,
                    "inspection_scope": "hardware",
                    "inspection_date": "2026-03-10",
                    "maintenance_type": "preventive",
                    "user_id": cls.engineer.id,
                }
            )
            cls.ticket = cls.env["helpdesk.ticket"].create(
                {
                    "name": "补光灯不亮",
                    "description": "示例",
                    "system_id": cls.system.id,
                    "user_id": cls.engineer.id,
                }
            )

    def _take(self, document, **values):
        """Let the telephone ask for two lamps at TAPPED, and send it later."""
        pieces = self.env["om.field.piece"].with_user(self.engineer)
        raw = b64decode(PNG)
        pieces._add("p", 0, raw)
        entry = {
            "uid": self.engineer.id,
            "doc": "ticket" if document == self.ticket else "inspection",
            "id": document.id,
            "kind": "spare",
            "values": {
                "quota": self.lamp_quota.id,
                "quantity": 2,
                "reason": "灯珠烧毁",
                "solution": "更换驱动后仍不亮",
                "name": "x.png",
                "upload": "p",
                "size": len(raw),
                **values,
            },
            "at": f"{TAPPED.isoformat()}Z",
            "sent": f"{SENT.isoformat()}Z",
            "difference": 0,
        }
        with freeze_time(SENT):
            self.env["om.field"].with_user(self.engineer)._take(entry)
            self.env.flush_all()
        self.env.invalidate_all()
        return self.env["om.spare.request"].search([], order="id desc", limit=1)

    def test_it_is_asked_for_as_on_its_page(self):
        for document, name in ((self.ticket, "ticket_id"), (self.inspection, False)):
            request = self._take(document)
            self.assertEqual(request[name or "inspection_id"], document)
            self.assertEqual(request.state, "asked")
            self.assertEqual(request.asked_at, SENT, "the parties are asked now")
            self.assertEqual(request.applicant_id, self.engineer)
            self.assertEqual((request.quota_id, request.quantity), (self.lamp_quota, 2))
            self.assertEqual(
                (request.beyond_repair, request.repair_tried),
                ("灯珠烧毁", "更换驱动后仍不亮"),
            )
            self.assertEqual(request.photo_ids.raw, b64decode(PNG))
            note = "2026-03-10 10:00:00 Recorded offline"
            self.assertIn(note, request.message_ids[0].body)
        self.assertEqual(self.ticket.state, "waiting")

    def test_used_up_meanwhile(self):
        """Somebody has taken six of the seven: it is read, and nothing is asked for."""
        self._confirm(self._request(quantity=6))
        before = self.env["om.spare.request"].search_count([])
        with (
            self.assertRaisesRegex(UserError, "6 reserved, 1 are left"),
            self.env.cr.savepoint(),
        ):
            self._take(self.ticket)
        self.assertEqual(self.env["om.spare.request"].search_count([]), before)
        self.assertEqual(self._take(self.ticket, quantity=1).quantity, 1)

    def test_what_cannot_be_asked_for(self):
        for values, words in (
            ({"quota": 0}, "not on the list any more"),
            ({"quantity": 0}, "how many"),
            ({"quantity": "2"}, "how many"),
            ({"reason": " "}, "why the old part cannot be repaired"),
        ):
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._take(self.ticket, **values)

    def test_the_day_has_what_may_be_asked_for(self):
        self._take(self.ticket)
        with freeze_time(SENT):
            day = self.env["om.field"].with_user(self.engineer)._get_day()
        parts = {part["name"]: part for part in day["parts"]}
        lamp = parts[self.lamp_quota.name]
        self.assertEqual((lamp["left"], lamp["system"]), (7, False))
        self.assertEqual(lamp["agreement"], self.contract.id)
        forms = {card["key"]: card["form"] for card in day["cards"]}
        spare = forms[f"ticket-{self.ticket.id}"]["spare"]
        self.assertEqual(
            (spare["system"], spare["agreement"]), (self.system.id, self.contract.id)
        )
        (asked,) = spare["asked"]
        self.assertIn(f"{self.lamp_quota.name} × 2", asked)
        self.assertFalse(forms[f"inspection-{self.inspection.id}"]["spare"]["asked"])

    def test_photos_are_marked_where_the_contract_wants_it(self):
        for clause, marked in ((False, False), ("第八条（三）", True)):
            self.contract.sudo().photo_clause = clause
            with freeze_time(SENT):
                day = self.env["om.field"].with_user(self.engineer)._get_day()
            forms = {card["key"]: card["form"] for card in day["cards"]}
            for key in (f"ticket-{self.ticket.id}", f"inspection-{self.inspection.id}"):
                self.assertEqual(forms[key]["mark"], marked)
