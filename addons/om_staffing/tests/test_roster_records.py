from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

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

    # ------------------------------------------------------------
    # People by days
    # ------------------------------------------------------------

    def _row(self, grid, person):
        [row] = [row for row in grid["rows"] if row["id"] == person.id]
        return row

    def _column(self, grid, day):
        return [each["day"] for each in grid["days"]].index(day)

    def test_the_grid_shows_people_days_and_needs(self):
        grid = self.roster.get_grid()
        self.assertEqual(len(grid["days"]), 7)
        # Of the week Thursday to Sunday are days off: National Day is a Thursday.
        self.assertEqual(
            [day["day"] for day in grid["days"] if day["is_rest"]],
            ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"],
        )
        row = self._row(grid, self.staff[0])
        self.assertEqual(row["hours"], 7 * 24)
        self.assertEqual([len(cell["shifts"]) for cell in row["cells"]], [1] * 7)
        self.assertEqual(row["cells"][0]["shifts"][0]["label"], "0–0")
        video = grid["posts"][0]
        self.assertEqual(video["id"], self.video.id)
        self.assertEqual(video["cells"][0], {"have": 2, "need": 2, "gaps": []})

    def test_a_shift_is_dragged_to_another_day_and_person(self):
        newcomer = self._create_employee("甲新人")
        shift = self.roster.shift_ids.filtered(
            lambda one: one.employee_id == self.staff[3]
        ).sorted("start")[0]
        dispatcher = self._create_user("dispatcher")
        roster = self.roster.with_user(dispatcher)
        grid = roster.move_shift(shift.id, newcomer.id, "2026-10-01")
        # 1 October in Beijing begins on 30 September, 16:00 UTC.
        self.assertEqual(str(shift.start), "2026-09-30 16:00:00")
        self.assertEqual(shift.employee_id, newcomer)
        support = [post for post in grid["posts"] if post["id"] == self.support.id][0]
        first = support["cells"][0]
        self.assertEqual((first["have"], first["need"]), (0, 1))
        self.assertIn("2026-09-28", first["gaps"][0])
        self.assertEqual(grid["gap_count"], 1)
        roster.drop_shift(shift.id)
        grid = roster.plan_shift(
            self.staff[3].id, "2026-09-28", self.support.id, "09:00", 540
        )
        self.assertEqual(grid["gap_count"], 0)
        row = self._row(grid, self.staff[3])
        self.assertEqual(row["cells"][0]["shifts"][0]["label"], "9–18")

    def test_nobody_is_dragged_onto_himself(self):
        first, second = self.roster.shift_ids.filtered(
            lambda one: one.employee_id == self.staff[0]
        ).sorted("start")[:2]
        with self.assertRaisesRegex(ValidationError, "twice"):
            self.roster.move_shift(second.id, self.staff[0].id, "2026-09-28")
        with self.assertRaisesRegex(UserError, "outside"):
            self.roster.move_shift(first.id, self.staff[0].id, "2026-10-05")

    def test_what_is_published_stays(self):
        shift = self.roster.shift_ids[0]
        self.roster.action_publish()
        grid = self.roster.get_grid()
        self.assertFalse(grid["is_open"])
        with self.assertRaises(UserError):
            self.roster.drop_shift(shift.id)
        reader = self.roster.with_user(self._create_user("engineer"))
        self.assertFalse(reader.get_grid()["is_open"])
        self.assertEqual(len(reader.get_grid()["rows"]), 4)
        with self.assertRaises(AccessError):
            reader.plan_shift(
                self.staff[0].id, "2026-09-28", self.video.id, "09:00", 60
            )

    def test_who_was_there_stands_beside(self):
        self.roster.action_publish()
        with freeze_time("2026-10-02 04:00:00"):
            lines = self.env["om.attendance"]._expect(
                self.roster, self.roster.date_from, self.roster.date_from
            )
            line = lines.filtered(lambda one: one.employee_id == self.staff[0])
            line.note = "示例：家中有事"
            line.action_absent()
        self.env.invalidate_all()
        grid = self.roster.get_grid()
        fact = self._row(grid, self.staff[0])["cells"][0]["fact"]
        self.assertEqual(fact["state"], "absent")
        self.assertIn("家中有事", fact["label"])
        self.assertFalse(self._row(grid, self.staff[1])["cells"][0]["fact"])

    def test_sheets_of_paper_hold_all_days(self):
        self.roster.write({"date_to": "2026-10-31"})
        sheets = self.roster._get_grid_sheets()
        # 34 days: three sheets of 12, 12 and 10.
        self.assertEqual([len(sheet["days"]) for sheet in sheets], [12, 12, 10])
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "om_staffing.om_roster_grid_report", self.roster.ids
        )
        text = html.decode()
        for person in self.staff:
            self.assertIn(person.name, text)

    def test_the_grid_is_read_in_a_batch(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.roster.get_grid()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        self.env["om.roster.shift"].create(
            [
                {
                    "roster_id": self.roster.id,
                    "employee_id": self._create_employee(f"乙{number}").id,
                    "post_id": self.support.id,
                    "start": "2026-09-29 01:00:00",
                    "stop": "2026-09-29 10:00:00",
                }
                for number in range(10)
            ]
        )
        self.assertLessEqual(count(), few)
