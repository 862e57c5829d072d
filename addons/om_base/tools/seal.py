"""Lines that cannot be changed unseen: canonical text, digests, chains.

A ledger's line is a mapping of plain values. Written in one canonical way and chained
to the line before it, it has one digest; who changes, drops or swaps a line later
breaks the chain at a place that :func:`find_break` names. Nothing here knows a
database: whoever has the lines, this file and a SHA-256 can check them.

How to use it::

    line = {"act": "agree", "position": 2, ..., "previous": digest_of_line_1}
    digest_of_line_2 = digest(line)
    find_break([(line_1, digest_of_line_1), (line_2, digest_of_line_2)])  # None

Personal values are not in a line; their salted hash is (:func:`conceal`). When the
value and its salt are erased, the line and its chain hold, and nobody can tell it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, NamedTuple

# The way in which lines are written; a later way gets a number of its own, so that
# lines of this one can always be checked.
FORMAT = 1
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


class Break(NamedTuple):
    """The first line of a chain that does not fit.

    ``kind`` is "changed" (its text has another digest), "unchained" (it does not follow
    the line before) or "missing" (a position is left out).
    """

    index: int
    kind: str


def plain(value: Any) -> Any:
    """``value`` as JSON has it: amounts as decimal text, times as ISO text in UTC.

    :raise TypeError: for what has no one way to be written, binary floats among it
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> str:
    """The one text of ``value``: names sorted, no spaces, characters as they are."""
    return _ENCODER.encode(plain(value))


def _text(value: Any) -> str:
    """As :func:`canonical`; most parts of a line are plain, and lines are many."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int:
        return str(value)
    return "null" if value is None else canonical(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def digest_around(line: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The digest of ``line`` with ``texts``: parts whose canonical text is known."""
    parts = {name: _text(value) for name, value in line.items()}
    parts.update(texts)
    text = ",".join(f"{_text(name)}:{parts[name]}" for name in sorted(parts))
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


def conceal(value: Any, salt: str) -> str:
    """The hash that stands in a line for a personal value."""
    return digest([salt, value])


def find_break(lines: Iterable[tuple[Mapping[str, Any], str]]) -> Break | None:
    """The first line that does not fit, of a chain given from its beginning.

    :param lines: (line, the digest stored for it); a line has its ``position``, counted
        from 1, and the digest of the line before as ``previous`` ("" for the first)
    """
    previous, position = "", 0
    for index, (line, stored) in enumerate(lines):
        position += 1
        if line["position"] != position:
            return Break(index, "missing")
        if digest(line) != stored:
            return Break(index, "changed")
        if line["previous"] != previous:
            return Break(index, "unchained")
        previous = stored
    return None
