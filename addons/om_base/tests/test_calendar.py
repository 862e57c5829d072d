import json
from datetime import UTC, date, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, freeze_time
from odoo.tools import mute_logger
from odoo.tools.json import json_default

from .common import MAKEUP_2026, new_test_user


class TestCalendar(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM om_calendar_day")
        cls.env.registry.clear_cache()
        cls.engineer = new_test_user(
            cls.env, "cal_engineer", groups="om_base.group_engineer"
        )
        cls.administrator = new_test_user(
            cls.env, "cal_administrator", groups="om_base.group_administrator"
        )
        cls.calendar = cls.env["om.calendar"].with_user(cls.engineer)
        cls.Day = cls.env["om.calendar.day"].with_user(cls.administrator)

    # -- service ------------------------------------------------------------

    def test_strings_and_dates(self):
        calendar = self.calendar
        self.assertEqual(calendar.add_workdays("2026-01-20", 30), date(2026, 3, 9))
        self.assertEqual(
            calendar.add_workdays(date(2026, 1, 20), 30.0), date(2026, 3, 9)
        )
        self.assertEqual(calendar.add_workdays("2026-03-09", -30), date(2026, 1, 20))
        self.assertEqual(calendar.count_workdays("2026-01-20", "2026-03-09"), 30)
        self.assertTrue(calendar.is_workday("2026-02-14"))
        self.assertFalse(calendar.is_provisional("2026-12-31"))
        self.assertTrue(calendar.is_provisional("2027-01-01"))
        self.assertEqual(
            {
                day
                for day in self._days_of_2026()
                if self.calendar.is_workday(day) and day.weekday() > 4
            },
            MAKEUP_2026,
        )

    @staticmethod
    def _days_of_2026():
        first = date(2026, 1, 1).toordinal()
        return [date.fromordinal(first + each) for each in range(365)]

    def _call(self, method, *args, **kwargs):
        """The result as an RPC client receives it."""
        result = call_kw(self.calendar, method, args, kwargs)
        return json.loads(json.dumps(result, default=json_default))

    def test_results_can_travel_by_rpc(self):
        self.assertEqual(self._call("add_workdays", "2026-01-20", 30), "2026-03-09")
        self.assertEqual(self._call("count_workdays", "2026-01-20", "2026-03-09"), 30)
        self.assertIs(self._call("is_workday", date="2026-02-14"), True)
        self.assertIs(self._call("is_provisional", "2027-02-14"), True)
        end = self._call("end_of_period", date="2026-09-16", value=15, unit="day")
        self.assertEqual(end["final_date"], "2026-10-08")
        self.assertEqual(end["ends_at"], "2026-10-08 16:00:00")
        self.assertEqual(end["days"][0]["date"], "2026-10-01")
        with self.assertRaises(AccessError):
            self._call("_get_calendar")

    def test_datetimes_count_in_beijing(self):
        # 17:00 UTC on Friday is Saturday in Beijing.
        self.assertFalse(self.calendar.is_workday(datetime(2026, 3, 6, 17)))
        self.assertFalse(self.calendar.is_workday(datetime(2026, 3, 6, 17, tzinfo=UTC)))
        self.assertTrue(self.calendar.is_workday(datetime(2026, 3, 6, 15)))

    def test_wrong_arguments(self):
        for call in (
            lambda: self.calendar.is_workday("20 January"),
            lambda: self.calendar.is_workday(False),
            lambda: self.calendar.is_workday("2026-01-20 10:00:00"),
            lambda: self.calendar.is_workday("1900-01-01"),
            lambda: self.calendar.add_workdays("2026-01-20", 1.5),
            lambda: self.calendar.add_workdays("2026-01-20", "3"),
            lambda: self.calendar.add_workdays("2026-01-20", True),
            lambda: self.calendar.add_workdays("2026-01-20", 10**9),
            lambda: self.calendar.count_workdays("2026-01-20", "2300-01-01"),
            lambda: self.calendar.end_of_period("2026-01-20", 1, "week"),
            lambda: self.calendar.end_of_period("2026-01-20", -1, "day"),
            lambda: self.calendar.end_of_period("2026-01-20", 0.5, "day"),
            lambda: self.calendar.end_of_period("2026-01-20", 1, "hour"),
            lambda: self.calendar.end_of_period("2026-01-20T25:00", 1, "hour"),
            lambda: self.calendar.end_of_period("2026-01-20 10:00:00", -1, "hour"),
            lambda: self.calendar.end_of_period("2026-01-20", 1, "day", 25),
        ):
            with self.assertRaises(UserError):
                call()

    def test_end_of_period(self):
        end = self.calendar.end_of_period("2026-09-16", 15, "day")
        days = end.pop("days")
        self.assertEqual(
            end,
            {
                "nominal_date": date(2026, 10, 1),
                "final_date": date(2026, 10, 8),
                "ends_at": datetime(2026, 10, 8, 16),
                "moved": True,
                "provisional": False,
            },
        )
        self.assertEqual([day["date"].day for day in days], list(range(1, 8)))
        open_end = self.calendar.end_of_period("2026-03-02", 1, "workday")
        for hour in (24, 24.0):
            end = self.calendar.end_of_period("2026-03-02", 1, "workday", hour)
            self.assertEqual(end, open_end, "open until the day ends")
        end = self.calendar.end_of_period("2026-03-02", 1, "workday", closes_at=17.5)
        self.assertEqual(end["ends_at"], datetime(2026, 3, 3, 9, 30))
        # Naive times are UTC, others carry their zone.
        for start in ("2026-10-01 02:00:00", "2026-10-01T10:00:00+08:00"):
            end = self.calendar.end_of_period(start, 1.5, "hour")
            self.assertEqual(end["ends_at"], datetime(2026, 10, 1, 3, 30))
            self.assertEqual(end["final_date"], date(2026, 10, 1))

    def test_explanation_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["om_base"], ["zh_CN"])
        chinese = self.calendar.with_context(lang="zh_CN")
        rows = chinese.explain("2026-09-28", "2026-10-11")
        self.assertEqual(
            [row["reason"] for row in rows],
            ["国庆节"] * 7 + ["调休上班 (国庆节)", "周末"],
        )
        rows = self.calendar.explain("2026-09-30", "2026-10-01")
        self.assertEqual(rows[0]["reason"], "National Day")

    def test_thousand_questions_one_query(self):
        self.env.registry.clear_cache()
        self.engineer.has_group("om_base.group_user")
        with self.assertQueryCount(1):
            for n in range(1000):
                self.calendar.add_workdays("2026-01-20", n)
        with self.assertQueryCount(0):
            self.calendar.end_of_period("2026-01-20", 30, "workday")

    # -- entries ------------------------------------------------------------

    def test_entries_take_effect_at_once(self):
        self.assertFalse(self.calendar.is_workday("2027-02-20"))
        day = self.Day.create({"date": "2027-02-20", "kind": "workday"})
        self.assertTrue(self.calendar.is_workday("2027-02-20"))
        self.assertTrue(self.calendar.is_provisional("2027-02-20"))
        day.kind = "holiday"
        self.assertFalse(self.calendar.is_workday("2027-02-20"))
        day.write({"kind": "workday", "is_official": True, "source": "Notice"})
        self.assertTrue(self.calendar.is_workday("2027-02-20"))
        self.assertFalse(self.calendar.is_provisional("2027-07-01"))
        self.assertTrue(self.calendar.is_provisional("2028-01-03"))

    def test_own_name_is_shown(self):
        self.Day.create({"date": "2026-07-01", "kind": "holiday", "name": "Moving"})
        rows = self.calendar.explain("2026-06-30", "2026-07-02")
        self.assertEqual([row["reason"] for row in rows], ["Moving"])

    def test_change_invalidates_other_workers(self):
        registry = self.env.registry
        registry.cache_invalidated.clear()
        self.Day.create({"date": "2027-03-01", "kind": "holiday"})
        self.assertIn("default", registry.cache_invalidated)

    @mute_logger("odoo.sql_db")
    def test_one_entry_per_date(self):
        self.Day.create({"date": "2027-03-01", "kind": "holiday"})
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.Day.create({"date": "2027-03-01", "kind": "workday"})

    def test_dates_within_the_calendar(self):
        for day in ("1949-12-31", "2100-01-01"):
            with self.assertRaises(ValidationError):
                self.Day.create({"date": day, "kind": "holiday"})

    def test_changes_leave_a_trace(self):
        day = self.Day.create({"date": "2027-03-01", "kind": "holiday"})
        self.flush_tracking()
        before = day.message_ids
        day.kind = "workday"
        self.flush_tracking()
        tracking = (day.message_ids - before).sudo().tracking_value_ids
        self.assertEqual(tracking.field_id.name, "kind")
        self.assertEqual(tracking.old_value_char, "Rest Day")
        self.assertEqual(tracking.new_value_char, "Working Day")

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    @freeze_time("2027-03-10 16:30:00")  # the 11th in Beijing
    def test_what_was_counted_with_is_not_deleted(self):
        past, today, future, official = self.Day.create(
            [
                {"date": "2027-03-01"},
                {"date": "2027-03-11"},
                {"date": "2027-03-12"},
                {"date": "2027-10-01", "is_official": True},
            ]
        )
        for kept in (past, today, official, past + future):
            with self.assertRaises(UserError):
                kept.unlink()
        future.unlink()
        self.assertTrue(self.calendar.is_workday("2027-03-12"))

    def test_display(self):
        day = self.Day.create({"date": "2027-02-06", "name": "春节"})
        self.assertEqual(day.display_name, "2027-02-06 春节")
        self.assertEqual(day.weekday, "5")
        self.assertFalse(self.Day.new({}).weekday)
