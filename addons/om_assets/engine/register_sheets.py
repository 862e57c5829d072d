"""From the cells of a register's spreadsheet to values, and from values to differences.

A spreadsheet has one sheet for each kind of record. The first row names the columns, in
any language the suite speaks, in any order; columns and sheets of other names are
somebody's own remarks and are reported, not read.

Values are plain: a text without blanks around it (``""`` says nothing), an int, a float
rounded to six digits, an ISO date or ``False``, a bool, the key of a choice or
``False``.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from .xlsx import Cell, Kind, Workbook, clean_text, get_letters

ColumnType = Literal["text", "integer", "number", "date", "flag", "choice"]
Values = dict[str, Any]
# One wrong column in 20,000 rows is one mistake, not 20,000.
MOST_PROBLEMS = 200
_EMPTY = {"text": "", "integer": 0, "number": 0.0, "flag": False}
_LARGEST = 2**31 - 1


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
    NOT_FLAG = "neither yes nor no"
    NOT_CHOICE = "none of the choices"
    NOT_ON_RECORD = "none of those on record"
    SIGNED = "a contract in force"
    AMBIGUOUS = "more than one of that name"
    NEGATIVE = "a negative number"
    TOO_LARGE = "too large a number"
    REPEATED = "the same twice"
    NO_PARENT = "no such system in the file"
    NO_LINE = "no such line"
    OTHER_LINE = "the line of another system"
    END_BEFORE_START = "the service ends before it starts"
    NO_START = "in service without a first day"
    NO_STOP_DATE = "stopped without a day"
    STOP_DATE_UNASKED = "a day of stopping, but not stopped"
    STOP_BEFORE_START = "stopped before it started"
    NO_YEAR = "no year"
    NOT_POSITIVE = "less than one"
    TOO_MANY = "more problems follow"


class Problem(NamedTuple):
    """A mistake that can be told without the spreadsheet at hand.

    :param row: row of the sheet from 1 on, 0 if it is not a row's mistake
    :param column: heading of the column, empty if it is not a column's mistake
    :param detail: what was found
    """

    wrong: Wrong
    sheet: str
    row: int = 0
    column: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    :param key: name of the value
    :param labels: headings by which it is found; the first is the one to show
    :param choices: {what the cell says: key}; a key of ``None`` is ambiguous
    :param required: a row without it is a mistake
    :param read: ``False`` for a column that is there to be looked at only
    :param optional: a sheet need not have it; its rows then say nothing of it
    :param is_open: a text that is none of the choices names something new and is read
        as it stands
    """

    key: str
    labels: tuple[str, ...]
    type: ColumnType = "text"
    choices: Mapping[str, Hashable] = field(default_factory=dict)
    required: bool = False
    read: bool = True
    optional: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet; ``names`` are to it what labels are to a :class:`Column`. A workbook
    need not have one that is ``optional``."""

    key: str
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False


class Row(NamedTuple):
    """A row of a sheet that says something; ``number`` counts from 1."""

    number: int
    values: Values


@dataclass
class Reading:
    """What was read: rows and the sheet's name by the key of their table, mistakes,
    and the sheets and columns that were not read."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_tables(workbook: Workbook, tables: Iterable[Table]) -> Reading:
    """Return the rows of all tables, with every mistake there is.

    :raises WorkbookError: a sheet is not fit to be read
    """
    reading = Reading()
    tables = list(tables)
    known = {name: table for table in tables for name in table.names}
    titles = {}
    for title in workbook.titles:
        table = known.get(title)
        if table and table.key not in titles:
            titles[table.key] = title
        else:
            reading.ignored.append(title)
    for table in tables:
        title = titles.get(table.key)
        reading.names[table.key] = title or table.names[0]
        if title:
            reading.rows[table.key] = _read_table(workbook, title, table, reading)
        elif table.optional:
            reading.rows[table.key] = []
        else:
            reading.problems.append(Problem(Wrong.NO_SHEET, table.names[0]))
    return reading


