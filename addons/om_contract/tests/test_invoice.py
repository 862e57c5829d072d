from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestInvoice(OmContractCommon):
    """Invoices of milestones: made once, followed through payment and refund."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_contract(
            "review", code="甲-发票", amount_total=100000.0
        )
        self.contract.action_activate()
        self.first, self.second, self.last = self.contract.milestone_ids

    def test_values(self):
        move = self._invoice(self.first)
        self.assertEqual(move.move_type, "out_invoice")
        self.assertEqual(move.invoice_origin, "甲-发票")
        self.assertIn("甲-发票", move.ref)
        self.assertIn("甲合同", move.invoice_line_ids.name)
        self.assertEqual(move.invoice_line_ids.tax_ids.amount, 6.0)
        self.assertEqual(str(move.invoice_date_due), "2026-03-09")
        self.assertEqual(str(move.om_handed_in), "2026-02-02")
        # 30,000.00 / 1.06 = 28,301.8867...
        self.assertEqual(f"{move.amount_untaxed:.2f}", "28301.89")
        self.assertEqual(f"{move.amount_total:.2f}", "30000.00")

    def test_every_amount_to_the_cent(self):
        """Whatever the tax does to it, the invoice is the milestone's amount."""
        for amount, rate in (
            (0.01, 6),
            (0.17, 6),
            (100.0, 13),
            (999999.99, 6),
            (77777.77, 9),
            (12345.67, 3),
            (1000.0, 0),
        ):
            contract = self._create_contract(
                "single", amount_total=amount, tax_rate=rate, end_date="2026-01-31"
            )
            contract.action_activate()
            contract.action_expire()
            contract.action_accept("2026-02-02", "甲验收单", self.make_scan(), "甲经办")
            move = self._invoice(contract.milestone_ids)
            self.assertEqual(f"{move.amount_total:.2f}", f"{amount:.2f}", rate)
            self.assertEqual(
                f"{move.amount_untaxed:.2f}", f"{contract.amount_untaxed:.2f}", rate
            )

    def test_tax_is_made_once(self):
        contracts = self.env["agreement"]
        for _index in range(2):
            contract = self._create_contract("60_40", tax_rate=1.5)
            contract.action_activate()
            contracts |= contract
        milestones = contracts.milestone_ids.filtered(lambda m: m.percent == 60)
        for milestone in milestones:
            self._confirm(milestone, "funds", "2026-02-02")
        milestones.action_make_invoice()
        taxes = milestones.invoice_ids.invoice_line_ids.tax_ids
        self.assertEqual(taxes.mapped("amount"), [1.5])
        self.assertRegex(taxes.tax_group_id.name, r"\D 1.5%$")
        self.assertEqual(taxes.price_include_override, "tax_included")

    def test_not_ready(self):
        with self.assertRaisesRegex(UserError, "Assessment Documents"):
            self.second.action_make_invoice()
        draft = self._create_contract("review")
        with self.assertRaisesRegex(UserError, "not in force"):
            draft.milestone_ids[0].action_make_invoice()
        self.assertFalse(self.second.invoice_ids)

    def test_nothing_twice(self):
        self.first.action_make_invoice()
        self.assertEqual(self.first.state, "invoiced")
        with self.assertRaisesRegex(UserError, "Nothing is left to invoice"):
            self.first.action_make_invoice()
        draft = self.first.invoice_ids
        copy = draft.copy()
        self.assertEqual(copy.om_milestone_id, self.first, "it asks for the same money")
        self.assertBalances(self.first, "invoiced", invoiced="30000.00")
        with self.assertRaisesRegex(UserError, "would be invoiced"):
            draft.invoice_line_ids = [
                Command.update(draft.invoice_line_ids.id, {"price_unit": 30000.01})
            ]
            draft.action_post()

    def test_second_invoice_slipped_in(self):
        """However a second one came about, it cannot be posted."""
        first = self._invoice(self.first)
        second = first.copy({"om_milestone_id": self.first.id})
        second.invoice_date = "2026-02-02"
        with self.assertRaisesRegex(UserError, "60,000.00 would be invoiced"):
            second.action_post()

    def test_short_appropriation_invoiced_in_parts(self):
        """The purchaser wants an invoice for what was appropriated only."""
        self.first.action_make_invoice()
        move = self.first.invoice_ids
        move.invoice_line_ids = [
            Command.update(move.invoice_line_ids.id, {"price_unit": 12000.0})
        ]
        move.action_post()
        self._pay(move)
        self.assertBalances(
            self.first, "partial", invoiced="12000.00", residual="18000.00"
        )
        rest = self._invoice(self.first)
        self.assertEqual(f"{rest.amount_total:.2f}", "18000.00")
        self._pay(rest)
        self.assertBalances(self.first, "paid", paid="30000.00", residual="0.00")

    def test_cancelled_and_deleted(self):
        move = self._invoice(self.first)
        move.button_draft()
        self.assertBalances(self.first, "invoiced", invoiced="30000.00")
        self.assertFalse(self.first.invoice_date, "a draft is not handed in")
        move.button_cancel()
        self.assertBalances(self.first, "ready", invoiced="0.00")
        again = self._invoice(self.first)
        self.assertBalances(self.first, "invoiced", invoiced="30000.00")
        again.button_draft()
        again.unlink()
        self.assertBalances(self.first, "ready", invoiced="0.00")

    def test_payment_undone(self):
        move = self._invoice(self.first)
        self._pay(move)
        self.assertEqual(self.first.state, "paid")
        move.line_ids.remove_move_reconcile()
        self.assertBalances(self.first, "invoiced", paid="0.00", residual="30000.00")
        self.assertEqual(f"{self.contract.amount_paid:.2f}", "0.00")

    def test_refund_of_a_part(self):
        move = self._invoice(self.first)
        self._pay(move, 10000.0)
        note = self._credit(move, 5000.0)
        self.assertEqual(note.om_milestone_id, self.first)
        self.assertBalances(
            self.first,
            "partial",
            invoiced="25000.00",
            paid="10000.00",
            residual="20000.00",
        )
        rest = self._invoice(self.first)
        self.assertEqual(f"{rest.amount_total:.2f}", "5000.00")

    def test_refund_after_payment(self):
        """The money of a credited invoice pays nothing until a new one takes it."""
        move = self._invoice(self.first)
        self._pay(move)
        self._credit(move)
        self.assertBalances(self.first, "ready", invoiced="0.00", paid="0.00")
        again = self._invoice(self.first)
        self.assertBalances(self.first, "paid", paid="30000.00")
        self.assertEqual(f"{again.amount_total:.2f}", "30000.00")

    def test_draft_credit_note_changes_nothing(self):
        move = self._invoice(self.first)
        move._reverse_moves([{"invoice_date": "2026-02-02"}])
        self.assertBalances(self.first, "invoiced", invoiced="30000.00")

    def test_handed_in_later_than_dated(self):
        """BDA's term runs from the day on which the purchaser has the invoice."""
        contract = self._create_contract("60_40", start_date="2026-01-21")
        contract.action_activate()
        first = contract.milestone_ids[0]
        self._confirm(first, "funds", "2026-02-02")
        first.action_make_invoice()
        move = first.invoice_ids
        move.invoice_date = "2026-01-28"
        move.om_handed_in = "2026-02-02"
        move.action_post()
        # 15 days after 2026-02-02 is the Spring Festival; it ends on the 23rd.
        self.assertEqual(str(first.date_due), "2026-02-24")
        with self.assertRaisesRegex(UserError, "a day to come"):
            move.om_handed_in = "2026-02-03"

    def test_supplier(self):
        """A contract with our own supplier: bills, in the same way."""
        contract = self._create_contract(
            "single",
            partner_id=self.supplier.id,
            domain="purchase",
            amount_total=5300.0,
            end_date="2026-01-31",
        )
        contract.action_activate()
        contract.action_expire()
        contract.action_accept("2026-02-02", "甲验收单", self.make_scan(), "甲经办")
        milestone = contract.milestone_ids
        milestone.action_make_invoice()
        bill = milestone.invoice_ids
        self.assertEqual(bill.move_type, "in_invoice")
        self.assertEqual(bill.invoice_line_ids.tax_ids.type_tax_use, "purchase")
        bill.invoice_date = "2026-02-02"
        bill.action_post()
        self.assertEqual(f"{bill.amount_untaxed:.2f}", "5000.00")
        self._pay(bill)
        self.assertBalances(milestone, "paid", paid="5300.00")

    def test_many_at_once(self):
        contracts = self.env["agreement"]
        for _index in range(3):
            contract = self._create_contract("review", amount_total=1000.0)
            contract.action_activate()
            contracts |= contract
        firsts = contracts.milestone_ids.filtered(lambda m: m.state == "ready")
        self.assertEqual(len(firsts), 3)
        action = firsts.action_make_invoice()
        self.assertEqual(firsts.mapped("state"), ["invoiced"] * 3)
        self.assertEqual(action["domain"], [("id", "in", firsts.invoice_ids.ids)])
        self.assertAmounts(firsts.invoice_ids, "amount_total", ["300.00"] * 3)
