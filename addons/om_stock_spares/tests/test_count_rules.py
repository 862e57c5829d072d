from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged
from odoo.tools import file_open
from odoo.tools.translate import PoFileReader

from odoo.addons.om_base.tests.written import CASES as WRITTEN
from odoo.addons.om_base.tests.written import rows_of, write_and_read
from odoo.addons.om_base.tools.sheets import Sheet, SheetError, Wrong

from ..engine.count import Counted, CountError, Step, reconcile
from ..wizards.om_spare_count_upload import SHEET, read_entries

CASES = settings(deadline=None, derandomize=True, database=None, max_examples=150)
HEAD = (1, {1: "库位", 2: "备件编码", 3: "序列号/批号", 4: "实盘数量"})


@st.composite
def counts(draw):
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.sampled_from(["库", "车", "隔离"])),
            unique=True,
            max_size=9,
        )
    )
    return [
        Counted(item, place, draw(st.integers(0, 20)), draw(st.integers(0, 20)))
        for item, place in keys
    ]


@tagged("post_install", "-at_install")
class TestCountRules(BaseCase):
    @CASES
    @given(counts())
    def test_the_books_say_what_was_found(self, lines):
        books = Counter({(line.item, line.place): line.expected for line in lines})
        lost = Counter()
        for step in reconcile(lines):
            self.assertGreater(step.quantity, 0)
            if step.source:
                books[step.item, step.source] -= step.quantity
            if step.target:
                books[step.item, step.target] += step.quantity
            if not step.source or not step.target:
                lost[step.item, bool(step.source)] += step.quantity
        for line in lines:
            self.assertEqual(books[line.item, line.place], line.found)
        for item in "abc":
            self.assertFalse(
                lost[item, True] and lost[item, False],
                "nothing is lost and found at once",
            )

    def test_a_single_piece_found_elsewhere_is_a_move(self):
        found = Counted("SN", "车", 0, 1, unique=True)
        move = [Step("SN", 1.0, "库", "车")]
        for expected in (0, None):
            there = Counted("SN", "库", 1, expected, unique=True)
            self.assertEqual(reconcile([there, found]), move)
        self.assertEqual(reconcile([found], {"SN": {"库": 1}}), move)
        self.assertEqual(reconcile([found]), [Step("SN", 1.0, None, "车")])
        alone = Counted("SN", "库", 1, 0, unique=True)
        self.assertEqual(reconcile([alone]), [Step("SN", 1.0, "库", None)])

    def test_what_nobody_looked_at_stays(self):
        self.assertEqual(reconcile([Counted("a", "库", 5, None)]), [])
        self.assertEqual(
            reconcile([Counted("a", "库", 5, None), Counted("a", "车", 0, 2)]),
            [Step("a", 2.0, None, "车")],
        )

    def test_what_cannot_be_is_refused(self):
        twice = [Counted("SN", p, 0, 1, unique=True) for p in ("库", "车")]
        for reason, lines in (
            ("several", twice),
            ("twice", [Counted("a", "库", 1, 1)] * 2),
            ("negative", [Counted("a", "库", 1, -1)]),
        ):
            with self.assertRaises(CountError) as caught:
                reconcile(lines)
            self.assertEqual(caught.exception.reason, reason)

    def test_the_sheet_is_read(self):
        sheet = Sheet(
            SHEET,
            [
                HEAD,
                (2, {1: "库", 2: 1001.0, 3: "SN-1", 4: 1}),
                (3, {1: "库", 2: "1001", 3: "SN-1", 4: 1}),
                (4, {1: "库", 2: "1002", 4: "很多"}),
                (5, {1: "库", 4: 3}),
                (6, {1: "库", 2: "1003"}),
                (7, {1: "库", 2: "1004", 4: "1,200"}),
            ],
        )
        entries = read_entries(sheet, blank_is_open=True)
        self.assertEqual(
            [(e.row, e.code, e.quantity) for e in entries],
            [(2, "1001", 1.0), (7, "1004", 1200.0)],
        )
        self.assertEqual(
            sorted((w.row, w.at, w.wrong) for w in sheet.problems),
            [(3, 3, Wrong.REPEATED), (4, 4, Wrong.NOT_NUMBER), (5, 2, Wrong.EMPTY)],
        )
        sheet = Sheet(SHEET, [HEAD, (6, {2: "1003"})])
        self.assertEqual(read_entries(sheet, blank_is_open=False), [])
        self.assertEqual(sheet.problems[0].column, "实盘数量")

    def test_the_sheet_that_is_printed_can_be_read(self):
        with file_open("om_stock_spares/i18n/zh_CN.po", "rb") as stream:
            chinese = {row["src"]: row["value"] for row in PoFileReader(stream)}
        for field, head in (
            ("place", "Storage Place"),
            ("code", "Part Code"),
            ("name", "Part Name"),
            ("serial", "Serial Number / Lot"),
            ("quantity", "Found"),
            ("quantity", "Quantity"),
            ("reason", "Reason for Difference"),
        ):
            (column,) = (each for each in SHEET.columns if each.key == field)
            self.assertIn(head.lower(), column.labels)
            self.assertIn(chinese[head], column.labels)

    def test_a_sheet_without_its_heads_is_none(self):
        with self.assertRaises(SheetError) as caught:
            Sheet(SHEET, [(1, {1: "库位"})])
        self.assertEqual(caught.exception.missing, ["备件编码", "实盘数量"])

    @WRITTEN
    @given(rows_of(SHEET))
    def test_what_is_written_is_read(self, rows):
        self.assertEqual(write_and_read(SHEET, rows), (rows, []))
