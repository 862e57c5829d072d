import re
from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import freeze_time, tagged

from .deduction_common import PRICE, DeductionCase

# Sheets write days as all papers do, whatever the reader's language.
DAY = r"{year}-{month}-{day}"


CENT = Decimal("0.01")
NUMBER = re.compile(r"([×÷]?)[^\d×÷]*([\d,]+(?:\.\d+)?)(%?)")


def reckon(steps):
    """Follow a printed sheet as a payer would, with its words alone; what is neither an
    amount nor begins with a sign tells a fact."""
    total, to_pay = None, None
    for step in steps:
        sign, text = re.fullmatch(r"([+−×≥≤=]?) ?(.*)", step.value, re.DOTALL).groups()
        value, is_first = Decimal(1), True
        for before, digits, percent in NUMBER.findall(text):
            factor = Decimal(digits.replace(",", "")) / (100 if percent else 1)
            if is_first and not sign and (percent or "." not in digits):
                break
            value = value / factor if before == "÷" else value * factor
            is_first = False
        else:
            if not is_first and not text.startswith("("):
                total = do(sign, total, value)
        if step.label == "To Pay":
            to_pay = total
    # What was paid of it, and is open, stands below.
    return total if to_pay is None else to_pay


def do(sign, total, value):
    if sign == "=":
        assert value in (total, total.quantize(CENT, ROUND_HALF_UP)), (total, value)
        return value
    return {
        "": lambda: value,
        "+": lambda: total + value,
        "−": lambda: total - value,
        "×": lambda: total * value,
        "≥": lambda: max(total, value),
        "≤": lambda: min(total, value),
    }[sign]()


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestCalculation(DeductionCase):
    def explain(self, record):
        """{label: (value, note)} of the dialog, and the dialog."""
        reader = record.with_user(self.officer).with_context(lang="en_US")
        action = reader.action_explain()
        sheet = self.env["om.calculation"].browse(action["res_id"])
        lines = {line.label: (line.value, line.note) for line in sheet.line_ids}
        return lines, sheet

    def values(self, record):
        lines, sheet = self.explain(record)
        return " ".join(f"{k} {v} {n}" for k, (v, n) in lines.items()), sheet

    def assertAddsUp(self, record):
        """The printed steps, followed, lead to the printed result; return the text."""
        sheet = (
            record.with_user(self.officer).with_context(lang="en_US")._get_calculation()
        )
        (printed,) = re.findall(r"[\d,]+\.\d\d", sheet.result)
        self.assertEqual(reckon(sheet.steps), Decimal(printed.replace(",", "")), sheet)
        return " ".join(f"{s.label} {s.value} {s.note}" for s in sheet.steps)

    def test_an_amended_price(self):
        """1,000,000.00 at 60/40, the first payment invoiced, then 900,000.00: the first
        one stays, and is no 60 percent of anything; the second takes the rest."""
        contract = self.make_contract("60_40", 1000000.00)
        first, second = contract.milestone_ids.sorted()
        self.assertIn("× 60%", self.assertAddsUp(first))
        self._confirm(first, "funds", "2026-07-01")
        first.with_user(self.officer).action_make_invoice()
        first.invoice_ids.action_post()
        amendment = (
            self.env["om.contract.amendment"]
            .with_user(self.officer)
            .create(
                {
                    "agreement_id": contract.id,
                    "name": "甲补充协议",
                    "reason": "甲缘由",
                    "amount_new": 900000.00,
                    "file": "JVBERi0xLjQ=",
                    "signatory": "甲经办",
                }
            )
        )
        amendment.action_apply()
        told = self.assertAddsUp(first)
        self.assertNotIn("60%", told)
        self.assertIn("900,000.00", told)
        self.assertIn("600,000.00", told)
        told = self.assertAddsUp(second)
        self.assertNotIn("40%", told)
        self.assertRegex(told, r"−\D*600,000\.00")
        self.assertEqual((first.amount, second.amount), (600000.00, 300000.00))

    def test_a_delay_that_moved_nothing_is_not_told(self):
        """Due on 9 March: a delay of February moves nothing, one from 2 March to 10
        April moves it to the 17th."""
        contract = self.make_contract("review", PRICE, effective_date="2026-01-20")
        first = contract.milestone_ids.sorted()[0]
        delays = self.env["om.fiscal.delay"].with_user(self.officer)
        values = {"agreement_id": contract.id, "cause": "甲缘由"}
        delays.create({**values, "date_from": "2026-01-25", "date_to": "2026-02-03"})
        self.assertEqual(str(first.date_due), "2026-03-09")
        self.assertNotIn("Fiscal delay", self.assertAddsUp(first))
        delays.create({**values, "date_from": "2026-03-02", "date_to": "2026-04-10"})
        self.assertEqual(str(first.date_due), "2026-04-17")
        told = self.assertAddsUp(first)
        self.assertEqual(told.count("Fiscal delay"), 1)
        self.assertIn("2026-03-02 – 2026-04-10", told)
        self.assertIn("2026-04-17", told)

    def test_every_sheet_adds_up(self):
        contract = self.make_contract("review", PRICE, fees=(PRICE,))
        payments = contract.milestone_ids.sorted()
        penalty = self.agree(self.deduct(contract, "review_capability"))
        self.assertAddsUp(penalty)
        penalty.action_apply(milestone=payments[1])
        self.pay(payments[0], 1000000.00)
        bond = contract.bond_ids
        records = [*payments, contract]
        if bond:
            bond.action_receive(date="2026-02-02")
            records.append(bond)
        contract.system_ids._stop("2026-07-03", "书面通知")
        records += contract.deduction_ids.filtered(lambda d: d.method == "stop")
        records.append(self.deduct(contract, amount=3600.0))
        late = self.make_contract("60_40", 1296000.00)
        records.append(
            self.deduct(
                late, "60_40_delay", demand_date="2026-05-06", date_end="2026-05-18"
            )
        )
        for record in records:
            with self.subTest(record=record):
                self.assertAddsUp(record)

    def test_first_payment_of_shunyi(self):
        """In effect on 20 January 2026, 30 working days: 9 March (the Spring Festival
        from 15 to 23 February, two make-up Saturdays)."""
        contract = self.make_contract(
            "review",
            PRICE,
            signature_date="2026-01-20",
            effective_date="2026-01-20",
        )
        text, sheet = self.values(contract.milestone_ids.sorted()[0])
        self.assertIn("23,139,990.00", sheet.result)
        self.assertRegex(sheet.result, DAY.format(year=2026, month="03", day="09"))
        for month, day in (("01", "20"), ("02", "14"), ("02", "28")):
            self.assertRegex(text, DAY.format(year=2026, month=month, day=day))
        for part in (
            "77,133,300.00",
            "30%",
            "30 Working Days",
            "Spring Festival",
            "Make-up working day",
            "article 201",
        ):
            self.assertIn(part, text)

    def test_the_last_takes_the_rest(self):
        contract = self.make_contract("60_30_10", 1000000.01)
        text, sheet = self.values(contract.milestone_ids.sorted()[-1])
        self.assertIn("−", text)
        self.assertIn("600,000.01", text)
        self.assertIn("100,000.00", sheet.result)

    def test_penalty_by_the_day(self):
        contract = self.make_contract("60_40", 1296000.00)
        deduction = self.deduct(
            contract, "60_40_delay", demand_date="2026-05-06", date_end="2026-05-18"
        )
        text, sheet = self.values(deduction)
        self.assertIn("7,776.00", sheet.result)
        self.assertIn("6.2", sheet.clause)
        self.assertRegex(text, DAY.format(year=2026, month="05", day="17"))
        for part in ("1,296,000.00", "0.3%", "10 days", "2 days"):
            self.assertIn(part, text)
        deduction.date_end = False
        lines, sheet = self.explain(deduction)
        # Day 70: 60 days at 3,888.00; the clause prints no cap.
        self.assertIn("233,280.00", sheet.result)
        self.assertEqual(lines["Right to terminate"][0], "after 15 days")

    def test_share_and_reduction_and_bond(self):
        contract = self.make_contract("review", 1000000.00, fees=(1000000.00,))
        text, sheet = self.values(self.deduct(contract, "review_capability"))
        self.assertIn("1,000.00", sheet.result)
        self.assertIn("0.1%", text)
        contract.system_ids._stop("2026-07-03", "书面通知")
        reduction = contract.deduction_ids.filtered(lambda d: d.method == "stop")
        lines, sheet = self.explain(reduction)
        # 1,000,000.00 x 182 / 365 = 498,630.136...
        self.assertIn("498,630.14", sheet.result)
        self.assertEqual(lines["Days served"][0], "183 days")
        self.assertEqual(lines["Days not served"][0], "182 days")
        bond = self.make_contract("50_30_20", 1000000.01).bond_ids
        bond.action_receive(date="2026-02-02")
        text, sheet = self.values(bond)
        self.assertIn("100,000.001", text)
        self.assertIn("100,000.00", sheet.result)

    def test_settlement(self):
        contract = self.make_contract("review", PRICE)
        text, sheet = self.values(contract)
        self.assertIn("23,139,990.00", sheet.result)
        self.assertIn("30,853,320.00", text)

    def test_printed(self):
        contract = self.make_contract("60_40", 1296000.00)
        sheet = self.explain(contract.milestone_ids[0])[1]
        html, kind = self.env["ir.actions.report"]._render_qweb_html(
            "om_contract.om_calculation_sheet", sheet.ids
        )
        self.assertEqual(kind, "html")
        text = html.decode()
        for line in sheet.line_ids:
            self.assertIn(line.label, text)
            self.assertIn(line.value, text)
        self.assertIn("777,600.00", text)
        self.assertTrue(sheet.with_user(self.officer).action_print())
        self.assertNotIn("/", sheet._get_file_name())
