"""What the tests of bonds and deductions share: contracts in force, an officer."""

from odoo.addons.om_base.models.om_act_mixin import Paper

from .common import OmContractCommon

PRICE = 77133300.00


class DeductionCase(OmContractCommon):
    @classmethod
    def make_contract(cls, template, price, activate=True, fees=(), **values):
        contract = cls.env["agreement"].create(
            {
                "name": "甲运维合同",
                "code": f"HT-{template}-{price}",
                "partner_id": cls.purchaser.id,
                "domain": "sale",
                "signature_date": "2026-01-05",
                "effective_date": "2026-01-05",
                "start_date": "2026-01-01",
                "end_date": "2026-12-31",
                "amount_total": price,
                "user_id": cls.officer.id,
                "payment_template_id": cls.env.ref(
                    f"om_contract.om_payment_template_{template}"
                ).id,
                **values,
            }
        )
        cls.env["om.system"].create(
            [
                {
                    "name": f"甲系统{number}",
                    "unit_id": cls.unit.id,
                    "agreement_id": contract.id,
                    "annual_fee": fee,
                    "service_start": "2026-01-01",
                    "service_end": "2026-12-31",
                    "state": "in_service",
                }
                for number, fee in enumerate(fees)
            ]
        )
        contract.action_make_milestones()
        if activate:
            contract.action_activate()
        return contract

    @classmethod
    def deduct(cls, contract, clause=None, **values):
        """A deduction made by the officer; ``clause``: its suffix in the catalogue."""
        if clause:
            template = cls.env.ref(f"om_contract.om_deduction_clause_{clause}")
            # Copied in the language of whoever made the contract.
            names = set(
                template._fields["name"]._get_stored_translations(template).values()
            )
            own = contract.clause_ids.filtered(lambda c: c.name in names)
            values["clause_id"] = own.id
        return (
            cls.env["om.deduction"]
            .with_user(cls.officer)
            .create(
                {
                    "name": "甲事件",
                    "agreement_id": contract.id,
                    "date": "2026-05-06",
                    **values,
                }
            )
        )

    @classmethod
    def agree(cls, deductions, date="2026-06-30"):
        for deduction in deductions:
            for party in deduction._get_parties():
                cls.agree_as(deduction, party, date)
        return deductions

    @classmethod
    def agree_as(cls, deduction, party, date):
        """A party agrees: our own side by login, the others on paper."""
        side, _capacity = deduction._get_side(party)
        if deduction.env.user._speaks_for(side):
            return deduction.action_agree(party, date)
        return deduction.action_agree(party, paper=cls.make_paper(date))

    @classmethod
    def make_paper(cls, date, **values):
        return Paper("甲经办", date, cls.make_scan())._replace(**values)

    def pay(self, milestone, amount=None):
        """Invoice and pay a payment, in full or ``amount`` of it."""
        milestone.with_user(self.officer).action_make_invoice()
        invoice = milestone.invoice_ids.filtered(lambda move: move.state == "draft")
        invoice.with_user(self.officer).action_post()
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": amount} if amount else {})
        )
        wizard.action_create_payments()
        return invoice
