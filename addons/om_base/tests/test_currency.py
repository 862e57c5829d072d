from decimal import Decimal

from odoo.tests import TransactionCase

from odoo.addons.om_base.tools.rmb import words_to_amount


class TestCurrency(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A database may have been made in Chinese only.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.yuan = cls.env.ref("base.CNY")
        cls.dollar = cls.env.ref("base.USD")

    def _words(self, amount, currency=None, lang="zh_CN"):
        return (currency or self.yuan).with_context(lang=lang).amount_to_text(amount)

    def test_renminbi_as_on_bills(self):
        for amount, words in (
            (1409.5, "壹仟肆佰零玖元伍角整"),
            (6007.14, "陆仟零柒元壹角肆分"),
            (77133300.0, "柒仟柒佰壹拾叁万叁仟叁佰元整"),
            (1296000, "壹佰贰拾玖万陆仟元整"),
            (0.1 + 0.2, "叁角整"),
            (1.005, "壹元零壹分"),  # Odoo rounds half away from zero
            (-325.04, "负叁佰贰拾伍元零肆分"),
            (0.0, "零元整"),
            (-0.001, "零元整"),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(self._words(amount), words)

    def test_large_amounts_to_the_fen(self):
        """A float holds fractions of a yuan up to some 10 万亿; rounding it as a float
        is a fen off from about 5 万亿 on."""
        for amount, words in (
            (5000000000000.01, "伍万亿元零壹分"),
            (
                5123456789012.07,
                "伍万壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元零柒分",
            ),
            (-7000000000000.29, "负柒万亿元零贰角玖分"),
            (
                9999999999999999,
                "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整",
            ),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(self._words(amount), words)

    def test_every_fen_of_a_large_float(self):
        """Whatever the yuan, the words are those of the digits that are written."""
        for yuan in (10**11, 4 * 10**12 + 7, 6 * 10**12, 9 * 10**12 + 123):
            for fen in range(100):
                written = f"{yuan}.{fen:02d}"
                self.assertEqual(
                    words_to_amount(self._words(float(written))), Decimal(written)
                )

    def test_everything_else_is_odoos(self):
        self.assertEqual(self._words(1.5, lang="en_US"), "One Yuan and Fifty Fen")
        self.assertIn("One", self._words(1.5, self.dollar, lang="en_US"))
        self.assertIn("一百二十", self._words(120, self.dollar))

    def test_beyond_the_rules_numerals_are_read(self):
        self.assertIn("十亿亿", self._words(1e17))
