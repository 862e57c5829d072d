from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon


@tagged("post_install", "-at_install")
class TestTermination(OmContractCommon):
    """A terminated contract asks for no further money by itself."""

    def setUp(self):
        super().setUp()
        with freeze_time("2026-02-01 02:00:00"):
            self.contract = self._create_contract()
            lines = (
                ("首付", 30, {"kind": "effective"}),
                ("中期", 50, {"kind": "fixed_date", "fixed_month": 6, "fixed_day": 1}),
                ("尾款", 20, {"kind": "acceptance"}),
            )
            for number, (name, percent, condition) in enumerate(lines):
                self.env["om.payment.milestone"].with_user(self.officer).create(
                    {
                        "agreement_id": self.contract.id,
                        "name": name,
                        "percent": percent,
                        "sequence": number,
                        "term_value": 10,
                        "term_unit": "day",
                        "condition_ids": [
                            Command.create(condition),
                            Command.create({"kind": "invoice", "starts_term": False}),
                        ],
                    }
                )
            self.contract.action_activate()
            self.first, self.second, self.last = self.contract.milestone_ids.sorted()
            self._pay(self._invoice(self.first))

    def _get_expected(self):
        self.env.flush_all()
        return (
            self.env["om.cash.forecast"]
            .search(
                [("agreement_id", "=", self.contract.id), ("kind", "=", "expected")]
            )
            .mapped("amount")
        )

    @freeze_time("2026-07-01 02:00:00")
    def test_what_was_not_due_is_not_asked_for(self):
        self.contract.action_terminate("2026-02-01", "采购人解除合同")
        self.env["om.payment.milestone"]._cron_reach_dates()
        self.env["om.payment.milestone"]._cron_remind_due()
        rest = self.second | self.last
        self.assertEqual(rest.mapped("state"), ["ended"] * 2)
        self.assertEqual(rest.mapped("date_due"), [False] * 2)
        self.assertFalse(any(rest.mapped("is_overdue")))
        self.assertAmounts(rest, "amount_residual", ["0.00"] * 2)
        self.assertEqual(self.first.state, "paid")
        self.assertEqual(self.contract.amount_residual, 0.0)
        self.assertFalse(self.contract.next_due)
        self.assertEqual(self._get_expected(), [300000.0])
        self.assertFalse(rest.activity_ids)
        with self.assertRaisesRegex(UserError, "terminated from 2026-02-01"):
            self.second.action_make_invoice()

    @freeze_time("2026-07-01 02:00:00")
    def test_what_was_due_before_stays(self):
        """Terminated on the day after the fixed date: that payment was earned."""
        self.contract.action_terminate("2026-06-02", "甲原因")
        self.assertEqual(self.second.state, "ready")
        self.assertEqual(self.last.state, "ended")
        self._invoice(self.second)
        self.assertEqual(self.second.state, "invoiced")

    @freeze_time("2026-07-01 02:00:00")
    def test_invoiced_before_stays(self):
        move = self._invoice(self.second)
        self.contract.action_terminate("2026-03-01", "甲原因")
        self.assertEqual(self.second.state, "invoiced")
        self._credit(move)
        self.assertEqual(self.second.state, "ended")

    @freeze_time("2026-07-01 02:00:00")
    def test_a_settlement_says_what_is_still_owed(self):
        """Reviewed 420,000.00 of which 300,000.00 was paid: 120,000.00 are left, and
        its term runs from the settlement."""
        self.contract.action_terminate("2026-02-01", "甲原因")
        self.contract.action_record_settlement(420000.0, "2026-06-20", "甲结算报告")
        self.assertBalances(self.last, "ready", due="120000.00", residual="120000.00")
        self.assertEqual(str(self.last.date_due), "2026-06-30")
        self.assertEqual(self.second.state, "ended")
        self.assertEqual(self.contract.amount_residual, 120000.0)
        move = self._invoice(self.last)
        self.assertEqual(f"{move.amount_total:.2f}", "120000.00")
        self._pay(move)
        self.assertEqual(self.last.state, "paid")
        self.assertEqual(self.contract.amount_residual, 0.0)

    @freeze_time("2026-07-01 02:00:00")
    def test_a_settlement_below_what_was_paid_is_a_claim(self):
        self.contract.action_terminate("2026-02-01", "甲原因")
        self.contract.action_record_settlement(250000.0, "2026-06-20", "甲结算报告")
        self.assertEqual(self.last.amount_due, 0.0)
        self.assertEqual(self.contract.amount_claimed, 50000.0)

    @freeze_time("2027-01-02 02:00:00")
    def test_an_ended_contract_is_expired_at_once(self):
        contract = self._create_contract("single")
        contract.action_activate()
        self.assertEqual(contract.state, "expired")
        amendment = (
            self.env["om.contract.amendment"]
            .with_user(self.officer)
            .create(
                {
                    "agreement_id": contract.id,
                    "name": "甲-1",
                    "reason": "甲原因",
                    "end_new": "2027-03-31",
                    "file": "JVBERi0xLjQ=",
                    "signatory": "甲经办",
                }
            )
        )
        amendment.action_apply()
        self.assertEqual(contract.state, "in_force", "prolonged")
