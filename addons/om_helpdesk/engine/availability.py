"""How much of a period a system, or its devices, could be used.

The share of the time in which equipment worked is what the contracts measure. A stop
for roadworks, municipal works or force majeure, and a shutdown that the purchaser
agreed to, is no fault (Shunyi tender, purchasing requirements 12): such time counts
as if the equipment had worked.
"""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple


class Downtime(NamedTuple):
    """``devices`` that did not work from ``start`` to ``end``; None: all of them."""

    start: datetime
    end: datetime
    devices: int | None = None
    excluded: bool = False


class Availability(NamedTuple):
    """Device-seconds of a period.

    ``total`` is what there was, ``down`` what was lost by faults, ``excluded`` what
    was lost for reasons that do not count.
    """

    total: int
    down: int
    excluded: int

    @property
    def percent(self) -> Fraction | None:
        """The share in percent; None for an empty period."""
        if not self.total:
            return None
        return Fraction(100 * (self.total - self.down), self.total)


def availability(
    start: datetime,
    end: datetime,
    downtimes: Iterable[Downtime],
    devices: int = 1,
) -> Availability:
    """Return the availability of ``devices`` from ``start`` to ``end``.

    Two reports of the same time count once when both mean the whole system; devices
    that are down at the same time add up, but never to more than there are. While an
    excluded cause holds for some devices, those do not count as down by a fault.

    :raises ValueError: if the period ends before it starts or there is no device
    """
    if end < start:
        raise ValueError("the period ends before it starts")
    if devices < 1:
        raise ValueError("there is no device")
    # At each moment: faults of the whole, of devices; exclusions of the whole, ...
    changes: dict[datetime, list[int]] = {}
    for each in downtimes:
        first, last = max(each.start, start), min(each.end, end)
        if first >= last:
            continue
        column = 2 * each.excluded + (each.devices is not None)
        count = 1 if each.devices is None else each.devices
        changes.setdefault(first, [0, 0, 0, 0])[column] += count
        changes.setdefault(last, [0, 0, 0, 0])[column] -= count
    down = excluded = 0
    state = [0, 0, 0, 0]
    previous = start
    for moment in sorted(changes):
        seconds = _seconds(previous, moment)
        faulty, spared = _split(state, devices)
        down += faulty * seconds
        excluded += spared * seconds
        state = [a + b for a, b in zip(state, changes[moment], strict=True)]
        previous = moment
    return Availability(devices * _seconds(start, end), down, excluded)


class Stop(NamedTuple):
    """A downtime as it is on record; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None
    devices: int | None = None
    excluded: bool = False


def carry_on(
    start: datetime,
    end: datetime,
    stops: Mapping[Hashable, Stop],
    devices: int,
    now: datetime,
    repaired: Hashable | None = None,
) -> Availability:
    """Return what the availability will have been at the end of a period that runs, if
    from now on nothing is repaired but, at once, ``repaired``."""

    def last(key: Hashable, stop: Stop) -> datetime:
        if stop.end is not None:
            return stop.end
        return max(now if key == repaired else end, stop.start)

    return availability(
        start,
        end,
        [
            Downtime(stop.start, last(key, stop), stop.devices, stop.excluded)
            for key, stop in stops.items()
        ],
        devices,
    )


def _split(state: list[int], devices: int) -> tuple[int, int]:
    """Return how many devices are down by faults, and by excluded causes."""
    fault_all, faults, spared_all, spared = state
    out = devices if spared_all else min(spared, devices)
    faulty = devices if fault_all else min(faults, devices)
    return min(faulty, devices - out), out


def _seconds(a: datetime, b: datetime) -> int:
    return int((b - a).total_seconds())
