"""Tables read back: from the cells of a spreadsheet to values.

A spreadsheet has one sheet for each table. The first row names the columns, in any
language the suite speaks, in any order; columns and sheets of other names are
somebody's own remarks and are reported, not read.

Values are plain: a text without blanks around it (``""`` says nothing), an int, a float
rounded to six digits, an ISO date or ``False``, a bool, the key of a choice or
``False``. A sheet that others make (``is_loose``) may have a title above its heads, and
texts and results of formulas where numbers and days are meant; its days are dates, and
what says nothing but a text is ``None``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from itertools import chain, islice
from typing import Any, NamedTuple

from .tables import Column, Table
from .text import clean_code
from .xlsx import Cell, Kind, Workbook, clean_text, get_letters

Values = dict[str, Any]
# A row of cells, or of what as_cell makes one of, by column: (number, cells).
Cells = tuple[int, Mapping[int, Any]]
# One wrong column in 20,000 rows is one mistake, not 20,000.
MOST_PROBLEMS = 200
# Above the heads of a sheet that others make stand so many rows at most.
MOST_TITLES = 10
_EMPTY = {"text": "", "": "", "code": "", "integer": 0, "number": 0.0, "money": 0.0}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?")


class Wrong(StrEnum):
    """What is wrong with a sheet, a column, a row or a cell."""

    NO_SHEET = "the sheet is missing"
    NO_COLUMN = "the column is missing"
    TWO_COLUMNS = "there are two columns of this name"
    FORMULA = "formula"
    ERROR = "error value"
    EMPTY = "nothing entered"
    NOT_TEXT = "no text"
    NOT_INTEGER = "no whole number"
    NOT_NUMBER = "no number"
    NUMBER_AS_TEXT = "a number entered as text"
    NOT_DATE = "no date"
    DATE_AS_TEXT = "a date entered as text"
    NOT_MONTH = "no month"
    NOT_FLAG = "neither yes nor no"
    NOT_CHOICE = "none of the choices"
    NOT_ON_RECORD = "none of those on record"
    AMBIGUOUS = "more than one of that name"
    NEGATIVE = "a negative number"
    TOO_LARGE = "too large a number"
    REPEATED = "the same twice"
    NO_LINE = "no such line"
    OTHER_LINE = "the line of another record"
    TOO_MANY = "more problems follow"


class Problem(NamedTuple):
    """A mistake that can be told without the spreadsheet at hand.

    :param row: row of the sheet from 1 on, 0 if it is not a row's mistake
    :param column: heading of the column, empty if it is not a column's mistake
    :param detail: what was found
    :param at: number of the column from 1 on, 0 where it is not known
    """

    wrong: StrEnum
    sheet: str
    row: int = 0
    column: str = ""
    detail: str = ""
    at: int = 0

    @property
    def place(self) -> str:
        """The cell as spreadsheets call it, such as C5."""
        return f"{get_letters(self.at)}{self.row}"


class Row(NamedTuple):
    """A row of a sheet that says something; ``number`` counts from 1."""

    number: int
    values: Values


class SheetError(ValueError):
    """The sheet has no such columns; ``missing`` names them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass
