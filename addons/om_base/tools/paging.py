"""Break tables into pages before they are printed.

The program that makes the PDF cuts rows in two at the end of a page and does not repeat
the head of a table. So the pages are made here: from the width of every text follows
the number of its lines, from that the height of its row, and from that the page it
stands on. Lengths are CSS pixels. Chinese characters are as wide as they are high;
other characters are taken for wider than they mostly are, so that a page is rather too
short than too long.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from .tables import Line, Table

# East Asian characters begin here (radicals, symbols, kana, ideographs, full width).
FIRST_WIDE = 0x2E80
NARROW = 0.62


@dataclass(frozen=True)
class Block:
    """Something to print: a table, or with one row and no head any other thing.

    :param key: which block it is
    :param rows: height of every row
    :param title: height of what stands above it, the first time
    :param head: height of the head, which every page repeats
    """

    key: str
    rows: Sequence[int]
    title: int = 0
    head: int = 0


class Part(NamedTuple):
    """The rows ``start`` to ``stop`` (not included) of a block on one page."""

    key: str
    start: int
    stop: int

    @property
    def continued(self) -> bool:
        return self.start > 0


def text_width(text: str, size: float) -> float:
    """Return the width of a line of text in characters of ``size`` pixels."""
    return size * sum(1 if ord(char) >= FIRST_WIDE else NARROW for char in text)


def line_count(text: str, width: float, size: float) -> int:
    """Return how many lines a text takes; an empty one takes one.

    Words that do not fit go to the next line as a whole: hence the narrower column
    for texts with blanks.

    >>> line_count("巡检" * 10, 120, 12), line_count("", 120, 12)
    (2, 1)
    >>> line_count("一\\n二", 120, 12)
    2
    """
    total = 0
    for line in (text or "").split("\n"):
        room = width * (0.85 if " " in line else 1)
        total += max(1, ceil(text_width(line, size) / max(room, size)))
    return total


def row_height(
    texts: Iterable[str],
    widths: Iterable[float],
    size: float,
    leading: int,
    padding: int,
) -> int:
    """Return the height of a row: that of its tallest cell.

    :param widths: of the cells' contents, without their padding
    :param leading: height of a line
    :param padding: above, below and border together
    """
    lines = (
        line_count(text, width, size) for text, width in zip(texts, widths, strict=True)
    )
    return max(lines) * leading + padding


def paginate(blocks: Iterable[Block], room: int, first: int) -> list[list[Part]]:
    """Return the parts of every page.

    No title and no head stands alone at the end of a page: the first row follows it.
    A row that is higher than a page has one for itself.

    :param room: height of a page
    :param first: height of the first page, which carries the heading of the report
    """
    pages: list[list[Part]] = [[]]
    left = first
    for block in blocks:
        start = 0
        while start < len(block.rows):
            top = (0 if start else block.title) + block.head
            if pages[-1] and top + block.rows[start] > left:
                pages.append([])
                left = room
            left -= top + block.rows[start]
            stop = start + 1
            while stop < len(block.rows) and block.rows[stop] <= left:
                left -= block.rows[stop]
                stop += 1
            pages[-1].append(Part(block.key, start, stop))
            if stop < len(block.rows):
                pages.append([])
                left = room
            start = stop
    return pages


@dataclass(frozen=True)
class Paper:
    """The measures of a page in CSS pixels; the template's style says the same.

    :param head: what stands above every page, ``heading``: above the first one
    :param title: what stands above a table
    :param padding: above, below and border of a row together
    """

    width: int
    height: int
    head: int
    heading: int
    title: int
    size: int
    leading: int
    padding: int


# Padding and border of a cell, right and left together.
SIDES = 11


class Piece(NamedTuple):
    """What stands of a table on one page; without a table: the block of that key."""

    key: str
    table: Table | None
    lines: Sequence[Line]
    continued: bool


def break_tables(
    tables: dict[str, Table], paper: Paper, more: Iterable[Block] = ()
) -> list[list[Piece]]:
    """Return the pieces of every page; ``more``: what follows the tables."""
    lines = {key: table.get_lines() for key, table in tables.items()}
    blocks = [_get_block(key, tables[key], lines[key], paper) for key in tables]
    pages = paginate(
        [*blocks, *more], paper.height - paper.head, paper.height - paper.heading
    )
    return [
        [
            Piece(
                part.key,
                tables.get(part.key),
                lines.get(part.key, [])[part.start : part.stop],
                part.continued,
            )
            for part in page
        ]
        for page in pages
    ]


def _get_block(key: str, table: Table, lines: Sequence[Line], paper: Paper) -> Block:
    whole = sum(column.width for column in table.columns)
    widths = [paper.width * column.width / whole - SIDES for column in table.columns]

    def measure(texts: Iterable[str]) -> int:
        return row_height(texts, widths, paper.size, paper.leading, paper.padding)

    rows = [measure(line.cells) for line in lines]
    head = measure(column.head for column in table.columns)
    # A table without rows is a sentence.
    return Block(
        key,
        rows or [paper.leading + paper.padding],
        paper.title,
        # Heads are bold, and may take a line more than is reckoned.
        max(head, 2 * paper.leading + paper.padding) if rows else 0,
    )
