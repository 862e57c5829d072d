"""Reads the months of social insurance out of the bureau's table.

The bureau's export has one row for a person and a run of months, or for each month:
name, identity number, employer, first month, last month. Heads are found by their
words; months come as dates, as 202509 or as 2025-09.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

HEADS = {
    "name": ("姓名", "参保人姓名", "name"),
    "identity": (
        "证件号码",
        "身份证号",
        "身份证号码",
        "公民身份号码",
        "identity number",
    ),
    "employer": ("参保单位", "单位名称", "缴费单位", "employer"),
    "first": ("起始年月", "缴费起始年月", "缴费年月", "费款所属期", "first month"),
    "last": ("终止年月", "截止年月", "缴费截止年月", "last month"),
}
NEEDED = ("name", "first")
MONTH = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})月?$")
# Nobody pays for longer than a working life at once.
LONGEST = 600


class SheetError(ValueError):
    """The table has no such columns; ``missing`` names them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: who, paid by whom, from which month to which; ``columns`` says where
    in the row each of them stands."""

    row: int
    name: str
    identity: str
    employer: str
    first: date
    last: date
    columns: Mapping[str, int] = field(
        default_factory=dict, compare=False, repr=False, kw_only=True
    )

    @property
    def months(self) -> list[date]:
        """The first days of the months."""
        start = self.first.year * 12 + self.first.month - 1
        stop = self.last.year * 12 + self.last.month - 1
        return [date(n // 12, n % 12 + 1, 1) for n in range(start, stop + 1)]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be used; ``kind`` is name, month or order, ``column`` the
    number of the cell's column."""

    row: int
    kind: str
    column: int
    value: str = ""


def read_month(value: Any) -> date | None:
    """The first day of a month as it stands in a cell, None if it is none.

    >>> read_month(202509), read_month("2025-9"), read_month("2025年13月")
    (datetime.date(2025, 9, 1), datetime.date(2025, 9, 1), None)
    """
    if isinstance(value, datetime | date):
        return date(value.year, value.month, 1)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    match = MONTH.match(str(value).strip())
    if not match or not 1 <= int(match[2]) <= 12 or not 1949 < int(match[1]) < 2200:
        return None
    return date(int(match[1]), int(match[2]), 1)


def find_columns(heads: Mapping[int, Any]) -> dict[str, int]:
    """{field: column} of a head row.

    :raises SheetError: columns are missing that are needed
    """
    texts = {str(text).strip().lower(): column for column, text in heads.items()}
    columns = {
        field: texts[word]
        for field, words in HEADS.items()
        for word in words
        if word in texts
    }
    missing = [HEADS[field][0] for field in NEEDED if field not in columns]
    if missing:
        raise SheetError(missing)
    return columns


def read_entries(
    rows: Iterable[tuple[int, Mapping[int, Any]]],
) -> tuple[list[Entry], list[Wrong]]:
    """The entries of a table and what is wrong with the others.

    :param rows: (number in the sheet, {column: value}), the head row first
    :raises SheetError: columns are missing that are needed
    """
    rows = iter(rows)
    _number, heads = next(rows, (0, {}))
    columns = find_columns(heads)
    entries, wrong = [], []
    for number, cells in rows:
        values = {field: cells.get(column, "") for field, column in columns.items()}
        name = str(values["name"]).strip()
        first = read_month(values["first"])
        last = read_month(values.get("last") or values["first"])
        if not name:
            wrong.append(Wrong(number, "name", columns["name"]))
        elif not first or not last:
            bad = "last" if first else "first"
            wrong.append(Wrong(number, "month", columns[bad], str(values[bad])))
        elif (
            not 0 <= (last.year - first.year) * 12 + last.month - first.month < LONGEST
        ):
            value = str(values["last"])
            wrong.append(Wrong(number, "order", columns["last"], value))
        else:
            entries.append(
                Entry(
                    number,
                    name,
                    str(values.get("identity", "")).strip().upper(),
                    str(values.get("employer", "")).strip(),
                    first,
                    last,
                    columns=columns,
                )
            )
    return entries, wrong
