"""Tables, declared once: printed, written as sheets of a spreadsheet, and read back.

A :class:`Table` says what is in it: its columns, its rows, and what is added up. How
cells look, how wide columns are, that a text never becomes a formula, that heads stay
in sight and are repeated on each printed page: that is told here, for all of them.
:mod:`.volume` prints the same tables, :mod:`.sheets` reads them.

A row is a sequence of values, or whatever the columns take their values from: a record,
a mapping. What a value is decides how it is written: a text, a day, a whole number, a
:class:`Share`, any other number as an amount with two decimals; the ``kind`` of its
column says where that is not so.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import zip_longest
from typing import Any, Literal

from xlsxwriter.utility import xl_col_to_name, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from .xlsx import cell_text

Kind = Literal[
    "",
    "text",
    "code",
    "integer",
    "number",
    "money",
    "date",
    "month",
    "flag",
    "choice",
]
# The key of a column that numbers the rows.
PLACE = "#"
NUMBERS = frozenset(("integer", "number", "money"))

WIDEST = 60
# Columns of a form, which has fifty of them.
WIDEST_OF_FORM = 45
# Widths of a day, and of a sum in millions.
DAY_WIDTH, SUM_WIDTH = 12, 17
A4 = 9
# The name of a sheet: its length, and what programs do not take in it.
NAME_LENGTH, NOT_IN_NAME = 31, "[]:*?/\\"
# Rows of a form beyond the last that keep the choices, for what is added below.
SPARE_ROWS = 1000
FIRST_DAY = date(1990, 1, 1)

CELL = {"border": 1, "border_color": "#CED4DA", "valign": "top"}
HEAD = {**CELL, "bold": True, "bg_color": "#E9ECEF"}
MONEY = {"num_format": "#,##0.00"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 12},
    "head": {**HEAD, "text_wrap": True},
    "text": {**CELL, "text_wrap": True},
    "date": {**CELL, "num_format": "yyyy-mm-dd"},
    "month": {**CELL, "num_format": "yyyy-mm"},
    "integer": {**CELL, "num_format": "0"},
    "number": {**CELL, "num_format": "General"},
    "share": {**CELL, "num_format": "0.0%"},
    "exact": {**CELL, "num_format": "0.000%"},
    "money": {**CELL, **MONEY},
    "last": {**HEAD, **MONEY},
    "total_text": HEAD,
    # Of a form: the heads of what tells its rows apart, and of what may not be empty;
    # the star is shown only, the heading stays what it is called.
    "key": {**HEAD, "text_wrap": True, "bg_color": "#D0EBFF"},
    "required": {
        **HEAD,
        "text_wrap": True,
        "font_color": "#C92A2A",
        "num_format": '@" *"',
    },
    "typed": {**CELL, "text_wrap": True, "num_format": "@"},
    "choice": {**CELL, "num_format": "@"},
    "flag": CELL,
    "grey": {**CELL, "font_color": "#868E96"},
}


class Share(float):
    """A number that is read as a percentage: 0.5 is 50.0 %."""


class Exact(Share):
    """A share with three decimals of a percent."""


@dataclass(frozen=True)
class Column:
    """A column, for all who print, write and read it.

    :param head: its heading
    :param key: the name of its value in a row: of a mapping or a record, with dots for
        what that refers to (``unit_id.name``); or a function of the row
    :param width: its share of the line on paper, in any unit
    :param kind: what its values are; "": each is written as what it is
    :param is_summed: a line below has its sum
    :param is_bad: whether the cell of a row, that is no sequence, calls for attention
    :param names: other headings by which it is found
    :param choices: {what the cell says: value}; a value of ``None`` is ambiguous
    :param is_key: it tells the rows of a form apart
    :param required: a row without it is a mistake
    :param read: ``False`` for a column that is there to be looked at only
    :param optional: a sheet need not have it; its rows then say nothing of it
    :param is_open: a text that is none of the choices names something new and is read
        as it stands
    :param most: the largest number that is read
    """

    head: str
    key: str | Callable[[Any], Any] = ""
    width: float = 1
    kind: Kind = ""
    is_summed: bool = False
    is_bad: Callable[[Any], Any] | None = None
    names: Sequence[str] = ()
    choices: Mapping[str, Hashable] = field(default_factory=dict)
    is_key: bool = False
    required: bool = False
    read: bool = True
    optional: bool = False
    is_open: bool = False
    most: float = 2**31 - 1

    @property
    def labels(self) -> tuple[str, ...]:
        """All headings by which it is found."""
        return (self.head, *self.names)

    @property
    def is_number(self) -> bool:
        """Its cells stand on the right."""
        return self.kind in NUMBERS or self.is_summed

    def get_texts(self) -> dict[Hashable, str]:
        """{value: what a cell says} of the choices, the first that says it."""
        texts: dict[Hashable, str] = {}
        for text, value in self.choices.items():
            if value is not None:
                texts.setdefault(value, text)
        return texts

    def take(self, row: Any) -> Any:
        """The value of a row that is no sequence."""
        if not self._path:
            return self.key(row)
        for name in self._path:
            row = row[name] if isinstance(row, Mapping) else getattr(row, name)
        return row

    @cached_property
    def _path(self) -> Sequence[str]:
        return self.key.split(".") if isinstance(self.key, str) else ()

    def show(self, value: Any) -> str:
        """A value as it is printed.

        >>> Column("", kind="money").show(1200), Column("", kind="number").show(2.50)
        ('1,200.00', '2.5')
        >>> Column("").show(date(2026, 1, 31)), Column("").show(Share(0.5))
        ('2026-01-31', '50.0%')
        """
        if value is None or value is False:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, date):
            return f"{value:%Y-%m}" if self.kind == "month" else f"{value:%Y-%m-%d}"
        if isinstance(value, Share):
            return f"{value:.3%}" if isinstance(value, Exact) else f"{value:.1%}"
        if self.kind == "money" or (isinstance(value, float) and not self.kind):
            return f"{value:,.2f}"
        if isinstance(value, float):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return str(value)


@dataclass(frozen=True)
class Line:
    """A row as it is printed. ``bad``: places of the cells that call for attention;
    ``strong``: in bold."""

    cells: Sequence[str]
    bad: Sequence[int] = ()
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """``name``: of its sheet, or above it on paper. ``rows``: see the module.

    ``total``: the word of the line with sums. ``parts``: for each row what it is added
    up under, None for a row that is no money; without parts all have one sum.
    ``labels``: the names of the parts. ``last``: one more row, in bold. ``empty``: the
    sentence that stands in place of a table without rows. ``frozen``: columns that stay
    in sight. ``names`` find its sheet as those of a :class:`Column` find the column; a
    workbook need not have one that is ``optional``. ``is_loose``: others make it.
    ``either``: keys of columns of which its sheet has one at least."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Any] = ()
    total: str = ""
    parts: Sequence[Any] | None = None
    labels: Mapping[Any, str] = field(default_factory=dict)
    last: Any = None
    empty: str = ""
    frozen: int = 0
    key: str = ""
    names: Sequence[str] = ()
    optional: bool = False
    is_loose: bool = False
    either: Sequence[str] = ()

    def get_values(self, row: Any, place: int | None = None) -> Sequence[Any]:
        """The values of a row, the ``place``-th, in the order of the columns."""
        if isinstance(row, list | tuple):
            return row
        return [
            place if column.key == PLACE else column.take(row)
            for column in self.columns
        ]

    def get_lines(self) -> list[Line]:
        """The rows as they are printed."""
        lines = [
            self._get_line(row, self.get_values(row, place))
            for place, row in enumerate(self.rows, 1)
        ]
        if self.last is not None:
            values = self.get_values(self.last)
            lines.append(self._get_line(self.last, values, strong=True))
        return lines

    def _get_line(self, row: Any, cells: Sequence, strong: bool = False) -> Line:
        values = zip(self.columns, cells, strict=True)
        bad = [
            place
            for place, column in enumerate(self.columns)
            if column.is_bad
            and not isinstance(row, list | tuple)
            and column.is_bad(row)
        ]
        return Line([column.show(value) for column, value in values], bad, strong)


