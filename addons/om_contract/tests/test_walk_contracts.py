from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon


@tagged("post_install", "-at_install")
class TestWalkContracts(OmContractCommon):
    """The lives of the five engagements, with their dates, to the last cent."""

    def test_bda(self):
        """1,296,000.00 in 60/40, each 15 days after a proper invoice."""
        with freeze_time("2024-03-15"):
            contract = self._create_contract(
                "60_40",
                amount_total=1296000.0,
                signature_date="2024-03-15",
                start_date="2024-03-16",
                end_date="2025-03-15",
            )
            first, last = contract.milestone_ids
            self.assertAmounts(
                contract.milestone_ids, "amount", ["777600.00", "518400.00"]
            )
            self.assertEqual(first.state, "waiting")
            contract.action_activate()
            self.assertEqual(contract.effective_date, date(2024, 3, 15))
            # The budget of 2024 is not approved yet.
            with self.assertRaisesRegex(UserError, "Fiscal Funds"):
                first.action_make_invoice()
        with freeze_time("2024-03-25"):
            self._confirm(first, "funds", "2024-03-22")
            self.assertEqual(first.state, "ready")
            self.assertFalse(first.date_due, "the term runs from the invoice")
        with freeze_time("2024-03-29"):
            invoice = self._invoice(first, "2024-03-29")
            self.assertEqual(f"{invoice.amount_total:.2f}", "777600.00")
            # 777,600.00 / 1.06 = 733,584.9056...
            self.assertEqual(f"{invoice.amount_untaxed:.2f}", "733584.91")
            self.assertEqual(f"{invoice.amount_tax:.2f}", "44015.09")
            self.assertEqual(invoice.partner_id, self.purchaser)
            self.assertEqual(invoice.agreement_id, contract)
            self.assertIn("柒拾柒万柒仟陆佰元整", self._print(invoice))
            # 15 days end on Saturday 2024-04-13: the Monday after it.
            self.assertEqual(first.date_due, date(2024, 4, 15))
            self.assertBalances(first, "invoiced", residual="777600.00")
        with freeze_time("2024-04-15"):
            self.assertFalse(first.is_overdue)
        with freeze_time("2024-04-16"):
            first.invalidate_recordset()
            self.assertTrue(first.is_overdue)
            self.assertIn(first, first.search([("is_overdue", "=", True)]))
            self._pay(invoice)
            self.assertBalances(first, "paid", paid="777600.00", residual="0.00")
            self.assertFalse(first.is_overdue)
            self.assertAmounts(contract, "amount_residual", ["518400.00"])
        with freeze_time("2025-03-16"):
            self.env["agreement"]._cron_expire()
            self.assertEqual(contract.state, "expired")
            self.assertIn("Acceptance Passed", last.why_not)
        with freeze_time("2025-04-02"):
            contract.action_accept(
                "2025-04-01", "甲验收报告", self.make_scan(), "甲经办"
            )
            self._confirm(last, "funds", "2025-04-02")
            self.assertEqual(last.state, "ready")
            invoice = self._invoice(last, "2025-04-02")
            # 15 days after it is Thursday 2025-04-17.
            self.assertEqual(last.date_due, date(2025, 4, 17))
            self._pay(invoice)
            contract.action_close()
        self.assertEqual(contract.state, "closed")
        self.assertAmounts(contract, "amount_paid", ["1296000.00"])
        self.assertAmounts(contract, "amount_residual", ["0.00"])

    def test_shunyi(self):
        """77,133,300.00 in 30/40 and the rest by the settlement review."""
        with freeze_time("2026-01-20"):
            contract = self._create_contract(
                "review", amount_total=77133300.0, tender_number="0686-2511BJ143437Z"
            )
            contract.action_activate()
            first, second, last = contract.milestone_ids
            self.assertAmounts(
                contract.milestone_ids,
                "amount",
                ["23139990.00", "30853320.00", "23139990.00"],
            )
            self.assertEqual(first.date_start, date(2026, 1, 20))
            self.assertEqual(first.date_due, date(2026, 3, 9))
            self.assertFalse(first.is_date_provisional)
            self.assertEqual(first.state, "ready")
        with freeze_time("2026-03-20"):
            first.invalidate_recordset()
            self.assertFalse(first.is_overdue, "no invoice, no default")
            invoice = self._invoice(first, "2026-02-10")
            self.assertEqual(first.date_due, date(2026, 3, 9))
            self.assertTrue(first.is_overdue)
            self.assertEqual(first.days_overdue, 11)
            self._pay(invoice)
            self.assertEqual(first.state, "paid")
            self.assertEqual(second.state, "waiting")
            self.assertIn("2026-12-31", second.why_not)
        with freeze_time("2027-01-05"):
            self.env["agreement"]._cron_expire()
            self.env["om.payment.milestone"]._cron_reach_dates()
            self.assertEqual(second.state, "waiting", "the assessments are missing")
            self._confirm(second, "assessment", "2027-01-05")
            self.assertEqual(second.state, "ready")
            self._pay(self._invoice(second, "2027-01-05"))
            self.assertBalances(second, "paid", paid="30853320.00")
        with freeze_time("2027-03-01"):
            contract.action_accept(
                "2027-02-26", "甲验收报告", self.make_scan(), "甲经办"
            )
            contract.action_submit_settlement()
            self.assertEqual(last.state, "waiting")
            contract.action_record_settlement(76500000.0, "2027-03-01", "甲评审报告")
            # 76,500,000.00 - 23,139,990.00 - 30,853,320.00
            self.assertBalances(last, "ready", due="22506690.00")
            # 2027 is not published: computed from the law, and said so.
            self.assertTrue(last.is_date_provisional)
            self._pay(self._invoice(last))
            contract.action_close()
        self.assertAmounts(contract, "amount_paid", ["76500000.00"])
        self.assertAmounts(contract, "amount_residual", ["0.00"])

    def _give_bond(self, contract, day):
        bond = contract.bond_ids
        bond.action_receive(date=day, note="甲收据")
        self.assertEqual(str(contract.bond_date), day)

    def test_emergency_centre(self):
        """1,000,000.01 in 60/30/10 with a bond; a short appropriation in between."""
        with freeze_time("2026-06-15"):
            contract = self._create_contract(
                "60_30_10",
                amount_total=1000000.01,
                signature_date="2026-06-15",
                start_date="2026-06-15",
                end_date="2027-06-14",
            )
            contract.action_activate()
            first, second, last = contract.milestone_ids
            self.assertAmounts(
                contract.milestone_ids,
                "amount",
                ["600000.01", "300000.00", "100000.00"],
            )
            self.assertEqual(first.date_due, date(2026, 7, 15))
            self.assertEqual(contract.bond_ids.date_due, date(2026, 7, 15))
            self.assertIn("Performance Bond", first.why_not)
            with self.assertRaisesRegex(UserError, "Performance Bond"):
                first.action_make_invoice()
        with freeze_time("2026-06-30"):
            self.assertAmounts(contract.bond_ids, "amount", ["100000.00"])
            self._give_bond(contract, "2026-06-29")
            self.assertEqual(first.state, "ready")
            invoice = self._invoice(first)
            # The appropriation is short: the rest follows as it arrives.
            self._pay(invoice, 250000.0)
            self.assertBalances(
                first, "partial", paid="250000.00", residual="350000.01"
            )
            self._pay(invoice, 350000.0)
            self.assertBalances(first, "partial", residual="0.01")
            self._pay(invoice, 0.01)
            self.assertBalances(first, "paid", paid="600000.01", residual="0.00")
            self.assertIn("9 months of service on 2027-03-14", second.why_not)
        with freeze_time("2027-03-15"):
            self._confirm(second, "funds", "2027-03-01")
            self._confirm(second, "application", "2027-03-15")
            self.assertEqual(second.state, "ready", "nine months of service are over")
            due = second.date_due
            self.assertGreater(due, date(2027, 4, 20))
        with freeze_time("2027-06-01"):
            second.invalidate_recordset()
            self.assertLess(due, date(2027, 6, 1))
            self.assertFalse(second.is_overdue, "no invoice, no default")
            self.assertNotIn(second, second.search([("is_overdue", "=", True)]))
            # What comes late holds up the payment until its own day.
            invoice = self._invoice(second, "2027-06-01")
            self.assertEqual(second.date_due, date(2027, 6, 1))
            self.assertFalse(second.is_overdue)
            self._pay(invoice)
        with freeze_time("2027-07-01"):
            self.env["agreement"]._cron_expire()
            contract.action_accept(
                "2027-06-30", "甲验收报告", self.make_scan(), "甲经办"
            )
            self._confirm(last, "application", "2027-07-01")
            self._pay(self._invoice(last))
        self.assertEqual(contract.milestone_ids.mapped("state"), ["paid"] * 3)
        self.assertAmounts(contract, "amount_paid", ["1000000.01"])

    def test_tongzhou(self):
        """50/30/20: the funds are late for fiscal reasons, nobody is in default."""
        with freeze_time("2026-03-02"):
            contract = self._create_contract(
                "50_30_20", amount_total=888888.88, signature_date="2026-03-02"
            )
            contract.action_activate()
            first, second, last = contract.milestone_ids
            self.assertAmounts(
                contract.milestone_ids,
                "amount",
                ["444444.44", "266666.66", "177777.78"],
            )
            self._give_bond(contract, "2026-03-02")
            for kind in ("funds", "purchaser_approval"):
                self.assertEqual(first.state, "waiting")
                self._confirm(first, kind, "2026-03-02")
            self._hand_in(first, "2026-03-02")
            self.assertEqual(first.state, "ready")
            self._pay(self._invoice(first))
            # The beginning of November is a Sunday.
            self.assertEqual(second.date_expected, date(2026, 11, 2))
        with freeze_time("2026-11-05"):
            self.env["om.payment.milestone"]._cron_reach_dates()
            self.assertEqual(second.state, "waiting")
            self._confirm(second, "purchaser_approval", "2026-10-30")
            self.assertIn("工作项目总结", second.why_not)
            self._hand_in(second, "2026-11-02")
            self.assertEqual(second.date_due, date(2026, 11, 2))
            self.assertFalse(second.is_overdue, "no invoice, no default")
            invoice = self._invoice(second, "2026-11-03")
            self.assertEqual(second.date_due, date(2026, 11, 3))
            self.assertTrue(second.is_overdue)
            self.assertEqual(second.days_overdue, 2)
            delay = self.env["om.fiscal.delay"].create(
                {
                    "agreement_id": contract.id,
                    "date_from": "2026-10-26",
                    "cause": "甲财政原因",
                }
            )
            self.assertFalse(second.is_overdue)
            self.assertFalse(second.date_due)
            self.assertTrue(second.is_delayed)
            self.assertNotIn(second, second.search([("is_overdue", "=", True)]))
        with freeze_time("2026-11-21"):
            # Seven days after Friday the 20th: Friday the 27th.
            delay.date_to = "2026-11-20"
            self.assertEqual(second.date_due, date(2026, 11, 27))
        with freeze_time("2026-11-28"):
            second.invalidate_recordset()
            self.assertTrue(second.is_overdue)
            self._pay(invoice)
        with freeze_time("2027-01-20"):
            self.env["agreement"]._cron_expire()
            contract.action_accept(
                "2027-01-18", "甲验收报告", self.make_scan(), "甲经办"
            )
            self._confirm(last, "purchaser_approval", "2027-01-20")
            self._hand_in(last, "2027-01-20")
            self._pay(self._invoice(last))
            with self.assertRaisesRegex(UserError, "still holds"):
                contract.action_close()
            contract.bond_ids.action_return(date="2027-01-20", note="甲评估")
            contract.action_close()
        self.assertAmounts(contract, "amount_paid", ["888888.88"])

    def test_changning(self):
        """247,000.00 in one payment; the invoice is credited and made again."""
        with freeze_time("2024-01-02"):
            contract = self._create_contract(
                "single",
                amount_total=247000.0,
                signature_date="2024-01-02",
                start_date="2024-01-01",
                end_date="2024-12-31",
            )
            contract.action_activate()
            milestone = contract.milestone_ids
        with freeze_time("2025-01-10"):
            self.env["agreement"]._cron_expire()
            contract.action_accept("2025-01-10", "甲验收单", self.make_scan(), "甲经办")
            # Thirty days after it, 2025-02-09, is a Sunday.
            self.assertEqual(milestone.date_due, date(2025, 2, 10))
            wrong = self._invoice(milestone)
            self._credit(wrong)
            self.assertBalances(milestone, "ready", invoiced="0.00", paid="0.00")
            self.assertFalse(milestone.invoice_date)
            invoice = self._invoice(milestone)
            self._pay(invoice)
            self.assertBalances(milestone, "paid", paid="247000.00")
            contract.action_close()
        self.assertAmounts(contract, "amount_paid", ["247000.00"])
