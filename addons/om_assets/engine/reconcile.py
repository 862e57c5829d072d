"""From the inspections that a plan owes to what has to change in the database.

* What is owed and not there is created, once.
* What a person planned, started, did or cancelled is never touched.
* What is past is never touched, whoever planned it; but for what lies after the end of
  a service that was stopped, which the contract does not owe from that day on, even if
  the stop is entered later.
* What lies ahead and is untouched follows the plan: it moves, or it goes.
* An inspection that stays although the plan no longer owes it (the rhythm or the first
  day of service changed) counts for the period it lies in: who changes from monthly to
  quarterly after two inspections in the quarter owes no third one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from .schedule import Planner, Slot, Span

_DAY = timedelta(days=1)


class Existing(NamedTuple):
    """An inspection in the database.

    :param free: nobody has planned, started, done or cancelled it
    :param counts: it is not cancelled, so that it stands for one that is owed
    """

    id: int
    slot: str
    planned: date
    deadline: date
    free: bool
    counts: bool = True


class Move(NamedTuple):
    """New days of an existing inspection."""

    id: int
    planned: date
    deadline: date


class Changes(NamedTuple):
    """What has to be done; ``kept`` are ids that the plan no longer owes but that a
    person has planned ahead."""

    creates: list[Slot]
    moves: list[Move]
    removes: list[int]
    kept: list[int]


def reconcile(
    planner: Planner | None,
    existing: Iterable[Existing],
    asked: Span,
    today: date,
    service: Span | None,
    is_workday: Callable[[date], bool],
    stopped: date | None = None,
) -> Changes:
    """Return what has to change so that ``existing`` follows the plan.

    :param planner: ``None`` if nothing is owed (no longer, or not now)
    :param asked: the days for which inspections are wanted; the first may be past
    :param today: what lies before is past
    :param service: the plan's service, ``None`` with no planner
    :param stopped: the first day without service, if it was stopped
    """
    existing = list(existing)
    since = min(today, stopped) if stopped else today
    if planner is None or service is None:
        return _retire(existing, {}, since)
    # Whatever exists must find its place, however far it was moved by hand.
    last = max(
        [asked.last, *(max(each.planned, each.deadline) for each in existing)],
    )
    first = min(asked.first, service.first)
    owed = {slot.key: slot for slot in planner.slots(Span(first, max(first, last)))}
    _creates, moves, removes, kept = _retire(existing, owed, since)
    moves = [
        move
        for each in existing
        if each.slot in owed
        and each.free
        and each.planned >= today
        and (move := _move(each, owed[each.slot], today, is_workday))
    ]
    gone = set(removes)
    stays = [each for each in existing if each.id not in gone]
    creates = [
        slot._replace(planned=_clamp(slot, asked.first, is_workday))
        for slot in _missing(owed, stays, planner)
        if slot.until >= asked.first and slot.planned <= asked.last
    ]
    creates = [slot for slot in creates if slot.planned <= asked.last]
    return Changes(creates, moves, removes, kept)


def _retire(existing: list[Existing], owed: dict[str, Slot], since: date) -> Changes:
    """What lies from ``since`` on and is no longer owed goes if it is free, and is
    reported if not."""
    ahead = [
        each
        for each in existing
        if each.slot not in owed and each.planned >= since and each.counts
    ]
    return Changes(
        [],
        [],
        [each.id for each in ahead if each.free],
        [each.id for each in ahead if not each.free],
    )


def _missing(
    owed: dict[str, Slot], stays: list[Existing], planner: Planner
) -> list[Slot]:
    """The slots that no inspection stands for, the earliest being covered by what
    stays of an earlier rhythm."""
    present = {each.slot for each in stays}
    credit = Counter(
        planner.period_key(each.planned)
        for each in stays
        if each.slot not in owed and each.counts and not each.slot.startswith("K")
    )
    by_period = defaultdict(list)
    for slot in owed.values():
        if slot.key not in present:
            by_period[slot.period].append(slot)
    return [slot for key, slots in by_period.items() for slot in slots[credit[key] :]]


def _move(
    each: Existing, slot: Slot, today: date, is_workday: Callable[[date], bool]
) -> Move | None:
    """The new days of a free inspection that lies ahead; ``None`` if it stays.

    One that the plan would have had in the past stays where it is as long as that is
    in its part of the period.
    """
    planned = slot.planned
    if planned < today:
        planned = each.planned
        if planned > slot.until:
            planned = _clamp(slot, today, is_workday)
    if (planned, slot.deadline) == (each.planned, each.deadline):
        return None
    return Move(each.id, planned, slot.deadline)


def _clamp(slot: Slot, first: date, is_workday: Callable[[date], bool]) -> date:
    """The day of a slot, not before ``first``: the first working day from there on in
    its part of the period, else ``first`` itself."""
    if slot.planned >= first:
        return slot.planned
    day = first
    while day <= slot.until:
        if is_workday(day):
            return day
        day += _DAY
    return first
