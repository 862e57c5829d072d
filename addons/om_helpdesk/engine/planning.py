"""Whether service requests can be held as planned: rooms, people, and who is on duty.

Source: the emergency command centre has at least two video conference engineers on
duty round the clock; two meetings at one time that need two each are one too many.
Times are of one zone; a booking lasts from ``start`` up to but not including ``stop``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Booking:
    """A request in its time.

    ``asked`` orders the bookings: who asked first is served first. ``need``: people
    that it takes; ``people``: those who are assigned; ``room``: None for none.
    """

    key: int
    start: datetime
    stop: datetime
    asked: Any
    need: int = 0
    people: frozenset[int] = frozenset()
    room: int | None = None

    def overlaps(self, other: Booking) -> bool:
        """Whether both last at some moment."""
        return self.start < other.stop and other.start < self.stop


class Shift(NamedTuple):
    """Somebody on duty from ``start`` up to but not including ``stop``."""

    person: int
    start: datetime
    stop: datetime


class Clash(NamedTuple):
    """Another booking that has the room, or a person, at the same time."""

    other: int
    person: int | None = None


class Gap(NamedTuple):
    """At ``at`` only ``have`` of the ``need`` people on duty are free."""

    at: datetime
    have: int
    need: int


def find_clashes(bookings: Iterable[Booking]) -> dict[int, list[Clash]]:
    """Rooms and people that are booked twice at a time: {key: clashes}.

    Told on the booking that was asked for later; the first one has the room.
    """
    found: dict[int, list[Clash]] = defaultdict(list)
    ordered = sorted(bookings, key=lambda each: (each.asked, each.key))
    for index, later in enumerate(ordered):
        for first in ordered[:index]:
            if not first.overlaps(later):
                continue
            if later.room is not None and later.room == first.room:
                found[later.key].append(Clash(first.key))
            for person in sorted(later.people & first.people):
                found[later.key].append(Clash(first.key, person))
    return dict(found)


def find_gaps(
    bookings: Iterable[Booking],
    duty: Mapping[int, tuple[Hashable, Sequence[Shift]]],
) -> dict[int, Gap]:
    """Where fewer people on duty are free than a booking takes: {key: its worst gap}.

    :param duty: {key: (group, shifts)}; bookings of one group share its people. What
        is not in it has no roster, and no gap by it
    """
    groups: dict[Hashable, list[Booking]] = defaultdict(list)
    for booking in bookings:
        if booking.key in duty and booking.need:
            groups[duty[booking.key][0]].append(booking)
    gaps = {}
    for group in groups.values():
        served: list[tuple[Booking, int]] = []
        for booking in sorted(group, key=lambda each: (each.asked, each.key)):
            gap = _find_worst(booking, duty[booking.key][1], served)
            served.append((booking, min(gap.have, booking.need)))
            if gap.have < booking.need:
                gaps[booking.key] = gap
    return gaps


def _find_worst(
    booking: Booking, shifts: Sequence[Shift], served: Sequence[tuple[Booking, int]]
) -> Gap:
    """The first moment of the booking at which the fewest are free."""
    others = [(each, taken) for each, taken in served if each.overlaps(booking)]
    edges = {booking.start}
    for span in (*shifts, *(each for each, _taken in others)):
        edges |= {span.start, span.stop}
    worst = None
    for at in sorted(edges):
        if not booking.start <= at < booking.stop:
            continue
        on_duty = len({each.person for each in shifts if each.start <= at < each.stop})
        taken = sum(taken for each, taken in others if each.start <= at < each.stop)
        have = max(on_duty - taken, 0)
        if worst is None or have < worst.have:
            worst = Gap(at, have, booking.need)
    return worst or Gap(booking.start, 0, booking.need)