def _read_table(
    workbook: Workbook, title: str, table: Table, reading: Reading
) -> list[Row]:
    rows: list[Row] = []
    columns: dict[int, Column] | None = None
    first = len(reading.problems)
    for number, cells in workbook.read_rows(title):
        if columns is None:
            heads = cells if number == 1 else {}
            columns = _find_columns(title, heads, table, reading)
            if number == 1:
                continue
        if not columns.keys() & cells.keys():
            continue
        values: Values = {}
        for at, column in columns.items():
            value, wrong, detail = read_cell(column, cells.get(at))
            if wrong:
                reading.problems.append(
                    Problem(wrong, title, number, column.labels[0], detail)
                )
            values[column.key] = value
        rows.append(Row(number, values))
        if len(reading.problems) - first > MOST_PROBLEMS:
            reading.problems.append(Problem(Wrong.TOO_MANY, title))
            break
    if columns is None:
        _find_columns(title, {}, table, reading)
    return rows


def _find_columns(
    title: str, heads: Mapping[int, Cell], table: Table, reading: Reading
) -> dict[int, Column]:
    by_label = {label: column for column in table.columns for label in column.labels}
    columns: dict[int, Column] = {}
    for at, cell in sorted(heads.items()):
        heading = clean_text(str(cell.value))
        column = by_label.get(heading)
        if not column:
            reading.ignored.append(f"{title} {get_letters(at)}: {heading[:40]}")
        elif column in columns.values():
            reading.problems.append(
                Problem(Wrong.TWO_COLUMNS, title, 1, column.labels[0])
            )
        elif column.read:
            columns[at] = column
    for column in table.columns:
        if column.read and not column.optional and column not in columns.values():
            reading.problems.append(
                Problem(Wrong.NO_COLUMN, title, 1, column.labels[0])
            )
    return columns


def read_cell(column: Column, cell: Cell | None) -> tuple[Any, Wrong | None, str]:
    """Return (value, what is wrong, what was found) of a cell."""
    empty = _EMPTY.get(column.type, False)
    if cell is None:
        return empty, Wrong.EMPTY if column.required else None, ""
    if cell.kind is Kind.FORMULA:
        return empty, Wrong.FORMULA, ""
    if cell.kind is Kind.ERROR:
        return empty, Wrong.ERROR, _shown(cell)
    value, wrong = _READERS[column.type](column, cell)
    if wrong:
        return empty, wrong, _shown(cell)
    return value, None, ""


def _read_text(_column: Column, cell: Cell) -> tuple[Any, Wrong | None]:
    if cell.kind is Kind.TEXT:
        return cell.value, None
    if cell.kind is Kind.NUMBER:
        # Spreadsheet programs turn a typed 12 into a number, whatever it means.
        return str(cell.value), None
    return "", Wrong.NOT_TEXT


def _read_number(column: Column, cell: Cell) -> tuple[Any, Wrong | None]:
    if cell.kind is Kind.TEXT:
        return 0, Wrong.NUMBER_AS_TEXT if _is_number(cell.value) else Wrong.NOT_NUMBER
    if cell.kind is not Kind.NUMBER:
        return 0, Wrong.NOT_NUMBER
    number = round(cell.value, 6)
    if column.type == "integer":
        if number != int(number):
            return 0, Wrong.NOT_INTEGER
        number = int(number)
    if number < 0:
        return 0, Wrong.NEGATIVE
    if number > _LARGEST:
        return 0, Wrong.TOO_LARGE
    return number, None


def _read_date(_column: Column, cell: Cell) -> tuple[Any, Wrong | None]:
    if cell.kind is Kind.TEXT:
        looks_like = any(char.isdigit() for char in cell.value)
        return False, Wrong.DATE_AS_TEXT if looks_like else Wrong.NOT_DATE
    if cell.kind is not Kind.DATE:
        return False, Wrong.NOT_DATE
    day = cell.value
    if isinstance(day, datetime):
        if day.time() != time():
            return False, Wrong.NOT_DATE
        day = day.date()
    return day.isoformat(), None