class Reading:
    """What was read: rows and the sheet's name by the key of their table, mistakes,
    and the sheets and columns that were not read. A row with a mistake is not among the
    rows."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


class Sheet:
    """The only table of a sheet that others make: its rows and its mistakes.

    :raises SheetError: columns are missing that are needed
    """

    def __init__(self, table: Table, rows: Iterable[Cells]) -> None:
        self._reading = Reading()
        read = _TableReader(table, "", self._reading)
        self.rows: list[Row] = read.read_rows(rows)
        self._places = {column.key: at for at, column in read.columns.items()}
        self._heads = {column.key: column.head for column in table.columns}
        missing = [
            problem.column
            for problem in self.problems
            if problem.wrong is Wrong.NO_COLUMN
        ]
        if table.either and not self._places.keys() & set(table.either):
            missing.insert(0, self._heads[table.either[0]])
        if missing:
            raise SheetError(missing)

    @property
    def problems(self) -> list[Problem]:
        return self._reading.problems

    def find(self, *keys: str) -> int:
        """The number of the first of these columns that the sheet has."""
        return next((self._places[key] for key in keys if key in self._places), 0)

    def get_place(self, row: int, *keys: str) -> str:
        """The cell in a row of the first of these columns that the sheet has."""
        return f"{get_letters(self.find(*keys))}{row}"

    def refuse(self, wrong: StrEnum, row: int, *keys: str, detail: Any = "") -> None:
        """Add a mistake of the first of these columns that the sheet has."""
        self.problems.append(
            Problem(wrong, "", row, self._heads[keys[0]], str(detail), self.find(*keys))
        )


def read_tables(workbook: Workbook, tables: Iterable[Table]) -> Reading:
    """Return the rows of all tables, with every mistake there is.

    :raises WorkbookError: a sheet is not fit to be read
    """
    reading = Reading()
    tables = list(tables)
    known = {name: table for table in tables for name in (table.name, *table.names)}
    titles = {}
    for title in workbook.titles:
        table = known.get(title)
        if table and table.key not in titles:
            titles[table.key] = title
        else:
            reading.ignored.append(title)
    for table in tables:
        title = titles.get(table.key)
        reading.names[table.key] = title or table.name
        if title:
            reader = _TableReader(table, title, reading)
            reading.rows[table.key] = reader.read_rows(workbook.read_rows(title))
        elif table.optional:
            reading.rows[table.key] = []
        else:
            reading.problems.append(Problem(Wrong.NO_SHEET, table.name))
    return reading


class _TableReader:
    """Reads a sheet into the rows of a table; mistakes go to a reading."""

    def __init__(self, table: Table, title: str, reading: Reading) -> None:
        self._table, self._title, self._reading = table, title, reading
        self.columns: dict[int, Column] = {}

    def read_rows(self, rows: Iterable[Cells]) -> list[Row]:
        problems, found = self._reading.problems, []
        begin = len(problems)
        for number, cells in self._skip_heads(rows):
            if not self.columns.keys() & cells.keys():
                continue
            values, before = {}, len(problems)
            for at, column in self.columns.items():
                cell = as_cell(cells.get(at))
                value, wrong, detail = read_cell(column, cell, self._table.is_loose)
                if wrong:
                    self._add(wrong, number, column, detail, at)
                values[str(column.key)] = value
            if len(problems) == before:
                found.append(Row(number, values))
            elif len(problems) - begin > MOST_PROBLEMS:
                problems.append(Problem(Wrong.TOO_MANY, self._title))
                break
        return found

    def _skip_heads(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        """Find the columns; return the rows below them."""
        rows = iter(rows)
        first = list(islice(rows, MOST_TITLES if self._table.is_loose else 1))
        place = 0
        if self._table.is_loose:
            # The row that names the most columns; of several the first.
            named = [len(self._match(cells)) for _number, cells in first]
            place = named.index(max(named)) if any(named) else 0
        elif first and first[0][0] != 1:
            # The heads are the first row, and it is empty.
            first.insert(0, (1, {}))
        self._find_columns(first[place][1] if first else {})
        return chain(first[place + 1 :], rows)

    def _match(self, heads: Mapping[int, Any]) -> list[tuple[int, str, Column | None]]:
        """(number, heading, its column) of the heads; a loose sheet's known ones."""
        exact = {name: each for each in self._table.columns for name in each.labels}
        alike = {fold(name): each for name, each in exact.items()}
        matched = []
        for at, value in sorted(heads.items()):
            cell = as_cell(value)
            heading = clean_text(str(cell.value)) if cell else ""
            column = exact.get(heading) or alike.get(fold(heading))
            if column or not self._table.is_loose:
                matched.append((at, heading, column))
        return matched

    def _find_columns(self, heads: Mapping[int, Any]) -> None:
        for at, heading, column in self._match(heads):
            if not column:
                ignored = f"{self._title} {get_letters(at)}: {heading[:40]}"
                self._reading.ignored.append(ignored)
            elif column in self.columns.values():
                if not self._table.is_loose:
                    self._add(Wrong.TWO_COLUMNS, 1, column)
            elif column.read:
                self.columns[at] = column
        for column in self._table.columns:
            needed = column.read and not column.optional
            if needed and column not in self.columns.values():
                self._add(Wrong.NO_COLUMN, 1, column)

    def _add(
        self, wrong: Wrong, row: int, column: Column, detail: str = "", at: int = 0
    ) -> None:
        problem = Problem(wrong, self._title, row, column.head, detail, at)
        self._reading.problems.append(problem)


def as_cell(value: Any) -> Cell | None:
    """What was read from elsewhere as a cell; None: it says nothing."""
    if isinstance(value, Cell) or value is None:
        return value
    if isinstance(value, bool):
        return Cell(Kind.BOOLEAN, value)
    if isinstance(value, int | float):
        return Cell(Kind.NUMBER, int(value) if float(value).is_integer() else value)
    if isinstance(value, date):
        return Cell(Kind.DATE, value)
    text = clean_text(str(value))
    return Cell(Kind.TEXT, text) if text else None


def read_cell(
    column: Column, cell: Cell | None, is_loose: bool = False
) -> tuple[Any, Wrong | None, str]:
    """Return (value, what is wrong, what was found) of a cell."""
    empty = _EMPTY.get(column.kind, False)
    if is_loose:
        empty = "" if empty == "" else None
        if cell and cell.kind is Kind.FORMULA:
            cell = as_cell(cell.value)
    if cell is None:
        return empty, Wrong.EMPTY if column.required else None, ""
    if cell.kind is Kind.FORMULA:
        return empty, Wrong.FORMULA, ""
    if cell.kind is Kind.ERROR:
        return empty, Wrong.ERROR, _shown(cell)
    value, wrong = _READERS[column.kind](column, cell, is_loose)
    if wrong:
        return empty, wrong, _shown(cell)
    if isinstance(value, date) and not is_loose:
        value = value.isoformat()
    return value, None, ""


