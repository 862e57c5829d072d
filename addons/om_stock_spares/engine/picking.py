"""What of the stock is taken for what is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple


class Stored(NamedTuple):
    """A quantity of a part as it lies in a place.

    ``place`` is the path of the place (``1/7/8/``), ``lot`` its number or 0; ``free``
    is less than nothing where more has left than was known to be there.
    """

    part: int
    place: str
    lot: int
    free: float


class Need(NamedTuple):
    """``quantity`` of a part from ``place`` or a place in it; ``lots`` says which, or
    None where any is right."""

    part: int
    place: str
    lots: frozenset[int] | None
    quantity: float


def share_out(
    needs: Sequence[Need], stored: Sequence[Stored]
) -> list[list[tuple[int, float]]]:
    """For each need, in their order, what is taken: [(index in ``stored``, quantity)].

    In the order of ``stored``, never more than is free. A need that finds too little
    gets what there is.

    >>> stored = [Stored(1, "1/7/", 0, 2.0), Stored(1, "1/7/8/", 0, 5.0)]
    >>> share_out([Need(1, "1/", None, 3.0), Need(1, "1/7/8/", None, 9.0)], stored)
    [[(0, 2.0), (1, 1.0)], [(1, 4.0)]]
    """
    free = _get_free(stored)
    by_part: dict[int, list[int]] = defaultdict(list)
    for index, each in enumerate(stored):
        by_part[each.part].append(index)
    result = []
    for need in needs:
        taken, missing = [], need.quantity
        for index in by_part[need.part]:
            if missing <= 0:
                break
            each = stored[index]
            if not free[index] or not each.place.startswith(need.place):
                continue
            if need.lots is not None and each.lot not in need.lots:
                continue
            quantity = min(free[index], missing)
            free[index] -= quantity
            missing -= quantity
            taken.append((index, quantity))
        result.append(taken)
    return result


def _get_free(stored: Sequence[Stored]) -> list[float]:
    """What may be taken of each; what is missing of the same part, place and lot is
    taken off first."""
    owed: dict[tuple[int, str, int], float] = defaultdict(float)
    for each in stored:
        owed[each[:3]] += max(0.0, -each.free)
    free = []
    for each in stored:
        taken_off = min(owed[each[:3]], max(0.0, each.free))
        owed[each[:3]] -= taken_off
        free.append(max(0.0, each.free) - taken_off)
    return free
