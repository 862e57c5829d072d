from datetime import date
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from ..models.om_engagement_loader import EXAMPLE_PRICE


@tagged("post_install", "-at_install")
class TestContracts(TransactionCase):
    """The five engagements are there as their documents say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loader = cls.env["om.engagement.loader"]

    def _shares(self, name):
        milestones = self.loader._get(name).milestone_ids
        return [milestone.percent for milestone in milestones.sorted("sequence")]

    def test_payment_clauses(self):
        for name, shares in (
            ("shunyi", [30, 40, 30]),
            ("bda", [60, 40]),
            ("tongzhou", [50, 30, 20]),
            ("emergency", [60, 30, 10]),
            ("changning", [100]),
        ):
            with self.subTest(name=name):
                self.assertEqual(self._shares(name), shares)

    def test_names_are_chinese(self):
        """They were made while the data was loaded, when nobody had a language."""
        if not self.env["res.lang"]._get_data(code="zh_CN"):
            self.skipTest("a database without Chinese")
        for name, expected in (
            ("shunyi", ["首付款", "期满款", "尾款"]),
            ("emergency", ["首付款", "第二笔款", "尾款"]),
        ):
            milestones = self.loader._get(name).milestone_ids
            self.assertEqual(milestones.mapped("name"), expected)
        clauses = self.loader._get("bda").clause_ids
        self.assertIn("损失赔偿", clauses.with_context(lang="en_US").mapped("name"))

    def test_bda(self):
        contract = self.loader._get("bda")
        first, second = contract.milestone_ids
        self.assertEqual(f"{first.amount:.2f}", "777600.00")
        self.assertEqual(f"{second.amount:.2f}", "518400.00")
        self.assertEqual(contract.effective_date, date(2024, 3, 15))
        self.assertEqual(contract.state, "expired")
        met = first.condition_ids.filtered("date_met")
        self.assertEqual(met.mapped("kind"), ["effective"])

    def test_quotation_is_a_draft(self):
        """247,000.00: 59,000 for hardware and 188,000 for software."""
        contract = self.loader._get("changning")
        self.assertEqual(contract.state, "draft")
        self.assertEqual(f"{contract.amount_total:.2f}", "247000.00")

    def test_bonds(self):
        """Ten percent where the document asks for a bond, and only there."""
        for name, count in (
            ("shunyi", 0),
            ("bda", 0),
            ("tongzhou", 1),
            ("emergency", 1),
            ("changning", 0),
        ):
            bonds = self.loader._get(name).bond_ids
            self.assertEqual(bonds.mapped("percent"), [10.0] * count, name)

    def test_example_of_a_price_list(self):
        contract = self.loader._get("shunyi")
        systems = contract.system_ids
        self.assertEqual(len(systems), 154)
        fees = [Decimal(f"{fee:.2f}") for fee in systems.mapped("annual_fee")]
        self.assertEqual(sum(fees), EXAMPLE_PRICE)
        self.assertLess(EXAMPLE_PRICE, Decimal("77133300"))
        self.assertGreater(min(fees), 0)
        self.assertEqual(Decimal(f"{contract.amount_total:.2f}"), EXAMPLE_PRICE)
        self.assertFalse(contract.fee_difference)
        note = contract.message_ids.filtered(lambda m: "示例分项报价" in (m.body or ""))
        self.assertEqual(len(note), 1)
        self.assertEqual(systems.purchaser_id, contract.partner_id)
        # The most expensive one has more to it than the cheapest.
        ranked = systems.sorted("annual_fee")
        cheap, dear = map(self.loader._get_effort, (ranked[0], ranked[-1]))
        self.assertGreater(dear.devices + dear.staff, cheap.devices + cheap.staff)

    def test_loading_again_changes_nothing(self):
        contract = self.loader._get("shunyi")
        changning = self.loader._get("changning")
        changning.milestone_ids.unlink()
        before = contract.system_ids.mapped("annual_fee")
        self.loader._load_contracts()
        self.assertEqual(contract.system_ids.mapped("annual_fee"), before)
        self.assertFalse(changning.milestone_ids, "what was deleted stays deleted")


@tagged("post_install", "-at_install")
class TestMlpsItem(TransactionCase):
    def test_shunyi_pays_for_52(self):
        """Row 11: 38 assessments of level 2 and 14 of level 3."""
        contract = self.env["om.engagement.loader"]._get("shunyi")
        self.assertEqual(contract.mlps_bought_level2, 38)
        self.assertEqual(contract.mlps_bought_level3, 14)