Found = tuple[Any, Wrong | None]


def _read_text(_column: Column, cell: Cell, is_loose: bool) -> Found:
    if cell.kind is Kind.TEXT:
        return cell.value, None
    if cell.kind is Kind.NUMBER:
        # Spreadsheet programs turn a typed 12 into a number, whatever it means.
        return str(cell.value), None
    return (_shown(cell), None) if is_loose else ("", Wrong.NOT_TEXT)


def _read_code(column: Column, cell: Cell, is_loose: bool) -> Found:
    text, wrong = _read_text(column, cell, is_loose)
    return clean_code(text), wrong


def _read_number(column: Column, cell: Cell, is_loose: bool) -> Found:
    value = cell.value
    if cell.kind is Kind.TEXT:
        number = parse_number(value)
        if number is None:
            return 0, Wrong.NOT_NUMBER
        if not is_loose:
            return 0, Wrong.NUMBER_AS_TEXT
        value = number
    elif cell.kind is not Kind.NUMBER:
        return 0, Wrong.NOT_NUMBER
    number = round(value, 6)
    if column.kind == "integer":
        if number != int(number):
            return 0, Wrong.NOT_INTEGER
        number = int(number)
    if number < 0:
        return 0, Wrong.NEGATIVE
    if number > column.most:
        return 0, Wrong.TOO_LARGE
    return number, None


def _read_date(_column: Column, cell: Cell, is_loose: bool) -> Found:
    if cell.kind is Kind.TEXT:
        if is_loose and (day := parse_date(cell.value)):
            return day, None
        looks_like = any(char.isdigit() for char in cell.value)
        wrong = looks_like and not is_loose
        return False, Wrong.DATE_AS_TEXT if wrong else Wrong.NOT_DATE
    if cell.kind is not Kind.DATE:
        return False, Wrong.NOT_DATE
    day = cell.value
    if isinstance(day, datetime):
        if day.time() != time() and not is_loose:
            return False, Wrong.NOT_DATE
        day = day.date()
    return day, None


def _read_month(_column: Column, cell: Cell, _is_loose: bool) -> Found:
    month = None if cell.kind is Kind.BOOLEAN else parse_month(cell.value)
    return (month, None) if month else (False, Wrong.NOT_MONTH)


def _read_flag(column: Column, cell: Cell, _is_loose: bool) -> Found:
    if cell.kind is Kind.BOOLEAN:
        return cell.value, None
    value = column.choices.get(_shown(cell))
    return (False, Wrong.NOT_FLAG) if value is None else (value, None)


def _read_choice(column: Column, cell: Cell, is_loose: bool) -> Found:
    shown = clean_text(str(cell.value))
    if is_loose and shown not in column.choices:
        shown = fold(shown)
    if shown not in column.choices:
        # What is new may have any name that is a text.
        if column.is_open and cell.kind in (Kind.TEXT, Kind.NUMBER):
            return shown, None
        return False, Wrong.NOT_CHOICE
    value = column.choices[shown]
    return (False, Wrong.AMBIGUOUS) if value is None else (value, None)


_READERS = {
    "": _read_text,
    "text": _read_text,
    "code": _read_code,
    "integer": _read_number,
    "number": _read_number,
    "money": _read_number,
    "date": _read_date,
    "month": _read_month,
    "flag": _read_flag,
    "choice": _read_choice,
}


def _shown(cell: Cell) -> str:
    """Return what a cell says as text, shortened."""
    value = cell.value
    if isinstance(value, datetime):
        value = value.isoformat(" ", "minutes").removesuffix(" 00:00")
    text = clean_text(str(value))
    return text if len(text) <= 60 else f"{text[:59]}…"


def fold(text: str) -> str:
    """Return a name as it is compared: half-width, without blanks, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def parse_number(text: str) -> float | None:
    """Return a number as people write it, None for anything else.

    >>> parse_number("1,200"), parse_number("many"), parse_number("nan")
    (1200.0, None, None)
    """
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def parse_date(text: str) -> date | None:
    """Return a day as spreadsheets show it, None for anything else.

    >>> parse_date("2026/1/5"), parse_date("2026年1月5日"), parse_date("2026-13-01")
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 5), None)
    """
    found = _DAY.fullmatch(fold(text))
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def parse_month(value: Any) -> date | None:
    """The first day of a month as it stands in a cell, None if it is none.

    >>> parse_month(202509), parse_month("2025-9"), parse_month("2025年13月")
    (datetime.date(2025, 9, 1), datetime.date(2025, 9, 1), None)
    """
    if isinstance(value, date):
        return date(value.year, value.month, 1)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = _MONTH.fullmatch(str(value).strip())
    if not found or not 1 <= int(found[2]) <= 12 or not 1949 < int(found[1]) < 2200:
        return None
    return date(int(found[1]), int(found[2]), 1)
