from odoo.tests import freeze_time, tagged

from .deduction_common import PRICE, DeductionCase

# Sheets write days as all papers do, whatever the reader's language.
DAY = r"{year}-{month}-{day}"


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
