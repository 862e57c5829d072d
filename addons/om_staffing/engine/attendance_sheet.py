"""A sheet of who was there: one row for each person and day.

Columns: 日期, 姓名, 到岗情况; and, where there is something to say, 替岗人 and 说明.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .insurance_sheet import SheetError

HEADS = {
    "day": ("日期", "date"),
    "name": ("姓名", "name"),
    "state": ("到岗情况", "attendance"),
    "replacement": ("替岗人", "replaced by"),
    "note": ("说明", "note"),
}
NEEDED = ("day", "name", "state")
STATES = {
    "到岗": "present",
    "present": "present",
    "迟到": "late",
    "late": "late",
    "缺勤": "absent",
    "缺岗": "absent",
    "absent": "absent",
    "替岗": "replaced",
    "replaced": "replaced",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Who was there, or was not, on a day; ``number`` is the row in the sheet."""

    number: int
    day: date
    name: str
    state: str
    replacement: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be used; ``kind`` is day, name, state, replacement or note."""

    number: int
    kind: str
    value: str = ""


def read_day(value: Any) -> date | None:
    """A day as it stands in a cell, None if it is none.

    >>> read_day("2026-12-01"), read_day("2026/12/1"), read_day("12月1日")
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 1), None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    parts = str(value).strip().replace("/", "-").replace(".", "-").split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None


def read_rows(
    rows: Iterable[tuple[int, Mapping[int, Any]]],
) -> tuple[list[Row], list[Wrong]]:
    """The rows of a sheet and what is wrong with the others; empty ones are left out.

    :param rows: (number in the sheet, {column: value}), the head row first
    :raises SheetError: columns are missing that are needed
    """
    rows = iter(rows)
    _number, heads = next(rows, (0, {}))
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
    found, wrong = [], []
    for number, cells in rows:
        values = {field: cells.get(column, "") for field, column in columns.items()}
        if not any(str(value).strip() for value in values.values()):
            continue
        day = read_day(values["day"])
        texts = {
            field: str(values.get(field, "")).strip()
            for field in ("name", "state", "replacement", "note")
        }
        state = STATES.get(texts["state"].lower())
        if not day:
            wrong.append(Wrong(number, "day", str(values["day"])))
        elif not texts["name"]:
            wrong.append(Wrong(number, "name"))
        elif not state:
            wrong.append(Wrong(number, "state", texts["state"]))
        elif state == "replaced" and not texts["replacement"]:
            wrong.append(Wrong(number, "replacement"))
        elif state == "absent" and not texts["note"]:
            wrong.append(Wrong(number, "note"))
        else:
            found.append(Row(number, day, **{**texts, "state": state}))
    return found, wrong
