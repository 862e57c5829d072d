"""What is printed into a form of a bid, what stays blank, and on which page it is.

A form's text names what belongs into it, ``%(bidder)s``; what is not known is printed
as a gap to be filled in by hand, and told beforehand. Nothing is left out in silence:
Shunyi's tender, chapter 7, notes, makes a bid invalid that leaves a space of a
substantive form empty.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from pypdf import PdfReader

GAP = "＿＿＿＿＿＿"


class Values(Mapping):
    """Values of forms by name; what is asked for and empty is a gap, and remembered.

    :param values: texts; an empty one is a gap as well
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self.blanks: dict[str, None] = {}

    def __getitem__(self, name: str) -> str:
        value = self._values.get(name) or ""
        if value.strip():
            return value
        self.blanks[name] = None
        return GAP

    def apart(self) -> Values:
        """The same values, whose gaps are remembered apart."""
        return Values(self._values)

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def fill(text: str, values: Values) -> str:
    """``text`` with its values; gaps where there are none.

    >>> values = Values({"bidder": "甲公司", "fax": ""})
    >>> fill("%(bidder)s, %(fax)s", values)
    '甲公司, ＿＿＿＿＿＿'
    >>> list(values.blanks)
    ['fax']
    """
    return text % values


def find_parts(content: bytes) -> list[int]:
    """The pages, from 1 on, on which the parts of a volume begin, in their order: its
    bookmarks of the first level."""
    reader = PdfReader(io.BytesIO(content))
    numbers = {
        page.indirect_reference.idnum: number
        for number, page in enumerate(reader.pages, 1)
    }
    return [
        # As it is written: Odoo has pypdf look up every reference at once.
        numbers[item.raw_get("/Page").idnum]
        for item in reader.outline
        if not isinstance(item, list)
    ]


def count_pages(content: bytes) -> int:
    """Pages of a PDF; 0: it is damaged or locked, so that it cannot be shown."""
    try:
        reader = PdfReader(io.BytesIO(content))
        return 0 if reader.is_encrypted else len(reader.pages)
    except Exception:
        # A damaged file raises what it likes.
        return 0


def page_ranges(pages: Iterable[int]) -> str:
    """Pages as people write them.

    >>> page_ranges([7, 3, 4, 5, 3])
    '3–5, 7'
    """
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)


def deviation_fault(choice: str, deviations: Sequence[str]) -> str:
    """What makes a bid invalid at a table of deviations: "" for nothing, ``unticked``,
    ``empty`` (ticked that there are some, and none is listed) or ``contrary`` (ticked
    that there are none, and one is listed).

    :param choice: "", ``none`` or ``listed``
    :param deviations: ``none``, ``positive`` or ``negative`` of each line
    """
    real = [one for one in deviations if one != "none"]
    if choice not in ("none", "listed"):
        return "unticked"
    if choice == "listed" and not real:
        return "empty"
    return "contrary" if choice == "none" and real else ""
