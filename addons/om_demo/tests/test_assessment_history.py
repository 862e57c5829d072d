from odoo.tests import tagged

from .common import HistoryCase

CONTRACT = "om_engagements.agreement_shunyi"
STATES = {
    "draft",
    "submitted",
    "returned",
    "disputed",
    "signed",
    "confirmed",
    "final",
}


@tagged("post_install", "-at_install")
class TestAssessmentHistory(HistoryCase):
    """The invented months are in every state, by acts of the parties, and whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.env.ref(CONTRACT)
        own = [("agreement_id", "=", cls.contract.id)]
        cls.sheets = cls.env["om.assessment"].search(own)
        cls.memoranda = cls.env["om.memorandum"].search(own)
        cls.demands = cls.env["om.rectification"].search(own)

    def test_three_months_in_every_state(self):
        self.assertEqual(set(self.sheets.mapped("state")), STATES)
        self.assertEqual(len(set(self.sheets.mapped("period_start"))), 3)
        stages = set(self.sheets.mapped("dispute_stage"))
        self.assertLessEqual({"unit", "purchaser"}, stages)
        open_ones = self.sheets.filtered(lambda each: not each.is_complete)
        self.assertLessEqual(set(open_ones.mapped("state")), {"draft"})

    def test_memoranda_are_signed_by_all(self):
        units = self.contract.system_ids.unit_id
        self.assertEqual(self.memoranda.unit_id, units)
        self.assertEqual(len(units), 54)
        self.assertEqual(set(self.memoranda.mapped("state")), {"in_force"})
        for memo in self.memoranda:
            signed = memo.act_ids.signature_id
            self.assertEqual(len(signed), 3, memo.name)
            self.assertEqual(
                set(signed.mapped("capacity")), {"user_unit", "purchaser", "contractor"}
            )

    def test_what_is_signed_was_signed_on_paper(self):
        signed = self.sheets.filtered("signed_on")
        self.assertTrue(signed)
        for sheet in signed:
            acts = sheet.act_ids.mapped("act")
            self.assertIn("sign", acts)
            self.assertLessEqual(sheet.submitted_on, sheet.signed_on)
            self.assertGreater(sheet.signed_on, sheet.period_end)

    def test_final_ones_deduct(self):
        """Amounts are recomputed from the points: 200.00 each, at most 5,000.00."""
        final = self.sheets.filtered(lambda each: each.state == "final")
        for sheet in final:
            lost = sum(sheet.line_ids.mapped("lost"))
            self.assertAlmostEqual(sheet.amount, min(lost * 200, 5000), 2, sheet.name)
            self.assertEqual(bool(sheet.deduction_id), bool(sheet.amount))
            if sheet.deduction_id:
                self.assertEqual(sheet.deduction_id.state, "agreed")
                self.assertEqual(sheet.deduction_id.amount, sheet.amount)

    def test_rectifications(self):
        self.assertIn("done", self.demands.mapped("state"))
        for demand in self.demands:
            self.assertTrue(demand.evidence_ids)
            self.assertLess(demand.issued_at, demand.done_at)
            self.assertFalse(demand.is_late)

    def test_the_ledger_is_whole(self):
        self.env.flush_all()
        for records in (self.sheets, self.memoranda, self.demands):
            faults = self.env["om.act"]._find_faults(
                [("res_model", "=", records._name), ("res_id", "in", records.ids)]
            )
            self.assertFalse(list(faults))
