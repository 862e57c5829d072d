from decimal import Decimal

from num2words import CONVERTER_CLASSES, num2words

from odoo.tests import BaseCase

from ..tools.num2words_zh import Num2WordZh
from ..tools.numerals import read_integer


class TestNumerals(BaseCase):
    def test_cardinal(self):
        for number, words in (
            (0, "零"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (110, "一百一十"),
            (1012, "一千零一十二"),
            (1203, "一千二百零三"),
            (10001, "一万零一"),
            (107000, "十万七千"),
            (100001000, "一亿零一千"),
            (10**12, "一万亿"),
            (10**16, "一亿亿"),
            (-7, "负七"),
            (3.14, "三点一四"),
            (Decimal("-1.050"), "负一点零五"),
        ):
            with self.subTest(number=number):
                self.assertEqual(num2words(number, lang="zh_CN"), words)
                self.assertEqual(num2words(number, lang="zh"), words)

    def test_ordinal_and_year(self):
        self.assertEqual(num2words(21, lang="zh_CN", to="ordinal"), "第二十一")
        self.assertEqual(num2words(21, lang="zh_CN", to="ordinal_num"), "第21")
        self.assertEqual(num2words(2026, lang="zh_CN", to="year"), "二〇二六年")
        self.assertEqual(num2words(-221, lang="zh_CN", to="year"), "公元前二二一年")
        for wrong in (-1, 1.5):
            with self.assertRaises(TypeError):
                num2words(wrong, lang="zh_CN", to="ordinal")

    def test_currency(self):
        def words(amount, currency):
            return num2words(amount, lang="zh_CN", to="currency", currency=currency)

        self.assertEqual(words(1409.5, "CNY"), "壹仟肆佰零玖元伍角整")
        self.assertEqual(words(Decimal("12.55"), "USD"), "十二美元五十五美分")
        self.assertEqual(words(-12, "EUR"), "负十二欧元")
        self.assertEqual(words(3.25, "HKD"), "三港元二角五分")
        self.assertEqual(words(1000, "JPY"), "一千日元")
        with self.assertRaises(NotImplementedError):
            words(1, "XAU")

    def test_registered_once_for_all_of_chinese(self):
        self.assertIsInstance(CONVERTER_CLASSES["zh"], Num2WordZh)
        self.assertIsInstance(CONVERTER_CLASSES["zh_CN"], Num2WordZh)
        self.assertEqual(num2words(5, lang="zh_TW"), "五")

    def test_negative_is_refused_by_the_reader(self):
        with self.assertRaises(ValueError):
            read_integer(-1)
