import base64
import io
import re

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

    def test_what_bids_stand_on_stays(self):
        """Verified certificates, their kinds, levels and people are not deleted away,
        by nobody; a kind does not become another one under them."""
        employee = self.people["data"][0]
        one = employee.employee_skill_ids
        kind, kinds, level = one.skill_id, one.skill_type_id, one.skill_level_id
        one.action_verify()
        for user in (self._create_user("staffing"), self._create_user("administrator")):
            for record in (one, kind, kinds, level):
                with self.assertRaises(UserError, msg=record), self.env.cr.savepoint():
                    record.with_user(user).unlink()
            with self.assertRaises(UserError):
                kind.with_user(user).name = "其他证书"
            # The person's page deletes by commands of its own.
            with self.assertRaises(UserError):
                employee.with_user(user).write({"employee_skill_ids": [(2, one.id)]})
        alone = self._create_employee("alone", ["cisp"], months=())
        alone.employee_skill_ids.action_verify()
        for person in (employee, alone):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                person.unlink()
        self.assertTrue(one.exists() and one.verified_on)
        kind.name = kind.name
        # A wrong entry goes once its verification was taken back, which is logged.
        one.action_unverify()
        one.unlink()
        self.assertFalse(one.exists())

    def test_kind_that_posts_ask_for_stays(self):
        kind = self.skill["cisp"]
        self.env["hr.employee.skill"].search([("skill_id", "=", kind.id)]).unlink()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            kind.unlink()

    def test_without_an_end_and_renewed_before_it(self):
        employee = self._create_employee("renewed")
        endless = self._certify(employee, "cisp", "2020-01-01", False)
        self.assertFalse(endless.valid_to)
        self.assertTrue(endless.with_context(om_date="2099-01-01").valid_on)
        old = self._certify(employee, "analyst_senior", "2023-01-01", "2026-06-30")
        new = self._certify(employee, "analyst_senior", "2026-06-01", "2029-05-31")
        self.assertEqual(str(old.valid_to), "2026-06-30")
        self.assertEqual(len(employee.employee_skill_ids), 3)
        self.assertTrue(new.exists())

    def test_verify_many(self):
        many = self.env["hr.employee.skill"].concat(
            *(one.employee_skill_ids for one in self.people["electrician"])
        )
        many.action_verify()
        self.assertEqual(len(many.filtered("verified_on")), 4)

    def test_reminders_once_each(self):
        employee = self.people["data"][0]
        skill = employee.employee_skill_ids
        skill.valid_to = "2026-06-30"
        officer = self._create_user("staffing")
        self.company.om_staffing_user_id = officer
        Message = self.env["mail.message"]

        def count():
            mine = employee.activity_ids.filtered(lambda one: one.user_id == officer)
            told = Message.search_count(
                [("notified_partner_ids", "in", officer.partner_id.ids)]
            )
            return len(mine), told

        # One reminder that stays until it is done, told of at 90, 60 and 30 days.
        for day, expected in (
            ("2026-03-31", (0, 0)),
            ("2026-04-01", (1, 1)),
            ("2026-04-02", (1, 1)),
            ("2026-05-01", (1, 2)),
            ("2026-05-31", (1, 3)),
            ("2026-06-23", (1, 3)),
            ("2026-06-30", (1, 3)),
        ):
            with freeze_time(f"{day} 03:00:00"):
                self.env["om.expiry"]._cron_remind()
            self.assertEqual(count(), expected, day)

    def test_no_reminder_once_renewed(self):
        employee = self.people["data"][0]
        employee.employee_skill_ids.valid_to = "2026-06-30"
        self._certify(employee, "analyst_senior", "2026-07-01", "2029-06-30")
        with freeze_time("2026-06-25 03:00:00"):
            self.env["om.expiry"]._cron_remind()
        self.assertFalse(employee.activity_ids)

    def test_insurance_gaps(self):
        employee = self._create_employee("gaps", months=("2025-08-01", "2025-10-01"))
        with freeze_time("2025-12-03"):
            self.assertRegex(employee.om_insurance_gaps, "^2025-09( and |和)2025-11$")

    def test_month_to_come(self):
        with freeze_time("2025-12-03"), self.assertRaises(ValidationError):
            self._insure(self.people["data"][0], "2026-01-01")

    # ------------------------------------------------------------
    # Import
    # ------------------------------------------------------------

    def _import(self, *rows):
        return self._open_import(*rows).action_import()

    def _open_import(self, *rows):
        book = Workbook()
        sheet = book.active
        for row in (("姓名", "证件号码", "参保单位", "起始年月", "终止年月"), *rows):
            sheet.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        return self.env["om.social.insurance.import"].create(
            {
                "file": base64.b64encode(buffer.getvalue()),
                "file_name": "2025.xlsx",
                "company_id": self.company.id,
            }
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

    def test_what_an_import_would_do_is_shown_first(self):
        one = self._create_employee("甲01", months=(), identification_id="ID1")
        self._import(("甲01", "ID1", None, 202509, None))
        wizard = self._open_import(("甲01", "ID1", None, 202509, 202511))
        self.assertFalse(wizard.is_wrong)
        first, person = wizard.preview.splitlines()
        self.assertEqual(re.findall(r"\d+", first), ["2", "1", "1"])
        self.assertIn("甲01", person)
        self.assertIn("2025-10", person)
        self.assertNotIn("2025-09", person)
        self.assertEqual(len(one.om_insurance_ids), 1, "nothing is done yet")
        wrong = self._open_import(
            ("甲09", None, None, 202511, None), ("甲01", "ID1", None, 202513, None)
        )
        self.assertTrue(wrong.is_wrong)
        # In the order of the sheet, whatever is wrong with the row.
        self.assertLess(wrong.preview.index("A2: "), wrong.preview.index("D3: "))

    def test_an_import_is_taken_back_from_what_it_shows(self):
        one = self._create_employee("甲01", months=(), identification_id="ID1")
        self._import(("甲01", "ID1", None, 202509, None))
        action = self._import(("甲01", "ID1", None, 202509, 202511))
        months = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(months), 2)
        dialog = months.action_withdraw()
        self.env[dialog["res_model"]].with_context(**dialog["context"]).create(
            {"reason": "甲文件有误"}
        ).action_confirm()
        self.assertEqual(one.om_insurance_ids.month.month, 9)

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
        self.assertRegex(one.om_insurance_gaps, "^2025-10(, |、)2025-12")

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
