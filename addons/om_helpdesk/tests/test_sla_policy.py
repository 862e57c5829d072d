from datetime import UTC, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..engine.policy import Moments, get_first_deadlines, judge_fault
from .sla_common import SlaCommon

FLAT = [("flat", (10, "minute"), None, (1, "hour"))]


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
        sent = Moments(utc(2024, 10, 1, 13), dispatched=utc(2024, 10, 2, 3))
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
        self.assertIn("Monday–Friday 09:00–12:00, 13:00–18:00", texts["5x8"])
        self.assertIn("Monday–Sunday 09:00–12:00, 13:00–22:00", texts["7x12"])
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


@tagged("post_install", "-at_install")
class TestAssignment(SlaCommon):
    """Promises from the deadlines of the register."""

    def test_one_promise_for_the_same_deadlines(self):
        first, second = self._create_systems(2, FLAT)
        (other,) = self._create_systems(
            1, [("flat", (11, "minute"), (1, "hour"), (1, "hour"))]
        )
        policy = first.sla_policy_id
        self.assertEqual(policy, second.sla_policy_id)
        self.assertNotEqual(policy, other.sla_policy_id)
        self.assertEqual(first.sla_policy_origin, "register")
        promises = self._promises(policy)
        self.assertEqual(len(promises), 8)
        for severity in ("minor", "general", "serious", "urgent"):
            self.assertEqual(
                promises[severity, "respond", "any"],
                (10, "minute", "always", "reported"),
            )
            self.assertEqual(
                promises[severity, "fix", "any"], (1, "hour", "always", "reported")
            )
        self.assertFalse(any(policy.line_ids.mapped("from_default")))
        self.assertEqual((policy.key_respond_hours, policy.key_fix_hours), (1, 2))

    def test_what_is_silent_takes_the_default_and_says_so(self):
        (system,) = self._create_systems(
            1, [("general", (7, "minute"), (3, "hour"), None)]
        )
        lines = system.sla_policy_id.line_ids
        own = lines.filtered(lambda line: not line.from_default)
        self.assertEqual(
            {(line.severity, line.target) for line in own},
            {("general", "respond"), ("general", "onsite")},
        )
        self.assertEqual(
            self._promises(system.sla_policy_id),
            {
                **self._promises(self.default),
                ("general", "respond", "any"): (7, "minute", "always", "reported"),
                ("general", "onsite", "any"): (3, "hour", "always", "reported"),
            },
        )
        self.assertIn("default", system.sla_matrix)

    def test_a_severity_goes_before_all_levels(self):
        (system,) = self._create_systems(
            1, [*FLAT, ("urgent", (0, "minute"), None, None)]
        )
        promises = self._promises(system.sla_policy_id)
        self.assertEqual(promises["urgent", "respond", "any"][:2], (0, "minute"))
        self.assertEqual(promises["urgent", "fix", "any"][:2], (1, "hour"))
        self.assertEqual(promises["minor", "respond", "any"][:2], (10, "minute"))

    def test_without_deadlines_the_default(self):
        (system,) = self._create_systems(1)
        self.assertEqual(system.sla_policy_id, self.default)
        self.assertEqual(system.sla_policy_origin, "default")
        rule = self.env.ref("om_helpdesk.om_audit_rule_default_sla_policy")
        found = self.env["om.system"].search(rule._get_issue_domain())
        self.assertIn(system, found)

    def test_follows_corrected_deadlines(self):
        (system,) = self._create_systems(1, FLAT)
        first = system.sla_policy_id
        system.with_context(tracking_disable=False).deadline_ids.fix_value = 2
        self.assertNotEqual(system.sla_policy_id, first)
        self.assertEqual(
            self._promises(system.sla_policy_id)["minor", "fix", "any"][0], 2
        )
        self.assertTrue(
            any(
                "Service promise" in (each or "")
                for each in system.message_ids.mapped("body")
            )
        )
        system.deadline_ids.fix_value = 1
        self.assertEqual(system.sla_policy_id, first, "the same set, the same promise")
        system.deadline_ids.unlink()
        self.assertEqual(system.sla_policy_id, self.default)

    def test_chosen_by_hand_stays(self):
        (system,) = self._create_systems(1, FLAT)
        made = system.sla_policy_id
        chosen = self.env.ref("om_helpdesk.om_sla_policy_changning")
        system.sla_policy_id = chosen
        self.assertEqual(system.sla_policy_origin, "manual")
        system.deadline_ids.fix_value = 5
        self.policies._assign_all()
        self.assertEqual(system.sla_policy_id, chosen)
        system.deadline_ids.fix_value = 1
        system.action_assign_sla_policy()
        self.assertEqual(system.sla_policy_id, made)
        self.assertEqual(system.sla_policy_origin, "register")

    def test_response_in_service_hours(self):
        (system,) = self._create_systems(1, FLAT)
        system.deadline_ids.respond_service_hours = True
        promises = self._promises(system.sla_policy_id)
        self.assertEqual(promises["minor", "respond", "any"][2], "service_hours")
        self.assertEqual(promises["minor", "fix", "any"][2], "always")

    def test_default_changes_reach_who_took_them(self):
        (system,) = self._create_systems(1, [("general", (7, "minute"), None, None)])
        policy = system.sla_policy_id
        fix = self.default.line_ids.filtered(
            lambda line: line.severity == "urgent" and line.target == "fix"
        )
        fix.value = 6
        self.assertEqual(self._promises(policy)["urgent", "fix", "any"][0], 6)
        copy = policy.line_ids.filtered(
            lambda line: line.severity == "urgent" and line.target == "fix"
        )
        self.assertTrue(copy.from_default)
        # Whoever changes a copy makes it the policy's own.
        copy.value = 5
        self.assertFalse(copy.from_default)
        fix.value = 4
        self.assertEqual(self._promises(policy)["urgent", "fix", "any"][0], 5)

    def test_queries_do_not_grow(self):
        promises = [("flat", (13, "minute"), None, (1, "hour"))]
        counts = []
        for count in (1, 10, 100):
            systems = self._create_systems(count, promises)
            systems.write({"sla_policy_id": False, "sla_policy_origin": False})
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE om_system SET sla_policy_id = NULL WHERE id = ANY(%s)",
                [systems.ids],
            )
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            changed = self.policies._assign_from_deadlines(systems)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(changed), count)
        self.assertLessEqual(counts[2], counts[1] + 2, counts)

    def test_usable_or_a_data_fault(self):
        (system,) = self._create_systems(1, FLAT)
        rule = self.env.ref("om_helpdesk.om_audit_rule_no_sla_policy")
        systems = self.env["om.system"]
        self.assertNotIn(system, systems.search(rule._get_issue_domain()))
        system.sla_policy_id.line_ids.filtered(
            lambda line: line.severity == "minor"
        ).unlink()
        self.assertIn(system, systems.search(rule._get_issue_domain()))


