from datetime import UTC, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.policy import Times, get_first_deadlines, judge_fault
from .sla_common import SlaCommon


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@tagged("post_install", "-at_install")
class TestShippedPolicies(SlaCommon):
    """The promises that come with the add-on, against the documents' figures."""

    def _policy(self, name):
        return self.env.ref(f"om_helpdesk.om_sla_policy_{name}")

    def _first(self, name, severity, *reported):
        policy = self._policy(name)._get_engine_policy()
        deadlines = get_first_deadlines(policy, severity, utc(*reported))
        return {
            target: deadline and deadline.astimezone(UTC).replace(tzinfo=None)
            for target, deadline in deadlines.items()
        }

    def test_all_are_usable(self):
        shipped = self.policies.search([("register_key", "=", False)])
        for name in (
            "default",
            "bda_office",
            "bda_low_voltage",
            "emergency_important",
            "emergency_general",
            "changning",
        ):
            self.assertIn(self._policy(name), shipped)
            self.assertTrue(self._policy(name).is_usable, name)

    def test_default_set(self):
        self.assertEqual(
            self._promises(self.default),
            {
                ("minor", "respond", "any"): (8, "hour", "always", "reported"),
                ("minor", "fix", "any"): (7, "workday", "service_hours", "reported"),
                ("general", "respond", "any"): (4, "hour", "always", "reported"),
                ("general", "fix", "any"): (48, "hour", "always", "reported"),
                ("serious", "respond", "any"): (1, "hour", "always", "reported"),
                ("serious", "fix", "any"): (24, "hour", "always", "reported"),
                ("urgent", "respond", "any"): (30, "minute", "always", "reported"),
                ("urgent", "fix", "any"): (8, "hour", "always", "reported"),
            },
        )
        self.assertEqual(self.default.key_respond_hours, 1)
        self.assertEqual(self.default.key_fix_hours, 2)
        # Seven working days from 2026-09-25: 2026-10-12, 18:00 in Beijing.
        self.assertEqual(
            self._first("default", "minor", 2026, 9, 25, 2)["fix"],
            datetime(2026, 10, 12, 10),
        )

    def test_emergency_centre(self):
        # 02:00 in Beijing is 18:00 UTC of the day before.
        night = (2026, 2, 15, 18)
        for name, respond, fix in (
            ("important", datetime(2026, 2, 15, 20), datetime(2026, 2, 15, 23)),
            ("general", datetime(2026, 2, 15, 21), datetime(2026, 2, 16, 1)),
        ):
            for severity in ("minor", "general", "serious", "urgent"):
                self.assertEqual(
                    self._first(f"emergency_{name}", severity, *night),
                    {"respond": respond, "onsite": None, "fix": fix},
                )
        day = (2026, 3, 11, 2)
        for name, respond, fix in (
            ("important", datetime(2026, 3, 11, 2, 2), datetime(2026, 3, 11, 3, 32)),
            ("general", datetime(2026, 3, 11, 2, 5), datetime(2026, 3, 11, 5, 5)),
        ):
            self.assertEqual(
                self._first(f"emergency_{name}", "urgent", *day),
                {"respond": respond, "onsite": None, "fix": fix},
            )
        # Dragon Boat Festival 02:00; a Tuesday 10:00 and, without a break, 12:30.
        for name, reported, respond, fix in (
            ("important", (18, 18), (18, 20, 0), (18, 23, 0)),
            ("general", (16, 2), (16, 2, 5), (16, 5, 5)),
            ("important", (16, 4, 30), (16, 4, 32), (16, 6, 2)),
        ):
            self.assertEqual(
                self._first(f"emergency_{name}", "general", 2026, 6, *reported),
                {
                    "respond": datetime(2026, 6, *respond),
                    "onsite": None,
                    "fix": datetime(2026, 6, *fix),
                },
            )

    def test_service_centre(self):
        # Wednesday 2024-04-03 17:58; the Sunday after the festival is worked.
        reported = (2024, 4, 3, 9, 58)
        for name, days in (
            ("bda_office", datetime(2024, 4, 11, 10)),
            ("bda_low_voltage", datetime(2024, 4, 15, 10)),
        ):
            simple = self._first(name, "general", *reported)
            self.assertEqual(simple["respond"], datetime(2024, 4, 7, 0, 33))
            self.assertEqual(simple["fix"], datetime(2024, 4, 7, 1, 28))
            self.assertEqual(self._first(name, "serious", *reported)["fix"], days)

    def test_hotline(self):
        # National Day 2024, 21:00: an hour is left, the second one is tomorrow's.
        first = self._first("changning", "urgent", 2024, 10, 1, 13)
        self.assertEqual(first["respond"], datetime(2024, 10, 2, 2))
        self.assertIsNone(first["onsite"], "nobody was sent yet")
        policy = self._policy("changning")._get_engine_policy()
        sent = Times(utc(2024, 10, 1, 13), dispatched=utc(2024, 10, 2, 3))
        for severity, expected in (
            ("urgent", utc(2024, 10, 2, 7)),
            ("minor", utc(2024, 10, 3, 16)),
        ):
            judged = judge_fault(policy, severity, sent, utc(2024, 10, 2, 4))
            self.assertEqual(judged["onsite"].verdict.deadline, expected)


