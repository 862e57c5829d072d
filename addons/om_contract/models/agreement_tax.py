from odoo import models
from odoo.exceptions import UserError


class Agreement(models.Model):
    """The tax that is part of a contract's price."""

    _inherit = "agreement"

    def _get_taxes(self):
        """Return {contract: its tax}, made once per company, direction and rate.

        Prices of contracts contain the tax: an invoice then is the milestone's amount
        to the cent, whatever the rate.
        """
        found = {}
        taxes = {}
        for contract in self:
            key = (
                contract.company_id,
                contract.domain == "purchase",
                contract.tax_rate,
            )
            if key not in found:
                found[key] = contract._get_tax()
            taxes[contract] = found[key]
        return taxes

    def _get_tax(self):
        self.ensure_one()
        if not self.tax_rate:
            return self.env["account.tax"]
        included = self._find_taxes(included=True)
        if included:
            return included[0]
        model = self._find_taxes(included=False)[:1] or self._find_taxes()[:1]
        if not model:
            raise UserError(
                self.env._(
                    "The chart of accounts of %s has no tax to begin with: set it up in"
                    " Accounting first.",
                    self.company_id.name,
                )
            )
        rate = f"{self.tax_rate:g}"
        values = {
            "name": self.env._("%s%% included", rate),
            "amount": self.tax_rate,
            "price_include_override": "tax_included",
        }
        if model.amount != self.tax_rate:
            values |= {
                "tax_group_id": self._get_tax_group(model, rate).id,
                "description": self.env._("VAT %s%%", rate),
                "invoice_label": f"{rate}%",
            }
        # Accountants keep the taxes; who invoices a contract needs just this one.
        return model.sudo().copy(values)

    def _find_taxes(self, included=None):
        """Return the percentage taxes of the contract's company and direction.

        :param included: True or False: of the contract's rate, with the price in it or
            not; None: of any rate
        """
        domain = [
            *self.env["account.tax"]._check_company_domain(self.company_id),
            ("type_tax_use", "=", "purchase" if self.domain == "purchase" else "sale"),
            ("amount_type", "=", "percent"),
        ]
        if included is not None:
            override = ("tax_included",) if included else ("tax_excluded", False)
            domain += [
                ("amount", "=", self.tax_rate),
                ("price_include_override", "in", override),
            ]
        # Who prepares a contract need not be an accountant to know its tax.
        return self.env["account.tax"].sudo().search(domain, order="sequence, id")

    def _get_tax_group(self, model, rate):
        """Return the group under which invoices print a tax of this rate."""
        name = self.env._("VAT %s%%", rate)
        groups = model.sudo().tax_group_id
        same = groups.search(
            [("company_id", "=", groups.company_id.id), ("name", "=", name)], limit=1
        )
        return same or groups.copy({"name": name})
