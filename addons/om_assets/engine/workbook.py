"""Spreadsheets of hundreds of thousands of rows, written beside the server.

:class:`Recorder` stands in for a workbook of XlsxWriter and writes down what is called
on it; :data:`REPLAY` is a program that does it, row by row on the disk. What is needed
of a workbook are its sheets and formats; what other calls return is not known.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any, TextIO

CALLS, DONE = "calls.jsonl", "paper.xlsx"
# So many calls are one line: most of the time is that of the line.
TOGETHER = 500
# It keeps no row in memory; its own files are in the folder of the job, and go with it.
REPLAY = """
import json, os, sys
from datetime import date, datetime
import xlsxwriter
folder = sys.argv[1]
book = xlsxwriter.Workbook(
    f"{folder}/making.xlsx", {"constant_memory": True, "tmpdir": folder}
)
made = [book]
def take(value):
    if isinstance(value, dict) and len(value) == 1:
        (kind, held), = value.items()
        if kind == "object":
            return made[held]
        if kind == "datetime":
            return datetime.fromisoformat(held)
        if kind == "date":
            return date.fromisoformat(held)
    return value
with open(f"{folder}/calls.jsonl", encoding="utf-8") as stream:
    for line in stream:
        for number, method, values, named in json.loads(line):
            named = {name: take(value) for name, value in named.items()}
            result = getattr(made[number], method)(*map(take, values), **named)
            if method in ("add_worksheet", "add_format"):
                made.append(result)
book.close()
os.replace(f"{folder}/making.xlsx", f"{folder}/paper.xlsx")
"""


class Recorder:
    """A workbook that only writes down what is called on it.

    :param clean: what every text of a cell goes through
    """

    def __init__(self, stream: TextIO, clean: Callable[[str], str] = str) -> None:
        self._stream, self._clean = stream, clean
        self._calls: list[tuple] = []
        self._count = 0

    def add_worksheet(self, name: str | None = None) -> Recorded:
        """A sheet."""
        return self._make("add_worksheet", name)

    def add_format(self, properties: dict | None = None) -> Recorded:
        """A format."""
        return self._make("add_format", properties)

    def close(self) -> None:
        """Write down what is not yet."""
        if self._calls:
            self._stream.write(json.dumps(self._calls, default=_tell))
            self._stream.write("\n")
            self._calls = []

    def _make(self, method: str, value: Any) -> Recorded:
        self.call(0, method, value)
        self._count += 1
        return Recorded(self, self._count)

    def call(self, number: int, method: str, *values: Any, **named: Any) -> int:
        """Write down a call of the object of this number; return 0, which is what most
        methods return that did what they were asked."""
        if method.startswith("write"):
            values = tuple(
                self._clean(value) if isinstance(value, str) else value
                for value in values
            )
        self._calls.append((number, method, values, named))
        if len(self._calls) >= TOGETHER:
            self.close()
        return 0


class Recorded:
    """A sheet or a format of a :class:`Recorder`."""

    def __init__(self, book: Recorder, number: int) -> None:
        self._book, self.number = book, number

    def __getattr__(self, method: str) -> Callable:
        if method.startswith("_"):
            raise AttributeError(method)
        call = partial(self._book.call, self.number, method)
        # Asked for once: it is called for each cell.
        setattr(self, method, call)
        return call


def _tell(value: Any) -> dict | str:
    """What JSON has no word for."""
    if isinstance(value, Recorded):
        return {"object": value.number}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    # A text that is translated when it is read.
    return str(value)
