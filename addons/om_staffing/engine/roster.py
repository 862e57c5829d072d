"""Whether a duty roster has enough people of each kind on every day and at every hour.

Source: the emergency command centre: every day, also on holidays, at least 4 people (2
video conference, 1 video image, 1 technical support); round the clock at least 2 video
conference engineers and 1 for video images. Times are local and naive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """One person on duty as one kind, from ``start`` up to but not including
    ``stop``."""

    person: int
    kind: int
    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a contract asks of a kind: people who are on duty some time of each day, and
    at every moment."""

    kind: int
    daily: int = 0
    always: int = 0


@dataclass(frozen=True, slots=True)
class RosterGap:
    """Too few people of a kind: on a day (``start`` and ``stop`` are its midnights,
    ``daily`` is true) or for a time."""

    kind: int
    start: datetime
    stop: datetime
    have: int
    need: int
    daily: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """A person twice on duty at a time."""

    person: int
    start: datetime
    stop: datetime


def find_roster_gaps(
    shifts: Iterable[Shift], minimums: Sequence[Minimum], first: date, last: date
) -> list[RosterGap]:
    """All gaps from the beginning of ``first`` to the end of ``last``, by time.

    A person counts once for a day and once for a moment, however many shifts overlap.
    """
    by_kind = defaultdict(list)
    for shift in shifts:
        by_kind[shift.kind].append(shift)
    gaps = []
    for minimum in minimums:
        duty = by_kind[minimum.kind]
        gaps += _daily_gaps(duty, minimum, first, last)
        gaps += _hourly_gaps(duty, minimum, first, last)
    return sorted(gaps, key=lambda gap: (gap.start, not gap.daily, gap.kind))


def _daily_gaps(
    duty: Sequence[Shift], minimum: Minimum, first: date, last: date
) -> list[RosterGap]:
    gaps = []
    day = first
    while minimum.daily and day <= last:
        start = datetime.combine(day, time())
        stop = start + ONE_DAY
        have = len(
            {one.person for one in duty if one.start < stop and start < one.stop}
        )
        if have < minimum.daily:
            gaps.append(RosterGap(minimum.kind, start, stop, have, minimum.daily, True))
        day += ONE_DAY
    return gaps


def _hourly_gaps(
    duty: Sequence[Shift], minimum: Minimum, first: date, last: date
) -> list[RosterGap]:
    """Times at which too few are on duty; neighbouring ones with the same number are
    one gap."""
    if not minimum.always:
        return []
    begin = datetime.combine(first, time())
    end = datetime.combine(last, time()) + ONE_DAY
    edges = sorted(
        {begin, end} | {moment for one in duty for moment in (one.start, one.stop)}
    )
    edges = [edge for edge in edges if begin <= edge <= end]
    gaps: list[RosterGap] = []
    for start, stop in zip(edges, edges[1:], strict=False):
        have = len({one.person for one in duty if one.start <= start < one.stop})
        if have >= minimum.always:
            continue
        if gaps and gaps[-1].stop == start and gaps[-1].have == have:
            start = gaps.pop().start
        gaps.append(RosterGap(minimum.kind, start, stop, have, minimum.always, False))
    return gaps


def find_clashes(shifts: Iterable[Shift]) -> list[Clash]:
    """Where one person is on two shifts at a time."""
    by_person = defaultdict(list)
    for shift in shifts:
        by_person[shift.person].append(shift)
    clashes = []
    for person, own in by_person.items():
        own.sort(key=lambda shift: (shift.start, shift.stop))
        until = None
        for shift in own:
            if until is not None and shift.start < until:
                clashes.append(Clash(person, shift.start, min(until, shift.stop)))
            until = shift.stop if until is None else max(until, shift.stop)
    return sorted(clashes, key=lambda clash: (clash.start, clash.person))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way in which people are on duty: as one kind, from an hour on, so long."""

    kind: int
    start: time
    minutes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people of a kind a day has, how many it needs, and its gaps."""

    have: int
    need: int
    gaps: tuple[RosterGap, ...]


def find_patterns(shifts: Iterable[Shift]) -> list[Pattern]:
    """The patterns of shifts, by kind, the earliest of the day first."""
    found = {
        Pattern(
            shift.kind,
            shift.start.time(),
            round((shift.stop - shift.start).total_seconds() / 60),
        )
        for shift in shifts
    }
    return sorted(found, key=lambda one: (one.kind, one.start, one.minutes))


def default_patterns(minimum: Minimum) -> list[Pattern]:
    """What is offered for a kind that has not been planned yet: two halves of the day
    where somebody has to be on duty at every hour, else the hours of an office."""
    if minimum.always:
        half = 12 * 60
        return [Pattern(minimum.kind, time(hour), half) for hour in (8, 20)]
    return [Pattern(minimum.kind, time(9), 9 * 60)]


def lay(pattern: Pattern, person: int, day: date) -> Shift:
    """The shift of a person by a pattern that begins on ``day``."""
    start = datetime.combine(day, pattern.start)
    return Shift(
        person, pattern.kind, start, start + timedelta(minutes=pattern.minutes)
    )


def move(shift: Shift, person: int, day: date) -> Shift:
    """The same shift for a person, beginning on ``day`` at the same hour."""
    start = datetime.combine(day, shift.start.time())
    return Shift(person, shift.kind, start, start + (shift.stop - shift.start))


def find_standings(
    shifts: Iterable[Shift],
    minimums: Sequence[Minimum],
    gaps: Sequence[RosterGap],
    first: date,
    last: date,
) -> dict[tuple[int, date], Standing]:
    """Each kind on each day: people on duty some time of it, what it needs, its gaps.

    A gap over midnight stands on both days.
    """
    people = defaultdict(set)
    for shift in shifts:
        for day in _days(shift.start, shift.stop):
            people[shift.kind, day].add(shift.person)
    missing = defaultdict(list)
    for gap in gaps:
        for day in _days(gap.start, gap.stop):
            missing[gap.kind, day].append(gap)
    standings = {}
    for minimum in minimums:
        need = max(minimum.daily, minimum.always)
        day = first
        while day <= last:
            key = (minimum.kind, day)
            standings[key] = Standing(len(people[key]), need, tuple(missing[key]))
            day += ONE_DAY
    return standings


def _days(start: datetime, stop: datetime) -> list[date]:
    """The days that a time touches; it ends before the moment ``stop``."""
    days = []
    day = start.date()
    while datetime.combine(day, time()) < stop:
        days.append(day)
        day += ONE_DAY
    return days
