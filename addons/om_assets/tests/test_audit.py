from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import OmAssetsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 02:00:00")
class TestAudit(OmAssetsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._create_user("auditor")
        cls.manager = cls._create_user("manager")
        cls.system.state = "in_service"

    def _rule(self, key):
        return self.env.ref(f"om_assets.om_audit_rule_{key}").with_user(self.auditor)

    def _found(self, key, records):
        """Return which of the records a rule finds, through what a click opens."""
        action = self._rule(key).action_view_issues()
        return (
            self.env[action["res_model"]]
            .with_user(self.auditor)
            .search(action["domain"])
            .filtered(lambda record: record.id in records._ids)
        )

    def _assert_rule(self, key, records, wrong):
        self.assertEqual(self._found(key, records).ids, wrong.ids, key)
        rule = self._rule(key)
        rule.invalidate_recordset(["issue_count"])
        domain = rule._get_issue_domain()
        count = self.env[rule.model].with_user(self.auditor).search_count(domain)
        self.assertEqual(rule.issue_count, count, key)

    def test_a_new_rule_shows_what_it_would_find(self):
        with Form(self.env["om.audit.rule"].with_user(self.manager)) as form:
            form.name = "停用的系统"
            form.domain = "[('state', '=', 'stopped')]"
        stopped = self.env["om.system"].search_count([("state", "=", "stopped")])
        self.assertEqual(form.record.issue_count, stopped)

    def test_rules_of_systems(self):
        none = self.system.browse()
        for key, bad, good in [
            ("no_deadline", {"deadline_ids": [(5,)]}, None),
            ("no_service_end", {"service_end": False}, {"service_end": "2026-12-31"}),
            (
                "service_over",
                {"service_end": "2026-03-09"},
                {"service_end": "2026-03-10"},
            ),
            ("no_plan", {"inspection_plan_ids": [(5,)]}, None),
            ("no_responsible", {"user_id": False}, {"user_id": self.manager.id}),
            (
                "posting_without_hours",
                {"onsite_staff": 2},
                {"onsite_hours": "5x8"},
            ),
            ("posting_missing", {"onsite_staff": 2}, {"onsite_staff": 0}),
            ("mlps_unknown", {"mlps_state": "unknown"}, {"mlps_state": "not_required"}),
            ("mlps_unknown", {"mlps_state": "done"}, {"mlps_level": "2"}),
            (
                "mlps_no_date",
                {"mlps_state": "done", "mlps_level": "2", "mlps_last_year": 0},
                {"mlps_last_year": 2025},
            ),
            (
                "mlps_overdue",
                {"mlps_due_override": "2026-03-09", "mlps_level": "3"},
                {"mlps_due_override": "2026-03-10"},
            ),
        ]:
            with self.subTest(key=key):
                self.system.write(bad)
                self._assert_rule(key, self.system, self.system)
                if good:
                    self.system.write(good)
                    self._assert_rule(key, self.system, none)

    def test_unit_and_names(self):
        self._assert_rule("no_unit_role", self.system, self.system.browse())
        self.unit.om_role = "supplier"
        self._assert_rule("no_unit_role", self.system, self.system)
        twin = self.system.copy({"service_start": "2026-01-01"})
        twin.name = self.system.name
        both = self.system | twin
        self._assert_rule("same_name", both, both.sorted())
        twin.name = "another"
        self._assert_rule("same_name", both, self.system.browse())

    def test_rules_of_hardware(self):
        lines = self.system.hardware_line_ids
        servers, switches = lines
        self._assert_rule("hardware_no_number", lines, switches)
        self._assert_rule("hardware_incomplete", lines, servers)
        self.system._make_ledger()
        self._assert_rule("hardware_incomplete", lines, lines.browse())

    def test_rules_of_devices(self):
        Equipment = self.env["maintenance.equipment"]
        devices = Equipment.create(
            [
                {"name": "a", "system_id": self.system.id, "ip_address": "10.0.0.1"},
                {"name": "b", "system_id": self.system.id, "ip_address": "10.0.0.1"},
                {
                    "name": "c",
                    "system_id": self.other_system.id,
                    "ip_address": "10.0.0.1",
                    "location": "A01",
                },
            ]
        )
        self._assert_rule("equipment_no_place", devices, devices[:2])
        self._assert_rule("equipment_same_ip", devices, devices[:2])
        devices[1].om_state = "removed"
        self._assert_rule("equipment_same_ip", devices, Equipment)
        self._assert_rule("equipment_no_place", devices, devices[0])
        self._assert_rule("equipment_dates", devices, Equipment)
        devices[0].write({"install_date": "2026-02-01", "warranty_date": "2026-01-31"})
        devices[2].write({"install_date": "2026-02-01", "scrap_date": "2026-01-31"})
        self._assert_rule("equipment_dates", devices, devices[0] | devices[2])
        self._assert_rule("equipment_to_complete", devices, Equipment)
        devices[0].to_complete = True
        self._assert_rule("equipment_to_complete", devices, devices[0])
        self.system._stop("2026-03-01", "x")
        self._assert_rule("equipment_stopped", devices, devices[0])

    def test_inspections_of_somebody_who_has_left(self):
        left = self._create_user("engineer")
        plan = self.system.inspection_plan_ids[:1]
        requests = self.env["maintenance.request"].create(
            [
                {
                    "name": "x",
                    "system_id": self.system.id,
                    "is_inspection": True,
                    "maintenance_type": "preventive",
                    "inspection_date": "2026-05-01",
                    "user_id": user.id,
                }
                for user in (left, self.manager, left.browse())
            ]
        )
        none = requests.browse()
        self._assert_rule("inspector_left", requests, none)
        self.system.user_id = left
        left.active = False
        self._assert_rule("inspector_left", requests, requests[0])
        self.assertTrue(plan)
        for _plan, values in plan._prepare_plan_values(plan):
            self.assertFalse(values["user_id"], "nobody who has left is planned")

    def test_inspections_outside_the_service(self):
        requests = self.env["maintenance.request"].create(
            [
                {
                    "name": day,
                    "system_id": self.system.id,
                    "is_inspection": True,
                    "maintenance_type": "preventive",
                    "inspection_date": day,
                }
                for day in ("2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")
            ]
        )
        wrong = requests[0] | requests[3]
        self._assert_rule("outside_service", requests, wrong.sorted())

    def test_plans(self):
        plan = self.system.inspection_plan_ids
        self._assert_rule("plan_unrealistic", plan, plan.browse())
        plan.write({"per": "day", "times": 2})
        self._assert_rule("plan_unrealistic", plan, plan)

    def test_all_rules_are_counted_in_one_query(self):
        rules = self.env["om.audit.rule"].with_user(self.auditor).search([])
        self.assertGreaterEqual(len(rules), 20)
        rules.mapped("issue_count")
        self.env.flush_all()
        rules.invalidate_recordset(["issue_count"])
        before = self.env.cr.sql_log_count
        counts = rules._count_issues()
        self.assertEqual(len(counts), len(rules))
        self.assertLessEqual(self.env.cr.sql_log_count - before, len(rules) // 2)

    def test_filter_of_findings(self):
        Rule = self.env["om.audit.rule"].with_user(self.auditor)
        rules = Rule.search([])
        found = Rule.search([("is_clean", "=", False)])
        self.assertEqual(found, rules.filtered("issue_count"))
        self.assertEqual(
            Rule.search([("is_clean", "=", True)]),
            rules - rules.filtered("issue_count"),
        )

    def test_a_rule_of_ones_own(self):
        rule = (
            self.env["om.audit.rule"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Without support hours",
                    "model": "om.system",
                    "domain": "[('support_hours', '=', False)]",
                }
            )
        )
        action = rule.action_view_issues()
        found = self.env["om.system"].search(action["domain"])
        self.assertIn(self.system, found)
        self.assertEqual(rule.issue_count, len(found))

    @mute_logger("odoo.domains")
    def test_wrong_filters_are_refused(self):
        for values in [
            {"domain": "[('no_such_field', '=', 1)]"},
            {"domain": "not a filter"},
            {"domain": "__import__('os')"},
            {"model": "om.system", "check_name": "same_ip"},
        ]:
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.env["om.audit.rule"].with_user(self.manager).create(
                    {"name": "x", **values}
                )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_access(self):
        rule = self._rule("no_plan")
        for role in ("engineer", "dispatcher"):
            user = self._create_user(role)
            with self.subTest(role=role):
                rule.with_user(user).read(["issue_count"])
                with self.assertRaises(AccessError):
                    rule.with_user(user).severity = "hint"
        rule.with_user(self.manager).severity = "hint"
        portal = self._create_user("portal_user_unit")
        with self.assertRaises(AccessError):
            rule.with_user(portal).read(["issue_count"])

    def test_nobody_counts_the_rows_of_another_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        before = self._rule("no_service_end").issue_count
        foreign = self.env["om.system"].create(
            {
                "name": "Foreign",
                "unit_id": self.unit.id,
                "company_id": company.id,
                "service_start": "2026-01-01",
            }
        )
        foreign.state = "in_service"
        rule = self._rule("no_service_end")
        rule.invalidate_recordset(["issue_count"])
        self.assertEqual(rule.issue_count, before)
