from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .deduction_common import DeductionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestReduction(DeductionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(
            "review", 1000000.00, fees=(365000.00, 635000.00)
        )
        cls.system, cls.other = cls.contract.system_ids.sorted("annual_fee")

    def _reductions(self):
        return self.contract.deduction_ids.filtered(lambda d: d.method == "stop")

    def test_a_stop_is_proposed(self):
        """Stopped on 3 July: 182 of 365 days not served, 1,000.00 a day."""
        dispatcher = self._create_user("dispatcher")
        self.system.with_user(dispatcher)._stop("2026-07-03", "书面通知")
        reduction = self._reductions()
        self.assertEqual(reduction.system_id, self.system)
        self.assertEqual((reduction.days_charged, reduction.amount), (182, 182000.00))
        self.assertEqual(reduction.state, "proposed")
        self.assertEqual(reduction.source, self.system)
        self.assertEqual(reduction.unit_id, self.unit)
        self.assertTrue(reduction.in_review)
        self.assertEqual(self.contract.amount_in_review, 182000.00)

    def test_own_service_period(self):
        """A fee for 100 days is divided by 100: 1/3 of 365,000.00 is 121,666.67."""
        self.system.service_start = "2026-06-01"
        self.system.service_end = "2026-06-30"
        self.system._stop("2026-06-21", "书面通知")
        self.assertEqual(self._reductions().amount, 121666.67)

    def test_a_system_that_goes_on(self):
        self.system._stop("2026-07-03", "书面通知")
        reduction = self._reductions()
        self.system.action_reopen()
        self.assertEqual(reduction.state, "waived")
        self.assertEqual(self.contract.amount_in_review, 0.0)
        self.system._stop("2026-07-04", "书面通知")
        self.assertEqual(len(self._reductions()), 2)

    def test_what_is_agreed_stays(self):
        self.system._stop("2026-07-03", "书面通知")
        reduction = self.agree(self._reductions(), "2026-07-10")
        self.system.action_reopen()
        self.assertEqual((reduction.state, reduction.amount), ("agreed", 182000.00))
        self.assertIn("reopen", reduction.message_ids[0].body)

    def test_the_day_of_the_stop_is_corrected(self):
        self.system._stop("2026-07-03", "书面通知")
        self.system.stop_date = "2026-07-04"
        self.assertEqual(self._reductions().amount, 181000.00)

    def test_no_fee_no_reduction(self):
        free = self._create_system("甲无价系统", state="in_service")
        with self.contract._act("amend", reason="甲系统加入") as contract:
            free.with_env(contract.env).agreement_id = contract
        free._stop("2026-07-03", "书面通知")
        self.assertFalse(self._reductions())

    def test_not_twice(self):
        self.system._stop("2026-07-03", "书面通知")
        before = self._reductions()
        self.system._propose_reductions()
        self.assertEqual(self._reductions(), before)

    def test_not_subtracted_twice(self):
        """What the reviewed amount contains is ticked off, not subtracted again."""
        self.system._stop("2026-07-03", "书面通知")
        reduction = self.agree(self._reductions(), "2026-07-10")
        last = self.contract.milestone_ids.sorted()[-1]
        with self.assertRaisesRegex(UserError, "review"):
            reduction.with_user(self.officer).action_apply()
        with freeze_time("2027-03-01 04:00:00"):
            self.contract.action_expire()
            self.contract.action_accept(
                "2027-01-20", "验收单", self.make_scan(), "甲经办"
            )
            self.contract.action_record_settlement(818000.00, "2027-02-20", "评审报告")
            reduction.with_user(self.officer).action_apply()
        self.assertEqual(reduction.state, "applied")
        self.assertEqual(reduction.line_ids.target, "review")
        self.assertEqual((last.amount_deducted, last.amount_due), (0.0, 118000.00))

    def test_without_a_review_it_comes_off_the_payment(self):
        contract = self.make_contract("60_40", 100000.00, fees=(100000.00,))
        contract.system_ids._stop("2026-07-03", "书面通知")
        reduction = self.agree(contract.deduction_ids, "2026-07-10")
        # 100,000.00 x 182 / 365
        self.assertEqual(reduction.amount, 49863.01)
        self.assertFalse(reduction.in_review)
        reduction.action_apply()
        self.assertEqual(contract.milestone_ids.sorted()[0].amount_due, 10136.99)

    def test_stopping_many_takes_no_more_queries(self):
        counts = []
        for number in (10, 100):
            contract = self.make_contract(
                "review", 100.0 * number, code=f"HT-{number}", fees=[100.0] * number
            )
            systems = self.env["om.system"].browse(contract.system_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            systems.write({"state": "stopped", "stop_date": "2026-07-03"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(contract.deduction_ids), number)
        self.assertLessEqual(counts[1], counts[0] + 10, counts)