def _read_flag(column: Column, cell: Cell) -> tuple[Any, Wrong | None]:
    if cell.kind is Kind.BOOLEAN:
        return cell.value, None
    value = column.choices.get(_shown(cell))
    return (False, Wrong.NOT_FLAG) if value is None else (value, None)


def _read_choice(column: Column, cell: Cell) -> tuple[Any, Wrong | None]:
    shown = clean_text(str(cell.value))
    if shown not in column.choices:
        # What is new may have any name that is a text.
        if column.is_open and cell.kind in (Kind.TEXT, Kind.NUMBER):
            return shown, None
        return False, Wrong.NOT_CHOICE
    value = column.choices[shown]
    return (False, Wrong.AMBIGUOUS) if value is None else (value, None)


_READERS = {
    "text": _read_text,
    "integer": _read_number,
    "number": _read_number,
    "date": _read_date,
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


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


# -- differences ------------------------------------------------------------


@dataclass
class Differences:
    """What a table changes.

    :param new: rows that no record stands for
    :param changed: {identity: {name: (old, new)}}
    :param missing: identities that no row stands for
    :param rows: {identity: number of its row}
    """

    new: list[Row] = field(default_factory=list)
    changed: dict[Hashable, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    missing: list[Hashable] = field(default_factory=list)
    rows: dict[Hashable, int] = field(default_factory=dict)


def compare(
    pairs: Iterable[tuple[Hashable | None, Row]],
    current: Mapping[Hashable, Values],
    names: Iterable[str],
) -> Differences:
    """Return how rows differ from records, field by field.

    :param pairs: (identity of the record that a row stands for or ``None``, row)
    :param current: values by identity
    :param names: the values that are compared
    """
    names = list(names)
    result = Differences()
    for identity, row in pairs:
        if identity is None or identity not in current:
            result.new.append(row)
            continue
        result.rows[identity] = row.number
        old = current[identity]
        changed = {
            name: (old[name], row.values[name])
            for name in names
            if name in row.values and old[name] != row.values[name]
        }
        if changed:
            result.changed[identity] = changed
    result.missing = [identity for identity in current if identity not in result.rows]
    return result


def pair_lines(
    rows: Iterable[Row],
    current: Mapping[int, Values],
    parent: str,
    naming: tuple[str, ...],
    identity: str = "id",
) -> tuple[list[tuple[int | None, Row]], list[tuple[Wrong, Row]]]:
    """Find the line that each row stands for.

    A row that carries a line's number stands for that line. One without stands for a
    line of the same system that is called the same, if no other row does: a register
    that was typed anew has no numbers.

    :param current: values by the line's number
    :param parent: name of the value that says which system the line belongs to
    :param naming: names of the values that a line is called by
    :return: (pairs, mistakes)
    """
    rows = list(rows)
    problems, taken = [], set()
    for row in rows:
        number = row.values[identity]
        if not number:
            continue
        if number in taken:
            problems.append((Wrong.REPEATED, row))
        elif number not in current:
            problems.append((Wrong.NO_LINE, row))
        elif current[number][parent] != row.values[parent]:
            problems.append((Wrong.OTHER_LINE, row))
        taken.add(number)
    free = defaultdict(list)
    for number, values in current.items():
        if number not in taken:
            free[values[parent], *(values[name] for name in naming)].append(number)
    pairs: list[tuple[int | None, Row]] = []
    for row in rows:
        number = row.values[identity]
        if not number:
            key = (row.values[parent], *(row.values[name] for name in naming))
            number = free[key].pop(0) if free.get(key) else None
        pairs.append((number, row))
    return pairs, problems