@dataclass(frozen=True)
class FormWords:
    """What a form says to who fills it in; ``choices`` names the sheet of choices."""

    choices: str
    not_in_list: str
    choose: str
    keep_if_new: str
    not_a_date: str
    enter_date: str
    not_a_number: str
    enter_number: str


def text_width(text: str, most: int = WIDEST) -> int:
    """How wide the longest line of a text is, in columns of a digit; Chinese takes two.

    >>> text_width("AB系统")
    9
    """
    longest = max(text.split("\n"), key=len)
    return min(sum(2 if ord(char) > 0x2E80 else 1 for char in longest) + 3, most)


class SafeWorksheet(Worksheet):
    """A sheet whose texts always fit: too long ones are cut instead of left out, and
    what no spreadsheet can hold is dropped."""

    def _write_string(self, row, col, string, cell_format=None):
        return super()._write_string(row, col, cell_text(string), cell_format)


class SheetWriter:
    """Writes tables into a workbook of XlsxWriter, or what stands in for one."""

    def __init__(self, workbook: Any) -> None:
        workbook.worksheet_class = SafeWorksheet
        self._book = workbook
        self._formats: dict[str, Any] = {}
        self._names: set[str] = set()

    def add_table(self, table: Table) -> None:
        """Write a table as a sheet of its own, ready to be printed."""
        sheet = self._add_sheet(table.name)
        widths = self._write_table(sheet, table, 0)
        self._set_up(sheet, widths, table.frozen, len(table.rows))
        sheet.repeat_rows(0)

    def add_page(self, name: str, tables: Iterable[Table]) -> None:
        """Write tables below each other on one sheet, each under its name."""
        sheet, line = self._add_sheet(name), 0
        widths: list[int] = []
        for table in tables:
            if table.name:
                sheet.write_string(line, 0, table.name, self._get_format("title"))
                line += 1
            found = self._write_table(sheet, table, line)
            widths = [*map(max, zip_longest(widths, found, fillvalue=0))]
            parts = {*(table.parts or ["all"])} - {None} if table.rows else ()
            sums = len(parts) if any(each.is_summed for each in table.columns) else 0
            line += len(table.rows) + (table.last is not None) + sums + 2
        self._set_up(sheet, widths)

    def add_form(self, tables: Sequence[Table], words: FormWords) -> None:
        """Write tables to be filled in and read back, a sheet each, with their choices
        on one more sheet that is hidden."""
        sheets = [self._add_sheet(table.name) for table in tables]
        lists = self._add_sheet(words.choices)
        lists.hide()
        place = 0
        for sheet, table in zip(sheets, tables, strict=True):
            widths = self._write_table(sheet, table, 0, is_form=True)
            self._set_up(sheet, widths, table.frozen, len(table.rows), is_form=True)
            last = len(table.rows) + SPARE_ROWS
            for number, column in enumerate(table.columns):
                options = list(column.get_texts().values())
                source = ""
                if options:
                    # A list in the cell ends at 255 characters, a range does not.
                    for line, option in enumerate(options):
                        lists.write_string(line, place, option)
                    span = xl_range_abs(0, place, len(options) - 1, place)
                    source = f"='{lists.get_name()}'!{span}"
                    place += 1
                if rule := _get_rule(column, source, words):
                    sheet.data_validation(1, number, last, number, rule)

    def _add_sheet(self, name: str) -> Any:
        """A sheet with the nearest name that programs take and that no other has."""
        clean = "".join("_" if each in NOT_IN_NAME else each for each in name)
        clean = clean[:NAME_LENGTH].strip("'")
        free, number = clean, 1
        while free.lower() in self._names:
            number += 1
            end = f"~{number}"
            free = clean[: NAME_LENGTH - len(end)] + end
        self._names.add(free.lower())
        return self._book.add_worksheet(free)

    def _get_format(self, name: str) -> Any:
        if name not in self._formats:
            self._formats[name] = self._book.add_format(STYLES[name])
        return self._formats[name]

    def _write_table(
        self, sheet: Any, table: Table, top: int, is_form: bool = False
    ) -> list[int]:
        """Write heads and rows from a line on; return the widths of the columns."""
        most = WIDEST_OF_FORM if is_form else WIDEST
        widths = []
        for number, column in enumerate(table.columns):
            head = "head"
            if is_form:
                head = "key" if column.is_key else head
                head = "required" if column.required else head
            sheet.write_string(top, number, column.head, self._get_format(head))
            width = text_width(column.head, most) + 2 * (head == "required")
            widths.append(max(width, SUM_WIDTH) if column.is_summed else width)
        texts = [column.get_texts() for column in table.columns]
        rows = list(table.rows) if table.last is None else [*table.rows, table.last]
        for place, row in enumerate(rows, 1):
            line = top + place
            is_last = table.last is not None and place == len(rows)
            cells = table.get_values(row, None if is_last else place)
            for number, value in enumerate(cells):
                column = table.columns[number]
                if texts[number]:
                    value = texts[number].get(value, "")
                elif is_form and column.kind == "date" and isinstance(value, str):
                    value = value and date.fromisoformat(value)
                style = "last" if is_last else _get_style(column, value, is_form)
                wanted = self._write_cell(sheet, line, number, value, style)
                widths[number] = max(widths[number], min(wanted, most))
        if table.rows and any(column.is_summed for column in table.columns):
            self._write_totals(sheet, table, top)
        return widths

    def _write_cell(
        self, sheet: Any, line: int, number: int, value: Any, style: str
    ) -> int:
        """Write a value as what it is; return the width that it asks for."""
        form = self._get_format(style)
        if value is None or value is False or value == "":
            sheet.write_blank(line, number, None, form)
        elif isinstance(value, str):
            # Never as a formula, whatever somebody called a thing.
            sheet.write_string(line, number, value, form)
            return text_width(value)
        elif isinstance(value, date):
            sheet.write_datetime(line, number, value, form)
            return DAY_WIDTH
        else:
            sheet.write_number(line, number, value, form)
        return 0

    def _write_totals(self, sheet: Any, table: Table, top: int) -> None:
        """Write a line for each part; the rows of a part stand together.

        A sum is a formula with its value beside it, so that a viewer that does not
        reckon shows it too.
        """
        parts = table.parts if table.parts is not None else ["all"] * len(table.rows)
        found = [part for part in dict.fromkeys(parts) if part]
        for line, part in enumerate(found, top + len(table.rows) + 1):
            first, count = parts.index(part), parts.count(part)
            rows = [table.get_values(row) for row in table.rows[first : first + count]]
            first += top + 2
            for number, column in enumerate(table.columns):
                if not column.is_summed:
                    form = self._get_format("total_text")
                    sheet.write_blank(line, number, None, form)
                    continue
                name = xl_col_to_name(number)
                sheet.write_formula(
                    line,
                    number,
                    f"=SUM({name}{first}:{name}{first + count - 1})",
                    self._get_format("last"),
                    add_up(row[number] for row in rows),
                )
            title = f"{table.total}: {table.labels[part]}" if found[1:] else table.total
            sheet.write_string(line, 0, title, self._get_format("total_text"))

    def _set_up(
        self,
        sheet: Any,
        widths: Sequence[int],
        frozen: int = 0,
        rows: int | None = None,
        is_form: bool = False,
    ) -> None:
        """Widths, and how it is printed; ``rows``: of its only table."""
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        if rows is not None:
            sheet.freeze_panes(1, frozen)
            sheet.autofilter(0, 0, max(rows, 1), len(widths) - 1)
        if not is_form:
            sheet.set_landscape()
            sheet.set_paper(A4)
            sheet.fit_to_pages(1, 0)
            # Which page it is, of how many.
            sheet.set_footer("&C&P / &N")


