from decimal import Decimal

import cn2an
from hypothesis import given, strategies

from odoo.tests import BaseCase

from ..tools.rmb import LIMIT, RmbError, amount_to_words, words_to_amount
from .common import PROPERTY

VALUES = {
    # Examples of the People's Bank's rules.
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元零叁角贰分",
    "107000.53": "壹拾万柒仟元零伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
    # The contracts' sums.
    "1296000": "壹佰贰拾玖万陆仟元整",
    "777600.00": "柒拾柒万柒仟陆佰元整",
    "77133300": "柒仟柒佰壹拾叁万叁仟叁佰元整",
    "247000": "贰拾肆万柒仟元整",
    # Edges.
    "0": "零元整",
    "0.01": "壹分",
    "0.10": "壹角整",
    "0.11": "壹角壹分",
    "1": "壹元整",
    "10": "壹拾元整",
    "10.05": "壹拾元零伍分",
    "100000000": "壹亿元整",
    "100010000": "壹亿零壹万元整",
    "1000000000000": "壹万亿元整",
    "1000100000000": "壹万零壹亿元整",
    "-1409.50": "负壹仟肆佰零玖元伍角整",
    "9999999999999999.99": "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿"
    "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}


def evaluate(words):
    """The sum that words stand for, by adding up; knows nothing of the rules."""
    total = section = high = digit = 0
    cents = 0
    for char in words:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in PLACES:
            section += digit * PLACES[char]
            digit = 0
        elif char == "万":
            total += (section + digit) * 10**4
            section = digit = 0
        elif char == "亿":
            high = (total + section + digit) * 10**8
            total = section = digit = 0
        elif char == "元":
            high += total + section + digit
            digit = 0
        elif char in "角分":
            cents += digit * (10 if char == "角" else 1)
            digit = 0
    value = Decimal(high * 100 + cents).scaleb(-2)
    return -value if words.startswith("负") else value


def shapes(low, high):
    """Amounts in fen with each pattern of zero and other digits at low..high."""
    for pattern in range(1 << (high - low)):
        yield sum(
            (1 + (pattern * 7 + place) % 9) * 10 ** (low + place)
            for place in range(high - low)
            if pattern >> place & 1
        )


class TestRmb(BaseCase):
    def test_values(self):
        for amount, words in VALUES.items():
            with self.subTest(amount=amount):
                self.assertEqual(amount_to_words(amount), words)
                self.assertEqual(amount_to_words(Decimal(amount)), words)
                self.assertEqual(words_to_amount(words), Decimal(amount))

    def test_every_shape(self):
        """Each pattern of zeros over fourteen places, from the fen up and from the
        limit down: three neighbouring sections take every form beside each other."""
        for low, high in ((0, 14), (4, 18)):
            for fen in shapes(low, high):
                amount = Decimal(fen).scaleb(-2)
                words = amount_to_words(amount)
                if evaluate(words) != amount or words_to_amount(words) != amount:
                    self.fail(f"{amount} -> {words}")
                if "零零" in words or words.endswith("分整"):
                    self.fail(f"{amount} -> {words}")

    def test_agrees_with_cn2an(self):
        for fen in shapes(0, 12):
            amount = Decimal(fen).scaleb(-2)
            theirs = cn2an.an2cn(str(amount), "rmb")
            self.assertEqual(words_to_amount(theirs), amount)
            ours = amount_to_words(amount)
            if not ours.endswith("角整") and not self._has_free_zero(fen):
                self.assertEqual(ours, theirs)

    @staticmethod
    def _has_free_zero(fen):
        """cn2an leaves out two kinds of 零 that the rules leave free and we write:
        between yuan and jiao, and for a whole section of zeros."""
        yuan, cents = divmod(fen, 100)
        free = yuan and yuan % 10 == 0 and cents >= 10
        return free or any(
            yuan // section % 10**4 >= 1000
            and yuan // section >= 10**8
            and yuan // section // 10**4 % 10**4 == 0
            for section in (1, 10**4)
        )

    @PROPERTY
    @given(strategies.integers(-LIMIT * 100 + 1, LIMIT * 100 - 1))
    def test_round_trip(self, fen):
        amount = Decimal(fen).scaleb(-2)
        words = amount_to_words(amount)
        self.assertEqual(words_to_amount(words), amount)
        self.assertEqual(evaluate(words), amount)

    def test_variants_are_read(self):
        for words, amount in (
            ("壹拾万零柒仟元伍角叁分", "107000.53"),
            ("壹仟陆佰捌拾元叁角贰分", "1680.32"),
            ("人民币壹仟肆佰零玖元伍角", "1409.50"),
            ("人民币：壹仟圆正", "1000"),
            ("人民币 贰萬陸仟元整", "26000"),
            ("貳億圓整", "200000000"),
            ("壹亿壹仟元整", "100001000"),
            ("壹亿零壹仟元整", "100001000"),
            ("零元伍角整", "0.50"),
            ("零元零伍分", "0.05"),
            ("零伍分", "0.05"),
            ("负叁元贰角正", "-3.20"),
        ):
            with self.subTest(words=words):
                self.assertEqual(words_to_amount(words), Decimal(amount))

    def test_wrong_words_are_refused(self):
        for words in (
            "",
            "人民币",
            "元整",
            "整",
            "壹仟玖元整",  # the inner zero must be written
            "壹佰零零壹元整",
            "壹佰元",  # 整 must follow 元
            "伍分整",
            "壹元伍分",  # 零 must follow 元
            "壹元零伍角整",  # no zero is there to be written
            "一千元整",
            "壹拾佰元整",
            "佰元整",
            "拾元整",  # 壹拾
            "壹亿亿元整",
            "壹万壹万元整",
            "壹元整壹角",
            "1409元整",
            "壹元整。",
        ):
            with self.subTest(words=words), self.assertRaises(RmbError):
                words_to_amount(words)

    def test_wrong_amounts_are_refused(self):
        for amount in (
            "1.005",
            "abc",
            "",
            "NaN",
            "Infinity",
            "1,23",
            10**16,
            -(10**16),
        ):
            with self.subTest(amount=amount), self.assertRaises(RmbError):
                amount_to_words(amount)
        for amount in (1409.5, True, None):
            with self.subTest(amount=amount), self.assertRaises(TypeError):
                amount_to_words(amount)

    def test_forms_of_input(self):
        for amount in (
            "77,133,300.00",
            "77133300.0000",
            77133300,
            Decimal("7.71333E+7"),
        ):
            self.assertEqual(amount_to_words(amount), VALUES["77133300"])
        self.assertEqual(amount_to_words("-0.00"), "零元整")
