import base64
import io
from datetime import date

import xlsxwriter
from hypothesis import given

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.om_base.tests.common import new_test_user
from odoo.addons.om_base.tests.written import CASES as WRITTEN
from odoo.addons.om_base.tests.written import rows_of, write_and_read
from odoo.addons.om_base.tools.sheets import Sheet, SheetError

from ..wizards.om_attendance_import import SHEET, check_rows
from .common import OmStaffingCommon

HEADS = dict(enumerate(("日期", "姓名", "到岗情况", "替岗人", "说明")))


class TestAttendanceSheet(BaseCase):
    def test_rows_and_what_is_wrong(self):
        sheet = Sheet(
            SHEET,
            [
                (1, HEADS),
                (2, {0: date(2026, 9, 28), 1: "甲0", 2: "到岗"}),
                (3, {0: "2026/9/28", 1: "甲1", 2: "替岗", 3: "甲9"}),
                (4, {0: "昨天", 1: "甲2", 2: "到岗"}),
                (5, {0: "2026-09-28", 1: "", 2: "到岗"}),
                (6, {0: "2026-09-28", 1: "甲3", 2: "在"}),
                (7, {0: "2026-09-28", 1: "甲3", 2: "替岗"}),
                (8, {0: "2026-09-28", 1: "甲3", 2: "缺勤"}),
                (9, {}),
            ],
        )
        day = date(2026, 9, 28)
        self.assertEqual(
            [(row.number, *row.values.values()) for row in check_rows(sheet)],
            [
                (2, day, "甲0", "present", "", ""),
                (3, day, "甲1", "replaced", "甲9", ""),
            ],
        )
        self.assertEqual(
            [(each.row, each.column) for each in sheet.problems],
            [
                (4, "日期"),
                (5, "姓名"),
                (6, "到岗情况"),
                (7, "替岗人"),
                (8, "说明"),
            ],
        )
        self.assertEqual(sheet.problems[0].detail, "昨天")

    def test_columns_that_are_missing(self):
        with self.assertRaises(SheetError) as caught:
            Sheet(SHEET, [(1, {0: "姓名"})])
        self.assertEqual(caught.exception.missing, ["日期", "到岗情况"])

    @WRITTEN
    @given(rows_of(SHEET))
    def test_what_is_written_is_read(self, rows):
        self.assertEqual(write_and_read(SHEET, rows), (rows, []))


