from datetime import date

from odoo.tests import BaseCase, tagged

from ..engine.names import Name, find_periods, has_word, match
from ..engine.rhythm import Rhythm, Span, whole_period

SEPTEMBER = Span(date(2026, 9, 1), date(2026, 9, 30))
THIRD_QUARTER = Span(date(2026, 7, 1), date(2026, 9, 30))
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


@tagged("post_install", "-at_install")
class TestNames(BaseCase):
    def test_periods(self):
        """As people write them in the names of files."""
        day = Span(date(2026, 9, 3), date(2026, 9, 3))
        for text, spans in (
            ("日报 2026-09-03", [day]),
            ("日报20260903.docx", [day]),
            ("日报2026年9月3日", [day]),
            ("月报 2026-09.pdf", [SEPTEMBER]),
            ("月报202609", [SEPTEMBER]),
            ("2026年9月份巡检报告", [SEPTEMBER]),
            ("2026年09月", [SEPTEMBER]),
            ("2026年第三季度", [THIRD_QUARTER]),
            ("2026-Q3", [THIRD_QUARTER]),
            ("2026年3季度", [THIRD_QUARTER]),
            ("2026上半年", [Span(date(2026, 1, 1), date(2026, 6, 30))]),
            ("2026年9月中旬", [Span(date(2026, 9, 11), date(2026, 9, 20))]),
            ("2026年9月下旬", [Span(date(2026, 9, 21), date(2026, 9, 30))]),
            ("2026年第40周", [Span(date(2026, 9, 28), date(2026, 10, 4))]),
            ("2026年度总结", [YEAR]),
            (
                "月报 2026-06-15至2026-07-14",
                [Span(date(2026, 6, 15), date(2026, 7, 14))],
            ),
            ("巡检报告", []),
            ("13月 2026-13", []),
            ("SY2026-129 巡检报告", []),
            ("110112026", []),
        ):
            with self.subTest(text=text):
                self.assertEqual(find_periods(text), spans)

    def test_words(self):
        """Codes with whatever is between their parts, and not a part of another."""
        for text in ("SY2026-129", "sy2026129", "SY2026 129", "SY2026_129_2026-09"):
            self.assertTrue(has_word(f"{text}.pdf", "SY2026/129"), text)
        for text in ("SY2026-1290", "XSY2026-129", "SY2026-12 9月", "SY2026"):
            self.assertFalse(has_word(f"{text}.pdf", "SY2026/129"), text)
        self.assertTrue(has_word("区财政局巡检报告.pdf", "巡检报告"))
        self.assertFalse(has_word("x.pdf", "/"))

    def test_match(self):
        """The only one that fits; a longer name before a shorter one within it; none
        where two fit, or another period."""
        names = [
            Name(1, (SEPTEMBER,), ("巡检报告", "SY2026/129", "甲单位")),
            Name(2, (SEPTEMBER,), ("巡查记录及维修记录", "SY2026/129", "甲单位")),
            Name(3, (SEPTEMBER,), ("巡检报告", "SY2026/130", "甲单位")),
            Name(4, (THIRD_QUARTER,), ("巡检报告", "SY2026/129", "甲单位")),
            Name(5, (SEPTEMBER,), ("系统巡检报告", "SY2026/131", "乙单位")),
        ]
        for file, keys in (
            ("SY2026-129 巡检报告 2026-09.pdf", [1]),
            ("SY2026-130 2026年9月.pdf", [3]),
            ("SY2026-129 2026-09.pdf", [1, 2]),
            ("甲单位 巡检报告 2026-09.pdf", [1, 3]),
            ("SY2026-129 巡检报告 2026年第三季度.pdf", [4]),
            ("SY2026-129 巡检报告 2026-10.pdf", []),
            ("乙单位系统巡检报告2026-09.pdf", [5]),
            ("照片 2026-09.pdf", []),
            ("SY2026-129 巡检报告.pdf", []),
        ):
            with self.subTest(file=file):
                self.assertEqual(match(file, names), keys)

    def test_whole_period(self):
        """A month that is served in part is called by its month; one of the service by
        its own days."""
        served = Span(date(2026, 2, 10), date(2026, 2, 28))
        self.assertEqual(
            whole_period(Rhythm("month"), served),
            Span(date(2026, 2, 1), date(2026, 2, 28)),
        )
        self.assertEqual(whole_period(Rhythm("month", "service"), served), served)
        self.assertEqual(whole_period(Rhythm("month", times=2), served), served)
        self.assertEqual(whole_period(Rhythm("once"), served), YEAR)
