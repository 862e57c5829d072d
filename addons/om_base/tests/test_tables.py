"""Tables as sheets, read back by openpyxl, which has nothing to do with the writer."""

import doctest
import io
from datetime import date

import openpyxl
import xlsxwriter

from odoo.tests import BaseCase

from ..tools import tables
from ..tools.tables import Column, Share, SheetWriter, Table

COLUMNS = (Column("名称"), Column("日期"), Column("金额", is_summed=True))


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
        self.assertFalse(doctest.testmod(tables).failed)

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
