import doctest
from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, freeze_time, tagged, warmup
from odoo.tools import mute_logger

from ..engine import mlps
from .common import OmAssetsCommon


class TestMlpsRules(BaseCase):
    def test_examples_of_the_documentation(self):
        self.assertEqual(doctest.testmod(mlps).failed, 0)
        self.assertTrue(doctest.testmod(mlps).attempted)

    def test_intervals(self):
        for level, last_date, last_year, due in [
            ("3", date(2025, 6, 30), 2025, date(2026, 6, 30)),
            ("3", date(2024, 2, 29), 0, date(2025, 2, 28)),
            ("2", date(2024, 2, 29), None, date(2026, 2, 28)),
            ("2", date(2023, 11, 5), 2023, date(2025, 11, 5)),
            ("3", None, 2023, date(2024, 12, 31)),
            ("2", None, 2023, date(2025, 12, 31)),
            # A later year in the register beats an older day.
            ("3", date(2022, 5, 1), 2024, date(2025, 12, 31)),
            ("2", None, 0, None),
            ("3", None, None, None),
            (None, date(2025, 1, 1), 2025, None),
            ("1", date(2025, 1, 1), 2025, None),
        ]:
            with self.subTest(level=level, last_date=last_date, last_year=last_year):
                self.assertEqual(mlps.next_due(level, last_date, last_year), due)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 02:00:00")
