from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import OmContractCommon


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestPaymentCondition(OmContractCommon):
    """Conditions are met by facts or by persons who say where it is written."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_contract("60_40", start_date="2026-01-20")
        self.first, self.last = self.contract.milestone_ids
        self.funds = self.first.condition_ids.filtered(lambda c: c.kind == "funds")
        self.effective = self.first.condition_ids.filtered(
            lambda c: c.kind == "effective"
        )

    def test_confirm(self):
        with self.assertRaisesRegex(UserError, "belongs to a draft"):
            self.confirm(self.funds, "2026-02-02", "甲批复")
        self.contract.action_activate()
        with self.assertRaisesRegex(UserError, "lies ahead"):
            self.confirm(self.funds, "2026-02-03", "甲批复")
        with self.assertRaisesRegex(UserError, "where it is written"):
            self.funds.action_confirm("2026-02-02")
        with self.assertRaisesRegex(UserError, "not confirmed by hand"):
            self.confirm(self.effective, "2026-02-02", "甲批复")
        self.assertIn("Fiscal Funds in Place", self.first.why_not)
        self.confirm(self.funds, "2026-01-30", "甲批复")
        self.assertEqual(self.funds.date_met, date(2026, 1, 30))
        self.assertEqual(self.funds.confirmed_by_id, self.officer)
        self.assertEqual(self.first.state, "ready")
        self.assertIn("甲批复", self.contract.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "already confirmed for 2026-01-30"):
            self.confirm(self.funds, "2026-02-02", "甲批复二")

    def test_found_by_what_is_shown(self):
        self.funds.note = "预算第七号"
        Conditions = self.env["om.payment.condition"]
        for word in ("fiscal funds", "第七号"):
            with self.assertNoLogs("odoo.models", "WARNING"):
                found = Conditions.search([("display_name", "ilike", word)])
            self.assertIn(self.funds, found, word)
            self.assertNotIn(self.effective, found, word)
            others = Conditions.search([("display_name", "not ilike", word)])
            self.assertNotIn(self.funds, others, word)
            self.assertIn(self.effective, others, word)

    def test_dialog(self):
        self.contract.action_activate()
        action = self.funds.action_open_confirm()
        form = Form(
            self.env["om.contract.act"]
            .with_user(self.officer)
            .with_context(**action["context"])
        )
        form.date = "2026-02-01"
        form.file = "6K+B5o2u"
        form.person = "甲经办"
        form.save().action_apply()
        self.assertEqual(self.funds.date_met, date(2026, 2, 1))
        self.assertEqual(self.funds.evidence_ids.name, "Evidence")
        manager = self._create_user("manager")
        self.assertEqual(
            self.funds.with_user(manager).evidence_ids.raw.decode(), "证据"
        )
        engineer = self._create_user("engineer")
        with self.assertRaises(UserError):
            _content = self.funds.evidence_ids.with_user(engineer).raw

    def test_withdraw(self):
        self.contract.action_activate()
        self.confirm(self.funds, "2026-02-02", "甲批复")
        with self.assertRaisesRegex(UserError, "Give the reason"):
            self.funds.action_withdraw("")
        self.funds.action_withdraw("甲笔误")
        self.assertFalse(self.funds.date_met)
        self.assertFalse(self.funds.evidence)
        self.assertEqual(self.first.state, "waiting")
        self.assertIn("甲笔误", self.contract.message_ids[0].body)
        self.confirm(self.funds, "2026-02-01", "甲批复二")
        self.first.action_make_invoice()
        with self.assertRaisesRegex(UserError, "already invoiced"):
            self.funds.action_withdraw("甲笔误")
        with self.assertRaisesRegex(UserError, "stay as signed"):
            self.funds.note = "甲"
        with self.assertRaisesRegex(UserError, "on record|stay as signed"):
            self.funds.unlink()

    def test_not_written_by_hand(self):
        self.contract.action_activate()
        for values in (
            {"date_met": "2026-02-02"},
            {"date_confirmed": "2026-02-02"},
            {"evidence": "甲"},
        ):
            with self.assertRaisesRegex(UserError, "not written by hand"):
                self.funds.write(values)
        with self.assertRaisesRegex(UserError, "not written by hand"):
            self.funds.create(
                {
                    "milestone_id": self.first.id,
                    "kind": "funds",
                    "date_confirmed": "2026-02-02",
                }
            )

    def test_dates_that_come_by_themselves(self):
        """The job at night makes ready what was waiting for the day."""
        contract = self._create_contract(amount_total=100.0)
        contract.write(
            {
                "milestone_ids": [
                    Command.create(
                        {
                            "name": name,
                            "percent": 50,
                            "term_value": 10,
                            "term_unit": "day",
                            "condition_ids": [Command.create(condition)],
                        }
                    )
                    for name, condition in (
                        ("甲一", {"kind": "service_months", "months": 3}),
                        (
                            "甲二",
                            {"kind": "fixed_date", "fixed_month": 6, "fixed_day": 15},
                        ),
                    )
                ]
            }
        )
        contract.action_activate()
        one, two = contract.milestone_ids
        # Three months of service from the first of January; ten days after it.
        self.assertEqual(one.condition_ids.date_met, date(2026, 3, 31))
        self.assertEqual(one.date_due, date(2026, 4, 10))
        self.assertIn("2026-03-31", one.why_not)
        self.assertEqual(two.date_due, date(2026, 6, 25))
        self.assertEqual(one.state, "waiting")
        with freeze_time("2026-03-30 16:10"):
            self.env["om.payment.milestone"]._cron_reach_dates()
            self.assertEqual(one.state, "ready")
            self.assertEqual(two.state, "waiting")
            self.assertTrue(one.is_payable)

    def test_expected_dates(self):
        """The forecast: the due date, else the term from what is known."""
        contract = self._create_contract("review")
        first, second, last = contract.milestone_ids
        self.assertEqual(second.date_due, False)
        self.assertEqual(second.date_expected, date(2026, 12, 31))
        # Thirty working days after the end of service, by the law's days of 2027.
        self.assertGreater(last.date_expected, date(2027, 1, 31))
        contract.action_activate()
        self.assertEqual(first.date_expected, first.date_due)

    def test_calendar_change(self):
        """A published list moves what is not paid, and leaves what is paid alone."""
        contract = self._create_contract("review")
        contract.action_activate()
        other = self._create_contract("review")
        other.action_activate()
        paid = other.milestone_ids[0]
        self._pay(self._invoice(paid))
        self.env.flush_all()
        open_one = contract.milestone_ids[0]
        self.assertEqual(open_one.date_due, date(2026, 3, 9))
        self.env["om.calendar.day"].create(
            {"date": "2026-03-09", "kind": "holiday", "name": "甲假日"}
        )
        self.assertEqual(open_one.date_due, date(2026, 3, 10))
        self.assertEqual(paid.date_due, date(2026, 3, 9))

    def test_provisional_until_published(self):
        contract = self._create_contract(
            "review",
            signature_date="2028-01-10",
            start_date="2028-01-01",
            end_date="2028-12-31",
        )
        first = contract.milestone_ids[0]
        contract.effective_date = "2028-01-10"
        self.assertTrue(first.is_date_provisional)
        self.env["om.calendar.day"].create(
            {"date": "2028-01-26", "kind": "holiday", "is_official": True}
        )
        self.assertFalse(first.is_date_provisional)

    def test_delays(self):
        self.contract.action_activate()
        delay = self.env["om.fiscal.delay"].create(
            {
                "agreement_id": self.contract.id,
                "date_from": "2026-02-01",
                "cause": "甲财政原因",
            }
        )
        again = {"date_from": "2026-02-10", "date_to": False, "cause": "甲又"}
        with self.assertRaises(ValidationError):
            delay.copy(again)
        delay.date_to = "2026-02-09"
        delay.copy(again)
        with self.assertRaisesRegex(ValidationError, "stay on record"):
            delay.unlink()


@tagged("post_install", "-at_install")
class TestPaymentTemplate(OmContractCommon):
    """Ways of payment, shipped and made."""

    def _create(self, *lines):
        return self.env["om.payment.template"].create(
            {"name": "甲", "line_ids": [Command.create(line) for line in lines]}
        )

    def test_shipped(self):
        """Shares, terms and conditions as the contracts say them."""
        # Tongzhou, article 11-1: list of services, work summary and report.
        two = "document document"
        three = f"{two} document"
        expected = {
            "review": (
                ("30", "30 workday", "effective invoice"),
                ("40", "0 day", "expiry assessment invoice"),
                ("30", "30 workday", "settlement_review invoice"),
            ),
            "60_30_10": (
                ("60", "1 month", "effective bond invoice"),
                ("30", "30 workday", "funds service_months application invoice"),
                ("10", "30 workday", "acceptance application invoice"),
            ),
            "50_30_20": (
                (
                    "50",
                    "0 day",
                    f"effective bond funds purchaser_approval {three} invoice",
                ),
                (
                    "30",
                    "0 day",
                    f"fixed_date purchaser_approval {three} invoice",
                ),
                ("20", "0 day", f"acceptance purchaser_approval {two} invoice"),
            ),
            "60_40": (
                ("60", "15 day", "effective funds invoice"),
                ("40", "15 day", "acceptance funds invoice"),
            ),
            "single": (("100", "30 day", "acceptance invoice"),),
        }
        for name, lines in expected.items():
            template = self.env.ref(f"om_contract.om_payment_template_{name}")
            template._check_whole()
            self.assertEqual(
                tuple(
                    (
                        f"{line.share:g}",
                        f"{line.term_value} {line.term_unit}",
                        " ".join(line.condition_ids.mapped("kind")),
                    )
                    for line in template.line_ids
                ),
                lines,
                name,
            )

    def test_whole(self):
        for lines in (
            ({"name": "甲", "percent": 60},),
            ({"name": "甲", "percent": 60}, {"name": "乙", "percent": 50}),
            ({"name": "甲", "is_rest": True}, {"name": "乙", "percent": 50}),
            (
                {"name": "甲", "percent": 60, "basis": "settlement"},
                {"name": "乙", "percent": 40},
            ),
        ):
            with self.assertRaises(ValidationError):
                self._create(*lines)
        template = self._create(
            {"name": "甲", "percent": 60}, {"name": "乙", "is_rest": True}
        )
        self.assertEqual(template.summary, "60 / 40")

    def test_incomplete_one_makes_nothing(self):
        template = self._create({"name": "甲", "percent": 100})
        template.line_ids.percent = 60
        contract = self._create_contract(payment_template_id=template.id)
        with self.assertRaisesRegex(ValidationError, "add up to 100"):
            contract.action_make_milestones()

    def test_made_again_while_a_draft(self):
        contract = self._create_contract("review")
        contract.payment_template_id = self.env.ref(
            "om_contract.om_payment_template_60_40"
        )
        contract.action_make_milestones()
        self.assertEqual(len(contract.milestone_ids), 2)
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "stay as they are"):
            contract.action_make_milestones()

    def test_copy(self):
        template = self.env.ref("om_contract.om_payment_template_60_40").copy()
        self.assertEqual(template.summary, "60 / 40")
        self.assertEqual(len(template.line_ids.condition_ids), 6)
