"""Rules of a checklist: what a measured value says, what is left to do.

Pure functions; numbers are plain floats in the unit that the item names. A bound that
does not exist is ``None``, never zero: zero is a bound like any other.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Bound = Literal["none", "min", "max", "range"]
Result = Literal["pass", "fail", "na"]


class Item(NamedTuple):
    """What the rules need to know of one item of an inspection.

    :param name: what is inspected, in the words of the checklist
    :param result: empty as long as nobody has judged the item
    :param measured: whether the item asks for a figure
    :param has_value: whether a figure was entered (zero counts)
    :param explained: whether a note, a fault or a figure says what is wrong
    """

    name: str
    result: Result | None
    measured: bool = False
    has_value: bool = False
    explained: bool = False


def limits(bound: Bound, low: float, high: float) -> tuple[float | None, float | None]:
    """Return (lowest, highest) admissible value; ``None`` where there is no bound.

    >>> limits("max", 0, 80)
    (None, 80)
    >>> limits("range", 18, 27)
    (18, 27)
    """
    return (
        low if bound in ("min", "range") else None,
        high if bound in ("max", "range") else None,
    )


def within(value: float, lowest: float | None, highest: float | None) -> bool:
    """Return whether a value keeps its bounds; the bounds themselves are inside.

    >>> within(80, None, 80), within(80.001, None, 80)
    (True, False)
    """
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def judge(value: float, lowest: float | None, highest: float | None) -> Result:
    """Return the result that a measured value stands for by itself."""
    return "pass" if within(value, lowest, highest) else "fail"


def overall(results: Iterable[Result | None]) -> Result | None:
    """Return the result of the whole: one fail fails it, an open item leaves it open.

    An inspection of which nothing applies has passed; one without items has no result.

    >>> overall(["pass", "na"]), overall(["pass", None]), overall(["fail", None])
    ('pass', None, 'fail')
    """
    seen = set(results)
    if not seen:
        return None
    if "fail" in seen:
        return "fail"
    return None if None in seen else "pass"


def open_items(items: Iterable[Item]) -> list[str]:
    """Return the names of the items that nobody has judged yet, in their order."""
    return [item.name for item in items if not item.result]


def unexplained(items: Iterable[Item]) -> list[str]:
    """Return the failed items of which nothing says what is wrong, in their order."""
    return [item.name for item in items if item.result == "fail" and not item.explained]


def passable(items: Iterable[Item]) -> list[bool]:
    """Tell for each item whether "all others pass" may judge it.

    Only open items, and of those that ask for a figure none: a figure that nobody has
    read cannot have passed.
    """
    return [not item.result and not item.measured for item in items]
