from datetime import date

from odoo.tests import freeze_time, tagged

from .common import HistoryCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-29 02:00:00")
class TestContractHistory(HistoryCase):
    """The invented history is one that the acts themselves allow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loader = cls.env["om.engagement.loader"]
        # The database may be of a day on which it had ended.
        cls.loader._get("shunyi")._follow_end()

    def test_shunyi_is_paid_once(self):
        """30 % of 76,850,000.00 is 23,055,000.00."""
        contract = self.loader._get("shunyi")
        self.assertEqual(contract.state, "in_force")
        first = contract.milestone_ids[0]
        self.assertEqual(first.state, "paid")
        self.assertEqual(f"{first.amount_paid:.2f}", "23055000.00")
        self.assertEqual(first.date_due, date(2026, 3, 9))

    def test_the_officer_has_signed(self):
        """Nothing of the office's is told of the system, which has no desk."""
        officer = self.env.ref("om_base.demo_user_procurement")
        contracts = self.loader._get_contracts()
        self.assertEqual(contracts.user_id, officer)
        for done in (
            contracts.bond_ids.move_ids,
            # What score sheets cost, the manager has made final.
            contracts.deduction_ids.filtered(lambda one: one.kind != "assessment"),
            contracts.milestone_ids.invoice_ids,
        ):
            self.assertTrue(done)
            self.assertEqual(done.create_uid, officer)

    def test_short_appropriation(self):
        """60 % of 3,960,000.00 is 2,376,000.00, of which 1,500,000.00 came in."""
        first = self.loader._get("emergency").milestone_ids[0]
        self.assertEqual(first.state, "partial")
        self.assertEqual(f"{first.amount_residual:.2f}", "876000.00")

    def test_bonds_are_held(self):
        """268,000.00 less the deduction of 2,680.00 that was taken from it."""
        for name, held in (("tongzhou", "265320.00"), ("emergency", "396000.00")):
            balances = self.loader._get(name).bond_ids.mapped("balance")
            self.assertEqual([f"{value:.2f}" for value in balances], [held])

    def test_subcontract(self):
        """We owe the supplier what its contract says."""
        contract = self.env.ref("om_demo.demo_agreement_subcontract")
        first, *others = contract.milestone_ids
        self.assertEqual(contract.partner_id.om_role, "supplier")
        self.assertEqual(first.invoice_ids.move_type, "in_invoice")
        self.assertEqual(first.invoice_ids.amount_total, 720000.00)
        self.assertEqual(first.state, "paid")
        self.assertEqual([m.direction for m in others], ["purchase"] * 2)
