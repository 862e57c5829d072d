from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import OmStaffingCommon

# A Wednesday; 01:00 UTC is 09:00 in Beijing.
BEGINS = datetime(2026, 9, 30, 1, 0)


@tagged("post_install", "-at_install")
class TestServiceRequestDuty(OmStaffingCommon):
    """Meetings at the emergency command centre, with two engineers on duty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        purchaser = cls.env["res.partner"].create(
            {"name": "采购单位", "is_company": True, "om_role": "purchaser"}
        )
        cls.contract = cls.env["agreement"].create(
            {
                "name": "甲合同",
                "code": "DUTY-1",
                "partner_id": purchaser.id,
                "company_id": cls.company.id,
            }
        )
        cls.centre = (
            cls.env.ref("om_staffing.tender_emergency")
            .sudo()
            .copy({"company_id": cls.company.id, "agreement_id": cls.contract.id})
        )
        cls.video, cls.image, *_others = cls.centre.post_ids
        cls.staff = [cls._create_employee(f"甲{number}") for number in range(3)]
        cls.roster = cls.env["om.roster"].create(
            {
                "tender_id": cls.centre.id,
                "date_from": "2026-09-28",
                "date_to": "2026-10-04",
                "gap_reason": "测试",
                "shift_ids": [
                    Command.create(
                        {
                            "employee_id": employee.id,
                            "post_id": post.id,
                            "start": "2026-09-29 16:00:00",
                            "stop": "2026-09-30 16:00:00",
                        }
                    )
                    for employee, post in zip(
                        cls.staff, (cls.video, cls.video, cls.image), strict=True
                    )
                ],
            }
        )
        cls.item = cls.env["om.service.item"].create(
            {
                "name": "视频会议保障",
                "agreement_id": cls.contract.id,
                "company_id": cls.company.id,
                "asks_time": True,
                "duration": 2,
                "people_needed": 2,
                "post_id": cls.video.id,
            }
        )

    def _ask(self, start=BEGINS, **values):
        with freeze_time("2026-09-28 02:00:00"):
            return self.env["helpdesk.ticket"].create(
                {
                    "name": "会议",
                    "description": "会议",
                    "service_item_id": self.item.id,
                    "request_start": start,
                    "company_id": self.company.id,
                    **values,
                }
            )

    @freeze_time("2026-09-28 02:00:00")
    def test_two_meetings_at_one_time(self):
        """Two video engineers on duty, two needed for each: the second shows the gap.
        The image engineer on duty holds no meeting."""
        self.roster.action_publish()
        first, second = self._ask(), self._ask(datetime(2026, 9, 30, 2, 0))
        self.assertNotIn("By the roster", first.planning_text or "")
        self.assertIn(
            "By the roster 0 of 2 people are free at 2026-09-30 10:00: 2 missing",
            second.planning_text,
        )
        self.assertEqual(self.roster.request_count, 2)
        self.assertIn(second.number, self.roster.request_text)
        self.assertIn("0 of 2", self.roster.request_text)
        second.with_user(self.env.user).request_start = datetime(2026, 9, 30, 3, 0)
        second.invalidate_recordset()
        self.assertNotIn("By the roster", second.planning_text or "")

    @freeze_time("2026-09-28 02:00:00")
    def test_only_published_rosters_answer(self):
        first, second = self._ask(), self._ask()
        for each in (first, second):
            self.assertNotIn("By the roster", each.planning_text or "")
        self.roster.action_publish()
        (first | second).invalidate_recordset()
        self.assertIn("By the roster", second.planning_text)
        self.roster.action_reopen()
        (first | second).invalidate_recordset()
        self.assertNotIn("By the roster", second.planning_text or "")

    @freeze_time("2026-09-28 02:00:00")
    def test_a_day_without_anybody(self):
        """The roster covers the day, and names nobody."""
        self.roster.action_publish()
        alone = self._ask(datetime(2026, 10, 2, 1, 0))
        self.assertIn("0 of 2 people are free", alone.planning_text)

    @freeze_time("2026-09-28 02:00:00")
    def test_the_roster_says_who_is_on_duty(self):
        """Of the ticket's contract, at that moment, once it is published."""
        user = self._create_user("engineer")
        self.staff[0].user_id = user
        system = self._create_system(agreement_id=self.contract.id)
        ticket, other = self.env["helpdesk.ticket"].create(
            [
                {"name": "断电", "description": "断电", **values}
                for values in (
                    {"system_id": system.id},
                    {"system_id": self._create_system("乙单位系统").id},
                )
            ]
        )
        tickets = ticket | other
        self.assertFalse(any(tickets._om_get_on_duty(BEGINS).values()))
        self.roster.action_publish()
        self.assertEqual(tickets._om_get_on_duty(BEGINS), {ticket.id: user})
        # The shift ends at midnight in Beijing, 16:00 UTC.
        self.assertFalse(tickets._om_get_on_duty(datetime(2026, 9, 30, 16, 0)))
        self.assertEqual(
            tickets._om_get_on_duty(datetime(2026, 9, 30, 15, 59)), {ticket.id: user}
        )
