from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import OmContractCommon


@tagged("post_install", "-at_install")
class TestSubcontract(OmContractCommon):
    """No supplier serves the systems of a contract that forbids it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = cls._create_system()

    def _join(self, template):
        contract = self._create_contract(template)
        self.system.agreement_id = contract
        return contract

    def _buy(self, **values):
        return self._create_contract(
            domain="purchase", partner_id=self.supplier.id, **values
        )

    def _assert_refused(self, template, clause):
        contract = self._join(template)
        with self.assertRaisesRegex(ValidationError, "forbids subcontract") as raised:
            self._buy(served_system_ids=self.system.ids)
        for words in (clause, contract.code, self.system.name):
            self.assertIn(words, str(raised.exception))

    def test_shunyi_refuses_with_the_clause(self):
        """The tender's instructions, 25.5."""
        self._assert_refused("review", "投标人须知 25.5")

    def test_emergency_centre_refuses_with_the_clause(self):
        """The requirements, part 3, 2.2.1 (4) 3)."""
        self._assert_refused("60_30_10", "2.2.1（4）3）")

    def test_allowed_where_no_clause_forbids(self):
        self._join("60_40")
        supply = self._buy(served_system_ids=self.system.ids)
        self.assertEqual(supply.served_system_ids, self.system)
        # The system goes on to a contract that forbids it.
        other = self._create_contract("review")
        with self.assertRaisesRegex(ValidationError, "25.5"):
            self.system.agreement_id = other
        supply.served_system_ids = False
        self.system.agreement_id = other

    def test_goods_and_rent_are_none_of_it(self):
        self._join("review")
        self.assertFalse(self._buy().served_system_ids)

    def test_purchasers_take_nothing_over(self):
        self._join("60_40")
        with self.assertRaisesRegex(ValidationError, "no contract with a supplier"):
            self._create_contract(served_system_ids=self.system.ids)

    def test_on_the_page(self):
        """What an officer enters there is refused in the same words."""
        self._join("review")
        supply = self._buy()
        form = Form(supply.with_user(self.officer))
        form.served_system_ids.add(self.system)
        with self.assertRaisesRegex(ValidationError, "25.5"):
            form.save()
