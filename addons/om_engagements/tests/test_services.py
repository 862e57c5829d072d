"""The catalogues of the five documents, as they are loaded."""

from collections import Counter

from odoo.tests import TransactionCase, freeze_time, tagged

from ..models.om_service_loader import SERVICES_FOLDER
from ..tools.services import read_services


@tagged("post_install", "-at_install")
class TestServices(TransactionCase):
    def _get(self, key):
        return self.env.ref(f"om_engagements.service_{key}")

    def test_every_row_is_there(self):
        rows = read_services(SERVICES_FOLDER)
        items = [
            self._get(f"{row['contract']}_{row['key']}") for row in rows["services"]
        ]
        self.assertEqual(
            [item.name for item in items], [row["name"] for row in rows["services"]]
        )
        asked = Counter((row["contract"], row["service"]) for row in rows["questions"])
        for row, item in zip(rows["services"], items, strict=True):
            self.assertEqual(
                len(item.form_definition or []),
                asked.pop((row["contract"], row["key"]), 0),
                row["name"],
            )
        self.assertFalse(asked, "every question belongs to a service")
        named = {row["checklist"] for row in rows["services"]} - {None}
        self.assertEqual(named, {row["key"] for row in rows["checklists"]})

    def test_what_the_documents_print(self):
        """Two video engineers and a record of each meeting at the emergency centre; row
        13 before, during and after; row 29's times; nothing beyond the contract without
        a written order."""
        meeting = self._get("emergency_meeting")
        self.assertEqual(meeting.people_needed, 2)
        self.assertTrue(meeting.needs_summary)
        self.assertEqual(
            meeting.post_id, self.env.ref("om_staffing.post_emergency_video")
        )
        row = self._get("shunyi_meeting")
        self.assertEqual(row.system_ids.sequence_no, 13)
        self.assertEqual(
            [name[:2] for name in row.checklist_id.line_ids.mapped("name")],
            ["会前", "会前", "会中"],
        )
        self.assertTrue(row.needs_summary)
        promised = {
            key: [
                (line.value, line.unit)
                for line in self._get(f"shunyi_{key}").sla_policy_id.line_ids
            ]
            for key in ("old_poles", "moved_poles", "rebuilt_poles")
        }
        self.assertEqual(
            promised,
            {
                "old_poles": [(8, "hour")],
                "moved_poles": [(45, "day")],
                "rebuilt_poles": [(60, "day")],
            },
        )
        self.assertTrue(self._get("shunyi_beyond").needs_order)

    def test_deadlines_of_row_29(self):
        """Reported on 2026-03-11: 45 and 60 days later, the first day not counted."""
        system = self.env.ref("om_engagements.system_029")
        due = {}
        with freeze_time("2026-03-11 02:00:00"):
            for key in ("old_poles", "moved_poles", "rebuilt_poles"):
                ticket = self.env["helpdesk.ticket"].create(
                    {
                        "name": key,
                        "description": key,
                        "system_id": system.id,
                        "service_item_id": self._get(f"shunyi_{key}").id,
                    }
                )
                due[key] = str(ticket.fix_deadline)
        self.assertEqual(
            due,
            {
                "old_poles": "2026-03-11 10:00:00",
                # 2026-04-25 and 2026-05-10, 24:00 in Beijing
                "moved_poles": "2026-04-25 16:00:00",
                "rebuilt_poles": "2026-05-10 16:00:00",
            },
        )

    def test_loading_again_changes_nothing(self):
        before = {
            item: (item.write_date, item.form_definition)
            for item in self.env["om.service.item"].search([])
        }
        self.env["om.register.loader"]._load_services()
        self.env.flush_all()
        self.env.invalidate_all()
        after = {
            item: (item.write_date, item.form_definition)
            for item in self.env["om.service.item"].search([])
        }
        self.assertEqual(before, after)