@tagged("post_install", "-at_install")
@freeze_time("2026-09-28 08:00:00")
class TestAttendance(OmStaffingCommon):
    """Monday 28 September at the emergency centre: two video engineers, one for images,
    one for technical support are the least of a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.centre = (
            cls.env.ref("om_staffing.tender_emergency")
            .sudo()
            .copy({"company_id": cls.company.id})
        )
        cls.video, cls.image, cls.support, _manager = cls.centre.post_ids
        cls.staff = [cls._create_employee(f"甲{number}") for number in range(5)]
        posts = (cls.video, cls.video, cls.image, cls.support)
        cls.roster = cls.env["om.roster"].create(
            {
                "tender_id": cls.centre.id,
                "date_from": "2026-09-28",
                "date_to": "2026-09-29",
                "gap_reason": "测试",
                "shift_ids": [
                    Command.create(
                        {
                            "employee_id": employee.id,
                            "post_id": post.id,
                            "start": f"{day} 00:00:00",
                            "stop": f"{day} 10:00:00",
                        }
                    )
                    for day in ("2026-09-28", "2026-09-29")
                    for employee, post in zip(cls.staff[:4], posts, strict=True)
                ],
            }
        )
        cls.users = {
            role: new_test_user(
                cls.env,
                f"attendance_{role}",
                groups=f"om_base.group_{role}",
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for role in ("dispatcher", "engineer", "manager", "auditor")
        }

    def _open(self, role="dispatcher"):
        action = self.roster.with_user(self.users[role]).action_attendance()
        return (
            self.env["om.attendance"]
            .with_user(self.users[role])
            .search(action["domain"], order="post_id, employee_id")
        )

    def test_the_roster_makes_the_sheet_up_to_today(self):
        with self.assertRaisesRegex(UserError, "Publish the roster first"):
            self._open()
        self.roster.action_publish()
        lines = self._open()
        self.assertEqual(len(lines), 4)
        self.assertEqual({str(line.day) for line in lines}, {"2026-09-28"})
        self.assertEqual(self._open(), lines, "opened again: nobody twice")

    def test_the_roster_reads_it(self):
        self.roster.action_publish()
        first, second, image, support = self._open()
        first.action_present()
        second.replacement_id = self.staff[4]
        second.action_replaced()
        support.action_late()
        self.assertNotIn("were there", self.roster.attendance_text)
        with self.assertRaisesRegex(UserError, "why .* was absent"):
            image.action_absent()
        image.note = "病假"
        image.action_absent()
        self.roster.invalidate_recordset()
        text = self.roster.attendance_text
        self.assertIn("病假", text)
        self.assertIn(self.staff[4].name, text)
        self.assertIn(f"{self.image.name} 0 of 1 were there", text)
        self.assertNotIn(f"{self.video.name} ", text, "somebody came instead")
        self.centre.sudo().agreement_id = self.env["agreement"].create(
            {
                "name": "甲合同",
                "code": "ATTENDANCE-1",
                "partner_id": self.company.partner_id.id,
                "company_id": self.company.id,
            }
        )
        counts = self.env["om.attendance"]._count(
            self.centre.agreement_id, date(2026, 9, 28), date(2026, 9, 29)
        )
        self.assertEqual(
            dict(counts), {"present": 1, "replaced": 1, "late": 1, "absent": 1}
        )

    def test_the_post_reads_it(self):
        """Two video engineers: one is there, another comes instead of the second; the
        one of the images is absent. Those who may not read the sheet read nothing."""
        self.roster.action_publish()
        first, second, image, _support = self._open()
        first.action_present()
        self.assertIn("1 of 2 are there", self.video.duty_text)
        second.replacement_id = self.staff[4]
        second.action_replaced()
        image.note = "病假"
        image.action_absent()
        posts = self.video | self.image
        posts.invalidate_recordset()
        self.assertIn("2 of 2 are there", self.video.duty_text)
        self.assertIn(self.staff[4].name, self.video.duty_text)
        self.assertIn("病假", self.image.duty_text)
        self.assertIn("0 of 1 are there", self.image.duty_text)
        self.assertEqual(posts.mapped("attendance_count"), [2, 1])
        action = self.video.action_attendance()
        self.assertEqual(
            self.env["om.attendance"].search(action["domain"]), first | second
        )
        hidden = posts.sudo(False).with_user(self.users["engineer"])
        self.assertFalse(any(hidden.mapped("duty_text")))
        with freeze_time("2026-09-29 08:00:00"):
            posts.invalidate_recordset()
            self.assertFalse(self.video.duty_text, "not entered on this day")

    def test_what_was_entered_stays(self):
        self.roster.action_publish()
        line = self._open()[0]
        line.action_present()
        for attempt in (
            lambda: line.write({"state": "absent"}),
            lambda: line.write({"day": "2026-09-27"}),
            lambda: line.action_late(),
            lambda: line.unlink(),
        ):
            with self.assertRaises(UserError):
                attempt()
        mine = line.with_user(self.users["manager"])
        with self.assertRaisesRegex(UserError, "why it is taken back"):
            mine.action_take_back()
        mine.note = "记错人"
        with self.assertRaises(AccessError):
            line.action_take_back()
        mine.action_take_back()
        self.assertEqual(line.state, "expected")
        self.assertEqual(line.sudo().act_ids.sorted("id")[-1].reason, "记错人")

    def test_nothing_ahead_and_nobody_replaces_himself(self):
        line = self.env["om.attendance"].create(
            {
                "tender_id": self.centre.id,
                "employee_id": self.staff[0].id,
                "post_id": self.video.id,
                "day": "2026-09-29",
            }
        )
        with self.assertRaisesRegex(UserError, "lies ahead"):
            line.action_present()
        line.day = "2026-09-28"
        with self.assertRaisesRegex(UserError, "who came in place"):
            line.action_replaced()
        line.replacement_id = self.staff[0]
        with self.assertRaisesRegex(UserError, "replaces himself"):
            line.action_replaced()

    def test_roles(self):
        self.roster.action_publish()
        line = self._open()[0]
        with self.assertRaises(AccessError):
            line.with_user(self.users["engineer"]).read(["state"])
        self.assertTrue(line.with_user(self.users["auditor"]).read(["state"]))
        with self.assertRaises(AccessError):
            line.with_user(self.users["auditor"]).action_present()
        self.assertFalse(
            self.roster.with_user(self.users["engineer"]).attendance_text,
            "of a roster that everybody reads",
        )

    def _sheet(self, *rows):
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream)
        page = book.add_worksheet()
        for number, row in enumerate((tuple(HEADS.values()), *rows)):
            page.write_row(number, 0, row)
        book.close()
        return base64.b64encode(stream.getvalue())

    def _import(self, *rows):
        wizard = (
            self.env["om.attendance.import"]
            .with_user(self.users["dispatcher"])
            .create({"roster_id": self.roster.id, "file": self._sheet(*rows)})
        )
        return wizard.action_import()

    def test_a_sheet(self):
        self.roster.action_publish()
        day = "2026-09-28"
        with self.assertRaisesRegex(UserError, "(?s)row 3.*丁.*row 4.*more than one"):
            self._import(
                (day, "甲0", "到岗"),
                (day, "丁", "到岗"),
                (day, "甲1", "替岗", "无此人"),
            )
        self.assertFalse(
            self.env["om.attendance"].search_count(
                [("tender_id", "=", self.centre.id), ("state", "!=", "expected")]
            )
        )
        self._import(
            (day, "甲0", "到岗"),
            (day, "甲1", "替岗", "甲4"),
            (day, "甲2", "缺勤", "", "病假"),
            (day, "甲3", "迟到"),
        )
        states = {line.employee_id.name: line.state for line in self._open()}
        self.assertEqual(
            states,
            {"甲0": "present", "甲1": "replaced", "甲2": "absent", "甲3": "late"},
        )
        with self.assertRaisesRegex(UserError, "entered already"):
            self._import((day, "甲0", "缺勤", "", "改"))
