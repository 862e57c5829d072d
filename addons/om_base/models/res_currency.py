from decimal import Decimal

from odoo import models

from ..tools.rmb import LIMIT, amount_to_words


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def amount_to_text(self, amount):
        """Renminbi in Chinese are worded as on bills, whoever asks for the words."""
        self.ensure_one()
        lang = self.env.lang or ""
        rounded = self.round(amount)
        if self.name != "CNY" or not lang.startswith("zh") or abs(rounded) >= LIMIT:
            return super().amount_to_text(amount)
        # Odoo's amounts are floats: two decimals of the rounded float are exact.
        return amount_to_words(Decimal(f"{rounded:.2f}"))
