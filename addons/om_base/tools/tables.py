"""Tables, declared once and written as sheets of a spreadsheet.

A :class:`Table` says what is in it: its columns, its rows, and what is added up. How
cells look, how wide columns are, that a text never becomes a formula, that heads stay
in sight and are repeated on each printed page: that is told here, for all of them.

What a value is decides how it is written: a text, a day, a whole number, a
:class:`Share`, any other number as an amount with two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_col_to_name

WIDEST = 60
# Widths of a day, and of a sum in millions.
DAY_WIDTH, SUM_WIDTH = 12, 17
A4 = 9

CELL = {"border": 1, "border_color": "#CED4DA", "valign": "top"}
HEAD = {**CELL, "bold": True, "bg_color": "#E9ECEF"}
MONEY = {"num_format": "#,##0.00"}


class Share(float):
    """A number that is read as a percentage: 0.5 is 50.0 %."""


@dataclass(frozen=True, slots=True)
class Column:
    """``is_summed``: a line below has its sum."""

    head: str
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: a value for each column. ``parts``: for each row what it is added up
    under, None for a row that is no money; without parts all have one sum. ``labels``:
    the names of the parts. ``total``: the word of the line with sums. ``frozen``:
    columns that stay in sight."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: str = ""
    parts: Sequence[Any] | None = None
    labels: Mapping[Any, str] = field(default_factory=dict)
    frozen: int = 0


def text_width(text: str, most: int = WIDEST) -> int:
    """How wide the longest line of a text is, in columns of a digit; Chinese takes two.

    >>> text_width("AB系统")
    9
    """
    longest = max(text.split("\n"), key=len)
    return min(sum(2 if ord(char) > 0x2E80 else 1 for char in longest) + 3, most)


class SheetWriter:
    """Writes tables into a workbook of XlsxWriter, or what stands in for one."""

    def __init__(self, workbook: Any) -> None:
        self._book = workbook
        self._formats = {
            name: workbook.add_format(properties)
            for name, properties in {
                "head": {**HEAD, "text_wrap": True},
                "text": {**CELL, "text_wrap": True},
                "date": {**CELL, "num_format": "yyyy-mm-dd"},
                "number": {**CELL, "num_format": "0"},
                "share": {**CELL, "num_format": "0.0%"},
                "money": {**CELL, **MONEY},
                "total": {**HEAD, **MONEY},
                "total_text": HEAD,
            }.items()
        }

    def add_table(self, table: Table) -> None:
        """Write a table as a sheet of its own, ready to be printed."""
        sheet = self._book.add_worksheet(table.name)
        widths = [text_width(column.head) for column in table.columns]
        for number, column in enumerate(table.columns):
            sheet.write_string(0, number, column.head, self._formats["head"])
            if column.is_summed:
                widths[number] = max(widths[number], SUM_WIDTH)
        for line, row in enumerate(table.rows, 1):
            for number, value in enumerate(row):
                width = self._write_cell(sheet, line, number, value)
                widths[number] = max(widths[number], width)
        if table.rows and any(column.is_summed for column in table.columns):
            self._write_totals(sheet, table)
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width)
        sheet.freeze_panes(1, table.frozen)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write_cell(self, sheet: Any, line: int, number: int, value: Any) -> int:
        """Write a value as what it is; return the width that it asks for."""
        if value is None or value is False or value == "":
            sheet.write_blank(line, number, None, self._formats["text"])
        elif isinstance(value, str):
            # Never as a formula, whatever somebody called a thing.
            sheet.write_string(line, number, value, self._formats["text"])
            return text_width(value)
        elif isinstance(value, date):
            sheet.write_datetime(line, number, value, self._formats["date"])
            return DAY_WIDTH
        elif isinstance(value, Share):
            sheet.write_number(line, number, value, self._formats["share"])
        elif isinstance(value, int):
            sheet.write_number(line, number, value, self._formats["number"])
        else:
            sheet.write_number(line, number, value, self._formats["money"])
        return 0

    def _write_totals(self, sheet: Any, table: Table) -> None:
        """Write a line for each part; the rows of a part stand together.

        A sum is a formula with its value beside it, so that a viewer that does not
        reckon shows it too.
        """
        parts = table.parts if table.parts is not None else ["all"] * len(table.rows)
        found = [part for part in dict.fromkeys(parts) if part]
        for line, part in enumerate(found, len(table.rows) + 1):
            first, count = parts.index(part), parts.count(part)
            rows = table.rows[first : first + count]
            for number, column in enumerate(table.columns):
                if not column.is_summed:
                    sheet.write_blank(line, number, None, self._formats["total_text"])
                    continue
                name = xl_col_to_name(number)
                sheet.write_formula(
                    line,
                    number,
                    f"=SUM({name}{first + 2}:{name}{first + count + 1})",
                    self._formats["total"],
                    add_up(row[number] for row in rows),
                )
            title = f"{table.total}: {table.labels[part]}" if found[1:] else table.total
            sheet.write_string(line, 0, title, self._formats["total_text"])


def add_up(amounts: Iterable[float | None]) -> float:
    """The sum of amounts in cents: whole numbers have no error of a sum of floats.

    >>> add_up([0.1, 0.2, None])
    0.3
    """
    return sum(round((amount or 0.0) * 100) for amount in amounts) / 100
