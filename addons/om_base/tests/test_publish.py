from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase

from .common import new_test_user
from .test_notice import NOTICE_2026

# Invented list for a year that is not published; the weekdays are those of 2027.
NOTICE_2027 = """
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至13日（周六）放假调休，共9天。2月14日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""


class TestPublish(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM om_calendar_day")
        cls.env.registry.clear_cache()
        administrator = new_test_user(
            cls.env, "pub_administrator", groups="om_base.group_administrator"
        )
        cls.env = cls.env(user=administrator)
        cls.calendar = cls.env["om.calendar"]
        cls.Day = cls.env["om.calendar.day"]

    def _wizard(self, holidays=NOTICE_2027, year=2027, **values):
        return self.env["om.calendar.publish"].create(
            {"year": year, "source": "Notice 1", "holidays": holidays, **values}
        )

    def test_form(self):
        with Form(self.env["om.calendar.publish"]) as form:
            self.assertEqual(form.year, 2027)
            form.source = "Notice 1"
            self.assertTrue(form.has_problems)
            form.holidays = "1月1日（周四）放假"
            self.assertTrue(form.has_problems)
            self.assertIn("周五", form.preview)
            form.holidays = NOTICE_2027
            self.assertFalse(form.has_problems)
            self.assertIn("2027-02-05 – 2027-02-13", form.preview)
            # 365 days less 104 weekend days, less 18 weekdays off, plus 5 make-up
            # days.
            self.assertIn("248 working days", form.preview)
            form.year = 1900
            self.assertTrue(form.has_problems)

    def test_shows_what_is_in_force(self):
        wizard = self._wizard(holidays=False, year=2026)
        self.assertTrue(wizard.has_problems)
        self.assertIn("2026-02-15 – 2026-02-23", wizard.preview)
        self.assertIn("2026-10-10", wizard.preview)
        self.assertIn("In force", wizard.preview)
        wizard.year = 2027
        self.assertIn("provisionally", wizard.preview)
        self.assertIn("2027-06-09", wizard.preview)

    def test_save(self):
        action = self._wizard().action_save()
        days = self.Day.search(action["domain"])
        self.assertEqual(len(days), 29 + 5)
        self.assertEqual(set(days.mapped("is_official")), {True})
        self.assertEqual(set(days.mapped("source")), {"Notice 1"})
        self.assertFalse(self.calendar.is_provisional("2027-01-01"))
        self.assertTrue(self.calendar.is_workday("2027-02-14"))
        self.assertFalse(self.calendar.is_workday("2027-02-12"))
        self.assertEqual(self.calendar.add_workdays("2027-02-04", 2), date(2027, 2, 15))
        # The next list to come is the next year's.
        self.assertEqual(self.env["om.calendar.publish"]._default_year(), 2028)

    def test_saving_twice_changes_nothing(self):
        self._wizard().action_save()
        wizard = self._wizard()
        self.assertIn("unchanged: 34", wizard.preview)
        before = self.Day.search([]).mapped("write_date")
        wizard.action_save()
        self.assertEqual(self.Day.search([]).mapped("write_date"), before)

    def test_correction_is_complete_and_recorded(self):
        self._wizard().action_save()
        self.env.flush_all()
        self.cr.precommit.run()
        corrected = NOTICE_2027.replace("2月14日（周日）、2月20日", "2月20日").replace(
            "9月15日（周三）放假，共1天", "9月15日（周三）至16日（周四）放假，共2天"
        )
        wizard = self._wizard(corrected, source="Notice 2")
        wizard.action_save()
        self.assertFalse(self.calendar.is_workday("2027-02-14"))
        self.assertFalse(self.calendar.is_workday("2027-09-16"))
        self.env.flush_all()
        self.cr.precommit.run()
        day = self.Day.search([("date", "=", "2027-02-14")])
        changed = day.sudo().message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertIn("kind", changed)

    def test_the_list_decides_over_the_libraries(self):
        """What the libraries take for special and the list does not is ordinary."""
        without = "\n".join(
            line for line in NOTICE_2026.splitlines() if "中秋" not in line
        )
        wizard = self._wizard(without, year=2026)
        self.assertIn("2026-09-25", wizard.preview)  # the law knows it: a warning
        wizard.action_save()
        self.assertTrue(self.calendar.is_workday("2026-09-25"))
        self.assertFalse(self.calendar.is_workday("2026-09-26"))
        self._wizard(NOTICE_2026, year=2026).action_save()
        self.assertFalse(self.calendar.is_workday("2026-09-25"))

    def test_complete_list_brings_no_warning(self):
        self.assertNotIn("By law", self._wizard().preview)

    def test_all_or_nothing(self):
        wizard = self._wizard(NOTICE_2027 + "\n八、2月30日放假")
        with self.assertRaises(UserError) as caught:
            wizard.action_save()
        self.assertIn("2月30日", str(caught.exception))
        self.assertFalse(self.Day.search([]))
        with self.assertRaises(UserError):
            self._wizard(year=2150).action_save()

    def test_own_days_outside_the_list_stay(self):
        own = self.Day.create({"date": "2027-07-01", "kind": "holiday"})
        self._wizard().action_save()
        self.assertFalse(own.is_official)
        self.assertFalse(self.calendar.is_workday("2027-07-01"))

    def test_december_does_not_publish_its_year(self):
        self._wizard(
            "2027年12月31日至2028年1月2日 元旦", year=2028, workdays="2027-12-26"
        ).action_save()
        self.assertTrue(self.calendar.is_provisional("2027-12-31"))
        self.assertFalse(self.calendar.is_workday("2027-12-31"))
        self.assertTrue(self.calendar.is_workday("2027-12-26"))
        self.assertFalse(self.calendar.is_provisional("2028-01-01"))

    def test_text_is_shown_as_text(self):
        wizard = self._wizard("1月1日 <script>x</script>")
        self.assertNotIn("<script>", wizard.preview)
        wizard = self._wizard("<script>x</script>")
        self.assertNotIn("<script>", wizard.preview)

    def test_queries_do_not_grow_with_the_list(self):
        self._wizard("1月1日放假", year=2030).action_save()
        small = self._count(self._wizard("1月1日放假", year=2031))
        large = self._count(self._wizard("1月1日至15日\n2月1日至15日\n3.1-3.15", 2032))
        self.assertLessEqual(large, small + 3)

    def _count(self, wizard):
        self.env.flush_all()
        before = self.cr.sql_log_count
        wizard.action_save()
        self.env.flush_all()
        return self.cr.sql_log_count - before
