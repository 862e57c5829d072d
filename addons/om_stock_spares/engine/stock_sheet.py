"""Reads what was counted, or what is there to begin with, out of a spreadsheet.

One row is one part in one place: which part (its code, else its name), which serial
number or lot, where, how many, and why it differs. Heads are found by their words, in
any order; columns that are not known are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

HEADS = {
    "code": ("备件编码", "物料编码", "编码", "part code", "code"),
    "name": ("备件名称", "名称", "part name", "part", "product"),
    "serial": (
        "序列号/批号",
        "序列号",
        "批号",
        "serial number",
        "serial number / lot",
    ),
    "place": ("库位", "存放位置", "storage place", "place", "location"),
    "quantity": ("实盘数量", "数量", "found", "quantity"),
    "reason": ("差异原因", "原因", "备注", "reason for difference", "reason"),
}
# What is on a label.
CODES = ("code", "serial")
# Part and quantity, and the part by code or by name.
NEEDED = ("quantity",)
MOST = 1_000_000


class SheetError(ValueError):
    """The table has no such columns; ``missing`` names them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the sheet; texts are empty where the cell is."""

    row: int
    code: str
    name: str
    serial: str
    place: str
    quantity: float
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What the row is about: part, serial number, place."""
        return self.code or self.name, self.serial, self.place


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be used. ``kind``: part, quantity, single, twice.

    ``column`` is the number of the cell, ``other`` the row that says the same.
    """

    row: int
    column: int
    kind: str
    value: str = ""
    other: int = 0


def as_text(value: Any) -> str:
    """A cell as people read it: 12345.0 is 12345.

    >>> as_text(20260101.0), as_text(" A-1 "), as_text(None)
    ('20260101', 'A-1', '')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def as_quantity(value: Any) -> float | None:
    """A cell as a quantity from 0 to a million; None if it is none.

    >>> as_quantity("12"), as_quantity(3), as_quantity("-1"), as_quantity(True)
    (12.0, 3.0, None, None)
    """
    if isinstance(value, bool):
        return None
    try:
        number = float(str(value).strip().replace(",", ""))
    except ValueError:
        return None
    return number if 0 <= number <= MOST else None


def find_columns(heads: Mapping[int, Any]) -> dict[str, int]:
    """{field: column} of a head row.

    :raises SheetError: columns are missing that are needed
    """
    texts = {as_text(text).lower(): column for column, text in heads.items()}
    columns = {}
    for field, words in HEADS.items():
        found = [texts[word] for word in words if word in texts]
        if found:
            columns[field] = found[0]
    missing = [HEADS[field][0] for field in NEEDED if field not in columns]
    if "code" not in columns and "name" not in columns:
        missing.insert(0, HEADS["code"][0])
    if missing:
        raise SheetError(missing)
    return columns


def read_entries(
    rows: Iterable[tuple[int, Mapping[int, Any]]],
    blank_is_open: bool,
    clean: Callable[[str], str] = str.strip,
) -> tuple[list[Entry], list[Wrong]]:
    """The entries of a table and what is wrong with the others.

    :param rows: (number in the sheet, {column: value}), the head row first
    :param blank_is_open: a row without a quantity is not counted yet and passed over;
        otherwise it is wrong
    :param clean: how a code or a serial number is on its label
    :raises SheetError: columns are missing that are needed
    """
    rows = iter(rows)
    _number, heads = next(rows, (0, {}))
    columns = find_columns(heads)
    entries: list[Entry] = []
    wrong: list[Wrong] = []
    known: dict[tuple[str, str, str], int] = {}
    for number, cells in rows:
        values = {field: cells.get(columns.get(field, 0)) for field in HEADS}
        texts = {field: as_text(value) for field, value in values.items()}
        texts |= {field: clean(texts[field]) for field in CODES}
        if not any(texts.values()):
            continue
        if blank_is_open and not texts["quantity"]:
            continue
        problem = _find_problem(number, values, texts, columns)
        entry = None
        if not problem:
            entry = Entry(
                number,
                texts["code"],
                texts["name"],
                texts["serial"],
                texts["place"],
                as_quantity(values["quantity"]) or 0.0,
                texts["reason"],
            )
            if entry.key in known:
                problem = Wrong(
                    number,
                    columns.get("serial", columns["quantity"]),
                    "twice",
                    texts["serial"] or texts["code"] or texts["name"],
                    known[entry.key],
                )
        if problem:
            wrong.append(problem)
        elif entry:
            known[entry.key] = number
            entries.append(entry)
    return entries, wrong


def _find_problem(
    number: int,
    values: Mapping[str, Any],
    texts: Mapping[str, str],
    columns: Mapping[str, int],
) -> Wrong | None:
    quantity = as_quantity(values["quantity"])
    if not texts["code"] and not texts["name"]:
        return Wrong(number, columns.get("code", columns.get("name", 1)), "part")
    if quantity is None:
        return Wrong(number, columns["quantity"], "quantity", texts["quantity"])
    return None
