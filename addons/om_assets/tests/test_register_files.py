import tracemalloc
import zipfile
from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from openpyxl import Workbook as Book
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from odoo.tests import BaseCase, TransactionCase, tagged

from odoo.addons.om_base.tools.differences import compare, find_repeated, pair_lines
from odoo.addons.om_base.tools.sheets import Row, Wrong, read_tables
from odoo.addons.om_base.tools.tables import Column, SheetWriter, Table
from odoo.addons.om_base.tools.xlsx import (
    Fault,
    Kind,
    Limits,
    Workbook,
    WorkbookError,
    cell_text,
    clean_text,
)

from ..engine.register_rules import Unfit, check_plan, check_system

MB = 1024**2


def save(book):
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def make(rows, title="Sheet"):
    """Return a file as openpyxl writes it."""
    book = Book()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return save(book)


def repack(content, parts, compression=zipfile.ZIP_DEFLATED):
    """Return a file with some parts replaced or added."""
    result = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(result, "w", compression) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return result.getvalue()


def sheet_xml(inside, head=b""):
    return (
        head + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml'
        b'/2006/main">' + inside + b"</worksheet>"
    )


SHEET = "xl/worksheets/sheet1.xml"


@tagged("post_install", "-at_install")
class TestRegisterFiles(BaseCase):
    """What a stranger's file may hold, and what it may not."""

    def read_all(self, content, limits=None):
        workbook = Workbook(content, limits)
        return {title: list(workbook.read_rows(title)) for title in workbook.titles}

    def check_refused(self, content, fault, limits=None):
        tracemalloc.start()
        try:
            with self.assertRaises(WorkbookError) as caught:
                self.read_all(content, limits)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertEqual(caught.exception.fault, fault)
        self.assertLess(peak, 40 * MB)
        return caught.exception

    def test_values(self):
        day = date(2026, 2, 28)
        rows = self.read_all(
            make([["甲01", 3, 2.5, day, True, None, "=1+1", "2026-01-01", "_x0041_"]])
        )["Sheet"]
        self.assertEqual([row.number for row in rows], [1])
        cells = rows[0].cells
        self.assertEqual(cells[1], (Kind.TEXT, "甲01"))
        self.assertEqual(cells[2], (Kind.NUMBER, 3))
        self.assertEqual(cells[3], (Kind.NUMBER, 2.5))
        self.assertEqual(cells[4], (Kind.DATE, datetime(2026, 2, 28)))
        self.assertEqual(cells[5], (Kind.BOOLEAN, True))
        self.assertNotIn(6, cells)
        self.assertEqual(cells[7].kind, Kind.FORMULA)
        self.assertEqual(cells[8], (Kind.TEXT, "2026-01-01"))

    def test_calendar_of_1904(self):
        book = Book()
        book.epoch = CALENDAR_MAC_1904
        book.active.append([date(2026, 2, 28)])
        rows = self.read_all(save(book))["Sheet"]
        self.assertEqual(rows[0].cells[1].value, datetime(2026, 2, 28))

    def test_wrong_types(self):
        self.check_refused(b"", Fault.NOT_A_WORKBOOK)
        self.check_refused(b"code,name\n1,x\n", Fault.NOT_A_WORKBOOK)
        self.check_refused(b"%PDF-1.7\n", Fault.NOT_A_WORKBOOK)
        self.check_refused(b"\xd0\xcf\x11\xe0" + b"\0" * 600, Fault.OLD_OR_PROTECTED)
        other = BytesIO()
        with zipfile.ZipFile(other, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        self.check_refused(other.getvalue(), Fault.NOT_A_WORKBOOK)

    def test_damaged(self):
        content = make([["x"] * 50] * 50)
        self.check_refused(content[:-200], Fault.BROKEN)
        self.check_refused(repack(content, {SHEET: b"<worksheet><row>"}), Fault.BROKEN)
        self.check_refused(
            repack(content, {SHEET: sheet_xml(b'<row><c t="s"><v>9</v></c></row>')}),
            Fault.BROKEN,
        )

    def test_macros(self):
        content = make([["x"]])
        self.check_refused(repack(content, {"xl/vbaProject.bin": b"\0"}), Fault.MACROS)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            types = archive.read("[Content_Types].xml")
        types = types.replace(
            b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml"
        )
        self.check_refused(
            repack(content, {"[Content_Types].xml": types}), Fault.MACROS
        )

    def test_links_to_other_files(self):
        content = repack(
            make([["x"]]), {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
        )
        self.check_refused(content, Fault.LINKS)

    def test_merged_cells(self):
        book = Book()
        book.active.append(["a", "b"])
        book.active.merge_cells("A1:B1")
        error = self.check_refused(save(book), Fault.MERGED)
        self.assertEqual((error.sheet, error.detail), ("Sheet", "A1:B1"))

    def test_many_rows(self):
        rows = b"".join(
            b"<row><c><v>%d</v></c></row>" % number for number in range(200_000)
        )
        content = repack(
            make([["x"]]), {SHEET: sheet_xml(b"<sheetData>" + rows + b"</sheetData>")}
        )
        error = self.check_refused(content, Fault.TOO_MANY_ROWS)
        self.assertEqual(error.sheet, "Sheet")

    def test_empty_rows_do_not_count(self):
        inside = b'<sheetData><row r="1"><c><v>1</v></c></row><row r="1048576"/>'
        content = repack(make([["x"]]), {SHEET: sheet_xml(inside + b"</sheetData>")})
        self.assertEqual(len(self.read_all(content)["Sheet"]), 1)

    def test_bombs(self):
        content = make([["x"]])
        for inside in (
            b" " * (60 * MB),
            b"<sheetData><row>" + b"<c/>" * (2 * MB) + b"</row></sheetData>",
            b"<a>" * MB,
            b"<c " + b"".join(b'a%d="" ' % n for n in range(400_000)) + b"/>",
            b"<sheetData><row><c><v>" + b"9" * (20 * MB) + b"</v></c></row>",
            b"<!--" + b"x" * (20 * MB) + b"-->",
        ):
            with self.subTest(inside[:12]):
                bomb = repack(content, {SHEET: sheet_xml(inside)})
                tracemalloc.start()
                with self.assertRaises(WorkbookError):
                    self.read_all(bomb, Limits(cells=50_000))
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                self.assertLess(peak, 40 * MB)

    def test_sizes_are_checked_before_unpacking(self):
        bomb = repack(make([["x"]]), {"xl/media/image1.png": b"\0" * (51 * MB)})
        self.assertLess(len(bomb), MB)
        self.check_refused(bomb, Fault.TOO_BIG)
        self.check_refused(make([["x"]]), Fault.TOO_BIG, Limits(packed=100))

    def test_entities(self):
        laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
        outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        for head in (laughs, outside):
            inside = b"<sheetData><row><c><v>&a;</v></c></row></sheetData>"
            content = repack(make([["x"]]), {SHEET: sheet_xml(inside, head)})
            self.check_refused(content, Fault.DOCTYPE)


TABLE = Table(
    "事项",
    [
        Column("编号", "code", names=("Code",), required=True),
        Column("数量", "count", kind="integer", names=("Count",)),
        Column("大小", "size", kind="number", names=("Size",)),
        Column("日期", "day", kind="date", names=("Day",)),
        Column(
            "方式",
            "mode",
            kind="choice",
            names=("Mode",),
            choices={"远程": "remote", "双": None},
        ),
        Column(
            "是否",
            "flag",
            kind="flag",
            names=("Flag",),
            choices={"是": True, "否": False},
        ),
        Column("仅供查看", "seen", names=("Seen",), read=False),
    ],
    key="thing",
    names=("Things",),
)
HEAD = ["编号", "数量", "大小", "日期", "方式", "是否"]


@tagged("post_install", "-at_install")
class TestRegisterSheets(BaseCase):
    """From cells to values and from values to differences."""

    def read_all(self, rows, title="事项"):
        return read_tables(Workbook(make(rows, title)), [TABLE])

    def test_row(self):
        reading = self.read_all(
            [HEAD, ["A", 2, 1.5, date(2026, 3, 1), "远程", "是"], [], ["B"]]
        )
        self.assertEqual(reading.problems, [])
        self.assertEqual(
            reading.rows["thing"],
            [
                Row(
                    2,
                    {
                        "code": "A",
                        "count": 2,
                        "size": 1.5,
                        "day": "2026-03-01",
                        "mode": "remote",
                        "flag": True,
                    },
                ),
                Row(
                    4,
                    {
                        "code": "B",
                        "count": 0,
                        "size": 0,
                        "day": False,
                        "mode": False,
                        "flag": False,
                    },
                ),
            ],
        )

    def test_any_language_any_order(self):
        head = ["Flag", "Mode", "Day", "Size", "Count", "Code", "Seen", "Remarks"]
        reading = self.read_all(
            [head, [False, None, None, None, 7, 12, "?", "mine"]], "Things"
        )
        self.assertEqual(reading.problems, [])
        self.assertEqual(reading.rows["thing"][0].values["count"], 7)
        self.assertEqual(reading.rows["thing"][0].values["code"], "12")
        self.assertEqual(reading.ignored, ["Things H: Remarks"])

    def test_mistakes_of_cells(self):
        day = date(2026, 3, 1)
        for row, wrong, column in (
            ([None, 1], Wrong.EMPTY, "编号"),
            ([day], Wrong.NOT_TEXT, "编号"),
            (["A", "12"], Wrong.NUMBER_AS_TEXT, "数量"),
            (["A", "many"], Wrong.NOT_NUMBER, "数量"),
            (["A", 1.5], Wrong.NOT_INTEGER, "数量"),
            (["A", -1], Wrong.NEGATIVE, "数量"),
            (["A", 10**12], Wrong.TOO_LARGE, "数量"),
            (["A", day], Wrong.NOT_NUMBER, "数量"),
            (["A", "=1+1"], Wrong.FORMULA, "数量"),
            (["A", "#REF!"], Wrong.ERROR, "数量"),
            (["A", 1, True], Wrong.NOT_NUMBER, "大小"),
            (["A", 1, 1, "2026-03-01"], Wrong.DATE_AS_TEXT, "日期"),
            (["A", 1, 1, "soon"], Wrong.NOT_DATE, "日期"),
            (["A", 1, 1, 46082], Wrong.NOT_DATE, "日期"),
            (["A", 1, 1, datetime(2026, 3, 1, 8)], Wrong.NOT_DATE, "日期"),
            (["A", 1, 1, day, "remote"], Wrong.NOT_CHOICE, "方式"),
            (["A", 1, 1, day, "双"], Wrong.AMBIGUOUS, "方式"),
            (["A", 1, 1, day, "远程", "maybe"], Wrong.NOT_FLAG, "是否"),
        ):
            with self.subTest(row=row):
                problems = self.read_all([HEAD, ["ok"], row]).problems
                self.assertEqual(
                    [(p.wrong, p.sheet, p.row, p.column) for p in problems],
                    [(wrong, "事项", 3, column)],
                )

    def test_mistakes_of_sheets(self):
        self.assertEqual(
            [p.wrong for p in self.read_all([HEAD], "else").problems], [Wrong.NO_SHEET]
        )
        problems = self.read_all([[*HEAD[:-1], "编号"], ["A"]]).problems
        self.assertEqual(
            [(p.wrong, p.column) for p in problems],
            [(Wrong.TWO_COLUMNS, "编号"), (Wrong.NO_COLUMN, "是否")],
        )
        self.assertEqual(
            {p.wrong for p in self.read_all([[], ["A"]]).problems}, {Wrong.NO_COLUMN}
        )

    def test_many_mistakes_are_cut_short(self):
        problems = self.read_all([HEAD, *([["A", "x"]] * 5000)]).problems
        self.assertLess(len(problems), 300)
        self.assertEqual(problems[-1].wrong, Wrong.TOO_MANY)

    def test_compare(self):
        rows = [
            (1, Row(2, {"a": 1, "b": 2})),
            (None, Row(3, {"a": 5, "b": 5})),
        ]
        found = compare(rows, {1: {"a": 1, "b": 9}, 2: {"a": 0, "b": 0}}, ["a", "b"])
        self.assertEqual(found.changed, {1: {"b": (9, 2)}})
        self.assertEqual([row.number for row in found.new], [3])
        self.assertEqual(found.missing, [2])

    def test_pair_lines(self):
        def line(number, id_, code, name):
            return Row(number, {"id": id_, "code": code, "name": name})

        current = {
            1: {"code": "A", "name": "x"},
            2: {"code": "A", "name": "x"},
            3: {"code": "B", "name": "x"},
        }
        rows = [
            line(2, 0, "A", "x"),
            line(3, 1, "A", "y"),
            line(4, 0, "A", "x"),
            line(5, 0, "B", "z"),
        ]
        pairs, problems = pair_lines(rows, current, "code", ("name",))
        self.assertEqual([id_ for id_, _row in pairs], [2, 1, None, None])
        self.assertEqual(problems, [])
        for row, wrong in (
            (line(9, 1, "A", "y"), Wrong.REPEATED),
            (line(9, 8, "A", "y"), Wrong.NO_LINE),
            (line(9, 3, "A", "y"), Wrong.OTHER_LINE),
        ):
            problems = pair_lines([*rows, row], current, "code", ("name",))[1]
            self.assertEqual(problems, [(wrong, row)])

    def test_rules_of_a_system(self):
        good = {
            "state": "in_service",
            "service_start": "2026-01-01",
            "service_end": "2026-12-31",
            "stop_date": False,
            "mlps_last_year": 2025,
        }
        self.assertEqual(check_system(good), [])
        for change, wrong in (
            ({"service_end": "2025-12-31"}, [Unfit.END_BEFORE_START]),
            ({"service_start": False}, [Unfit.NO_START]),
            ({"state": "stopped"}, [Unfit.NO_STOP_DATE]),
            ({"stop_date": "2026-06-01"}, [Unfit.STOP_DATE_UNASKED]),
            (
                {"state": "stopped", "stop_date": "2025-06-01"},
                [Unfit.STOP_BEFORE_START],
            ),
            ({"mlps_last_year": 25}, [Unfit.NO_YEAR]),
        ):
            found = [each for each, _name in check_system({**good, **change})]
            self.assertEqual(found, wrong)

    def test_rules_of_lines(self):
        self.assertEqual(check_plan({"every": 1, "times": 1}), [])
        self.assertEqual(
            check_plan({"every": 0, "times": 1}), [(Unfit.NOT_POSITIVE, "every")]
        )
        rows = [Row(n, {"code": code}) for n, code in enumerate("ABA")]
        empty = [Row(7, {"code": ""}), Row(8, {"code": ""})]
        self.assertEqual(find_repeated(rows + empty, "code"), [rows[2]])


@tagged("post_install", "-at_install")
class TestTextsFromChats(TransactionCase):
    """What is pasted from a chat: invisible characters, emoji, endless texts."""

    def test_read(self):
        for typed, clean in (
            ("\u200b顺义\ufeff融媒体\u202e", "顺义融媒体"),
            ("机房_x0000_一_x0007_\x7f", "机房一"),
            ("报修 😀 👨‍👩‍👧", "报修 😀 👨‍👩‍👧"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_半个", "半个"),
            ("甲\tb\r\n乙", "甲\tb\n乙"),
        ):
            self.assertEqual(clean_text(typed), clean)
            # what is read can be stored
            self.env["res.partner"].create({"name": clean_text(typed)})

    def test_write(self):
        self.assertEqual(cell_text("甲\x00\u200b乙\x0b"), "甲乙")
        for text in ("长" * 40_000, "😀" * 20_000):
            cell = cell_text(text)
            self.assertLessEqual(len(cell.encode("utf-16-le")) // 2, 32_767)
            self.assertEqual(cell[-1], "…")
            self.assertTrue(text.startswith(cell[:-1]))
        whole = "长" * 32_767
        self.assertEqual(cell_text(whole), whole)

    def test_a_report_holds_any_text(self):
        """Too long a text is cut; xlsxwriter alone leaves the cell empty."""
        output = BytesIO()
        workbook = xlsxwriter.Workbook(output)
        texts = ["长" * 40_000, "甲\x00乙\ud83d"]
        table = Table("甲", [Column("一"), Column("二")], [texts])
        SheetWriter(workbook).add_table(table)
        workbook.close()
        _heads, (first, second) = load_workbook(output).active.values
        self.assertEqual(len(first), 32_767)
        self.assertEqual(second, "甲乙")
