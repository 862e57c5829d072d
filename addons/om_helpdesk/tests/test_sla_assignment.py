from odoo.tests import tagged

from .sla_common import SlaCommon

FLAT = [("flat", (10, "minute"), None, (1, "hour"))]


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
        bodies = "".join(system.message_ids.mapped("body"))
        self.assertIn("repair 1 h", bodies)
        self.assertIn("repair 2 h", bodies)
        system.deadline_ids.fix_value = 1
        self.assertEqual(system.sla_policy_id, first, "the same set, the same promise")
        system.deadline_ids.unlink()
        self.assertEqual(system.sla_policy_id, self.default)

    def test_chosen_by_hand_stays(self):
        (system,) = self._create_systems(1, FLAT)
        made = system.sla_policy_id
        chosen = self.default.copy()
        system.sla_policy_id = chosen
        self.assertEqual(system.sla_policy_origin, "manual")
        system.deadline_ids.fix_value = 5
        self.policies._assign_all()
        self.assertEqual(system.sla_policy_id, chosen)
        system.deadline_ids.fix_value = 1
        system.action_assign_sla_policy()
        self.assertEqual(system.sla_policy_id, made)
        self.assertEqual(system.sla_policy_origin, "register")

    def test_each_contract_has_its_own_default(self):
        (silent,) = self._create_systems(1)
        (partly,) = self._create_systems(1, [("general", (7, "minute"), None, None)])
        shared = partly.sla_policy_id
        other = self._create_contract("SLA-2")
        own = self.default.copy({"agreement_id": other.id, "is_default": True})
        own.line_ids.filtered(
            lambda line: line.severity == "minor" and line.target == "fix"
        ).value = 9
        self.assertEqual(silent.sla_policy_id, self.default)
        (silent | partly).agreement_id = other
        self.assertEqual(silent.sla_policy_id, own)
        self.assertEqual(partly.sla_policy_id.agreement_id, other)
        self.assertEqual(
            self._promises(partly.sla_policy_id)["minor", "fix", "any"][0], 9
        )
        self.assertEqual(self._promises(shared)["minor", "fix", "any"][0], 7)
        own.is_default = False
        self.assertFalse(silent.sla_policy_id, "no contract lends its promise")
        self.assertEqual(
            set(self._promises(partly.sla_policy_id)), {("general", "respond", "any")}
        )
        (silent | partly).agreement_id = False
        self.assertFalse(silent.sla_policy_id)

    def test_without_a_default(self):
        self.default.is_default = False
        (system,) = self._create_systems(1)
        self.assertFalse(system.sla_policy_id)
        rule = self.env.ref("om_helpdesk.om_audit_rule_no_sla_policy")
        found = self.env["om.system"].search(rule._get_issue_domain())
        self.assertIn(system, found)
        self.default.is_default = True
        self.assertEqual(system.sla_policy_id, self.default)

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
