from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tests.common import new_test_user

from .deduction_common import DeductionCase

REASON = "甲通知：违约处理完毕前暂不付款"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-20 04:00:00")
class TestPaymentHold(DeductionCase):
    """A payment held for an open breach is no default of the payer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(
            "review",
            1000000.00,
            signature_date="2026-01-20",
            effective_date="2026-01-20",
        )
        cls.first = cls.contract.milestone_ids.sorted()[0].with_user(cls.officer)
        cls.breach = cls.deduct(cls.contract, "review_capability", date="2026-03-02")

    def _hold(self, day, milestone=None, breach=None, reason=REASON):
        milestone = milestone or self.first
        paper = Paper("甲经办", day, self.make_scan(milestone.env))
        milestone.action_hold(breach or self.breach, reason=reason, paper=paper)
        milestone.invalidate_recordset()

    def _release(self, day, reason="甲通知：已整改"):
        paper = Paper("甲经办", day, self.make_scan(self.first.env))
        self.first.action_release(reason=reason, paper=paper)
        self.first.invalidate_recordset()

    def _is_found_overdue(self):
        return self.first in self.first.search([("is_overdue", "=", True)])

    def test_not_overdue_while_held(self):
        """Due on 2026-03-09 with the invoice of February; held on the 5th."""
        self._invoice(self.first, "2026-02-10")
        self.assertEqual(self.first.date_due, date(2026, 3, 9))
        self.assertTrue(self.first.is_overdue)
        self._hold("2026-03-05")
        self.assertTrue(self.first.is_held)
        self.assertIn(self.first, self.first.search([("is_held", "=", True)]))
        self.assertFalse(self.first.is_overdue or self._is_found_overdue())
        self.assertFalse(self.first.date_due)
        self.assertFalse(self.first.is_delayed, "that is no fiscal delay")
        for words in ("Held by the payer", self.breach.name, "合同第四条（二）5"):
            self.assertIn(words, self.first.why_not)
        with self.assertRaisesRegex(UserError, "not overdue"):
            self.first.action_demand()
        # Released on the 18th it is due on that day, and two days late on the 20th.
        self._release("2026-03-18")
        self.assertEqual(self.first.date_due, date(2026, 3, 18))
        self.assertTrue(self.first.is_overdue and self._is_found_overdue())
        self.assertEqual(self.first.days_overdue, 2)
        told = self.first.act_ids.filtered(lambda line: line.act == "hold")
        self.assertEqual(told.reason, REASON)
        self.assertEqual(told.signature_id.party_id, self.contract.partner_id)

    def test_late_already_keeps_its_day(self):
        self._invoice(self.first, "2026-02-10")
        self._hold("2026-03-12")
        self.assertFalse(self.first.is_overdue or self._is_found_overdue())
        self._release("2026-03-16")
        self.assertEqual(self.first.date_due, date(2026, 3, 9))
        self.assertEqual(self.first.days_overdue, 11)

    def test_released_before_its_day_changes_nothing(self):
        self._hold("2026-03-02")
        self._release("2026-03-04")
        self.assertEqual(self.first.date_due, date(2026, 3, 9))

    def test_only_where_the_contract_says_so(self):
        bda = self.make_contract("60_40", 1296000.00)
        self.assertFalse(bda.hold_clause)
        clause = bda.clause_ids.filtered(lambda c: c.direction == "contractor")[0]
        breach = self.env["om.deduction"].create(
            {
                "agreement_id": bda.id,
                "clause_id": clause.id,
                "name": "甲违约",
                "date": "2026-03-02",
                "demand_date": "2026-03-02",
            }
        )
        payment = bda.milestone_ids.sorted()[0]
        self.assertFalse(payment.may_be_held)
        with self.assertRaisesRegex(UserError, "no clause by which a payment"):
            self._hold("2026-03-05", payment, breach)
        # Another contract's breach, and one that is settled.
        with self.assertRaisesRegex(UserError, "no open breach"):
            self._hold("2026-03-05", breach=breach)
        with self.assertRaisesRegex(UserError, "Give the reason"):
            self._hold("2026-03-05", reason="")
        with self.assertRaisesRegex(UserError, "who signed"):
            self.first.action_hold(self.breach, reason=REASON)
        self._hold("2026-03-05")
        with self.assertRaisesRegex(UserError, "held since .* already"):
            self._hold("2026-03-06")
        with self.assertRaisesRegex(UserError, "at the earliest"):
            self._release("2026-03-04")

    def test_a_settled_breach_holds_nothing(self):
        self._hold("2026-03-05")
        scan = self.make_scan(self.breach.env)
        self.breach.action_waive("甲撤回", Paper("甲经办", "2026-03-19", scan))
        self.first.invalidate_recordset()
        self.assertFalse(self.first.is_held)
        self.assertEqual(self.first.hold_ids.date_to, date(2026, 3, 20))
        with self.assertRaisesRegex(UserError, "no open breach"):
            self._hold("2026-03-20")

    def test_no_interest_for_the_days_of_the_hold(self):
        """777,600.00 at 0.3 % from 2024-04-16 on; three of fifteen days were held."""
        with freeze_time("2024-03-15"):
            contract = self._create_contract(
                "60_40",
                amount_total=1296000.00,
                signature_date="2024-03-15",
                start_date="2024-03-16",
                end_date="2025-03-15",
            )
            contract.hold_clause = "甲条款"
            contract.action_activate()
        payment = contract.milestone_ids[0]
        with freeze_time("2024-03-29"):
            self._confirm(payment, "funds", "2024-03-22")
            self._invoice(payment, "2024-03-29")
            self.assertEqual(payment.date_due, date(2024, 4, 15))
        with freeze_time("2024-04-16 04:00:00"):
            payment.invalidate_recordset()
            payment.action_demand()
            interest = payment.interest_ids
        with freeze_time("2024-04-30 04:00:00"):
            interest.invalidate_recordset()
            # Fifteen days: the 16th to the 30th.
            self.assertEqual(f"{interest.amount_so_far:.2f}", "34992.00")
            clause = contract.clause_ids.filtered(lambda c: c.kind == "other")[:1]
            breach = self.env["om.deduction"].create(
                {
                    "agreement_id": contract.id,
                    "clause_id": clause.id,
                    "name": "甲违约",
                    "date": "2024-04-17",
                    "amount": 1.0,
                }
            )
            self._hold("2024-04-18", payment, breach)
            payment._get_hold().sudo()._end(date(2024, 4, 20), "甲")
            interest.invalidate_recordset()
            self.assertEqual(f"{interest.amount_so_far:.2f}", "27993.60")

    def test_dialog_and_paper(self):
        context = self.first.action_open_hold()["context"]
        form = Form(
            self.env["om.contract.act"].with_user(self.officer).with_context(**context)
        )
        self.assertTrue(form.needs_paper)
        form.deduction_id = self.breach
        form.date = "2026-03-05"
        form.reason = REASON
        form.file = "6K+B5o2u"
        form.person = "甲经办"
        form.save().action_apply()
        self.assertTrue(self.first.is_held)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "om_contract.om_payment_application", self.first.ids
        )
        self.assertIn(self.breach.name, html.decode())
        context = self.first.action_open_release()["context"]
        form = Form(
            self.env["om.contract.act"].with_user(self.officer).with_context(**context)
        )
        form.date = "2026-03-18"
        form.reason = "甲已整改"
        form.file = "6K+B5o2u"
        form.person = "甲经办"
        form.save().action_apply()
        self.assertFalse(self.first.is_held)

    def test_nobody_writes_one_by_hand(self):
        values = {
            "milestone_id": self.first.id,
            "deduction_id": self.breach.id,
            "reason": "甲",
            "date_from": "2026-03-05",
        }
        with self.assertRaises(UserError):
            self.first.env["om.payment.hold"].create(values)
        engineer = self._create_user("engineer")
        with self.assertRaises(AccessError):
            self.env["om.payment.hold"].with_user(engineer).search([])
        auditor = self._create_user("auditor")
        with self.assertRaises(AccessError):
            self.first.with_user(auditor).action_hold(self.breach, reason=REASON)

    def test_the_purchaser_reads_that_and_why_it_is_held(self):
        self._hold("2026-03-05")
        user = new_test_user(
            self.env, login="hold_p", groups="om_base.group_portal_purchaser"
        )
        user.partner_id.parent_id = self.contract.partner_id
        payment = self.first.with_user(user)
        payment.invalidate_recordset()
        self.assertIn(self.breach.name, payment.why_not)
        with self.assertRaises(AccessError):
            self.env["om.payment.hold"].with_user(user).search([])
