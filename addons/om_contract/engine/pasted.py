"""A price list as it is pasted from a spreadsheet: which system gets which fee.

Nobody asks for an order of columns. A row is of the system whose number or name stands
in one of its cells, and the last amount to the right of it is its fee: the subtotal
where unit price and quantity stand before it. Titles and totals are passed over. Two
systems of one name are told apart by their unit or number, if the row has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum

_AMOUNT = re.compile(r"[¥￥]?(-?\d+(?:,\d{3})*(?:\.\d+)?)元?")
_TOTAL = re.compile(r"(合|总|小|共)\s*计|total", re.IGNORECASE)
CENT = Decimal("0.01")


class Wrong(StrEnum):
    """What is wrong with a row."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NO_AMOUNT = "no_amount"
    NOT_AN_AMOUNT = "not_an_amount"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Problem:
    """A row (counted from 1) that cannot be taken over; ``detail``: what stands
    there."""

    row: int
    wrong: Wrong
    detail: str


@dataclass(slots=True)
class PriceList:
    """The fees by the key of their system, in the order of the rows."""

    fees: dict[int, Decimal] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def parse_amount(text: str) -> Decimal | None:
    """Return an amount of yuan as people write it, None for anything else.

    >>> parse_amount("￥1,234.50元"), parse_amount("12台")
    (Decimal('1234.50'), None)
    """
    found = _AMOUNT.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if not found:
        return None
    try:
        return Decimal(found[1].replace(",", ""))
    except InvalidOperation:
        return None


def read_prices(
    rows: Iterable[Sequence[str]],
    names: Mapping[str, Iterable[int]],
    units: Mapping[str, Iterable[int]],
    fold: Callable[[str], str],
) -> PriceList:
    """Read what was pasted, the cells of each row.

    :param names: {number or name as it is compared: keys of the systems that have it}
    :param units: {name of a unit as it is compared: keys of its systems}
    :param fold: how names are compared
    """
    result = PriceList()
    for number, cells in enumerate(rows, 1):
        texts = [fold(cell) for cell in cells]
        if not any(texts):
            continue
        at = next((at for at, cell in enumerate(texts) if names.get(cell)), None)
        if at is None:
            _judge_stranger(result, number, cells, texts)
            continue
        found = set(names[texts[at]])
        for cell in texts:
            for known in (names, units):
                narrowed = found & set(known.get(cell, ()))
                if narrowed:
                    found = narrowed
        name = cells[at].strip()
        amounts = [parse_amount(cell) for cell in cells[at + 1 :]]
        fee = next((each for each in reversed(amounts) if each is not None), None)
        if len(found) > 1:
            result.problems.append(Problem(number, Wrong.AMBIGUOUS, name))
        elif fee is None:
            result.problems.append(Problem(number, Wrong.NO_AMOUNT, name))
        elif fee < 0 or fee != fee.quantize(CENT):
            result.problems.append(Problem(number, Wrong.NOT_AN_AMOUNT, f"{fee}"))
        elif (key := found.pop()) in result.fees:
            result.problems.append(Problem(number, Wrong.REPEATED, name))
        else:
            result.fees[key] = fee
    return result


def _judge_stranger(
    result: PriceList, number: int, cells: Sequence[str], texts: list[str]
) -> None:
    """A row of no system: the titles, a total, or a mistake."""
    has_amount = any(parse_amount(cell) is not None for cell in cells)
    is_title = not result.fees and not result.problems and not has_amount
    if is_title or any(_TOTAL.search(text) for text in texts):
        return
    result.problems.append(Problem(number, Wrong.UNKNOWN, max(cells, key=len).strip()))
