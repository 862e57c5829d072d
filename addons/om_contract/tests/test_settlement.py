import re
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .deduction_common import PRICE, DeductionCase


@tagged("post_install", "-at_install")
@freeze_time("2027-06-15 04:00:00")
class TestSettlement(DeductionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract("review", PRICE).with_user(cls.officer)
        cls.first, cls.second, cls.last = cls.contract.milestone_ids.sorted()

    def settle(self, amount, reason=None):
        if self.contract.state == "expired":
            self.contract.action_accept(
                "2027-01-20", "验收单", self.make_scan(), "甲经办"
            )
        self.contract.action_record_settlement(
            amount, "2027-03-10", "评审报告", reason=reason
        )

    def test_shunyi_to_the_last_cent(self):
        """Reviewed 76,500,000.00 - 23,139,990.00 - 30,853,320.00 - 2 x 77,133.30."""
        self.assertEqual(self.first.amount, 23139990.00)
        self.assertEqual(self.second.amount, 30853320.00)
        penalties = self.deduct(self.contract, "review_capability") | self.deduct(
            self.contract, "review_sanction"
        )
        self.agree(penalties, "2026-12-31")
        self.settle(76500000.00)
        penalties.action_apply(milestone=self.last)
        self.assertEqual(self.last.amount, 22506690.00)
        self.assertEqual(self.last.amount_deducted, 154266.60)
        self.assertEqual(self.last.amount_due, 22352423.40)
        self.assertEqual(set(penalties.mapped("state")), {"applied"})
        self.assertEqual(self.contract.amount_claimed, 0.0)

    def test_shunyi_is_paid_and_closed(self):
        """The whole life: what is paid together is the review less the penalties."""
        self.first, self.second, self.last = (
            m.with_user(self.officer) for m in self.contract.milestone_ids.sorted()
        )
        self._pay(self._invoice(self.first))
        self._confirm(self.second, "assessment", "2027-01-05")
        self._pay(self._invoice(self.second))
        penalties = self.deduct(self.contract, "review_capability") | self.deduct(
            self.contract, "review_sanction"
        )
        self.agree(penalties, "2026-12-31")
        with self.assertRaisesRegex(UserError, "cannot be invoiced"):
            self.last.action_make_invoice()
        self.settle(76500000.00)
        penalties.action_apply()
        move = self._invoice(self.last)
        self.assertEqual(move.amount_total, 22352423.40)
        # What is invoiced does not change any more.
        with self.assertRaisesRegex(UserError, "invoiced with this deduction"):
            penalties.action_reopen("更正")
        self._pay(move)
        self.assertEqual(self.last.state, "paid")
        self.assertEqual(self.contract.amount_paid, 76500000.00 - 154266.60)
        self.assertEqual(self.contract.amount_residual, 0.0)
        self.contract.action_close()
        self.assertEqual(self.contract.state, "closed")
        with self.assertRaisesRegex(UserError, "closed"):
            self.deduct(self.contract, "review_capability")

    def test_the_sheet_adds_up(self):
        """What an earlier payment bore is a line, too: reviewed amount less the lines
        is the final payment. It rests on this contract, on no other's tender."""
        early = self.deduct(self.contract, amount=3600.0)
        late = self.deduct(self.contract, "review_capability")
        self.agree(early | late, "2026-12-31")
        early.action_apply(milestone=self.second)
        self.settle(76500000.00)
        late.action_apply(milestone=self.last)
        sheet = self.contract._get_calculation()
        # The review stands in place of the price.
        values = self.read_values(sheet, without="Contract price")
        for amount in ("-3600.00", "-77133.30", "-30849720.00"):
            self.assertIn(Decimal(amount), values)
        self.assertEqual(sum(values), Decimal(f"{self.last.amount_due:.2f}"))
        self.assertIn("22,429,556.70", sheet.result)
        source = self.contract.payment_template_id.source
        for basis in (sheet.clause, self.last._get_calculation().clause):
            self.assertIn(self.contract.code, basis)
            self.assertNotIn(source, basis)

    def test_a_sheet_adds_up_where_the_review_measures_nothing(self):
        """60/40 of the price: price less what was paid and deducted is what is left;
        the reviewed amount is told in brackets and changes no payment."""
        contract = self.make_contract("60_40", 1000000.00).with_user(self.officer)
        self.contract = contract
        deduction = self.agree(self.deduct(contract, amount=3600.0), "2026-12-31")
        deduction.action_apply(milestone=contract.milestone_ids.sorted()[0])
        self.settle(900000.00)
        sheet = contract._get_calculation()
        self.assertEqual(contract.amount_residual, 996400.00)
        self.assertEqual(
            sum(self.read_values(sheet, without="Reviewed amount")),
            Decimal("996400.00"),
        )
        self.assertIn("996,400.00", sheet.result)
        reviewed = [step for step in sheet.steps if step.label == "Reviewed amount"]
        self.assertRegex(reviewed[0].value, r"^\(.*900,000\.00.*\)$")

    def read_values(self, sheet, without):
        """The amounts of a sheet's steps with their signs, but for one step."""
        values = []
        for step in sheet.steps:
            found = re.fullmatch(r"(−?)\D*([\d,]+\.\d\d)\D*", step.value)
            if found and step.label != without:
                sign = -1 if found[1] else 1
                values.append(sign * Decimal(found[2].replace(",", "")))
        return values

    def test_the_order_of_review_and_penalty_does_not_matter(self):
        penalty = self.agree(self.deduct(self.contract, "review_capability"))
        penalty.action_apply(milestone=self.last)
        self.assertEqual(self.last.amount_due, 23139990.00 - 77133.30)
        self.settle(76500000.00)
        self.assertEqual(self.last.amount_due, 22506690.00 - 77133.30)

    def test_a_review_below_the_other_payments_is_a_claim(self):
        """53,993,310.00 came before; reviewed 53,000,000.00: 993,310.00 back."""
        self.settle(53000000.00)
        self.assertEqual((self.last.amount, self.last.amount_due), (0.0, 0.0))
        claim = self.contract.deduction_ids
        self.assertEqual((claim.state, claim.amount_claimed), ("applied", 993310.00))
        self.assertEqual(claim.direction, "contractor")
        self.assertEqual(self.contract.amount_claimed, 993310.00)
        # A corrected review corrects the claim; the old one stays readable.
        self.settle(53900000.00, reason="评审报告更正")
        live = self.contract.deduction_ids.filtered(lambda d: d.state != "waived")
        self.assertEqual(live.amount_claimed, 93310.00)
        self.assertEqual(claim.state, "waived")
        self.settle(60000000.00, reason="评审报告再次更正")
        self.assertEqual(self.contract.amount_claimed, 0.0)
        self.assertEqual(self.last.amount_due, 6006690.00)

    def test_penalties_that_the_review_leaves_no_room_for(self):
        """The rest is 50,000.00; two penalties of 77,133.30 were taken from it."""
        penalties = self.deduct(self.contract, "review_capability") | self.deduct(
            self.contract, "review_sanction"
        )
        self.agree(penalties)
        penalties.action_apply(milestone=self.last)
        self.settle(54043310.00)
        self.assertEqual(self.last.amount, 50000.00)
        self.assertEqual(self.last.amount_deducted, 50000.00)
        self.assertEqual(self.last.amount_due, 0.0)
        self.assertEqual(sum(penalties.mapped("amount_applied")), 50000.00)
        self.assertEqual(sum(penalties.mapped("amount_open")), 104266.60)
        penalties.invalidate_recordset()
        waiting = penalties.filtered(lambda d: d.state == "agreed")
        self.assertEqual(waiting, penalties)
        # The first two payments are not invoiced yet: they have room.
        penalties.action_apply()
        self.assertEqual(self.first.amount_deducted, 104266.60)

    def test_what_is_left_when_all_is_paid_is_a_claim(self):
        penalty = self.agree(
            self.deduct(self.contract, "review_memorandum", amount=30000000.00)
        )
        self.settle(76500000.00)
        self.first.action_make_invoice()
        for kind in ("assessment",):
            open_ones = self.second.condition_ids.filtered(
                lambda c, kind=kind: c.kind == kind
            )
            self.confirm(open_ones, "2027-02-01", "考核材料")
        self.second.action_make_invoice()
        penalty.action_apply(claim=True)
        self.assertEqual(self.last.amount_due, 0.0)
        self.assertEqual(penalty.amount_claimed, 30000000.00 - 22506690.00)
        self.assertEqual(self.contract.amount_claimed, 7493310.00)
