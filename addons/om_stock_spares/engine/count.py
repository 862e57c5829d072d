"""What a stock-taking found, against what the books expected.

The books say what lies in which place. People say what they found there. A piece that
is found in another place than expected is a move, never a loss here and a gain there;
only what is left after the moves is missing or surplus. Quantities are in the unit of
the item; places and items are whatever the caller identifies them by.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

# Quantities are floats in the books; what is nearer than this is the same.
TOLERANCE = 1e-6


class CountError(ValueError):
    """What was counted cannot be: ``reason`` says why, ``item`` and ``place`` where."""

    def __init__(self, reason: str, item: Hashable, place: Hashable) -> None:
        super().__init__(f"{reason}: {item!r} at {place!r}")
        self.reason, self.item, self.place = reason, item, place


@dataclass(frozen=True, slots=True)
class Counted:
    """One item in one place: ``expected`` by the books, ``found`` by those who looked;
    ``found`` is None while nobody has."""

    item: Hashable
    place: Hashable
    expected: float
    found: float | None
    unique: bool = False

    @property
    def difference(self) -> float:
        """Found less expected; 0 while not counted."""
        return 0.0 if self.found is None else self.found - self.expected


@dataclass(frozen=True, slots=True)
class Step:
    """A correction of the books: ``quantity`` of an item from one place to another.

    ``source`` None: it was not in the books (surplus). ``target`` None: it is missing.
    """

    item: Hashable
    quantity: float
    source: Hashable | None
    target: Hashable | None


def reconcile(
    lines: Iterable[Counted],
    elsewhere: Mapping[Hashable, Mapping[Hashable, float]] | None = None,
) -> list[Step]:
    """The corrections that make the books say what was found.

    Places not counted yet are left alone, but give what a single piece (``unique``, one
    with a serial number) found in another place needs: it cannot be in both.

    >>> reconcile([Counted("SN1", "store", 1, 0, unique=True),
    ...            Counted("SN1", "van", 0, 1, unique=True)])
    [Step(item='SN1', quantity=1.0, source='store', target='van')]

    :param lines: what was looked at, each item and place once
    :param elsewhere: {item: {place: quantity}} of the books outside of what is
        counted, for single pieces
    :return: moves first, then what is missing and surplus, in the order of the lines
    :raises CountError: ``negative``, ``several`` (more than one of a single piece),
        ``twice`` (an item and place that come twice)
    """
    by_item: dict[Hashable, list[Counted]] = {}
    seen = set()
    for line in lines:
        if (line.item, line.place) in seen:
            raise CountError("twice", line.item, line.place)
        seen.add((line.item, line.place))
        if line.found is not None and line.found < 0:
            raise CountError("negative", line.item, line.place)
        by_item.setdefault(line.item, []).append(line)
    moves: list[Step] = []
    rests: list[Step] = []
    for item, found in by_item.items():
        some, others = _reconcile_item(item, found, (elsewhere or {}).get(item, {}))
        moves += some
        rests += others
    return moves + rests


def _reconcile_item(
    item: Hashable, lines: list[Counted], elsewhere: Mapping[Hashable, float]
) -> tuple[list[Step], list[Step]]:
    unique = any(line.unique for line in lines)
    if unique and sum(line.found or 0.0 for line in lines) > 1 + TOLERANCE:
        place = next(line.place for line in lines if line.found)
        raise CountError("several", item, place)
    lacking = [[line.place, -line.difference] for line in lines if line.difference < 0]
    extra = [[line.place, line.difference] for line in lines if line.difference > 0]
    if unique:
        # Where the books have the piece and nobody has looked, it is not any more.
        unseen = [[each.place, each.expected] for each in lines if each.found is None]
        lacking += [one for one in unseen if one[1] > TOLERANCE]
        lacking += [[place, held] for place, held in elsewhere.items() if held > 0]
    moves = []
    while lacking and extra:
        source, target = lacking[0], extra[0]
        quantity = float(min(source[1], target[1]))
        moves.append(Step(item, quantity, source[0], target[0]))
        for side in (lacking, extra):
            side[0][1] -= quantity
            if side[0][1] <= TOLERANCE:
                side.pop(0)
    counted = {line.place for line in lines if line.found is not None}
    rests = [
        Step(item, float(q), place, None) for place, q in lacking if place in counted
    ]
    rests += [Step(item, float(q), None, place) for place, q in extra]
    return moves, rests
