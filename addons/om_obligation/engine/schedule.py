"""From what is owed to what has to change in the database.

* What is owed and not there is created, once.
* What somebody has handed in, or begun to, is never touched.
* What is past is never touched: a period that is over is owed as it was agreed then,
  but for what lies after the end of a service that was stopped. The contract does not
  owe it from that day on, even if the stop is entered later.
* What lies ahead and is untouched follows the obligation: it changes, or it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from .due import Calendar, Due, DueRule, due_day
from .rhythm import Rhythm, Span, periods


class Duty(NamedTuple):
    """What is owed: a rhythm in a service, a due rule, and a quantity in each period.

    :param service: the days on which it is owed, None if on none
    :param is_owed: for daily rhythms: whether a day is one of those owed
    """

    rhythm: Rhythm
    service: Span | None
    rule: DueRule
    quantity: Decimal = Decimal(1)
    is_owed: Callable[[date], bool] | None = None


class Slot(NamedTuple):
    """One item that is owed: identity, served days, due day and quantity."""

    key: str
    span: Span
    due: Due
    quantity: Decimal


class Existing(NamedTuple):
    """An item in the database.

    :param key: the slot it stands for; None for an item of an event, which stays
    :param free: nothing was handed in, and nobody has touched it
    """

    id: int
    key: str | None
    span: Span
    due: date
    nominal: date
    provisional: bool
    quantity: Decimal
    free: bool


class Change(NamedTuple):
    """The new values of an existing item."""

    id: int
    slot: Slot


class Changes(NamedTuple):
    """What has to be done; ``kept`` are ids of items that are no longer owed but that
    somebody has handed something in for."""

    creates: list[Slot]
    changes: list[Change]
    removes: list[int]
    kept: list[int]


def slots(duty: Duty, asked: Span, calendar: Calendar) -> list[Slot]:
    """All items of the periods that ``asked`` touches, in order of time."""
    if duty.service is None:
        return []
    several = duty.quantity > 1
    return [
        Slot(
            period.key,
            period.served,
            due_day(duty.rule, period.whole, calendar, period.served),
            duty.quantity
            if period.share == 1
            else round_up(
                duty.quantity * period.share.numerator / period.share.denominator
            ),
        )
        for period in periods(
            duty.rhythm, duty.service, asked, duty.is_owed, has_quantity=several
        )
    ]


def round_up(quantity: Decimal) -> Decimal:
    """A quantity pro rata: whole pieces, upwards; nobody hands in a part of a book.

    >>> round_up(Decimal(250) * 19 / 28)
    Decimal('170')
    """
    return quantity.to_integral_value(ROUND_CEILING)


def reconcile(
    duty: Duty,
    existing: Iterable[Existing],
    asked: Span,
    today: date,
    calendar: Calendar,
    stopped: date | None = None,
) -> Changes:
    """Return what has to change so that ``existing`` follows the duty.

    :param asked: the days for whose periods items are wanted; the first may be past
    :param today: periods that ended before it are past
    :param stopped: the first day without service, if it was stopped
    """
    existing = [each for each in existing if each.key is not None]
    ends = [each.span.last for each in existing if each.span.last >= today]
    reach = Span(min(asked.first, today), max([asked.last, today, *ends]))
    if existing:
        first = min(each.span.first for each in existing)
        reach = Span(min(first, reach.first), reach.last)
    owed = {slot.key: slot for slot in slots(duty, reach, calendar)}
    present = {each.key for each in existing}
    changes, removes, kept = [], [], []
    for each in existing:
        slot = owed.get(each.key)
        beyond = bool(stopped) and each.span.first >= stopped
        if slot is None and (each.span.last >= today or beyond):
            (removes if each.free else kept).append(each.id)
        elif slot is not None and each.free and each.span.last >= today:
            if _differs(each, slot):
                changes.append(Change(each.id, slot))
        elif slot is not None and each.free and _is_provisional_still(each, slot):
            changes.append(Change(each.id, slot))
    creates = [
        slot
        for slot in owed.values()
        if slot.key not in present
        and slot.span.last >= asked.first
        and slot.span.first <= asked.last
    ]
    return Changes(creates, changes, removes, kept)


def _differs(each: Existing, slot: Slot) -> bool:
    return (each.span, each.due, each.nominal, each.provisional, each.quantity) != (
        slot.span,
        slot.due.final,
        slot.due.nominal,
        slot.due.provisional,
        slot.quantity,
    )


def _is_provisional_still(each: Existing, slot: Slot) -> bool:
    """Whether a period that is over waited for its calendar, and now has it.

    Its day was never certain; the rule behind it, the nominal day, is as it was.
    """
    return (
        each.provisional and each.nominal == slot.due.nominal and _differs(each, slot)
    )
