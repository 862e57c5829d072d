"""What a file is, by its name: the period in it, and the words that name whose it is.

Nothing is guessed: a file matches an item if its name has the item's period and one of
the names of what owes it, and if no other item fits as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from .rhythm import Span, add_months

_DAY = timedelta(days=1)
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
_YEAR = r"(?<!\d)(20\d\d)"
# No letter or digit on either side, and what may stand between the parts.
_START, _END, _BETWEEN = r"(?<![0-9a-z])", r"(?![0-9a-z])", r"[^0-9a-z\u4e00-\u9fff]*"
_DATE = re.compile(
    _YEAR + r"(?:[-_./年](\d{1,2})[-_./月](\d{1,2})日?|(\d\d)(\d\d))(?!\d)"
)
_MONTH = re.compile(_YEAR + r"(?:[-_./年](\d{1,2})月?(?:份)?|(\d\d))(?!\d)")
_THIRD = re.compile(_YEAR + r"[-_./年](\d{1,2})月?(?:份)?[-_ ]?([上中下])旬")
_QUARTER = re.compile(_YEAR + r"年?[-_ ]?(?:q([1-4])|第?([一二三四1-4])季度?)")
_HALF = re.compile(_YEAR + r"年?[-_ ]?(?:h([12])|([上下])半年)")
_WEEK = re.compile(_YEAR + r"年?[-_ ]?(?:w(\d{1,2})|第(\d{1,2})周)(?!\d)")
_ONLY_YEAR = re.compile(_YEAR + r"(?![-_./年]?\d)")


class Name(NamedTuple):
    """One item that a file can be of.

    ``spans``: its days, and the period of the calendar of which they are what is
    served; ``words``: names of its obligation, contract, systems and units, as they are
    written in files.
    """

    key: object
    spans: tuple[Span, ...]
    words: tuple[str, ...]


def find_periods(name: str) -> list[Span]:
    """The periods that a file's name has, the narrowest first; two dates are a range.

    >>> find_periods("巡检报告2026年9月.pdf")
    [Span(first=datetime.date(2026, 9, 1), last=datetime.date(2026, 9, 30))]
    """
    name = name.lower()
    days = [
        day
        for found in _DATE.finditer(name)
        if (day := _date(found[1], found[2] or found[4], found[3] or found[5]))
    ]
    if len(days) == 2 and days[0] <= days[1]:
        return [Span(*days)]
    if days:
        return [Span(day, day) for day in days]
    for pattern, read in (
        (_THIRD, _read_third),
        (_QUARTER, _read_quarter),
        (_HALF, _read_half),
        (_WEEK, _read_week),
        (_MONTH, _read_month),
        (_ONLY_YEAR, _read_year),
    ):
        spans = [span for found in pattern.finditer(name) if (span := read(found))]
        if spans:
            return spans
    return []


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _months(first: date | None, number: int) -> Span | None:
    return first and Span(first, add_months(first, number) - _DAY)


def _read_third(found: re.Match) -> Span | None:
    first = _date(found[1], found[2], "1")
    if not first:
        return None
    begins = {"上": 1, "中": 11, "下": 21}[found[3]]
    last = {"上": 10, "中": 20}.get(found[3]) or (add_months(first, 1) - _DAY).day
    return Span(first.replace(day=begins), first.replace(day=last))


def _read_quarter(found: re.Match) -> Span | None:
    number = found[2] or found[3]
    number = _NUMERALS.get(number) or int(number)
    return _months(date(int(found[1]), 3 * number - 2, 1), 3)


def _read_half(found: re.Match) -> Span | None:
    number = int(found[2]) if found[2] else _NUMERALS[found[3]]
    return _months(date(int(found[1]), 6 * number - 5, 1), 6)


def _read_week(found: re.Match) -> Span | None:
    try:
        first = date.fromisocalendar(int(found[1]), int(found[2] or found[3]), 1)
    except ValueError:
        return None
    return Span(first, first + 6 * _DAY)


def _read_month(found: re.Match) -> Span | None:
    return _months(_date(found[1], found[2] or found[3], "1"), 1)


def _read_year(found: re.Match) -> Span | None:
    return _months(date(int(found[1]), 1, 1), 12)


def has_word(name: str, word: str) -> bool:
    """Whether a file's name has a word: Chinese as it stands, codes with anything, or
    nothing, between their parts, and no letter or digit beside them.

    >>> has_word("SY2026-129 九月.pdf", "SY2026/129")
    True
    >>> has_word("SY2026-1290.pdf", "SY2026/129")
    False
    """
    parts = re.findall(r"[0-9a-z]+|[\u4e00-\u9fff]+", word.lower())
    if not parts:
        return False
    pattern = _BETWEEN.join(map(re.escape, parts))
    start = _START if parts[0][0].isascii() else ""
    end = _END if parts[-1][-1].isascii() else ""
    return bool(re.search(start + pattern + end, name.lower()))


def match(file: str, names: Iterable[Name]) -> list[object]:
    """The keys of the items that a file can be of: one if it is clear, several if it is
    not, none if nothing fits.

    The period in the file's name is the item's. Who is named more exactly is meant: a
    system before its unit.
    """
    found: list[tuple[int, object]] = []
    spans = find_periods(file)
    for name in names:
        if not any(span in name.spans for span in spans):
            continue
        score = sum(len(word) for word in set(name.words) if has_word(file, word))
        if score:
            found.append((score, name.key))
    best = max((score for score, _key in found), default=0)
    return [key for score, key in found if score == best]