class TestMlps(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls._create_user("dispatcher")
        cls.manager = cls._create_user("manager")
        cls.system.write({"state": "in_service", "user_id": cls.dispatcher.id})
        cls.kind = cls.env.ref("om_assets.mail_activity_type_mlps")

    def _assess(self, day, **values):
        return (
            self.env["om.mlps.assessment"]
            .with_user(self.dispatcher)
            .create(
                {
                    "system_id": self.system.id,
                    "level": "3",
                    "date": day,
                    "state": "done",
                    "result": "conform",
                    **values,
                }
            )
        )

    def _correct(self, done, **values):
        """Correct a finished assessment: reopened, and finished again."""
        with self.assertRaisesRegex(UserError, "by hand"):
            done.write(values)
        done.action_reopen()
        done.write(values)
        done.action_finish()

    def _reminders(self, systems=None):
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.kind.id),
                ("res_model", "=", "om.system"),
                ("res_id", "in", (systems or self.system).ids),
            ]
        )

    def test_due_day_follows_level_and_year(self):
        for level, state, year, due in [
            ("3", "done", 2025, date(2026, 12, 31)),
            ("2", "done", 2025, date(2027, 12, 31)),
            ("2", "done", 2023, date(2025, 12, 31)),
            ("3", "never", 0, date(2026, 1, 1)),
            ("3", "done", 0, False),
            ("3", "unknown", 0, False),
            ("3", "not_required", 2025, False),
            (False, "done", 2025, False),
        ]:
            with self.subTest(level=level, state=state, year=year):
                self.system.write(
                    {"mlps_level": level, "mlps_state": state, "mlps_last_year": year}
                )
                self.assertEqual(self.system.mlps_next_due, due)

    def test_finished_assessment_moves_the_due_day(self):
        self.system.write({"mlps_level": "3", "mlps_state": "never"})
        planned = self._assess("2026-02-10", state="planned", result=False)
        self.assertEqual(self.system.mlps_next_due, date(2026, 1, 1))
        planned.action_start()
        planned.result = "mostly"
        planned.action_finish()
        self.assertEqual(self.system.mlps_next_due, date(2027, 2, 10))
        self.assertEqual(self.system.mlps_state, "done")
        self.assertEqual(self.system.mlps_last_year, 2026)
        self._assess("2025-05-05")
        self.assertEqual(self.system.mlps_next_due, date(2027, 2, 10))
        self.assertEqual(self.system.mlps_last_year, 2026)

    def test_corrected_assessment_takes_back_what_it_said(self):
        for state, year, due in [
            ("never", 0, date(2026, 1, 1)),
            ("done", 2023, date(2024, 12, 31)),
        ]:
            with self.subTest(state=state):
                self.system.write(
                    {"mlps_level": "3", "mlps_state": state, "mlps_last_year": year}
                )
                done = self._assess("2026-02-10")
                self.assertEqual(self.system.mlps_last_year, 2026)
                self._correct(done, date="2025-11-20")
                self.assertEqual(self.system.mlps_last_year, 2025)
                self.assertEqual(self.system.mlps_next_due, date(2026, 11, 20))
                done.action_reopen()
                self.assertEqual(self.system.mlps_last_year, year)
                self.assertEqual(self.system.mlps_state, state)
                self.assertEqual(self.system.mlps_next_due, due)

    def test_moved_assessment_leaves_the_first_system_as_it_was(self):
        systems = self.system | self.other_system
        systems.write({"mlps_level": "3", "mlps_state": "never", "mlps_last_year": 0})
        done = self._assess("2026-02-10")
        self._correct(done, system_id=self.other_system.id)
        self.assertEqual(systems.mapped("mlps_state"), ["never", "done"])
        self.assertEqual(systems.mapped("mlps_last_year"), [0, 2026])

    def test_no_assessment_is_owed_where_none_is_required(self):
        self.system.write({"mlps_level": "3", "mlps_state": "not_required"})
        self._assess("2026-02-10")
        self.assertEqual(self.system.mlps_state, "not_required")
        self.assertFalse(self.system.mlps_next_due)

    def test_agreed_day_holds_until_the_next_assessment(self):
        self.system.write({"mlps_level": "3", "mlps_last_year": 2025})
        self.system.with_user(self.dispatcher).mlps_due_override = "2026-09-30"
        self.assertEqual(self.system.mlps_next_due, date(2026, 9, 30))
        early = self._assess("2026-03-01", state="planned", result="conform")
        self.assertEqual(self.system.mlps_next_due, date(2026, 9, 30))
        early.action_finish()
        self.assertFalse(self.system.mlps_due_override)
        self.assertEqual(self.system.mlps_next_due, date(2027, 3, 1))

    def test_agreed_day_outlives_old_assessments_and_corrections(self):
        self.system.mlps_level = "3"
        last = self._assess("2026-03-01")
        self.system.mlps_due_override = "2026-09-30"
        self._assess("2024-03-01")
        self._correct(last, date="2026-02-27", score=90)
        self.assertEqual(self.system.mlps_next_due, date(2026, 9, 30))
        self.system.mlps_due_override = "2026-02-20"
        self.assertEqual(
            self.system.mlps_next_due, date(2027, 2, 27), "an agreed day that is past"
        )

    def test_status_and_its_search_agree(self):
        System = self.env["om.system"].with_user(self.dispatcher)
        self.system.mlps_level = "3"
        for day, status in [
            ("2026-03-09", "overdue"),
            ("2026-03-10", "soon"),
            ("2026-06-08", "soon"),
            ("2026-06-09", "later"),
        ]:
            self.system.mlps_due_override = day
            self.assertEqual(self.system.mlps_due_status, status, day)
            for asked in ("overdue", "soon", "later", "none"):
                found = System.search(
                    [("id", "=", self.system.id), ("mlps_due_status", "=", asked)]
                )
                self.assertEqual(bool(found), asked == status, (day, asked))
        self.system._stop("2026-03-01", "x")
        self.assertEqual(self.system.mlps_due_status, "none")
        self.assertTrue(
            System.search(
                [("id", "=", self.system.id), ("mlps_due_status", "=", "none")]
            )
        )

    def test_finished_needs_a_result_and_a_past_day(self):
        with self.assertRaisesRegex(ValidationError, "result"):
            self._assess("2026-02-01", result=False)
        with self.assertRaisesRegex(ValidationError, "still to come"):
            self._assess("2026-03-11")
        self._assess("2026-03-10")

    def test_score(self):
        self._assess("2026-02-01", score=100)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._assess("2026-02-02", score=100.5)

    def test_finished_assessments_stay(self):
        with self.assertRaises(ValidationError):
            self._assess("2026-02-01").with_user(self.manager).unlink()

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_access(self):
        assessment = self._assess("2026-02-01")
        for role in ("engineer", "auditor", "procurement"):
            user = self._create_user(role)
            with self.subTest(role=role):
                assessment.with_user(user).read(["score"])
                with self.assertRaises(AccessError):
                    assessment.with_user(user).score = 1
                with self.assertRaises(AccessError):
                    self.env["om.mlps.settings"].with_user(user).create({})
        portal = self._create_user("portal_user_unit")
        with self.assertRaises(AccessError):
            assessment.with_user(portal).read(["score"])

    def test_plan_once(self):
        self.system.write({"mlps_level": "3", "mlps_last_year": 2024})
        systems = (self.system | self.other_system).with_user(self.dispatcher)
        systems.action_plan_mlps()
        systems.action_plan_mlps()
        planned = self.env["om.mlps.assessment"].search(
            [("system_id", "in", systems.ids)]
        )
        self.assertEqual(planned.system_id, self.system)
        self.assertEqual(planned.date, date(2026, 3, 10), "overdue: from today on")

    def test_overview(self):
        self.system.write({"mlps_level": "3", "mlps_last_year": 2024})
        before = self._get_overview()
        self._assess("2026-02-01")
        self._assess("2026-05-01", state="planned", result=False)
        self._assess("2025-02-01")
        self._assess("2026-02-02", paid_by_contract=False)
        after = self._get_overview()
        self.assertEqual(after["done"], before["done"] + 1)
        self.assertEqual(after["planned"], before["planned"] + 1)
        self.assertEqual(after["overdue"], before["overdue"] - 1)
        settings = (
            self.env["om.mlps.settings"]
            .with_user(self.manager)
            .create({"mlps_cap_level3": 14, "mlps_cap_level2": 38})
        )
        settings.action_save()
        self.assertEqual(self._get_overview()["cap"], 14)
        self.assertEqual(self._get_overview("2")["cap"], 38)

    def _get_overview(self, level="3"):
        rows = self.env["om.system"].with_user(self.dispatcher).get_mlps_overview()
        return next(row for row in rows if row["level"] == level)

    def test_reminders(self):
        Expiry = self.env["om.expiry"]
        self.system.write({"mlps_level": "3", "mlps_due_override": "2026-06-09"})
        Expiry._cron_remind()
        self.assertFalse(self._reminders(), "91 days ahead")
        self.system.mlps_due_override = "2026-06-08"
        Expiry._cron_remind()
        Expiry._cron_remind()
        reminder = self._reminders()
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.user_id, self.dispatcher)
        self.assertEqual(reminder.date_deadline, date(2026, 6, 8))
        self.assertIn("2026-06-08", reminder.summary)
        self.system.mlps_due_override = "2026-05-01"
        Expiry._cron_remind()
        self.assertEqual(self._reminders(), reminder)
        self.assertEqual(reminder.date_deadline, date(2026, 5, 1))
        self.assertIn("2026-05-01", reminder.summary)
        self.assertNotIn("2026-06-08", reminder.summary)
        self._assess("2026-03-01")
        Expiry._cron_remind()
        self.assertFalse(self._reminders())

    def test_ticked_off_reminder_does_not_come_back(self):
        Expiry = self.env["om.expiry"]
        self.system.write({"mlps_level": "3", "mlps_due_override": "2026-05-09"})
        Expiry._cron_remind()
        self._reminders().with_user(self.dispatcher).action_feedback()
        Expiry._cron_remind()
        self.assertFalse(self._reminders())
        self.system.mlps_due_override = "2026-04-30"
        Expiry._cron_remind()
        self.assertEqual(self._reminders().date_deadline, date(2026, 4, 30))

    def test_reminders_go_with_the_responsibility(self):
        Expiry = self.env["om.expiry"]
        self.system.write({"mlps_level": "3", "mlps_due_override": "2026-05-09"})
        Expiry._cron_remind()
        reminder = self._reminders()
        other = self._create_user("engineer")
        self.system.with_user(self.manager).user_id = other
        self.assertEqual(reminder.user_id, other)
        # What the responsible handed to somebody else stays with them.
        reminder.user_id = self.manager
        self.system.user_id = self.dispatcher
        self.assertEqual(reminder.user_id, self.manager)
        Expiry._cron_remind()
        self.assertEqual(self._reminders().user_id, self.manager)

    def test_reminders_of_systems_without_responsible(self):
        self.system.write(
            {"mlps_level": "3", "mlps_due_override": "2026-03-20", "user_id": False}
        )
        self.env.company.mlps_user_id = False
        self.env["om.expiry"]._cron_remind()
        self.assertFalse(self._reminders())
        self.env.company.mlps_user_id = self.manager
        self.env["om.expiry"]._cron_remind()
        self.assertEqual(self._reminders().user_id, self.manager)
        settings = self.env["om.mlps.settings"].with_user(self.manager).create({})
        settings.mlps_user_id = self.dispatcher
        settings.action_save()
        self.assertEqual(self._reminders().user_id, self.dispatcher)

    @warmup
    def test_reminders_in_batches(self):
        systems = self.system.create(
            [
                {
                    "name": f"系统 {number}",
                    "unit_id": self.unit.id,
                    "service_start": "2026-01-01",
                    "mlps_level": "3",
                    "user_id": self.dispatcher.id,
                }
                for number in range(51)
            ]
        )
        systems.state = "in_service"

        def remind(records):
            records.mlps_due_override = "2026-03-20"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["om.expiry"]._cron_remind()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        remind(systems[:1])
        small = remind(systems[1:11])
        large = remind(systems[11:])
        self.assertEqual(len(self._reminders(systems)), 51)
        self.assertLessEqual(large, small + 10)