@tagged("post_install", "-at_install")
class TestServiceCalendars(SlaCommon):
    def test_in_words(self):
        texts = {
            name: self.env.ref(f"om_helpdesk.om_service_calendar_{name}").hours_text
            for name in ("7x24", "5x8", "7x12", "bda")
        }
        self.assertIn("around the clock", texts["7x24"])
        self.assertIn("Monday–Friday 09:00–12:00 13:00–18:00", texts["5x8"])
        self.assertIn("Monday–Sunday 09:00–12:00 13:00–22:00", texts["7x12"])
        self.assertIn("Monday–Friday 08:30–18:00", texts["bda"])

    def test_changed_hours_are_used_at_once_and_logged(self):
        calendar = self.env["om.service.calendar"].create(
            {
                "name": "Test",
                "window_ids": [
                    Command.create({"weekday": "0", "hour_from": 9, "hour_to": 12})
                ],
            }
        )
        monday = utc(2026, 3, 2, 1)
        engine = calendar._get_engine_calendar()
        self.assertEqual(engine.elapsed(monday, utc(2026, 3, 3)), 3 * 3600)
        calendar = calendar.with_context(tracking_disable=False)
        calendar.window_ids.hour_to = 11
        engine = calendar._get_engine_calendar()
        self.assertEqual(engine.elapsed(monday, utc(2026, 3, 3)), 2 * 3600)
        self.assertIn("09:00–11:00", calendar.message_ids[0].body)
        calendar.write({"window_ids": [Command.clear()]})
        self.assertIsNone(calendar._get_engine_calendar())
        calendar.always = True
        engine = calendar._get_engine_calendar()
        self.assertEqual(engine.elapsed(monday, utc(2026, 3, 3)), 23 * 3600)

    def test_new_working_day_is_used_at_once(self):
        calendar = self.env.ref("om_helpdesk.om_service_calendar_5x8")
        saturday = (utc(2026, 3, 7), utc(2026, 3, 8))
        self.assertEqual(calendar._get_engine_calendar().elapsed(*saturday), 0)
        self.env["om.calendar.day"].create({"date": "2026-03-07", "kind": "workday"})
        self.assertEqual(calendar._get_engine_calendar().elapsed(*saturday), 8 * 3600)

    @mute_logger("odoo.sql_db")
    def test_windows_are_held_by_the_database(self):
        calendar = self.env.ref("om_helpdesk.om_service_calendar_5x8")
        windows = self.env["om.service.calendar.window"]
        for weekday, first, last in (
            ("0", 11, 13),
            ("0", 18, 18),
            ("0", 19, 18),
            ("0", -1, 2),
            ("0", 20, 25),
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                windows.create(
                    {
                        "calendar_id": calendar.id,
                        "weekday": weekday,
                        "hour_from": first,
                        "hour_to": last,
                    }
                )
        windows.create(
            {"calendar_id": calendar.id, "weekday": "0", "hour_from": 12, "hour_to": 13}
        )


@tagged("post_install", "-at_install")
class TestPolicyModel(SlaCommon):
    def _create_policy(self, **values):
        return self.policies.create(
            {
                "name": "Test",
                "line_ids": [
                    Command.create(
                        {
                            "severity": severity,
                            "target": target,
                            "value": 2,
                            "unit": "hour",
                        }
                    )
                    for severity in ("minor", "general", "serious", "urgent")
                    for target in ("respond", "fix")
                ],
                **values,
            }
        )

    def test_usable(self):
        policy = self._create_policy()
        self.assertTrue(policy.is_usable)
        fix = policy.line_ids.filtered(
            lambda line: line.target == "fix" and line.severity == "minor"
        )
        fix.window = "off"
        self.assertFalse(policy.is_usable, "nothing in working hours")
        fix.copy({"window": "working"})
        self.assertTrue(policy.is_usable)
        policy.calendar_id = self.env["om.service.calendar"].create({"name": "Empty"})
        self.assertFalse(policy.is_usable)
        self.assertIsNone(policy._get_engine_policy())
        self.assertFalse(policy._covers("minor"))

    @mute_logger("odoo.sql_db")
    def test_lines_are_held_by_the_database(self):
        policy = self._create_policy()
        line = policy.line_ids[0]
        for values in (
            {"value": -1},
            {"unit": "workday", "value": 1.5},
            {"start": "responded"},
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                line.write(values)
                line.flush_recordset()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            line.copy()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._create_policy(is_default=True).flush_recordset()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._create_policy(
                is_default=True, agreement_id=self.contract.id
            ).flush_recordset()

    def test_lines_that_contradict_each_other(self):
        policy = self._create_policy()
        line = policy.line_ids.filtered(lambda line: line.target == "fix")[0]
        with self.assertRaises(ValidationError):
            line.copy({"window": "working"})
        line.window = "off"
        with self.assertRaises(ValidationError):
            line.copy({"window": "working", "start": "responded"})

    def test_change_is_logged_and_announced_once(self):
        policy = self._create_policy().with_context(tracking_disable=False)
        calls = []
        self.patch(
            self.env.registry["om.sla.policy"],
            "_policy_changed",
            lambda records, reason: calls.append(records),
        )
        line = policy.line_ids[0]
        line.value = 3
        self.assertEqual(calls, [policy])
        self.assertIn("2 h → ", policy.message_ids[0].body)
        policy.write(
            {
                "line_ids": [
                    Command.update(each.id, {"value": 5}) for each in policy.line_ids
                ]
            }
        )
        self.assertEqual(calls, [policy, policy])
        policy.write({"note": "No promise"})
        self.assertEqual(len(calls), 2)
        policy.key_fix_hours = 1
        self.assertEqual(len(calls), 3)
        target = policy._get_engine_policy().key_period["fix"]
        self.assertEqual(target.seconds, 3600)

    def test_used_policy_is_not_deleted(self):
        policy = self._create_policy()
        self._create_systems(1, sla_policy_id=policy.id)
        with self.assertRaises(UserError):
            policy.unlink()

    def test_roles(self):
        policy = self._create_policy()
        calendar = self.env.ref("om_helpdesk.om_service_calendar_5x8")
        for role in (
            "procurement",
            "warehouse",
            "engineer",
            "dispatcher",
            "staffing",
            "auditor",
        ):
            user = self._create_user(role)
            self.assertEqual(policy.with_user(user).name, "Test")
            self.assertTrue(policy.with_user(user).matrix)
            self.assertTrue(calendar.with_user(user).hours_text)
            with self.assertRaises(AccessError):
                policy.with_user(user).name = "Other"
            with self.assertRaises(AccessError):
                policy.line_ids.with_user(user).value = 1
            with self.assertRaises(AccessError):
                calendar.window_ids.with_user(user).unlink()
        manager = self._create_user("manager")
        policy.with_user(manager).line_ids[0].value = 1
        calendar.with_user(manager).window_ids[0].hour_to = 11.5
        for role in ("portal_user_unit", "portal_purchaser", "portal_supervisor"):
            with self.assertRaises(AccessError):
                policy.with_user(self._create_user(role)).read(["name"])

    def test_other_companies_do_not_see_it(self):
        company = self.env["res.company"].create({"name": "Test company"})
        policy = self._create_policy(company_id=company.id)
        manager = self._create_user("manager")
        for records in (policy, policy.line_ids):
            self.assertFalse(
                records.with_user(manager).search([("id", "in", records.ids)])
            )
        shared = self._create_policy()
        self.assertTrue(shared.with_user(manager).search([("id", "=", shared.id)]))

    def test_matrix_and_summary(self):
        self.assertEqual(
            self.default.summary,
            "8 h / 7 working days · 4 h / 48 h · 1 h / 24 h · 30 min / 8 h",
        )
        matrix = self.default.matrix
        for text in ("7 working days", "48 h", "In key periods", "09:00–12:00"):
            self.assertIn(text, matrix)
        self.assertEqual(self._create_policy().summary, "2 h / 2 h")
