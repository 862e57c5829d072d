from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .deduction_common import PRICE, DeductionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestDeduction(DeductionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shunyi = cls.make_contract("review", PRICE)
        cls.bda = cls.make_contract("60_40", 1296000.00)

    def test_catalogue_of_the_contract(self):
        percents = {
            clause.name: (clause.percent, clause.is_termination)
            for clause in self.shunyi.clause_ids
            if clause.method == "once"
        }
        self.assertEqual(
            sorted(percents.values()),
            [(0.1, True)] * 4 + [(0.5, False), (0.5, True)],
        )
        # Chapter 8: sanctions, late arrivals and petitions are serious from the second
        # on, a leak and a refusal at once.
        self.assertEqual(
            sorted(
                clause.serious_after
                for clause in self.shunyi.clause_ids
                if clause.is_termination
            ),
            [1, 1, 2, 2, 2],
        )
        # A contract may change its own; the template stays as it is.
        clause = self.shunyi.clause_ids[0]
        clause.percent = 0.2
        self.assertEqual(
            self.env.ref("om_contract.om_deduction_clause_review_secrecy").percent, 0.1
        )
        with self.assertRaisesRegex(UserError, "payment template"):
            self.make_contract("single", 247000.00).action_copy_clauses()

    def test_percent_of_the_price(self):
        deduction = self.deduct(self.shunyi, "review_capability")
        self.assertEqual(deduction.amount, 77133.30)
        self.assertEqual((deduction.kind, deduction.state), ("penalty", "proposed"))
        self.assertEqual(self.deduct(self.shunyi, "review_rectify").amount, 385666.50)

    def test_bda_until_day_12(self):
        """Demanded on 6 May; until 18 May, day 12: two days at 3,888.00."""
        deduction = self.deduct(
            self.bda, "60_40_delay", demand_date="2026-05-06", date_end="2026-05-18"
        )
        self.assertEqual(deduction.days_charged, 2)
        self.assertEqual(deduction.amount, 7776.00)
        self.assertFalse(deduction.may_terminate)
        deduction.date_end = "2026-06-15"
        # Day 40: thirty days, whatever right the other party has meanwhile.
        self.assertEqual(deduction.amount, 30 * 3888.00)
        self.assertTrue(deduction.may_terminate)
        deduction.date_end = "2026-05-16"
        self.assertEqual(deduction.amount, 0.0)

    def test_a_default_that_lasts(self):
        deduction = self.deduct(self.bda, "60_40_delay", demand_date="2026-07-01")
        self.assertEqual((deduction.amount, deduction.amount_so_far), (0.0, 15552.0))
        with self.assertRaisesRegex(UserError, "still runs"):
            self.agree_as(deduction, "purchaser", "2026-07-15")
        with self.assertRaisesRegex(ValidationError, "lies ahead"):
            deduction.date_end = "2026-07-16"
        deduction.date_end = "2026-07-13"
        self.assertEqual(deduction.amount, 7776.00)

    def test_daily_needs_a_demand(self):
        with (
            self.assertRaisesRegex(IntegrityError, "daily_has_demand"),
            mute_logger("odoo.sql_db"),
        ):
            self.deduct(self.bda, "60_40_delay")
            self.env.flush_all()

    def test_three_parties_agree(self):
        system = self.env["om.system"].create(
            {"name": "甲系统", "unit_id": self.unit.id}
        )
        # The officers of a signed contract add systems by amendment only.
        with self.shunyi._act("amend", reason="甲系统加入") as contract:
            system.with_env(contract.env).agreement_id = contract
        deduction = self.deduct(self.shunyi, "review_capability", system_id=system.id)
        self.assertEqual(
            deduction._get_missing_parties(), ["unit", "purchaser", "contractor"]
        )
        for party in ("user unit", "purchaser", "contractor"):
            self.assertIn(party, deduction.missing_parties)
        self.agree_as(deduction, "unit", "2026-05-10")
        self.agree_as(deduction, "purchaser", "2026-05-20")
        self.assertEqual(deduction.state, "proposed")
        with self.assertRaisesRegex(UserError, "2026-05-10"):
            self.agree_as(deduction, "unit", "2026-05-11")
        self.agree_as(deduction, "contractor", "2026-05-15")
        self.assertEqual(deduction.state, "agreed")
        self.assertEqual(str(deduction.agreed_date), "2026-05-20")
        self.assertEqual(deduction.unit_signatory_id, self.unit)
        self.assertEqual(deduction.purchaser_signatory_id, self.purchaser)
        self.assertEqual(deduction.contractor_signatory_id, self.env.company.partner_id)

    def test_agreement_has_its_days(self):
        deduction = self.deduct(self.shunyi, "review_capability")
        for day in ("2026-05-05", "2026-07-16"):
            with self.assertRaisesRegex(UserError, "cannot be agreed on"):
                self.agree_as(deduction, "purchaser", day)
        with self.assertRaisesRegex(UserError, "no party"):
            deduction.action_agree("somebody")
        with self.assertRaisesRegex(UserError, "no amount"):
            nothing = self.deduct(self.shunyi, "review_memorandum")
            self.agree_as(nothing, "purchaser", "2026-07-15")

    def test_what_is_agreed_follows_nothing_any_more(self):
        deduction = self.agree(self.deduct(self.shunyi, "review_capability"))
        self.assertEqual(deduction.state, "agreed")
        self.shunyi.amount_total = 1000.00
        self.assertEqual(deduction.amount, 77133.30)
        deduction.clause_id.sudo().percent = 50
        self.assertEqual((deduction.percent, deduction.amount), (0.1, 77133.30))
        for values in ({"amount": 1}, {"percent": 1}, {"clause_id": False}):
            with self.assertRaisesRegex(UserError, "decided"):
                deduction.write(values)
        with self.assertRaisesRegex(UserError, "stay on record"):
            deduction.unlink()
        deduction.note = "备注可以补充"

    def test_an_open_one_follows_the_price(self):
        deduction = self.deduct(self.shunyi, "review_capability")
        self.shunyi.amount_total = 1000000.00
        self.assertEqual(deduction.amount, 1000.00)

    def test_nobody_decides_by_writing(self):
        for values in ({"state": "applied"}, {"amount": 1}):
            with self.assertRaises(UserError):
                self.deduct(self.shunyi, "review_capability", **values)
        deduction = self.deduct(self.shunyi, "review_capability")
        self.assertEqual((deduction.state, deduction.amount), ("proposed", 77133.30))
        for values in (
            {"state": "agreed"},
            {"amount_applied": 1},
            {"agreed_date": "2026-05-06"},
            {"unit_agreed_date": "2026-05-06"},
        ):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                deduction.write(values)
        with self.assertRaisesRegex(UserError, "follows from the clause"):
            deduction.amount = 1
        with self.assertRaisesRegex(UserError, "not written by hand"):
            self.env["om.deduction.line"].with_user(self.officer).create(
                {
                    "deduction_id": deduction.id,
                    "target": "claim",
                    "amount": 1,
                    "date": "2026-05-06",
                }
            )

    def test_dispute_waive_reopen(self):
        deduction = self.deduct(self.shunyi, "review_capability")
        self.agree_as(deduction, "purchaser", "2026-06-01")
        with self.assertRaisesRegex(UserError, "reason"):
            deduction.action_dispute("")
        deduction.action_dispute("到达时间有异议")
        self.assertEqual(deduction.state, "disputed")
        self.assertFalse(deduction.purchaser_agreed_date)
        self.agree(deduction)
        paper = self.make_paper("2026-07-01")
        deduction.action_waive("采购人同意免除", paper)
        with self.assertRaisesRegex(UserError, "needs: Agreed"):
            deduction.action_apply()
        deduction.action_reopen("免除决定撤回")
        self.assertEqual(deduction.state, "proposed")
        self.assertIn("免除决定撤回", deduction.message_ids[0].body)

    def test_parts_belong_to_the_contract(self):
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.deduct(self.shunyi, clause_id=self.bda.clause_ids[1].id)
        draft = self.make_contract("single", 5000.0, activate=False)
        with self.assertRaisesRegex(UserError, "draft or closed"):
            self.deduct(draft, amount=5.0)

    # Applying

    def test_applied_in_the_order_of_payments(self):
        """First payment 777,600.00: 20 % twice leave 259,200.00."""
        first, last = self.bda.milestone_ids.sorted()
        one = self.deduct(self.bda, "60_40_termination")
        two = self.deduct(self.bda, "60_40_early")
        four = self.deduct(self.bda, "60_40_damages", amount=800000.00)
        self.agree(one | two | four)
        (one | two).action_apply()
        self.assertEqual((one | two).mapped("state"), ["applied", "applied"])
        self.assertEqual((first.amount_deducted, first.amount_due), (518400, 259200))
        self.assertEqual(last.amount_deducted, 0)
        # 259,200.00 from the first, 518,400.00 from the last, 22,400.00 wait.
        four.action_apply()
        self.assertEqual((first.amount_due, last.amount_due), (0.0, 0.0))
        self.assertEqual((four.state, four.amount_open), ("agreed", 22400.00))
        self.assertEqual(self.bda.amount_to_deduct, 22400.00)
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            four.action_apply()
        four.action_apply(claim=True)
        self.assertEqual((four.state, four.amount_claimed), ("applied", 22400.00))
        self.assertEqual(self.bda.amount_claimed, 22400.00)
        self.assertEqual(self.bda.amount_deducted, 1296000.00)
        self.assertIn("22,400.00", "\n".join(self.bda._get_open_matters()))
        found = self.env["om.deduction"].search([("has_open_claim", "=", True)])
        self.assertEqual(found & self.bda.deduction_ids, four)
        with self.assertRaisesRegex(UserError, "reason"):
            four.action_settle_claim("2026-07-10")
        four.action_settle_claim("2026-07-10", "银行回单01")
        self.assertFalse(four.has_open_claim)
        self.assertFalse(self.bda._get_open_matters()[2:])
        with self.assertRaisesRegex(UserError, "no claim"):
            four.action_settle_claim("2026-07-10", "银行回单01")

    def test_what_is_invoiced_gives_nothing(self):
        first, last = self.bda.milestone_ids.sorted()
        waiting = first.condition_ids.filtered(
            lambda c: not c.is_automatic and not c.date_met
        )
        self.confirm(waiting, "2026-02-01", "预算批复")
        first.with_user(self.officer).action_make_invoice()
        deduction = self.agree(self.deduct(self.bda, "60_40_damages", amount=1000.0))
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            deduction.action_apply(milestone=first.id)
        deduction.action_apply()
        self.assertEqual(deduction.line_ids.milestone_id, last)

    def test_one_source_chosen(self):
        first, last = self.bda.milestone_ids.sorted()
        deduction = self.agree(self.deduct(self.bda, "60_40_damages", amount=600000.0))
        deduction.action_apply(milestone=last)
        self.assertEqual((last.amount_due, deduction.amount_open), (0.0, 81600.0))
        self.assertEqual(first.amount_deducted, 0.0)
        with self.assertRaisesRegex(UserError, "another contract"):
            deduction.action_apply(milestone=self.shunyi.milestone_ids[0])

    def test_bond_first_then_the_payment(self):
        """Emergency centre: what the bond does not cover comes off the payment."""
        contract = self.make_contract("60_30_10", 1000000.00)
        bond = contract.bond_ids
        bond.action_receive(date="2026-01-20")
        deduction = self.agree(
            self.deduct(contract, "60_30_10_assessment", amount=130000.00)
        )
        last = contract.milestone_ids.sorted()[-1]
        self.assertEqual(last.amount, 100000.00)
        deduction.action_apply(bond=bond)
        self.assertEqual((bond.balance, deduction.amount_open), (0.0, 30000.00))
        deduction.action_apply(milestone=last)
        self.assertEqual((last.amount_due, deduction.state), (70000.00, "applied"))
        self.assertEqual(bond.move_ids[-1:].deduction_id, deduction)
        with self.assertRaisesRegex(UserError, "reopen"):
            bond.move_ids[-1:].action_cancel("误录")
        deduction.action_reopen("金额更正")
        self.assertEqual((bond.balance, last.amount_due), (100000.00, 100000.00))
        deduction.amount = 5000.00
        self.agree(deduction)
        deduction.action_apply()
        self.assertEqual((bond.balance, last.amount_due), (95000.00, 100000.00))

    def test_wizard(self):
        deduction = self.deduct(self.shunyi, "review_capability")
        Act = (
            self.env["om.deduction.act"]
            .with_user(self.officer)
            .with_context(active_model="om.deduction", active_ids=deduction.ids)
        )
        signed = {"file": "JVBERi0xLjQ=", "person": "甲经办"}
        form = Form(Act.with_context(default_act="agree"))
        form.date = "2026-06-01"
        self.assertEqual(form.party, "purchaser")
        self.assertTrue(form.needs_paper)
        # No system, hence no user unit to sign.
        self.assertEqual(form.open_parties, "purchaser,contractor")
        with self.assertRaisesRegex(AssertionError, "file is a required field"):
            form.save()
        act = Act.create({"act": "agree", "date": "2026-06-01"})
        with self.assertRaisesRegex(UserError, "Add the scan"):
            act.action_confirm()
        act.write(signed)
        act.action_confirm()
        self.assertEqual(Act.create({"act": "agree"}).open_parties, "contractor")
        Act.create({"act": "agree", "date": "2026-06-02"}).action_confirm()
        self.assertEqual(deduction.state, "agreed")
        Act.create({"act": "apply"}).action_confirm()
        self.assertEqual(deduction.state, "applied")
        Act.create({"act": "reopen", "reason": "更正"}).action_confirm()
        self.assertEqual(deduction.state, "proposed")
        Act.create({"act": "dispute", "reason": "有异议"}).action_confirm()
        Act.create({"act": "waive", "reason": "免除", **signed}).action_confirm()
        self.assertEqual(deduction.state, "waived")

    def test_closing_waits_for_deductions_and_bonds(self):
        contract = self.make_contract("60_30_10", 1000000.00)
        contract.bond_ids.action_receive(date="2026-01-20")
        self.deduct(contract, "60_30_10_damages", amount=5.0)
        matters = "\n".join(contract._get_open_matters())
        self.assertIn("still holds", matters)
        self.assertIn("甲事件", matters)

    def test_a_lower_price_gives_back_what_has_no_room(self):
        """Last payment 518,400.00; at a price of 1,000,000.00 it is 400,000.00."""
        last = self.bda.milestone_ids.sorted()[-1]
        deduction = self.agree(self.deduct(self.bda, "60_40_damages", amount=450000.0))
        deduction.action_apply(milestone=last)
        self.bda.amount_total = 1000000.00
        self.assertEqual((last.amount, last.amount_due), (400000.00, 0.0))
        self.assertEqual((deduction.state, deduction.amount_open), ("agreed", 50000.0))

    def test_what_is_deducted_in_full_can_be_corrected(self):
        contract = self.make_contract("single", 5000.00)
        milestone = contract.milestone_ids
        for condition in milestone.condition_ids:
            if not condition.is_automatic and condition.kind != "invoice":
                self.confirm(condition, "2026-02-01", "甲文件")
        deduction = self.agree(self.deduct(contract, amount=5000.00))
        deduction.action_apply()
        self.assertEqual(milestone.amount_due, 0.0)
        deduction.action_reopen("金额更正")
        self.assertEqual(milestone.amount_due, 5000.00)

    def test_form(self):
        """What the officer sees while entering: the clause fills in the rest."""
        with Form(self.env["om.deduction"].with_user(self.officer)) as form:
            form.name = "甲事件"
            form.agreement_id = self.bda
            form.clause_id = self.bda.clause_ids.filtered(
                lambda c: c.method == "daily" and c.direction == "contractor"
            )
            self.assertEqual((form.percent, form.grace_days), (0.3, 10))
            form.demand_date = "2026-05-06"
            form.date_end = "2026-05-18"
            self.assertEqual((form.days_charged, form.amount), (2, 7776.00))
        self.assertEqual(form.record.amount, 7776.00)

    def test_reading_a_list_takes_no_more_queries(self):
        names = ["name", "amount_so_far", "may_terminate", "missing_parties", "state"]
        counts = []
        for number in (10, 100):
            deductions = self.env["om.deduction"].create(
                [
                    {
                        "name": f"甲事件{each}",
                        "agreement_id": self.bda.id,
                        "method": "daily",
                        "percent": 0.3,
                        "demand_date": "2026-05-06",
                        "date": "2026-05-06",
                    }
                    for each in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deductions.with_user(self.officer).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    # Termination

    def test_serious_cases_are_counted_by_clause(self):
        """Shunyi: a second late arrival is serious, one and one of another kind not."""
        late = self.deduct(self.shunyi, "review_capability")
        self.deduct(self.shunyi, "review_sanction")
        self.assertFalse(late.may_terminate)
        self.assertFalse(late.activity_ids)
        second = self.deduct(self.shunyi, "review_capability")
        self.assertEqual(second.clause_id.event_count, 2)
        late.invalidate_recordset()
        self.assertTrue(late.may_terminate)
        self.assertTrue(second.may_terminate)
        self.assertEqual(second.activity_ids.user_id, self.officer)
        second._lapse("甲：不属实")
        late.invalidate_recordset()
        late.clause_id.invalidate_recordset()
        self.assertFalse(late.may_terminate)

    def test_confidentiality_is_serious_at_once(self):
        leak = self.deduct(self.shunyi, "review_secrecy")
        self.assertTrue(leak.may_terminate)
        self.assertTrue(leak.activity_ids)

    # Notices

    def test_a_demand_is_served_by_its_way(self):
        """BDA, 8-2: posted on 2026-05-06, served on the 13th; day 11 is the 24th."""
        ways = {
            "hand": "2026-05-06",
            "courier": "2026-05-09",
            "mail": "2026-05-13",
            "fax": "2026-05-07",
        }
        for way, served in ways.items():
            with self.subTest(way=way):
                late = self.deduct(
                    self.bda,
                    "60_40_delay",
                    notice_way=way,
                    notice_date="2026-05-06",
                    date_end="2026-05-24",
                )
                self.assertEqual(str(late.demand_date), served)
        # 0.3 % of 1,296,000.00 from 24 May for the letter: one day.
        posted = self.bda.deduction_ids.filtered(lambda d: d.notice_way == "mail")
        self.assertEqual((posted.days_charged, posted.amount), (1, 3888.00))
        with self.assertRaisesRegex(ValidationError, "counts as served"):
            posted.demand_date = "2026-05-06"

    # Late payment

    def test_interest_on_late_payment(self):
        """777,600.00 due on 16 March, demanded on 1 July: from 12 July on 0.3 % a day
        since 17 March, the first overdue day (BDA, 6-3)."""
        first = self.bda.milestone_ids.sorted()[0]
        waiting = first.condition_ids.filtered(
            lambda c: not c.is_automatic and not c.date_met
        )
        self.confirm(waiting, "2026-02-01", "预算批复")
        with freeze_time("2026-03-01 04:00:00"):
            first.with_user(self.officer).action_make_invoice()
            first.invoice_ids.with_user(self.officer).action_post()
        first.invalidate_recordset()
        self.assertTrue(first.is_overdue)
        with freeze_time("2026-07-01 04:00:00"):
            first.with_user(self.officer).action_demand()
        interest = first.interest_ids
        self.assertEqual(
            (interest.direction, interest.base_amount), ("purchaser", 777600)
        )
        self.assertEqual(str(first.date_due), "2026-03-16")
        # 15 + 30 + 31 + 30 + 15 = 121 days up to 15 July at 2,332.80.
        self.assertEqual(first.amount_interest, 282268.80)
        first.with_user(self.officer).action_demand()
        self.assertEqual(first.interest_ids, interest)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=first.invoice_ids.ids
        ).create({"payment_date": "2026-07-14"}).action_create_payments()
        self.assertEqual(first.state, "paid")
        self.assertEqual((interest.days_charged, interest.amount), (119, 277603.20))
        self.agree(interest, "2026-07-15")
        interest.action_apply()
        self.assertEqual(interest.amount_claimed, 277603.20)
        self.assertEqual(self.bda.amount_our_claims, 277603.20)
        self.assertEqual(self.bda.amount_claimed, 0.0)

    def test_nothing_to_demand(self):
        with self.assertRaisesRegex(UserError, "not overdue"):
            self.bda.milestone_ids.action_demand()

    # Queries

    def test_applying_many_takes_few_queries(self):
        counts = []
        for number in (10, 100):
            deductions = self.env["om.deduction"].create(
                [
                    {
                        "name": f"甲事件{each}",
                        "agreement_id": self.bda.id,
                        "amount": 10.0,
                        "date": "2026-05-06",
                    }
                    for each in range(number)
                ]
            )
            deductions.write({"state": "agreed", "agreed_date": "2026-05-07"})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deductions.action_apply()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 10, counts)
