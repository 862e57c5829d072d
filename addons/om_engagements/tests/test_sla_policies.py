import csv
import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone

from odoo.tests import TransactionCase, tagged

from odoo.addons.om_helpdesk.engine.policy import MAIN_TARGETS

from ..models.om_register_loader import REGISTER_FOLDER
from .test_register_files import TRANSCRIPTION

BEIJING = timezone(timedelta(hours=8))
# A time said in words, in notes and indicators.
TIMES = re.compile(
    r"\d+(\.\d+)?\s*个?(小时|分钟?|工作小时|工作日|天|日|h)"
    r"|半小时|即时响应|立即|即刻|时限|公里"
)
TIME_UNITS = {"分钟", "小时", "日", "天", "工作日"}
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


def read_terms():
    """Return {row: [values of a line]} of the rows with terms of their own."""
    lines = defaultdict(list)
    with (REGISTER_FOLDER / "promise_lines.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            severities = line.pop("severity").split()
            if severities == ["all"]:
                severities = SEVERITIES
            lines[line.pop("promise")] += [
                {"severity": severity, **line} for severity in severities
            ]
    with (REGISTER_FOLDER / "promises.csv").open(encoding="utf-8") as file:
        return {
            int(seq): lines[row["key"]]
            for row in csv.DictReader(file)
            for seq in row["systems"].split()
        }


def is_plain(line):
    """Whether a line of the files holds whatever the case."""
    return (line["window"], line["channel"], line["reach"]) == ("any", "", "any")


@tagged("post_install", "-at_install")
class TestSlaPolicies(TransactionCase):
    """Every system of the register has the promise that its row prints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = json.loads(TRANSCRIPTION.read_text(encoding="utf-8"))
        # What a demonstration has invented would reach into the cases.
        cls.env["om.key.period"].search([]).unlink()
        cls.terms = read_terms()
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
                terms = self.terms.get(row["seq"], [])
                silent = not any(printed.values())
                origin = "default" if silent else "register"
                self.assertEqual(
                    system.sla_policy_origin, "printed" if terms else origin
                )
                self.assertTrue(policy.is_usable)
                expected = {
                    severity: {**DEFAULT[severity], **printed[severity]}
                    for severity in SEVERITIES
                }
                # What the row's own terms say goes before what its table says.
                own = {(line["severity"], line["target"]) for line in terms}
                for line in terms:
                    if line["window"] != "key" and not line["channel"]:
                        promises = expected[line["severity"]]
                        promises.pop(line["target"], None)
                        if is_plain(line) and line["target"] in MAIN_TARGETS:
                            promise = (float(line["value"]), line["unit"])
                            promises[line["target"]] = promise
                actual = {severity: {} for severity in SEVERITIES}
                for line in policy.line_ids:
                    case = (line.window, line.channel_id.name or "", line.reach)
                    if case != ("any", "", "any") or line.target not in MAIN_TARGETS:
                        continue
                    actual[line.severity][line.target] = (line.value, line.unit)
                    if (line.severity, line.target) in own:
                        self.assertFalse(line.from_default)
                    elif not policy.is_default:
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
            by_set[tuple(sorted(sets[seq]))] |= (
                set() if seq in self.terms else {system.sla_policy_id}
            )
        self.assertEqual(len(by_set), 44)
        # Some sets are those of rows with terms of their own only.
        shared = [policies for policies in by_set.values() if policies]
        self.assertTrue(all(len(policies) == 1 for policies in shared))
        self.assertEqual(len(set.union(*shared)), len(shared))

    def test_clocks(self):
        """Hours are natural, days end when business closes; one row's response is
        tied to working hours."""
        for seq, system in self.systems.items():
            if seq in self.terms:
                continue
            for line in system.sla_policy_id.line_ids:
                in_hours = line.unit in ("workday", "day") or (
                    seq == 124 and line.target == "respond"
                )
                self.assertEqual(
                    line.clock, "service_hours" if in_hours else "always", seq
                )
        tied = [row["seq"] for row in self.rows if "限工作时间" in (row["notes"] or "")]
        self.assertEqual(tied, [124])

    def test_own_terms_are_those_of_the_files(self):
        """Each line of a row's own terms is one of its promise, and no other is
        particular."""
        for seq, lines in self.terms.items():
            with self.subTest(seq=seq):
                policy = self.systems[seq].sla_policy_id
                said = {(line["severity"], line["target"]) for line in lines}
                channels = {"": self.env["helpdesk.ticket.channel"]}
                for name in {line["channel"] for line in lines} - {""}:
                    channels[name] = self.env.ref(
                        f"om_helpdesk.helpdesk_ticket_channel_{name}"
                    )
                expected = sorted(
                    (
                        line["severity"],
                        line["target"],
                        float(line["value"]),
                        *(line[name] for name in ("unit", "clock", "window", "start")),
                        channels[line["channel"]].id,
                        line["reach"],
                    )
                    for line in lines
                )
                particular = policy.line_ids.filtered(
                    lambda line, said=said: (
                        line.window != "any"
                        or line.channel_id
                        or line.reach != "any"
                        or line.start != "reported"
                        or (line.severity, line.target) in said
                    )
                )
                table = particular.filtered(
                    lambda line, lines=lines: (
                        line.window == "any"
                        and not line.channel_id
                        and line.reach == "any"
                        and line.start == "reported"
                        and not any(
                            is_plain(each)
                            for each in lines
                            if (each["severity"], each["target"])
                            == (line.severity, line.target)
                        )
                    )
                )
                actual = sorted(
                    (
                        line.severity,
                        line.target,
                        line.value,
                        line.unit,
                        line.clock,
                        line.window,
                        line.start,
                        line.channel_id.id,
                        line.reach,
                    )
                    for line in particular - table
                )
                self.assertEqual(actual, expected)

    def test_every_time_in_a_sentence_is_accounted_for(self):
        """What the register says in words about times is in a promise or in the table
        of deadlines, or the file says why it stays words; nothing is forgotten."""
        found = set()
        for row in self.rows:
            texts = [("notes", row["notes"]), ("key_periods", row["key_periods"])]
            texts.append(("duty", row["duty"]))
            found |= {
                (row["seq"], place, text)
                for place, text in texts
                if text and TIMES.search(text)
            }
            found |= {
                (row["seq"], "kpi", kpi["name"])
                for kpi in row["kpis"]
                if TIMES.search(kpi["name"]) or kpi["unit"] in TIME_UNITS
            }
        with (REGISTER_FOLDER / "terms.csv").open(encoding="utf-8") as file:
            terms = list(csv.DictReader(file))
        listed = {(int(t["seq"]), t["place"], t["text"]) for t in terms}
        self.assertEqual(listed, found)
        self.assertEqual(len(terms), len(listed))
        for term in terms:
            with self.subTest(seq=term["seq"], text=term["text"]):
                seq = int(term["seq"])
                if term["kept"] == "promise":
                    self.assertIn(seq, self.terms)
                elif term["kept"] == "deadlines":
                    self.assertTrue(any(read_promises(self.rows[seq - 1]).values()))
                else:
                    self.assertEqual(term["kept"], "text")
                    self.assertTrue(term["reason"])
        promised = {int(term["seq"]) for term in terms if term["kept"] == "promise"}
        self.assertEqual(promised, set(self.terms))

    def _report(self, seq, severity, reported, channel=None, **values):
        """A fault of a row, reported at a time of Beijing."""
        moment = datetime.fromisoformat(reported).replace(tzinfo=BEIJING)
        channel = channel and self.env.ref(
            f"om_helpdesk.helpdesk_ticket_channel_{channel}"
        )
        return self.env["helpdesk.ticket"].create(
            {
                "name": "测试",
                "description": "测试",
                "system_id": self.systems[seq].id,
                "severity": severity,
                "channel_id": channel.id if channel else False,
                "reported_at": moment.astimezone(UTC).replace(tzinfo=None),
                **values,
            }
        )

    def _due(self, ticket, target):
        deadline = ticket[f"{target}_deadline"]
        return deadline and str(
            deadline.replace(tzinfo=UTC).astimezone(BEIJING).replace(tzinfo=None)
        )

    def test_row_86(self):
        """By channel, on 5x8, near and far."""
        for channel, due in (
            ("email", "2026-03-09 10:30:00"),
            ("portal", "2026-03-06 17:30:00"),
            ("wechat", "2026-03-06 17:30:00"),
            ("phone", "2026-03-06 17:30:00"),
        ):
            with self.subTest(channel=channel):
                ticket = self._report(86, "general", "2026-03-06 17:30", channel)
                self.assertEqual(self._due(ticket, "respond"), due)
                self.assertEqual(self._due(ticket, "onsite"), "2026-03-07 17:30:00")
                self.assertEqual(ticket.parts_status, "none")
        ticket.with_context(om_reason="发现").write({"broken_at": "2026-03-06 09:45"})
        # 17:45 in Beijing: a working hour later is Monday 09:45.
        self.assertEqual(self._due(ticket, "parts"), "2026-03-09 09:45:00")
        self.systems[86].with_context(om_reason="迁移").distance_km = 31
        self.assertEqual(self._due(ticket, "onsite"), "2026-03-08 17:30:00")
        self.systems[86].with_context(om_reason="迁移").distance_km = 30
        self.assertEqual(self._due(ticket, "onsite"), "2026-03-07 17:30:00")

    def test_row_88(self):
        ticket = self._report(88, "general", "2026-06-16 10:00")
        self.assertEqual(self._due(ticket, "respond"), "2026-06-16 12:00:00")
        off = self._report(88, "general", "2026-06-16 20:00")
        self.assertEqual(self._due(off, "respond"), "2026-06-19 00:00:00")
        urgent = self._report(88, "urgent", "2026-06-16 20:00")
        self.assertEqual(self._due(urgent, "respond"), "2026-06-16 20:00:00")
        ticket.with_context(om_reason="记录").write(
            {"responded_at": "2026-06-16 03:00"}
        )
        self.assertEqual(self._due(ticket, "fix"), "2026-06-18 11:00:00")
        self.assertEqual(self._due(ticket, "plan"), "2026-06-16 15:00:00")
        self.assertFalse(ticket.assess_deadline)
        urgent.with_context(om_reason="记录").write(
            {"responded_at": "2026-06-16 13:00"}
        )
        self.assertEqual(self._due(urgent, "plan"), "2026-06-17 01:00:00")
        self.assertEqual(self._due(urgent, "fix"), "2026-06-17 09:00:00")
        self.assertEqual(self._due(urgent, "assess"), "2026-06-17 21:00:00")

    def test_row_16_in_a_key_period(self):
        self.env["om.key.period"].create(
            {
                "name": "重大活动",
                "date_start": "2026-08-10",
                "date_end": "2026-08-12",
                "agreement_id": self.systems[16].agreement_id.id,
            }
        )
        ticket = self._report(16, "minor", "2026-08-11 03:00")
        self.assertEqual(self._due(ticket, "respond"), "2026-08-11 03:30:00")
        self.assertEqual(self._due(ticket, "fix"), "2026-08-11 05:00:00")
        ticket.with_context(om_reason="发现").write({"broken_at": "2026-08-10 20:00"})
        self.assertEqual(self._due(ticket, "parts"), "2026-08-12 03:00:00")
        before = self._report(16, "minor", "2026-08-09 03:00")
        self.assertEqual(self._due(before, "respond"), "2026-08-09 11:00:00")

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
