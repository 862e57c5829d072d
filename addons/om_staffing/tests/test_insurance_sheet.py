from datetime import date, datetime

from hypothesis import given

from odoo.tests import BaseCase, tagged

from odoo.addons.om_base.tests.written import CASES as WRITTEN
from odoo.addons.om_base.tests.written import rows_of, write_and_read
from odoo.addons.om_base.tools.sheets import Sheet, SheetError, Wrong, parse_month

from ..wizards.om_social_insurance_import import SHEET, Unfit, read_entries

HEAD = (1, {1: "姓名", 2: "身份证号", 3: "参保单位", 4: "起始年月", 5: "终止年月"})


@tagged("post_install", "-at_install")
class TestInsuranceSheet(BaseCase):
    def test_months(self):
        for value in (202509, 202509.0, "202509", "2025-09", "2025/9", "2025年9月"):
            self.assertEqual(parse_month(value), date(2025, 9, 1), value)
        self.assertEqual(parse_month(datetime(2025, 9, 17)), date(2025, 9, 1))
        for value in ("", "2025-13", "九月", 2025, None, "0000-01"):
            self.assertIsNone(parse_month(value), value)

    def test_entries(self):
        sheet = Sheet(
            SHEET,
            [
                HEAD,
                (2, {1: "甲01", 2: "x1", 3: "我公司", 4: 202511, 5: 202601}),
                (3, {1: "甲02", 4: "2025-11"}),
            ],
        )
        entries = read_entries(sheet)
        self.assertEqual(sheet.problems, [])
        self.assertEqual(
            [*entries[0].months],
            [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)],
        )
        self.assertEqual(entries[0].identity, "X1")
        self.assertEqual([*entries[1].months], [date(2025, 11, 1)])

    def test_title_above_the_heads(self):
        sheet = Sheet(SHEET, [(1, {1: "参保证明"}), HEAD, (3, {1: "甲", 4: 202511})])
        self.assertEqual([entry.name for entry in read_entries(sheet)], ["甲"])

    def test_wrong_rows(self):
        sheet = Sheet(
            SHEET,
            [
                HEAD,
                (2, {4: 202511}),
                (3, {1: "甲01", 4: "someday"}),
                (4, {1: "甲01", 4: 202511, 5: 202510}),
                (5, {1: "甲01", 4: 195001, 5: 210001}),
            ],
        )
        self.assertEqual(read_entries(sheet), [])
        self.assertEqual(
            [(one.row, one.wrong, one.at) for one in sheet.problems],
            [
                (2, Wrong.EMPTY, 1),
                (3, Wrong.NOT_MONTH, 4),
                (4, Unfit.ORDER, 5),
                (5, Unfit.ORDER, 5),
            ],
        )

    def test_missing_columns(self):
        with self.assertRaises(SheetError) as caught:
            Sheet(SHEET, [(1, {1: "工资"})])
        self.assertEqual(caught.exception.missing, ["姓名", "起始年月"])

    @WRITTEN
    @given(rows_of(SHEET))
    def test_what_is_written_is_read(self, rows):
        self.assertEqual(write_and_read(SHEET, rows), (rows, []))
