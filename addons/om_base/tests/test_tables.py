"""Tables as sheets, read back by openpyxl, which has nothing to do with the writer."""

import doctest
import io
from dataclasses import replace
from datetime import date

import openpyxl
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..tools import pasted, sheets, tables, xlsx
from ..tools.sheets import Sheet
from ..tools.tables import PLACE, Column, Exact, Line, Share, SheetWriter, Table
from .written import CASES, rows_of, write_and_read

COLUMNS = (Column("名称"), Column("日期"), Column("金额", is_summed=True))
OF_EACH_KIND = Table(
    "各类",
    [
        Column("名称", "name", required=True),
        Column("编号", "code", kind="code"),
        Column("台数", "count", kind="integer"),
        Column("数量", "size", kind="number", most=1e9),
        Column("金额", "amount", kind="money", most=1e9),
        Column("日期", "day", kind="date"),
        Column("方式", "mode", kind="choice", choices={"远程": "far", "现场": "near"}),
        Column("是否", "flag", kind="flag", choices={"是": True, "否": False}),
        Column("仅供查看", "seen", read=False),
    ],
)


class TestTables(BaseCase):
    def _write(self, *written):
        output = io.BytesIO()
        with xlsxwriter.Workbook(output) as workbook:
            writer = SheetWriter(workbook)
            for table in written:
                writer.add_table(table)
        return output

    def _read(self, output, formulas=False):
        book = openpyxl.load_workbook(output, data_only=not formulas)
        return [[[cell.value for cell in row] for row in page] for page in book]

    def test_doctests(self):
        for module in (pasted, sheets, tables, xlsx):
            self.assertFalse(doctest.testmod(module).failed)

    def test_values_are_what_they_are(self):
        row = ["=1+1", date(2026, 1, 20), 0.1]
        output = self._write(Table("甲", COLUMNS, [row, [None, False, 0.2]], "合计"))
        (sheet,) = self._read(output)
        self.assertEqual(sheet[0], ["名称", "日期", "金额"])
        self.assertEqual(sheet[1][0], "=1+1")
        self.assertEqual(sheet[1][1].date(), date(2026, 1, 20))
        self.assertEqual(sheet[2], [None, None, 0.2])
        self.assertEqual(sheet[3][0], "合计")
        page = openpyxl.load_workbook(output)["甲"]
        self.assertEqual(page["A2"].data_type, "s", "a text is no formula")
        self.assertEqual(page["C2"].number_format, "#,##0.00")
        self.assertEqual(page.print_title_rows, "$1:$1", "heads on every page")
        self.assertEqual(page.oddFooter.center.text, "&P / &N", "which page it is")

    def test_each_part_has_its_own_sum(self):
        rows = [["a", None, 1.0], ["b", None, 2.0], ["c", None, 4.0], ["d", None, 8.0]]
        table = Table(
            "甲",
            COLUMNS,
            rows,
            "合计",
            parts=["sale", "sale", "buy", None],
            labels={"sale": "收", "buy": "付"},
        )
        (sheet,) = self._read(self._write(table), formulas=True)
        self.assertEqual(sheet[5][0::2], ["合计: 收", "=SUM(C2:C3)"])
        self.assertEqual(sheet[6][0::2], ["合计: 付", "=SUM(C4:C4)"])
        self.assertEqual(len(sheet), 7)

    def test_without_sums(self):
        plain = [Column("名称"), Column("比例")]
        output = self._write(
            Table("甲", plain, [["a", Share(0.5)]], "合计"), Table("乙", plain, [])
        )
        self.assertEqual([len(sheet) for sheet in self._read(output)], [2, 1])
        page = openpyxl.load_workbook(output)["甲"]
        self.assertEqual(page["B2"].number_format, "0.0%")

    def test_rows_are_whatever_has_the_values(self):
        table = Table(
            "甲",
            [
                Column("序号", PLACE),
                Column("名称", "one.name"),
                Column("比例", lambda row: Exact(row["share"]), kind="number"),
                Column("迟", "late", is_bad=lambda row: row["late"]),
            ],
            [
                {"one": {"name": "乙"}, "share": 1, "late": 2},
            ],
            last=[None, "合计", None, 2],
        )
        self.assertEqual(
            table.get_lines(),
            [
                Line(["1", "乙", "100.000%", "2"], [3]),
                Line(["", "合计", "", "2"], [], strong=True),
            ],
        )

    def test_tables_below_each_other(self):
        output = io.BytesIO()
        with xlsxwriter.Workbook(output) as workbook:
            writer = SheetWriter(workbook)
            for _number in range(2):
                writer.add_page(
                    "甲/乙" * 20,
                    [
                        Table("一", COLUMNS, [["a", None, 1.0]], "合计"),
                        Table("", [Column("乙")], [["b"], ["c"]]),
                    ],
                )
        first, second = openpyxl.load_workbook(output).worksheets
        self.assertEqual(first.title, ("甲_乙" * 20)[:31])
        self.assertEqual(second.title, ("甲_乙" * 20)[:29] + "~2")
        self.assertEqual(
            [row[0] for row in first.iter_rows(values_only=True)],
            ["一", "名称", "a", "合计", None, "乙", "b", "c"],
        )
        self.assertEqual(first["C4"].value, "=SUM(C3:C3)")

    @CASES
    @given(rows_of(OF_EACH_KIND))
    def test_what_is_written_is_read(self, rows):
        self.assertEqual(write_and_read(OF_EACH_KIND, rows), (rows, []))

    @CASES
    @given(st.data())
    def test_what_others_write_is_read(self, data):
        loose = replace(OF_EACH_KIND, is_loose=True)
        rows = data.draw(rows_of(loose))
        self.assertEqual(write_and_read(loose, rows), (rows, []))

    def test_what_others_type(self):
        loose = replace(OF_EACH_KIND, is_loose=True)
        sheet = Sheet(
            loose,
            [
                (1, {1: "某某表"}),
                (
                    3,
                    {
                        1: "名 称",
                        2: "台数",
                        3: "金额",
                        4: "日期",
                        5: "编号",
                        6: "方式",
                        7: "是否",
                        8: "数量",
                    },
                ),
                (
                    4,
                    {1: "甲", 2: "1,200", 3: 5, 4: "2026年1月5日", 5: "ａ－1", 7: "是"},
                ),
                (5, {1: "乙", 2: "12x"}),
            ],
        )
        (row,) = sheet.rows
        self.assertEqual(row.values["count"], 1200)
        self.assertEqual(row.values["day"], date(2026, 1, 5))
        self.assertEqual(row.values["code"], "a-1")
        self.assertIsNone(row.values["mode"])
        (problem,) = sheet.problems
        self.assertEqual(
            (problem.wrong, problem.place), (sheets.Wrong.NOT_NUMBER, "B5")
        )
