"""Rows as they are pasted from a spreadsheet: tabs between cells, line ends between
rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .sheets import fold


@dataclass(frozen=True, slots=True)
class PastedRow:
    """A row that is not empty, counted from 1, with its texts by column."""

    number: int
    values: dict[str, str]


def split(text: str) -> list[list[str]]:
    """The cells of what was pasted; a cell of several lines stands in quotes.

    >>> split('甲\\t"一\\n二"\\r\\n乙')
    [['甲', '一\\n二'], ['乙']]
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return list(csv.reader(io.StringIO(text), delimiter="\t"))
    except csv.Error:
        return [line.split("\t") for line in text.split("\n")]


def read_table(
    text: str, titles: Mapping[str, str], order: Sequence[str]
) -> list[PastedRow]:
    """Read rows by the titles above them, without titles by the order of columns.

    :param titles: {folded title: column}
    :param order: the columns as they stand where the first row is no row of titles
    """
    columns: list[str | None] | None = None
    rows = []
    for number, cells in enumerate(split(text), 1):
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if columns is None:
            named = [titles.get(fold(cell)) for cell in texts]
            known = [name for name in named if name]
            # A device may be called as a column is; two of them are titles.
            if len(known) > 1 or len(known) == len(list(filter(None, texts))):
                columns = named
                continue
            columns = list(order)
        values = {
            name: cell
            for name, cell in zip(columns, texts, strict=False)
            if name and cell
        }
        rows.append(PastedRow(number, values))
    return rows
