from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import OmStaffingCommon


@tagged("post_install", "-at_install")
class TestRosterRecords(OmStaffingCommon):
    """A week at the emergency command centre with National Day in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.centre = (
            cls.env.ref("om_staffing.tender_emergency")
            .sudo()
            .copy({"company_id": cls.company.id})
        )
        cls.video, cls.image, cls.support, cls.manager = cls.centre.post_ids
        cls.staff = [cls._create_employee(f"甲{number}") for number in range(4)]
        cls.roster = cls.env["om.roster"].create(
            {
                "tender_id": cls.centre.id,
                "date_from": "2026-09-28",
                "date_to": "2026-10-04",
                "shift_ids": [
                    Command.create(
                        {
                            "employee_id": employee.id,
                            "post_id": post.id,
                            # Shanghai's midnight is 16:00 of the day before in UTC.
                            "start": f"{before} 16:00:00",
                            "stop": f"{day} 16:00:00",
                        }
                    )
                    for before, day in (
                        ("2026-09-27", "2026-09-28"),
                        ("2026-09-28", "2026-09-29"),
                        ("2026-09-29", "2026-09-30"),
                        ("2026-09-30", "2026-10-01"),
                        ("2026-10-01", "2026-10-02"),
                        ("2026-10-02", "2026-10-03"),
                        ("2026-10-03", "2026-10-04"),
                    )
                    for employee, post in zip(
                        cls.staff,
                        (cls.video, cls.video, cls.image, cls.support),
                        strict=True,
                    )
                ],
            }
        )

    def test_complete_week(self):
        self.assertEqual(self.roster.gap_count, 0)
        self.roster.action_publish()
        self.assertEqual(self.roster.state, "published")
        with self.assertRaises(UserError):
            self.roster.shift_ids[0].unlink()
        with self.assertRaises(UserError):
            self.roster.with_user(self._create_user("dispatcher")).with_context(
                om_posting_act=1, om_act=1
            ).state = "draft"

    def test_gap_on_the_holiday(self):
        self.roster.shift_ids.filtered(
            lambda one: one.employee_id == self.staff[3] and one.stop.day == 1
        ).unlink()
        self.assertEqual(self.roster.gap_count, 1)
        self.assertIn("2026-10-01", self.roster.gap_text)
        with self.assertRaises(UserError):
            self.roster.action_publish()
        self.roster.gap_reason = "采购人同意"
        self.roster.action_publish()

    def test_twice_on_duty(self):
        self.roster.shift_ids[0].copy({"post_id": self.image.id})
        with self.assertRaises(ValidationError):
            self.roster.action_publish()

    def test_repeat(self):
        action = self.roster.action_repeat()
        following = self.roster.browse(action["res_id"])
        self.assertEqual(str(following.date_from), "2026-10-05")
        self.assertEqual((len(following.shift_ids), following.gap_count), (28, 0))
