from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..engine.insurance_sheet import SheetError, read_entries, read_month

HEAD = (1, {1: "姓名", 2: "身份证号", 3: "参保单位", 4: "起始年月", 5: "终止年月"})


@tagged("post_install", "-at_install")
class TestInsuranceSheet(BaseCase):
    def test_months(self):
        for value in (202509, 202509.0, "202509", "2025-09", "2025/9", "2025年9月"):
            self.assertEqual(read_month(value), date(2025, 9, 1), value)
        self.assertEqual(read_month(datetime(2025, 9, 17)), date(2025, 9, 1))
        for value in ("", "2025-13", "九月", 2025, None, "0000-01"):
            self.assertIsNone(read_month(value), value)

    def test_entries(self):
        entries, wrong = read_entries(
            [
                HEAD,
                (2, {1: "甲01", 2: "x1", 3: "我公司", 4: 202511, 5: 202601}),
                (3, {1: "甲02", 4: "2025-11"}),
            ]
        )
        self.assertEqual(wrong, [])
        self.assertEqual(
            entries[0].months,
            [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)],
        )
        self.assertEqual(entries[0].identity, "X1")
        self.assertEqual(entries[1].months, [date(2025, 11, 1)])

    def test_wrong_rows(self):
        _entries, wrong = read_entries(
            [
                HEAD,
                (2, {4: 202511}),
                (3, {1: "甲01", 4: "someday"}),
                (4, {1: "甲01", 4: 202511, 5: 202510}),
                (5, {1: "甲01", 4: 195001, 5: 210001}),
            ]
        )
        self.assertEqual(
            [(one.row, one.kind, one.column) for one in wrong],
            [(2, "name", 1), (3, "month", 4), (4, "order", 5), (5, "order", 5)],
        )

    def test_missing_columns(self):
        with self.assertRaises(SheetError) as caught:
            read_entries([(1, {1: "工资"})])
        self.assertEqual(caught.exception.missing, ["姓名", "起始年月"])
