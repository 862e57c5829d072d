from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .ticket_common import REPORTED, TicketCommon, after


@tagged("post_install", "-at_install")
class TestContractPromise(TicketCommon):
    """What one contract promises never reaches a fault of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silent = cls._create_contract("FAULTS-2")
        cls.space = cls._create_system("文化空间", cls.other_unit)
        cls.space.sla_policy_id = False
        cls.space.agreement_id = cls.silent

    @classmethod
    def _create_contract(cls, code):
        return cls.env["agreement"].create(
            {
                "name": "乙合同",
                "code": code,
                "partner_id": cls._create_party("另一采购人", "purchaser").id,
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
            }
        )

    def test_no_default_is_no_promise(self):
        """The document of the culture spaces prints no hours."""
        self.assertFalse(self.space.sla_policy_id)
        fault = self._report("general", system_id=self.space.id)
        self.assertEqual(fault.agreement_id, self.silent)
        self.assertEqual(fault.sla_source, "missing")
        self.assertFalse(fault.sla_policy_id)
        self.assertFalse(fault.next_deadline)
        self.assertEqual(
            (fault.respond_status, fault.onsite_status, fault.fix_status),
            ("none", "none", "none"),
        )
        self.assertIn("No promise was found", fault.sla_explanation)
        with freeze_time(after(days=300)):
            fault.invalidate_recordset(["is_breached"])
            self.assertFalse(fault.is_breached)

    def test_a_contract_that_says_so_is_no_gap(self):
        rule = self.env.ref("om_helpdesk.om_audit_rule_no_sla_policy")
        systems = self.env["om.system"]
        fault = self._report("general", system_id=self.space.id)
        self.assertIn(self.space, systems.search(rule._get_issue_domain()))
        self.silent.no_promise = True
        self.assertNotIn(self.space, systems.search(rule._get_issue_domain()))
        self.assertEqual(fault.sla_source, "none")
        self.assertIn(self.silent.display_name, fault.sla_explanation)
        self.assertIn("prints no times", fault.sla_explanation)
        with self.assertRaises(ValidationError):
            self.default.copy({"agreement_id": self.silent.id, "is_default": True})
        self.assertTrue(self.space.has_no_promise)
        # A promise of its own holds all the same.
        self.space.with_context(om_reason="补充协议").sla_policy_id = self.policy
        self.assertEqual(fault.sla_source, "system")
        self.assertEqual(fault.fix_deadline, after(hours=48))

    def test_what_a_signed_contract_promises_changes_with_a_word(self):
        self.silent.sudo().state = "in_force"
        contract = self.silent.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "reason"):
            contract.no_promise = True
        contract.with_context(om_reason="合同未约定时限").no_promise = True
        self.assertIn("合同未约定时限", contract.act_ids[:1].reason)

    def test_the_default_comes_to_open_faults(self):
        fault = self._report("general", system_id=self.space.id)
        with freeze_time(after(minutes=5)):
            own = self.default.copy(
                {"agreement_id": self.silent.id, "is_default": True}
            )
            own.line_ids.filtered(
                lambda line: line.severity == "general" and line.target == "fix"
            ).value = 24
        self.assertEqual(self.space.sla_policy_id, own)
        self.assertEqual(fault.sla_source, "default")
        self.assertEqual(fault.fix_deadline, after(hours=24))
        mine = self._report("minor")
        self.assertEqual(mine.sla_policy_id, self.default)

    def test_a_promise_of_one_contract_is_not_chosen_for_another(self):
        self.policy.agreement_id = False
        self.space.with_context(om_reason="甲").sla_policy_id = self.policy
        with self.assertRaises(ValidationError):
            self.policy.agreement_id = self.contract
        with self.assertRaises(ValidationError):
            self.space.with_context(om_reason="甲").sla_policy_id = self.default

    def test_a_fault_stays_with_the_contract_it_was_reported_under(self):
        """Next year's contract of the system promises something else."""
        minor = self._report("minor")
        self.assertEqual(minor.fix_deadline.date(), date(2026, 3, 20))
        self.contract.sudo().state = "expired"
        following = self._create_contract("FAULTS-3")
        own = self.default.copy({"agreement_id": following.id, "is_default": True})
        own.line_ids.filtered(
            lambda line: line.severity == "minor" and line.target == "fix"
        ).value = 1
        with self.contract._act("amend", reason="甲") as contract:
            self.system.with_context(**contract.env.context).agreement_id = following
        self.assertEqual(self.system.agreement_id, following)
        self.assertEqual(minor.agreement_id, self.contract)
        self.assertEqual(minor.sla_policy_id, self.default)
        self.assertEqual(minor.fix_deadline.date(), date(2026, 3, 20))
        later = self._report("minor", after(hours=1))
        self.assertEqual(later.agreement_id, following)
        self.assertEqual(later.sla_policy_id, own)

    def test_a_fault_waits_for_its_contract(self):
        """What was reported before the contract was entered is the contract's."""
        lonely = self._create_system("未签合同的系统", self.other_unit)
        fault = self._report("minor", system_id=lonely.id)
        self.assertFalse(fault.agreement_id)
        self.assertEqual(fault.sla_source, "missing")
        lonely.agreement_id = self.contract
        self.assertEqual(fault.agreement_id, self.contract)
        self.assertEqual(fault.sla_policy_id, self.default)

    def test_key_periods_of_one_contract(self):
        self.default.write({"key_respond_hours": 1, "key_fix_hours": 2})
        self.policy.write({"key_respond_hours": 1, "key_fix_hours": 2})
        values = {"date_start": "2026-03-11", "date_end": "2026-03-11"}
        Period = self.env["om.key.period"]
        with freeze_time(REPORTED):
            mine = self._report("general")
            self.space.with_context(om_reason="甲").sla_policy_id = self.policy
            other = self._report("general", system_id=self.space.id)
            period = Period.create(
                {"name": "甲重保", "agreement_id": self.contract.id, **values}
            )
        self.assertEqual(mine.fix_deadline, after(hours=2))
        self.assertEqual(other.fix_deadline, after(hours=48))
        self.assertEqual(Period._find_period(self.system, REPORTED), period)
        self.assertFalse(Period._find_period(self.space, REPORTED))
        # The same days of another contract are another matter.
        with freeze_time(REPORTED):
            Period.create({"name": "乙重保", "agreement_id": self.silent.id, **values})
        self.assertEqual(other.fix_deadline, after(hours=2))
        with self.assertRaises(ValidationError):
            Period.create(
                {
                    "name": "甲重保又一次",
                    "system_ids": [(6, 0, self.system.ids)],
                    "agreement_id": self.contract.id,
                    **values,
                }
            )
        with self.assertRaises(ValidationError):
            period.system_ids = self.space

    def test_a_period_without_contract_holds_for_systems_without(self):
        values = {"date_start": "2026-03-11", "date_end": "2026-03-11"}
        period = self.env["om.key.period"].create(
            {"name": "无合同", "agreement_id": False, **values}
        )
        self.assertFalse(period._holds_for(self.system))
        self.assertFalse(period._holds_for(self.space))
        self.assertTrue(period._holds_for(self.other_system))

    def test_queries_do_not_grow_with_contracts(self):
        """Judging faults of many contracts costs what judging those of one does."""
        counts = []
        for number in (1, 6):
            faults = self.env["helpdesk.ticket"]
            for index in range(number):
                contract = self._create_contract(f"FAULTS-{number}-{index}")
                self.default.copy({"agreement_id": contract.id, "is_default": True})
                system = self._create_system(f"系统{index}", self.other_unit)
                system.agreement_id = contract
                faults |= self._report("minor", system_id=system.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            faults._om_choose_policies()
            faults._om_in_key_period()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], counts)
