from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import OmContractCommon


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestContract(OmContractCommon):
    """What a contract says, and the steps of its life."""

    def test_form(self):
        """A procurement officer enters a contract the way the screen lets him."""
        with Form(self.env["agreement"].with_user(self.officer)) as form:
            form.code = "甲-表单"
            form.name = "甲合同"
            form.partner_id = self.purchaser
            form.amount_total = 1296000.0
            form.signature_date = "2026-01-20"
            form.start_date = "2026-01-01"
            form.end_date = "2026-12-31"
            form.payment_template_id = self.env.ref(
                "om_contract.om_payment_template_60_40"
            )
        contract = form.save()
        self.assertEqual(contract.state, "draft")
        self.assertEqual(contract.amount_in_words, "壹佰贰拾玖万陆仟元整")
        # 1,296,000.00 / 1.06 = 1,222,641.5094...
        self.assertEqual(f"{contract.amount_untaxed:.2f}", "1222641.51")
        self.assertEqual(f"{contract.amount_tax:.2f}", "73358.49")
        contract.action_make_milestones()
        with Form(contract) as form:
            form.amount_total = 1000.0
        self.assertAmounts(contract.milestone_ids, "amount", ["600.00", "400.00"])

    def test_names_without_a_language(self):
        """A data load has no language: what it names is named in the company's."""
        for code in ("zh_CN", "en_US"):
            self.env["res.lang"]._activate_lang(code)
        template = self.env.ref("om_contract.om_payment_template_review")
        lines = template.line_ids.with_context(lang="zh_CN")
        for line, name in zip(lines, ("首付款", "期满款", "尾款"), strict=True):
            line.name = name
        self.env.company.partner_id.lang = "zh_CN"
        contract = self._create_contract(user=self.env.user)
        self.assertFalse(contract.env.lang)
        contract.payment_template_id = template
        contract.action_make_milestones()
        names = contract.milestone_ids.mapped("name")
        self.assertEqual(names, ["首付款", "期满款", "尾款"])
        # Somebody's own language wins.
        contract.with_context(lang="en_US").action_make_milestones()
        self.assertEqual(contract.milestone_ids[0].name, "First payment")

    def test_milestones_by_hand(self):
        contract = self._create_contract(amount_total=100.0)
        with Form(contract) as form:
            for name, percent in (("甲一", 33.33), ("甲二", 33.33), ("甲三", 33.34)):
                with form.milestone_ids.new() as line:
                    line.name = name
                    line.percent = percent
        self.assertAmounts(
            contract.milestone_ids, "amount", ["33.33", "33.33", "33.34"]
        )
        contract.milestone_ids[0].percent = 30
        with self.assertRaisesRegex(UserError, "do not add up to 100"):
            contract.action_activate()

    def test_what_is_missing(self):
        contract = self._create_contract(
            partner_id=False, amount_total=0, signature_date=False, end_date=False
        )
        with self.assertRaises(UserError) as caught:
            contract.action_activate()
        for missing in ("party", "signature", "service period", "price", "milestones"):
            self.assertIn(missing, str(caught.exception))
        self.assertEqual(contract.state, "draft")

    def test_steps(self):
        contract = self._create_contract("single", end_date="2026-02-01")
        with self.assertRaisesRegex(UserError, "needs: "):
            contract.action_accept("2026-02-01", "甲验收单", self.make_scan(), "甲经办")
        contract.action_activate()
        self.assertEqual(contract.state, "expired")
        with self.assertRaisesRegex(UserError, "needs: "):
            contract.action_activate()
        contract.action_expire()
        with self.assertRaisesRegex(UserError, "acceptance document"):
            contract.action_accept("2026-02-01")
        with self.assertRaisesRegex(UserError, "between the start of service and"):
            contract.action_accept("2026-02-03", "甲验收单", self.make_scan(), "甲经办")
        contract.action_accept("2026-02-02", "甲验收单", self.make_scan(), "甲经办")
        with self.assertRaisesRegex(UserError, "1,000,000.00 open"):
            contract.action_close()
        self._pay(self._invoice(contract.milestone_ids))
        contract.action_close()
        self.assertEqual(contract.state, "closed")

    def test_not_expired_before_the_end(self):
        contract = self._create_contract("single")
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "not over yet"):
            contract.action_expire()
        with freeze_time("2026-12-31 15:59"):
            self.env["agreement"]._cron_expire()
            self.assertEqual(contract.state, "in_force", "its last day in Beijing")
        with freeze_time("2026-12-31 16:01"):
            self.env["agreement"]._cron_expire()
            self.assertEqual(contract.state, "expired")

    def test_terminate(self):
        contract = self._create_contract("single")
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "Give the reason"):
            contract.action_terminate("2026-02-01", " ")
        contract.action_terminate("2026-02-01", "甲原因")
        self.assertEqual(contract.state, "terminated")
        self.assertEqual(contract.termination_date, date(2026, 2, 1))
        self.assertIn("甲原因", contract.message_ids[0].body)

    def test_back_to_draft(self):
        contract = self._create_contract("60_40")
        contract.action_activate()
        contract.action_back_to_draft("甲错误")
        contract.amount_total = 5.0
        contract.action_activate()
        self._confirm(contract.milestone_ids[0], "funds", "2026-02-02")
        with self.assertRaisesRegex(UserError, "confirmed conditions"):
            contract.action_back_to_draft("甲错误")

    def test_signed_facts_are_not_written(self):
        contract = self._create_contract("review")
        contract.action_activate()
        for values in (
            {"amount_total": 1.0},
            {"effective_date": "2026-01-01"},
            {"end_date": "2027-01-01"},
            {"partner_id": self.supplier.id},
            {"tax_rate": 3},
        ):
            with self.assertRaisesRegex(UserError, "amendment"):
                contract.write(values)
        for values in (
            {"state": "closed"},
            {"settlement_amount": 5.0},
            {"amount_paid": 1000000.0},
        ):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                contract.write(values)
        contract.write({"name": "甲合同二", "amount_total": contract.amount_total})
        with self.assertRaisesRegex(UserError, "not written by hand"):
            self._create_contract(state="in_force")
        with self.assertRaisesRegex(UserError, "stays? on record"):
            contract.unlink()

    def test_milestone_facts_are_not_written(self):
        contract = self._create_contract("60_40")
        milestone = contract.milestone_ids[0]
        for name, value in (
            ("state", "paid"),
            ("amount", 1.0),
            ("amount_paid", 600000.0),
            ("date_due", "2026-01-01"),
            ("is_payable", True),
        ):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                milestone.write({name: value})
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "shares stay as signed"):
            milestone.percent = 50
        with self.assertRaisesRegex(UserError, "signed contract stay"):
            milestone.unlink()
        with self.assertRaisesRegex(ValidationError, "add up to 101 percent"):
            milestone.copy(
                {"agreement_id": contract.id, "percent": 1, "condition_ids": False}
            )

    def test_review_measures_the_last_only(self):
        contract = self._create_contract("review")
        with self.assertRaisesRegex(ValidationError, "Only the last"):
            contract.milestone_ids[0].basis = "settlement"

    @mute_logger("odoo.sql_db")
    def test_period(self):
        with self.assertRaises(IntegrityError):
            self._create_contract(end_date="2025-12-31")

    def test_effect_not_before_signature(self):
        with self.assertRaisesRegex(ValidationError, "before it was signed"):
            self._create_contract(effective_date="2026-01-19")

    def test_settlement(self):
        contract = self._create_contract(
            "review", amount_total=1000.0, end_date="2026-01-31"
        )
        record = contract.action_record_settlement
        with self.assertRaisesRegex(UserError, "before its service period is over"):
            record(900.0, "2026-02-01", "甲报告")
        contract.action_activate()
        self.assertEqual(contract.state, "expired", "its last day had passed before")
        with self.assertRaisesRegex(UserError, "a day to come"):
            record(900.0, "2026-02-03", "甲报告")
        with self.assertRaisesRegex(UserError, "document of the review"):
            record(900.0, "2026-02-01")
        record(900.0, "2026-02-01", "甲报告")
        last = contract.milestone_ids[-1]
        self.assertBalances(last, "ready", due="200.00")
        with self.assertRaisesRegex(UserError, "say why it is corrected"):
            record(950.0, "2026-02-02", "甲报告二")
        record(950.0, "2026-02-02", "甲报告二", "甲笔误")
        self.assertBalances(last, "ready", due="250.00")
        last.action_make_invoice()
        with self.assertRaisesRegex(UserError, "already invoiced"):
            record(960.0, "2026-02-02", "甲报告三", "甲笔误")

    def test_review_below_the_other_payments(self):
        contract = self._create_contract(
            "review", amount_total=1000.0, end_date="2026-01-31"
        )
        contract.action_activate()
        contract.action_expire()
        contract.action_record_settlement(650.0, "2026-02-02", "甲报告")
        last = contract.milestone_ids[-1]
        self.assertBalances(last, "paid", due="0.00", residual="0.00")
        self.assertEqual(f"{last.claim_amount:.2f}", "50.00")


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestSystems(OmContractCommon):
    """Systems and their prices."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_contract("review", amount_total=1000.0)
        self.systems = self._create_system("甲一") | self._create_system("甲二")
        self.systems.with_user(self.officer).agreement_id = self.contract

    def test_parties_follow(self):
        self.contract.supervisor_id = self.supervisor
        self.assertEqual(self.systems.purchaser_id, self.purchaser)
        self.assertEqual(self.systems.supervisor_id, self.supervisor)
        self.assertEqual(self.contract.user_unit_ids, self.unit)
        self.assertEqual(self.contract.system_count, 2)

    def test_fees_are_the_price(self):
        self.systems[0].annual_fee = 600.0
        self.systems[1].annual_fee = 399.99
        self.assertEqual(f"{self.contract.fee_difference:.2f}", "0.01")
        with self.assertRaisesRegex(UserError, "differ from the price"):
            self.contract.action_activate()
        self.systems[1].annual_fee = 400.0
        self.contract.action_activate()
        with self.assertRaisesRegex(UserError, "by an amendment only"):
            self.systems[1].annual_fee = 300.0
        with self.assertRaisesRegex(UserError, "by an amendment only"):
            self.systems[1].action_leave_contract()
        with self.assertRaisesRegex(UserError, "by an amendment only"):
            self._create_system("甲三", agreement_id=self.contract.id)

    def test_without_fees(self):
        """A price that is not broken down by systems is not checked against any."""
        self.contract.action_activate()
        self.assertEqual(self.contract.state, "in_force")

    def test_many_fees_add_up(self):
        """The register's size: 154 fees of cents, whose floats do not add exactly."""
        contract = self._create_contract("review", amount_total=154 * 0.1)
        self.env["om.system"].create(
            [
                {
                    "name": f"甲{number}",
                    "unit_id": self.unit.id,
                    "agreement_id": contract.id,
                    "annual_fee": 0.1,
                }
                for number in range(154)
            ]
        )
        self.assertEqual(contract.fee_difference, 0.0)
        contract.action_activate()


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestAmendment(OmContractCommon):
    """Changes of a signed contract."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_contract("review", amount_total=1000.0)
        self.one = self._create_system("甲一")
        self.two = self._create_system("甲二")
        (self.one | self.two).agreement_id = self.contract
        self.one.annual_fee, self.two.annual_fee = 600.0, 400.0
        (self.one | self.two).action_start()
        self.contract.action_activate()

    def _amend(self, lines=(), **values):
        return (
            self.env["om.contract.amendment"]
            .with_user(self.officer)
            .create(
                {
                    "agreement_id": self.contract.id,
                    "name": "甲补充协议",
                    "reason": "甲原因",
                    "line_ids": [Command.create(line) for line in lines],
                    "file": "JVBERi0xLjQ=",
                    "signatory": "甲经办",
                    **values,
                }
            )
        )

    def test_form(self):
        form = Form(
            self.env["om.contract.amendment"]
            .with_user(self.officer)
            .with_context(default_agreement_id=self.contract.id)
        )
        form.name = "甲补充协议"
        form.reason = "甲原因"
        self.assertEqual(form.amount_new, 1000.0)
        form.end_new = "2027-03-31"
        amendment = form.save()
        with self.assertRaisesRegex(UserError, "Add the scan"):
            amendment.action_apply()
        amendment.write({"file": "JVBERi0xLjQ=", "signatory": "甲经办"})
        amendment.action_apply()
        self.assertEqual(self.contract.end_date, date(2027, 3, 31))
        # The second payment follows the expiry.
        expiry = self.contract.milestone_ids[1].condition_ids[0]
        self.assertEqual(expiry.date_met, date(2027, 3, 31))

    def test_price_and_fee(self):
        amendment = self._amend(
            [{"change": "fee", "system_id": self.two.id, "fee_new": 300.0}],
            amount_new=900.0,
        )
        amendment.action_apply()
        self.assertEqual(amendment.amount_old, 1000.0)
        self.assertEqual(amendment.line_ids.fee_old, 400.0)
        self.assertEqual(self.two.annual_fee, 300.0)
        self.assertAmounts(
            self.contract.milestone_ids, "amount", ["270.00", "360.00", "270.00"]
        )
        self.assertIn("1,000.00 → ¥", amendment.summary.replace("\N{NBSP}", ""))
        with self.assertRaisesRegex(UserError, "already applied"):
            amendment.action_apply()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            amendment.amount_new = 5.0
        with self.assertRaisesRegex(UserError, "stays as it is"):
            amendment.line_ids.fee_new = 5.0
        with self.assertRaisesRegex(UserError, "stays on record"):
            amendment.unlink()

    def test_invoiced_keeps_its_amount(self):
        first = self.contract.milestone_ids[0]
        self._invoice(first)
        self._amend(
            [{"change": "fee", "system_id": self.two.id, "fee_new": 200.0}],
            amount_new=800.0,
        ).action_apply()
        # 300.00 is invoiced; 40 % of 800.00; the rest of 800.00.
        self.assertAmounts(
            self.contract.milestone_ids, "amount", ["300.00", "320.00", "180.00"]
        )
        self.assertBalances(first, "invoiced", residual="300.00")

    def test_price_below_what_is_invoiced(self):
        self._invoice(self.contract.milestone_ids[0])
        amendment = self._amend(
            [
                {"change": "fee", "system_id": self.one.id, "fee_new": 100.0},
                {"change": "fee", "system_id": self.two.id, "fee_new": 100.0},
            ],
            amount_new=200.0,
        )
        with self.assertRaisesRegex(UserError, "do not fit the new price"):
            amendment.action_apply()

    def test_fees_have_to_follow(self):
        amendment = self._amend(amount_new=900.0)
        with self.assertRaisesRegex(UserError, "differ from the price"):
            amendment.action_apply()

    def test_join_and_stop(self):
        three = self._create_system("甲三")
        amendment = self._amend(
            [
                {"change": "add", "system_id": three.id, "fee_new": 50.0},
                {"change": "stop", "system_id": self.two.id, "date": "2026-03-01"},
            ],
            amount_new=1050.0,
        )
        amendment.action_apply()
        self.assertEqual(three.agreement_id, self.contract)
        self.assertEqual(three.purchaser_id, self.purchaser)
        self.assertEqual(self.two.state, "stopped")
        self.assertEqual(self.two.stop_date, date(2026, 3, 1))
        self.assertIn("甲原因", self.two.message_ids[0].body)

    def test_refused(self):
        with self.assertRaisesRegex(UserError, "changes nothing"):
            self._amend().action_apply()
        foreign = self._create_system("甲四")
        with self.assertRaisesRegex(UserError, "no system of"):
            self._amend(
                [{"change": "fee", "system_id": foreign.id, "fee_new": 1.0}],
                name="甲补充协议二",
            ).action_apply()
        draft = self._create_contract("single")
        with self.assertRaisesRegex(UserError, "a draft is simply edited"):
            self._amend(agreement_id=draft.id, amount_new=5.0).action_apply()
