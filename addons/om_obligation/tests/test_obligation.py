from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import OmObligationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-10-15 02:00:00")
class TestObligation(OmObligationCommon):
    def _run_job(self):
        # A test commits nothing.
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["om.obligation"]._cron_plan()

    def test_monthly_record(self):
        """Row 129: September's record is due on 8 October, and the page says why."""
        obligation = self._create_obligation()
        self.assertEqual(len(obligation.item_ids), 12)
        item = obligation.item_ids.filtered(
            lambda one: one.period_start == date(2026, 9, 1)
        )
        self.assertEqual(item.due_date, date(2026, 10, 8))
        self.assertEqual(item.receiver_id, self.unit)
        self.assertEqual(item.name, "月度报告 2026-09")
        self.assertIn("2026-09-01", item.why_due)
        self.assertIn("2026-10-08", item.why_due)
        december = obligation.item_ids.sorted("period_start")[-1]
        self.assertTrue(december.is_provisional)

    def test_planned_once(self):
        obligation = self._create_obligation()
        before = obligation.item_ids
        obligation.action_plan()
        self._run_job()
        self.assertEqual(obligation.item_ids, before)

    def test_who_may_not_change_it_plans_nothing(self):
        obligation = self._create_obligation()
        with self.assertRaises(AccessError):
            obligation.with_user(self.users["auditor"]).action_plan()

    def test_unique(self):
        obligation = self._create_obligation()
        item = obligation.item_ids[0].sudo()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            item.copy({"obligation_id": obligation.id, "slot": item.slot})

    def test_change_holds_for_what_lies_ahead(self):
        """From monthly to quarterly in October: nine records stay as they were."""
        obligation = self._create_obligation()
        kept = obligation.item_ids.filtered(
            lambda one: one.period_end < date(2026, 10, 1)
        )
        with self.assertRaises(UserError):
            obligation.per = "quarter"
        obligation.write({"per": "quarter", "change_reason": "补充协议"})
        self.assertEqual(len(kept.exists()), 9)
        ahead = obligation.item_ids - kept
        self.assertEqual(ahead.mapped("slot"), ["2026-Q4"])

    def test_stop(self):
        """A system stopped on 1 November, entered later, owes nothing after it."""
        obligation = self._create_obligation()
        self.system.sudo().write({"state": "stopped", "stop_date": "2026-11-01"})
        self.assertEqual(max(obligation.item_ids.mapped("period_end")).month, 10)
        self.assertEqual(len(obligation.item_ids), 10)

    def test_what_was_handed_in_outlives_the_stop(self):
        obligation = self._create_obligation()
        september = obligation.item_ids.sorted("period_start")[8]
        self._hand_in(september)
        self.system.sudo().write({"state": "stopped", "stop_date": "2026-09-01"})
        self.assertEqual(september.exists().state, "handed_in")
        self.assertEqual(len(obligation.item_ids), 9)

    def test_end(self):
        obligation = self._create_obligation()
        obligation.action_end(reason="合同变更", day="2026-10-31")
        self.assertEqual(obligation.state, "ended")
        self.assertEqual(len(obligation.item_ids), 10)

    def test_open_question(self):
        """Twelve a year from 10 May: nobody chooses between 8 and 12 in silence."""
        obligation = self._create_obligation(
            agree=False, per="year", times=12, first_day="2026-05-10"
        )
        self.assertTrue(obligation._is_undecided())
        with self.assertRaisesRegex(UserError, "2026-01-01"):
            obligation.action_agree()
        for partial, number in (("whole", 12), ("pro_rata", 8)):
            decided = self._create_obligation(
                per="year", times=12, first_day="2026-05-10", partial=partial
            )
            self.assertEqual(len(decided.item_ids), number)

    def test_a_stop_is_not_held_up(self):
        """A system stops within a month of which nobody has said what a part owes: the
        obligation says so, and the job goes on with the others."""
        books = self._create_obligation(name="电子图书", quantity=250)
        other = self._create_obligation()
        self.system.sudo().write({"state": "stopped", "stop_date": "2026-11-10"})
        self.assertTrue(books.is_undecided)
        self.assertEqual(len(books.item_ids), 12)
        self.assertEqual(len(other.item_ids), 11)
        self._run_job()
        books.write({"partial": "pro_rata", "change_reason": "双方确认"})
        self.assertFalse(books.is_undecided)
        self.assertEqual(
            books.item_ids.sorted("period_start").mapped("quantity_due")[9:],
            [250, 75],
        )

    def test_no_period_is_to_be_agreed(self):
        obligation = self._create_obligation(agree=False, per=False)
        with self.assertRaises(ValidationError):
            obligation.action_agree()
        obligation.invalidate_recordset()
        self.assertEqual(obligation.state, "draft")

    def test_event(self):
        """A report within 5 working days of a repair; two repairs on one day."""
        obligation = self._create_obligation(
            per="event", due_rule="workdays_after", due_number=5
        )
        self.assertFalse(obligation.item_ids)
        item = obligation._enter_event(date(2026, 9, 28), "更换空调压缩机")
        # 29, 30 September; 8, 9, 10 October (a Saturday that is worked)
        self.assertEqual(item.due_date, date(2026, 10, 10))
        other = obligation._enter_event(date(2026, 9, 28), "再次维修")
        self.assertNotEqual(item.slot, other.slot)
        obligation.action_plan()
        self.assertEqual(len(obligation.item_ids), 2)
        monthly = self._create_obligation()
        with self.assertRaises(UserError):
            monthly._enter_event(date(2026, 9, 28), "不是事件")

    def test_key_periods_only(self):
        """Row 2: a record on each day of the key periods, 10 + 9 + 7 + 14."""
        spans = (
            ("2026-02-14", "2026-02-23"),
            ("2026-03-03", "2026-03-11"),
            ("2026-04-30", "2026-05-06"),
            ("2026-09-25", "2026-10-08"),
        )
        for number, (first, last) in enumerate(spans):
            self.env["om.key.period"].create(
                {
                    "name": f"重保 {number}",
                    "date_start": first,
                    "date_end": last,
                    "system_ids": [Command.set(self.system.ids)],
                }
            )
        obligation = self._create_obligation(
            per="day", due_rule="period_end", only_key_periods=True
        )
        self.assertEqual(len(obligation.item_ids), 40)

    def test_calendar_is_published(self):
        """The provisional day moves when the calendar of its year is entered."""
        obligation = self._create_obligation(
            per="year", due_rule="next_month_day", due_number=30, moves=True
        )
        (item,) = obligation.item_ids
        self.assertEqual(item.due_date, date(2027, 2, 1))
        self.assertTrue(item.is_provisional)
        self.env["om.calendar.day"].create(
            {
                "date": "2027-01-30",
                "kind": "workday",
                "name": "调休",
                "is_official": True,
            }
        )
        self._run_job()
        self.assertEqual(item.due_date, date(2027, 1, 30))
        self.assertFalse(item.is_provisional)

    def test_queries(self):
        """The same number of queries for ten obligations and for a hundred."""

        def plan(number):
            obligations = self.env["om.obligation"].create(
                [
                    {
                        "name": f"报告 {index}",
                        "agreement_id": self.contract.id,
                        "system_ids": [Command.set(self.system.ids)],
                        "per": "quarter",
                        "record_from": "2026-01-01",
                    }
                    for index in range(number)
                ]
            )
            obligations.action_agree()
            obligations.write({"planned_until": False})
            obligations.item_ids.sudo().unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            obligations._plan(date(2026, 12, 31))
            self.env.flush_all()
            self.assertEqual(len(obligations.item_ids), 4 * number)
            return self.env.cr.sql_log_count - before

        plan(3)
        self.assertLessEqual(plan(100), plan(10) + 3)

    def test_who_may(self):
        """Managers and procurement agree; others read."""
        obligation = self._create_obligation(agree=False)
        for role in ("engineer", "dispatcher", "staffing", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                obligation.with_user(self.users[role]).action_agree()
        self._create_obligation(user="procurement")
        for role in ("engineer", "staffing", "auditor"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._create_obligation(user=role, agree=False)

    def test_facts_are_shut(self):
        """No client writes what follows from acts, by whatever role."""
        obligation = self._create_obligation()
        item = obligation.item_ids[0]
        for role in ("engineer", "dispatcher", "procurement", "manager"):
            mine = item.with_user(self.users[role])
            for values in (
                {"due_date": "2026-12-31"},
                {"state": "accepted"},
                {"result": "kept"},
                {"quantity_done": 5},
                {"late_days": 0, "handed_in_on": "2026-01-01"},
            ):
                with (
                    self.subTest(role=role, values=values),
                    self.assertRaises(UserError),
                ):
                    mine.write(values)
            with self.subTest(role=role), self.assertRaises(UserError):
                mine.unlink()
        with self.assertRaises(UserError):
            obligation.unlink()
