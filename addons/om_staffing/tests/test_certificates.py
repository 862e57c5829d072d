import base64
import io

from openpyxl import Workbook

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import OmStaffingCommon


@tagged("post_install", "-at_install")
class TestCertificates(OmStaffingCommon):
    def test_valid_on_a_day(self):
        skill = self._certify(
            self.people["data"][0], "cisp", "2025-01-01", "2025-12-31"
        )
        for day, expected in (
            ("2024-12-31", False),
            ("2025-01-01", True),
            ("2025-12-31", True),
            ("2026-01-01", False),
        ):
            found = skill.search([("id", "=", skill.id), ("valid_on", "=", day)])
            self.assertEqual(bool(found), expected, day)
            on = skill.with_context(om_date=day).valid_on
            self.assertEqual(str(on) if on else False, expected and day)

    def test_verified_facts_stay(self):
        skill = self.people["data"][0].employee_skill_ids
        skill.action_verify()
        self.assertEqual(skill.verified_by, self.env.user)
        staffing = self._create_user("staffing")
        with self.assertRaises(UserError):
            skill.with_user(staffing).valid_to = "2030-01-01"
        with self.assertRaises(UserError):
            skill.with_user(staffing).verified_on = False
        skill.with_user(staffing).action_unverify()
        skill.with_user(staffing).valid_to = "2030-01-01"
        self.assertFalse(skill.verified_on)

    def test_verify_needs_a_number(self):
        skill = self.people["data"][0].employee_skill_ids
        skill.number = False
        with self.assertRaises(UserError):
            skill.action_verify()

    def test_reminders_once_each(self):
        employee = self.people["data"][0]
        skill = employee.employee_skill_ids
        skill.valid_to = "2026-06-30"
        officer = self._create_user("staffing")
        self.company.om_staffing_user_id = officer
        Skill = self.env["hr.employee.skill"]

        def count():
            return len(
                employee.activity_ids.filtered(lambda one: one.user_id == officer)
            )

        for day, expected in (
            ("2026-03-31", 0),
            ("2026-04-01", 1),
            ("2026-04-02", 1),
            ("2026-05-31", 2),
            ("2026-06-23", 3),
            ("2026-06-30", 3),
        ):
            with freeze_time(f"{day} 03:00:00"):
                Skill._cron_remind()
            self.assertEqual(count(), expected, day)

    def test_no_reminder_once_renewed(self):
        employee = self.people["data"][0]
        employee.employee_skill_ids.valid_to = "2026-06-30"
        self._certify(employee, "analyst_senior", "2026-07-01", "2029-06-30")
        with freeze_time("2026-06-25 03:00:00"):
            self.env["hr.employee.skill"]._cron_remind()
        self.assertFalse(employee.activity_ids)

    def test_insurance_gaps(self):
        employee = self._create_employee("gaps", months=("2025-08-01", "2025-10-01"))
        with freeze_time("2025-12-03"):
            self.assertEqual(employee.om_insurance_gaps, "2025-09, 2025-11")

    def test_month_to_come(self):
        with freeze_time("2025-12-03"), self.assertRaises(ValidationError):
            self._insure(self.people["data"][0], "2026-01-01")

    # ------------------------------------------------------------
    # Import
    # ------------------------------------------------------------

    def _import(self, *rows):
        book = Workbook()
        sheet = book.active
        for row in (("姓名", "证件号码", "参保单位", "起始年月", "终止年月"), *rows):
            sheet.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        return (
            self.env["om.social.insurance.import"]
            .create(
                {
                    "file": base64.b64encode(buffer.getvalue()),
                    "file_name": "2025.xlsx",
                    "company_id": self.company.id,
                }
            )
            .action_import()
        )

    def test_import(self):
        one = self._create_employee("甲01", months=(), identification_id="ID1")
        two = self._create_employee("甲02", months=())
        own = self.company.name
        self._import(
            ("甲01", "id1", own, 202509, 202511), ("甲02", None, own, "2025-11", None)
        )
        self.assertEqual(len(one.om_insurance_ids), 3)
        self.assertEqual(len(two.om_insurance_ids), 1)
        self._import(("甲01", "ID1", own, 202508, 202511))
        self.assertEqual(len(one.om_insurance_ids), 4)

    def test_import_of_two_employers(self):
        """Months paid by somebody else are kept, and close no gap of ours."""
        one = self._create_employee("甲01", months=())
        other = self.env["res.partner"].create(
            {"name": "乙人力资源公司", "is_company": True}
        )
        self._import(
            ("甲01", None, self.company.name, 202508, 202509),
            ("甲01", None, other.name, 202509, 202510),
            ("甲01", None, self.company.name, 202511, None),
        )
        lines = one.om_insurance_ids
        paid = {(line.employer_id, line.month.month) for line in lines.sorted("month")}
        own = self.company.partner_id
        self.assertEqual(paid, {(own, 8), (own, 9), (other, 9), (other, 10), (own, 11)})
        self.assertTrue(one.om_insurance_gaps.startswith("2025-10, 2025-12"))

    def test_import_all_or_nothing(self):
        one = self._create_employee("甲01", months=(), identification_id="ID1")
        for wrong, words in (
            (("甲03", None, None, 202511, None), "A3: "),
            (("甲01", "ID2", None, 202511, None), "A3: "),
            (("甲02", "ID1", None, 202511, None), "B3: "),
            (("甲01", "ID1", "某公司", 202511, None), "C3: "),
            (("甲01", "ID1", None, 202513, None), "D3: "),
            (("甲01", "ID1", None, 202511, "以后"), "E3: "),
        ):
            with self.assertRaises(UserError) as caught:
                self._import(("甲01", "ID1", None, 202509, None), wrong)
            self.assertIn(words, str(caught.exception))
            self.assertFalse(one.om_insurance_ids)

    def test_import_of_something_else(self):
        wizard = self.env["om.social.insurance.import"].create(
            {"file": base64.b64encode(b"no table"), "company_id": self.company.id}
        )
        with self.assertRaises(UserError):
            wizard.action_import()
