import io
from datetime import date, datetime

from openpyxl import load_workbook

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon


@tagged("post_install", "-at_install")
class TestPaymentReader(OmContractCommon):
    """The ledger, the forecast and the reminders say what has happened."""

    def _walk(self):
        """60 % of 1,000,000.01 invoiced on 2026-01-26, 250,000.00 of it paid."""
        contract = self._create_contract("60_40", amount_total=1000000.01)
        contract.action_activate()
        first = contract.milestone_ids[0]
        self._confirm(first, "funds", "2026-01-22")
        move = self._invoice(first, "2026-01-26")
        self._pay(move, 250000.0, "2026-02-05")
        self.env.flush_all()
        return contract, first, move

    # ------------------------------------------------------------
    # Ledger
    # ------------------------------------------------------------

    def test_ledger(self):
        with freeze_time("2026-02-05"):
            contract, first, _move = self._walk()
            content = (
                self.env["ir.actions.report"]
                .with_user(self.officer)
                ._render_xlsx("om_contract.om_payment_ledger_xlsx", contract.ids, {})[0]
            )
        contracts, payments, _deductions, _bonds = load_workbook(
            io.BytesIO(content)
        ).worksheets
        heads = [cell.value for cell in contracts[1]]
        row = dict(zip(heads, (cell.value for cell in contracts[2]), strict=True))
        self.assertEqual(row["Contract Number"], contract.code)
        self.assertEqual(row["Price"], 1000000.01)
        self.assertEqual(row["Paid"], 250000.0)
        self.assertEqual(row["Open"], 750000.01)
        self.assertEqual(row["Signed On"], datetime(2026, 1, 20))
        self.assertEqual(contracts.freeze_panes, "D2")
        heads = [cell.value for cell in payments[1]]
        amounts = heads.index("Amount")
        self.assertEqual(
            [payments.cell(line, amounts + 1).value for line in (2, 3)],
            [600000.01, 400000.0],
        )
        self.assertEqual(payments.cell(4, amounts + 1).value, "=SUM(E2:E3)")
        values = load_workbook(io.BytesIO(content), data_only=True).worksheets[1]
        self.assertEqual(values.cell(4, amounts + 1).value, 1000000.01)
        due = payments.cell(2, heads.index("Due") + 1).value
        self.assertEqual(due.date(), first.date_due)

    def test_ledger_adds_what_belongs_together(self):
        """Receivable and payable apart, drafts and waived deductions not at all."""
        with freeze_time("2026-02-05"):
            ours = self._create_contract("60_40", amount_total=100.0)
            theirs = self._create_contract(
                "60_40",
                amount_total=30.0,
                partner_id=self.supplier.id,
                domain="purchase",
            )
            other = self._create_contract("60_40", amount_total=1.5)
            draft = self._create_contract("60_40", amount_total=7000.0)
            (ours | theirs | other).action_activate()
            content = (
                self.env["ir.actions.report"]
                .with_user(self.officer)
                ._render_xlsx(
                    "om_contract.om_payment_ledger_xlsx",
                    (draft | theirs | ours | other).ids,
                    {},
                )[0]
            )
        sheet = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        price = heads.index("Price")
        totals = {
            row[0].value: row[price].value
            for row in sheet.iter_rows(min_row=2)
            if str(row[0].value).startswith("Total")
        }
        self.assertEqual(sorted(totals.values()), [30.0, 101.5])
        self.assertEqual(sheet.max_row, 1 + 4 + 2)
        formulas = load_workbook(io.BytesIO(content)).worksheets[0]
        letter = formulas.cell(1, price + 1).column_letter
        for line in (6, 7):
            self.assertRegex(
                formulas.cell(line, price + 1).value,
                rf"^=SUM\({letter}\d:{letter}\d\)$",
            )

    # ------------------------------------------------------------
    # Forecast
    # ------------------------------------------------------------

    def _get_forecast(self, contract):
        groups = self.env["om.cash.forecast"]._read_group(
            [("agreement_id", "=", contract.id)],
            ["kind", "date:day"],
            ["amount:sum"],
        )
        return {(kind, day): f"{amount:.2f}" for kind, day, amount in groups if amount}

    def test_forecast(self):
        with freeze_time("2026-02-05"):
            contract, first, move = self._walk()
            forecast = self._get_forecast(contract)
        # 15 days after Monday 2026-01-26: Tuesday 2026-02-10.
        self.assertEqual(first.date_due, date(2026, 2, 10))
        self.assertEqual(forecast["expected", date(2026, 2, 10)], "600000.01")
        self.assertEqual(forecast["invoiced", date(2026, 1, 26)], "600000.01")
        self.assertEqual(forecast["received", date(2026, 2, 5)], "250000.00")
        with freeze_time("2026-02-11"):
            # 350,000.01 of it should have come by then, and nobody knows when.
            forecast = self._get_forecast(contract)
            day = date(2026, 2, 10)
            self.assertEqual(forecast["expected", day], "250000.00")
            self.assertEqual(forecast["arrears", day], "350000.01")
        with freeze_time("2026-02-06"):
            self._credit(move, 100000.0)
            self.env.flush_all()
            forecast = self._get_forecast(contract)
        # What a credit note takes off was never received.
        self.assertEqual(forecast["invoiced", date(2026, 2, 6)], "-100000.00")
        received = [v for (kind, _day), v in forecast.items() if kind == "received"]
        self.assertEqual(received, ["250000.00"])

    def test_drafts_are_no_forecast(self):
        draft = self._create_contract("60_40")
        self.env.flush_all()
        self.assertEqual(self._get_forecast(draft), {})

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    def _get_reminders(self, milestone, **context):
        kind = self.env.ref("om_contract.mail_activity_type_payment")
        return (
            self.env["mail.activity"]
            .with_context(**context)
            .search(
                [
                    ("res_model", "=", milestone._name),
                    ("res_id", "=", milestone.id),
                    ("activity_type_id", "=", kind.id),
                ]
            )
        )

    def _remind(self):
        self.env["om.payment.milestone"]._cron_remind_due()
        self.env.flush_all()

    def test_reminders(self):
        with freeze_time("2026-02-02"):
            contract = self._create_contract("60_40", signature_date="2026-01-20")
            contract.action_activate()
            first = contract.milestone_ids[0]
            self._confirm(first, "funds", "2026-01-22")
            move = self._invoice(first, "2026-01-26")
            self.assertEqual(first.date_due, date(2026, 2, 10))
            self._remind()
            self.assertFalse(self._get_reminders(first), "eight days before")
        with freeze_time("2026-02-03"):
            self._remind()
            self._remind()
            reminder = self._get_reminders(first)
            self.assertEqual(len(reminder), 1)
            self.assertEqual(reminder.date_deadline, date(2026, 2, 10))
            self.assertEqual(reminder.user_id, contract.user_id)
            # Handed in two days later: 15 days from there.
            move.om_handed_in = fields.Date.to_date("2026-01-28")
            self.env.flush_all()
            self.assertEqual(first.date_due, date(2026, 2, 12))
            self._remind()
            self.assertEqual(self._get_reminders(first), reminder)
            self.assertEqual(reminder.date_deadline, date(2026, 2, 12))
            self.assertIn("2026-02-12", reminder.summary)
            reminder.action_done()
        with freeze_time("2026-02-06"):
            self._remind()
            self.assertFalse(self._get_reminders(first), "done stays done")

    def test_reminder_goes_with_the_payment(self):
        with freeze_time("2026-02-04"):
            contract = self._create_contract("60_40", signature_date="2026-01-20")
            contract.action_activate()
            first = contract.milestone_ids[0]
            self._confirm(first, "funds", "2026-01-22")
            move = self._invoice(first, "2026-01-26")
            self._remind()
            self.assertTrue(self._get_reminders(first))
            self._pay(move)
            self._remind()
            self.assertFalse(self._get_reminders(first))

    def test_many_reminders_cost_no_more_searches(self):
        def make(count):
            contracts = self.env["agreement"]
            for number in range(count):
                contracts |= self._create_contract("60_40", code=f"R{count}-{number}")
            contracts.action_activate()
            for first in contracts.milestone_ids.filtered(lambda m: m.percent == 60):
                first.sudo().write({"date_due": "2026-02-10"})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._remind()
            return self.env.cr.sql_log_count - before

        with freeze_time("2026-02-05"):
            make(1)
            few, many = make(2), make(12)
        self.assertLessEqual(many, few + 5)

    # ------------------------------------------------------------
    # Application
    # ------------------------------------------------------------

    def test_no_application_of_a_draft(self):
        draft = self._create_contract("60_40")
        with self.assertRaisesRegex(UserError, "is a draft"):
            draft.milestone_ids[0].action_print_application()

    def test_application_asks_for_the_rest(self):
        with freeze_time("2026-02-05"):
            _contract, first, move = self._walk()
            html = (
                self.env["ir.actions.report"]
                ._render_qweb_html(
                    "om_contract.om_payment_application_report", first.ids
                )[0]
                .decode()
            )
        # 600,000.01 less the 250,000.00 that came in.
        self.assertIn("叁拾伍万元零壹分", html)
        self.assertIn("350,000.01", html)
        self.assertIn(move.name, html)
        self.assertIn("2026-02-10", html)
