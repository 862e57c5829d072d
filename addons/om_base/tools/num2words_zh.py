"""The Chinese converter that num2words lacks.

Importing this module registers it for ``zh`` and ``zh_CN`` (``zh_TW`` and others fall
back to ``zh``), so that Odoo's amounts in foreign currencies are read in Chinese too.
A converter that a later num2words brings itself is left alone.
"""

from __future__ import annotations

from decimal import Decimal

from num2words import CONVERTER_CLASSES
from num2words.base import Num2Word_Base

from .numerals import LOWER_DIGITS, read_integer
from .rmb import amount_to_words

CURRENCY_UNITS = {
    "CNY": ("元", "角", "分"),
    "HKD": ("港元", "角", "分"),
    "USD": ("美元", "", "美分"),
    "EUR": ("欧元", "", "欧分"),
    "GBP": ("英镑", "", "便士"),
    "JPY": ("日元", "", ""),
}


class Num2WordZh(Num2Word_Base):
    """Mandarin numerals in simplified characters."""

    def setup(self):
        self.negword = "负"
        self.pointword = "点"

    def set_high_numwords(self, high):
        """Nothing: sections are read by rule, not from a table."""

    def to_cardinal(self, value):
        """1203 -> 一千二百零三, 12 -> 十二, -1.05 -> 负一点零五."""
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        sign = self.negword if number < 0 else ""
        integral, _point, decimals = f"{abs(number):f}".partition(".")
        words = read_integer(int(integral))
        if words.startswith("一十"):
            words = words[1:]
        if decimals := decimals.rstrip("0"):
            words += self.pointword + "".join(LOWER_DIGITS[int(d)] for d in decimals)
        return sign + words

    def to_ordinal(self, value):
        """3 -> 第三.

        :raises TypeError: negative or not whole
        """
        self.verify_ordinal(value)
        return "第" + self.to_cardinal(value)

    def to_ordinal_num(self, value):
        """3 -> 第3.

        :raises TypeError: negative or not whole
        """
        self.verify_ordinal(value)
        return f"第{value}"

    def to_year(self, val, **kwargs):
        """2026 -> 二〇二六年, -221 -> 公元前二二一年."""
        digits = "".join(LOWER_DIGITS[int(d)] for d in str(abs(int(val))))
        return ("公元前" if val < 0 else "") + digits.replace("零", "〇") + "年"

    def to_currency(self, val, currency="CNY", **kwargs):
        """Renminbi as on bills, other currencies in plain numerals.

        Integers are whole units, as are Decimals and floats' integral parts.

        :raises NotImplementedError: a currency without Chinese unit names here
        """
        value = val if isinstance(val, Decimal) else Decimal(str(val))
        value = value.quantize(Decimal("0.01"))
        if currency == "CNY":
            return amount_to_words(value)
        if currency not in CURRENCY_UNITS:
            raise NotImplementedError(f"no Chinese unit names for {currency}")
        unit, tenth, hundredth = CURRENCY_UNITS[currency]
        whole, cents = divmod(int(abs(value).scaleb(2)), 100)
        words = (self.negword if value < 0 else "") + self.to_cardinal(whole) + unit
        if tenth and cents // 10:
            words += LOWER_DIGITS[cents // 10] + tenth
            cents %= 10
        if cents and hundredth:
            words += self.to_cardinal(cents) + hundredth
        return words


for _lang in ("zh", "zh_CN"):
    CONVERTER_CLASSES.setdefault(_lang, Num2WordZh())