@tagged("post_install", "-at_install")
class TestExplanation(SlaCommon):
    """The sheet that goes with a disputed deduction."""

    def _try(self, **values):
        trial = self.env["om.sla.try"].new(
            {"policy_id": self.default.id, "severity": "minor", **values}
        )
        return trial.result

    def test_working_days(self):
        sheet = self._try(reported_at="2026-09-25 02:00:00")
        for text in (
            "2026-10-12 Monday 18:00",
            "2026-09-25 Friday 10:00 (reported)",
            "Mid-autumn Festival",
            "10-01–10-07 National Day",
            "Make-up working day (National Day)",
            "Civil Code, article 201",
        ):
            self.assertIn(text, sheet)

    def test_service_hours(self):
        sheet = self._try(
            policy_id=self.env.ref("om_helpdesk.om_sla_policy_bda_office").id,
            severity="general",
            reported_at="2026-02-13 09:30:00",
        )
        # Friday 17:30 and an hour: half an hour on the make-up Saturday.
        for text in (
            "2026-02-14 Saturday 09:00",
            "2026-02-13 Friday 18:00 – 2026-02-14 Saturday 08:30: outside service",
            "Make-up working day (Spring Festival)",
        ):
            self.assertIn(text, sheet)

    def test_pause_with_who_and_why(self):
        policy = self.default
        judged = judge_fault(
            policy._get_engine_policy(),
            "urgent",
            Moments(utc(2026, 3, 11, 2), responded=utc(2026, 3, 11, 3)),
            utc(2026, 3, 11, 5),
        )
        sheets = self.env["om.sla.explanation"]._prepare(policy, judged)
        self.assertEqual([sheet["status"] for sheet in sheets], ["breached", "running"])
        sheet = self._try(
            severity="urgent",
            reported_at="2026-03-11 02:00:00",
            pause_from="2026-03-11 02:10:00",
            pause_to="2026-03-11 02:30:00",
            responded_at="2026-03-11 02:45:00",
        )
        self.assertIn("20 min lost, deadline 2026-03-11 Wednesday 10:50", sheet)
        self.assertIn("Met", sheet)

    def test_times_that_do_not_follow(self):
        sheet = self._try(
            severity="urgent",
            reported_at="2026-03-11 02:00:00",
            pause_from="2026-03-11 04:10:00",
            pause_to="2026-03-11 02:30:00",
        )
        self.assertIn("do not follow", sheet)

    def test_dialog_knows_the_system_and_its_key_periods(self):
        (system,) = self._create_systems(1, FLAT)
        self.env["om.key.period"].create(
            {
                "name": "Test period",
                "date_start": "2026-05-01",
                "date_end": "2026-05-03",
                "system_ids": [Command.set(system.ids)],
            }
        )
        engineer = self._create_user("engineer")
        with Form(self.env["om.sla.try"].with_user(engineer)) as form:
            form.system_id = system
            self.assertEqual(form.policy_id, system.sla_policy_id)
            # 00:30 on 1 May in Beijing, then the minute before midnight.
            form.reported_at = "2026-04-30 16:30:00"
            self.assertTrue(form.in_key_period)
            form.reported_at = "2026-04-30 15:59:00"
            self.assertFalse(form.in_key_period)
            self.assertIn("2026-04-30 Thursday 23:59", form.result)

    def test_key_period_is_named(self):
        sheet = self._try(
            severity="general", reported_at="2026-05-01 02:00:00", in_key_period=True
        )
        self.assertIn("2026-05-01 Friday 12:00", sheet)
        self.assertIn("in key periods", sheet)