def _get_style(column: Column, value: Any, is_form: bool) -> str:
    """The style of a cell; in a form it is that of what may be entered there."""
    if is_form:
        kind = column.kind if column.read else "grey"
        return "typed" if kind in ("", "text", "code") else kind
    if isinstance(value, date):
        return "month" if column.kind == "month" else "date"
    if isinstance(value, str) or value is None or value is False:
        return "text"
    if isinstance(value, Share):
        return "exact" if isinstance(value, Exact) else "share"
    if column.kind in NUMBERS:
        return column.kind
    return "integer" if isinstance(value, int) else "money"


def _get_rule(column: Column, source: str, words: FormWords) -> dict[str, Any]:
    """What a spreadsheet program asks of a cell; nothing: whatever is entered."""
    if source:
        rule = {
            "validate": "list",
            "source": source,
            "error_title": words.not_in_list,
            "error_message": words.choose,
        }
        if column.is_open:
            rule |= {"error_type": "warning", "error_message": words.keep_if_new}
        return rule
    if column.kind == "date":
        return {
            "validate": "date",
            "criteria": ">=",
            "value": FIRST_DAY,
            "error_title": words.not_a_date,
            "error_message": words.enter_date,
        }
    if column.kind in NUMBERS:
        return {
            "validate": "integer" if column.kind == "integer" else "decimal",
            "criteria": ">=",
            "value": 0,
            "error_title": words.not_a_number,
            "error_message": words.enter_number,
        }
    return {}


def add_up(amounts: Iterable[float | None]) -> float:
    """The sum of amounts in cents: whole numbers have no error of a sum of floats.

    >>> add_up([0.1, 0.2, None])
    0.3
    """
    return sum(round((amount or 0.0) * 100) for amount in amounts) / 100
