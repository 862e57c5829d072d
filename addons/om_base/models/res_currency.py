from decimal import ROUND_HALF_UP, Decimal

from odoo import models

from ..tools.rmb import LIMIT, amount_to_words

# Up to here Odoo's own rounding of a float is exact to the fen.
EXACT = 10**11


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def amount_to_text(self, amount):
        """Renminbi in Chinese are worded as on bills, whoever asks for the words."""
        self.ensure_one()
        lang = self.env.lang or ""
        if self.name != "CNY" or not lang.startswith("zh"):
            return super().amount_to_text(amount)
        exact = self._to_fen(amount)
        if abs(exact) >= LIMIT:
            return super().amount_to_text(amount)
        return amount_to_words(exact)

    def _to_fen(self, amount):
        """Return ``amount`` as a Decimal with two decimals, half up.

        Odoo's amounts are floats. Rounding a large one as a float reckons with figures
        that a float cannot hold and is a fen off from about 5 trillion yuan on; what
        is written in the digits of the float itself is not.
        """
        if isinstance(amount, float) and abs(amount) < EXACT:
            amount = self.round(amount)
        exact = amount if isinstance(amount, Decimal) else Decimal(repr(amount))
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
