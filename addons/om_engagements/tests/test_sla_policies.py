import csv
import json
from collections import defaultdict

from odoo.tests import TransactionCase, tagged

from ..models.om_register_loader import REGISTER_FOLDER
from .test_register_files import TRANSCRIPTION

SEVERITIES = ("minor", "general", "serious", "urgent")
# The set that most rows print; it holds where a row is silent (tender, chapter 5).
DEFAULT = {
    "minor": {"respond": (8, "hour"), "fix": (7, "workday")},
    "general": {"respond": (4, "hour"), "fix": (48, "hour")},
    "serious": {"respond": (1, "hour"), "fix": (24, "hour")},
    "urgent": {"respond": (30, "minute"), "fix": (8, "hour")},
}


def read_promises(row):
    """Return {severity: {target: (value, unit)}} of a row of the transcription."""
    printed = {severity: {} for severity in SEVERITIES}
    sources = [(each, row["sla_simple"]) for each in SEVERITIES if row["sla_simple"]]
    sources += [(each["severity"], each) for each in row["sla"]]
    for severity, promises in sources:
        for target in ("respond", "onsite", "fix"):
            if promises[target]:
                promise = promises[target]
                printed[severity][target] = (promise["value"], promise["unit"])
    return printed


@tagged("post_install", "-at_install")
class TestSlaPolicies(TransactionCase):
    """Every system of the register has the promise that its row prints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = json.loads(TRANSCRIPTION.read_text(encoding="utf-8"))
        cls.systems = {
            row["seq"]: cls.env.ref(f"om_engagements.system_{row['seq']:03d}")
            for row in cls.rows
        }

    def test_every_system_has_the_promise_of_its_row(self):
        self.assertEqual(len(self.systems), 154)
        for row in self.rows:
            with self.subTest(seq=row["seq"]):
                system = self.systems[row["seq"]]
                printed = read_promises(row)
                policy = system.sla_policy_id
                silent = not any(printed.values())
                self.assertEqual(
                    system.sla_policy_origin, "default" if silent else "register"
                )
                self.assertTrue(policy.is_usable)
                expected = {
                    severity: {**DEFAULT[severity], **printed[severity]}
                    for severity in SEVERITIES
                }
                actual = {severity: {} for severity in SEVERITIES}
                for line in policy.line_ids:
                    actual[line.severity][line.target] = (line.value, line.unit)
                    if not policy.is_default:
                        self.assertEqual(
                            line.from_default,
                            line.target not in printed[line.severity],
                            "what the row does not print says that it is a default",
                        )
                self.assertEqual(actual, expected)

    def test_one_promise_per_distinct_set(self):
        sets = defaultdict(list)
        with (REGISTER_FOLDER / "deadlines.csv").open(encoding="utf-8") as file:
            for line in csv.DictReader(file):
                seq = int(line.pop("seq"))
                line.pop("line")
                sets[seq].append(tuple(sorted(line.items())))
        by_set = defaultdict(set)
        for seq, system in self.systems.items():
            by_set[tuple(sorted(sets[seq]))].add(system.sla_policy_id)
        self.assertEqual(len(by_set), 44)
        self.assertTrue(all(len(policies) == 1 for policies in by_set.values()))
        self.assertEqual(len(set.union(*by_set.values())), 44)

    def test_clocks(self):
        """Hours are natural, days end when business closes; one row's response is
        tied to working hours."""
        for seq, system in self.systems.items():
            for line in system.sla_policy_id.line_ids:
                in_hours = line.unit in ("workday", "day") or (
                    seq == 124 and line.target == "respond"
                )
                self.assertEqual(
                    line.clock, "service_hours" if in_hours else "always", seq
                )
        tied = [row["seq"] for row in self.rows if "限工作时间" in (row["notes"] or "")]
        self.assertEqual(tied, [124])

    def test_no_data_fault(self):
        rule = self.env.ref("om_helpdesk.om_audit_rule_no_sla_policy")
        found = self.env["om.system"].search(rule._get_issue_domain())
        self.assertFalse(found & self.env["om.system"].union(*self.systems.values()))

    def test_again_changes_nothing(self):
        system = self.systems[1]
        other = self.systems[2].sla_policy_id
        system.sla_policy_id = other
        policies = self.env["om.sla.policy"]
        count = policies.with_context(active_test=False).search_count([])
        changed = policies._assign_from_deadlines(
            self.env["om.system"].union(*self.systems.values())
        )
        self.assertFalse(changed)
        self.assertEqual(system.sla_policy_id, other, "chosen by hand")
        self.assertEqual(
            policies.with_context(active_test=False).search_count([]), count
        )
