from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, Form, tagged

from odoo.addons.om_base.tools.pasted import split
from odoo.addons.om_base.tools.sheets import fold

from ..engine.pasted import Problem, Wrong, parse_amount, read_prices
from .common import OmContractCommon

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=100)
NAMES = {"sys/1": [1], "甲系统": [1], "乙系统": [2, 3], "sys/3": [3]}
UNITS = {"甲单位": [1, 2], "乙单位": [3]}


@tagged("post_install", "-at_install")
class TestPastedPrices(BaseCase):
    def _read(self, *rows):
        return read_prices(split("\n".join(rows)), NAMES, UNITS, fold)

    def test_titles_and_totals_are_passed_over(self):
        result = self._read(
            "序号\t系统名称\t数量\t单价（元）\t小计（元）\t备注",
            "1\t甲系统\t1\t120,000.00\t120,000.00\t含备件",
            "",
            "\t合计\t\t\t120,000.00\t",
        )
        self.assertEqual(result.fees, {1: Decimal("120000.00")})
        self.assertEqual(result.problems, [])

    def test_two_of_one_name(self):
        result = self._read("乙系统\t5", "乙系统\t乙单位\t6", "甲单位\t乙系统\t7")
        self.assertEqual(result.fees, {3: Decimal(6), 2: Decimal(7)})
        self.assertEqual(result.problems, [Problem(1, Wrong.AMBIGUOUS, "乙系统")])

    def test_mistakes_are_named(self):
        """A number before the name is no fee: it counts the rows."""
        result = self._read(
            "１\tＳＹＳ/1\t￥10.50元",
            "2\t甲系统\t20",
            "3\tSYS/3",
            "4\t丙系统\t30",
            "5\tsys/3\t0.005",
            "6\tsys/3\t-1",
        )
        self.assertEqual(result.fees, {1: Decimal("10.50")})
        self.assertEqual(
            [(each.row, each.wrong) for each in result.problems],
            [
                (2, Wrong.REPEATED),
                (3, Wrong.NO_AMOUNT),
                (4, Wrong.UNKNOWN),
                (5, Wrong.NOT_AN_AMOUNT),
                (6, Wrong.NOT_AN_AMOUNT),
            ],
        )

    @PROPERTY
    @given(st.decimals(0, 10**10, places=2))
    def test_amounts_as_people_write_them(self, amount):
        for text in (f"{amount}", f"{amount:,}", f"￥ {amount:,} 元", f" {amount}\t"):
            self.assertEqual(parse_amount(text), amount)

    @PROPERTY
    @given(st.text())
    def test_whatever_is_pasted(self, text):
        read_prices(split(text), NAMES, UNITS, fold)


@tagged("post_install", "-at_install")
class TestPricePaste(OmContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(amount_total=300.0)
        cls.systems = cls._create_system("示例粘贴系统甲") | cls._create_system(
            "示例粘贴系统乙"
        )
        elsewhere = cls._create_contract()
        cls.taken = cls._create_system("示例粘贴系统丙", agreement_id=elsewhere.id)

    def _paste(self, text):
        action = self.contract.action_open_price_paste()
        form = Form(
            self.env["om.price.paste"]
            .with_user(self.officer)
            .with_context(**action["context"])
        )
        form.text = text
        return form

    def test_a_list_is_read_before_it_is_taken_over(self):
        form = self._paste("示例粘贴系统甲\t100\n示例粘贴系统乙\t1 00.50")
        self.assertEqual((form.found_count, form.joining_count), (2, 2))
        self.assertEqual((form.total, form.difference), (200.50, 99.50))
        self.assertFalse(form.problems)
        self.assertFalse(self.contract.system_ids)
        form.save().action_apply()
        self.assertEqual(self.contract.system_ids, self.systems)
        self.assertEqual(self.systems.mapped("annual_fee"), [100.0, 100.50])
        # Pasted again it changes what it names.
        self._paste("示例粘贴系统乙\t200").save().action_apply()
        self.assertEqual(self.contract.fee_difference, 0.0)

    def test_nothing_is_taken_over_with_a_mistake(self):
        paste = self._paste("示例粘贴系统甲\t100\n示例粘贴系统丙\t100").save()
        self.assertIn("示例粘贴系统丙", paste.problems)
        with self.assertRaisesRegex(UserError, "示例粘贴系统丙"):
            paste.action_apply()
        self.assertFalse(self.contract.system_ids)
        with self.assertRaisesRegex(UserError, "Paste"):
            self._paste("").save().action_apply()
