from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tests.common import new_test_user

from .common import OmContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2027-01-05 02:00:00")
class TestUnitPaper(OmContractCommon):
    """Shunyi's payment at expiry waits for the documents of every user unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.units = [
            cls._create_partner(f"{name}单位", "user_unit") for name in "乙丙丁"
        ]
        cls.contract = cls._create_contract("review")
        cls.systems = cls.env["om.system"]
        for unit in [*cls.units, cls.units[0]]:
            cls.systems |= cls._create_system(
                f"甲系统{len(cls.systems)}",
                unit_id=unit.id,
                agreement_id=cls.contract.id,
                annual_fee=250000.0,
            )
        cls.contract.action_activate()
        cls.env["agreement"]._cron_expire()
        cls.second = cls.contract.milestone_ids[1]
        cls.lines = cls.second.paper_ids
        cls.condition = cls.lines.condition_id

    @classmethod
    def _line(cls, number):
        return cls.lines.filtered(lambda line: line.unit_id == cls.units[number])

    def _enter(self, lines, day="2027-01-05", reason=None):
        scan = self.make_scan(lines.env)
        lines.action_enter(Paper("甲单位经办", day, scan), reason)

    def test_one_line_for_each_unit(self):
        """Four systems of three units: three documents."""
        self.assertEqual(len(self.lines), 3)
        self.assertEqual(
            self.lines.unit_id.mapped("name"), ["乙单位", "丙单位", "丁单位"]
        )
        self.assertEqual(self.second.state, "waiting")
        self.assertIn("3 of 3 missing", self.second.why_not)
        self.assertIn("乙单位", self.second.why_not)
        self.assertFalse(self.condition.by_purchaser)
        with self.assertRaisesRegex(UserError, "papers of the user units"):
            self.confirm(self.condition, "2027-01-05", "甲文件")

    def test_ready_with_the_last_one(self):
        self._enter(self._line(0), "2027-01-02")
        self._enter(self._line(1), "2027-01-04")
        self.assertEqual(self.second.state, "waiting")
        self.assertIn("1 of 3 missing: 丁单位", self.second.why_not)
        self.assertNotIn("乙单位", self.second.why_not)
        self._enter(self._line(2), "2027-01-03")
        self.assertEqual(self.condition.date_met, date(2027, 1, 4))
        self.assertEqual(self.second.state, "ready")
        self.assertFalse(self.second.is_overdue, "no invoice, no default")
        told = self._line(2).act_ids[:1]
        self.assertEqual(told.act, "enter")
        self.assertEqual(told.signature_id.party_id, self.units[2])
        self._invoice(self.second)
        with self.assertRaisesRegex(UserError, "already invoiced"):
            self._line(0).action_withdraw("甲笔误")

    def test_with_scan_day_and_reason_where_late(self):
        line = self._line(0)
        with self.assertRaisesRegex(UserError, "Add the scan"):
            line.action_enter()
        with self.assertRaisesRegex(UserError, "who signed"):
            line.action_enter(Paper("", "2027-01-05", self.make_scan()))
        with self.assertRaisesRegex(UserError, "today at the latest|lies ahead"):
            self._enter(line, "2027-01-06")
        # Eight days after the 28th of December.
        with self.assertRaisesRegex(UserError, "say why so late"):
            self._enter(line, "2026-12-27")
        with self.assertRaisesRegex(UserError, "not written by hand"):
            line.with_user(self.officer).write({"date": "2027-01-05"})
        self._enter(line, "2026-12-27", "甲单位寄送在途")
        self.assertEqual(line.act_ids[:1].reason, "甲单位寄送在途")
        with self.assertRaisesRegex(UserError, "on record already"):
            self._enter(line)
        with self.assertRaisesRegex(UserError, "Give the reason"):
            line.action_withdraw()
        line.action_withdraw("甲笔误")
        self.assertFalse(line.date or line.file_ids)

    def test_dialog_asks_for_the_reason(self):
        line = self._line(0).with_user(self.officer)
        self.assertTrue(line.can_enter)
        self.assertFalse(line.can_withdraw)
        context = line.action_enter_paper()["context"]
        form = Form(
            self.env["om.act.paper"].with_user(self.officer).with_context(**context)
        )
        form.file = "6K+B5o2u"
        form.person = "甲单位经办"
        form.signed_on = "2027-01-05"
        self.assertFalse(form.needs_reason)
        form.signed_on = "2026-12-27"
        self.assertTrue(form.needs_reason)
        form.reason = "甲寄送在途"
        form.save().action_enter()
        self.assertEqual(line.date, date(2026, 12, 27))
        action = line.action_open_withdraw()
        form = Form(
            self.env["om.contract.act"]
            .with_user(self.officer)
            .with_context(**action["context"])
        )
        form.reason = "甲笔误"
        form.save().action_apply()
        self.assertFalse(line.date)

    def test_taken_over_from_a_signed_assessment(self):
        """What an add-on does whose own record has the unit's signature."""
        self.lines.action_fill("2027-01-04", self.make_scan(self.lines.env), "甲考核")
        self.assertEqual(self.second.state, "ready")

    def test_lines_follow_the_systems(self):
        draft = self._create_contract("review")
        second = draft.milestone_ids[1]
        self.assertFalse(second.paper_ids)
        self.assertTrue(second.condition_ids.filtered("by_unit"))
        system = self._create_system("甲新系统", unit_id=self.units[0].id)
        system.agreement_id = draft
        self.assertEqual(second.paper_ids.unit_id, self.units[0])
        system.unit_id = self.units[1]
        self.assertEqual(second.paper_ids.unit_id, self.units[1])
        system.action_leave_contract()
        self.assertFalse(second.paper_ids)
        # A contract without systems: the one confirmation stands for it.
        draft.action_activate()
        self._confirm(second, "assessment", "2027-01-05")
        self.assertEqual(second.state, "ready")

    def test_who_reads_and_enters(self):
        for role, reads, enters in (
            ("procurement", True, True),
            ("manager", True, True),
            ("staffing", True, False),
            ("auditor", True, False),
            ("engineer", False, False),
            ("dispatcher", False, False),
            ("warehouse", False, False),
        ):
            user = self.officer if role == "procurement" else self._create_user(role)
            lines = self.lines.with_user(user)
            with self.subTest(role=role):
                self.assertEqual(lines.has_access("read"), reads)
                self.assertEqual(lines.has_access("write"), enters)
                self.assertFalse(
                    lines.has_access("create") or lines.has_access("unlink")
                )

    def test_a_unit_sees_its_own_line_only(self):
        self._enter(self._line(1))
        seen = {
            "purchaser": (self.purchaser, self.lines),
            "user_unit": (self.units[0], self._line(0)),
            "supervisor": (self.supervisor, None),
        }
        for role, (party, lines) in seen.items():
            user = new_test_user(
                self.env, login=f"paper_{role}", groups=f"om_base.group_portal_{role}"
            )
            user.partner_id.parent_id = party
            model = self.env["om.unit.paper"].with_user(user)
            if lines is None:
                self.assertFalse(model.has_access("read"))
                continue
            self.assertEqual(model.search([("id", "in", self.lines.ids)]), lines)
            with self.assertRaises(AccessError):
                lines[0].with_user(user).write({"date": "2027-01-05"})
            if role == "user_unit":
                with self.assertRaises(AccessError):
                    self._line(1).with_user(user).read(["date"])

    def test_constant_queries(self):
        def count(number):
            units = [
                self._create_partner(f"{number}-{each}单位", "user_unit").id
                for each in range(number)
            ]
            systems = self.env["om.system"]
            for unit in units:
                systems |= self._create_system(f"甲{unit}", unit_id=unit)
            draft = self._create_contract("review")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            systems.agreement_id = draft
            draft._follow_units()
            self.env.flush_all()
            self.assertEqual(len(draft.milestone_ids.paper_ids), number)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(3), count(12))
