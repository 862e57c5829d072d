"""What a ticket's ledger of events says has happened.

Nothing of an event is ever changed: a mistaken one is made void and a right one is
added. Whatever order the clicks came in, the answers follow from the ledger alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

REPORTED = "reported"
DISPATCHED = "dispatched"
RESPONDED = "responded"
ARRIVED = "arrived"
FIXED = "fixed"
REOPENED = "reopened"
CONFIRMED = "confirmed"
CANCELLED = "cancelled"
BROKEN = "broken"
PLANNED = "planned"
SUPPLIED = "supplied"
ASSESSED = "assessed"
KINDS = (
    REPORTED,
    DISPATCHED,
    RESPONDED,
    ARRIVED,
    FIXED,
    REOPENED,
    CONFIRMED,
    CANCELLED,
    BROKEN,
    PLANNED,
    SUPPLIED,
    ASSESSED,
)
# Who has done one of these has responded at that moment at the latest.
ANSWERS = (ARRIVED, FIXED, PLANNED, SUPPLIED, ASSESSED)


class Event(NamedTuple):
    """Something that happened at an instant."""

    kind: str
    at: datetime


class Times(NamedTuple):
    """When what holds now has happened; None: not, or not any more."""

    dispatched: datetime | None = None
    responded: datetime | None = None
    arrived: datetime | None = None
    fixed: datetime | None = None
    confirmed: datetime | None = None
    cancelled: datetime | None = None
    reopened: datetime | None = None
    reported: datetime | None = None
    broken: datetime | None = None
    planned: datetime | None = None
    supplied: datetime | None = None
    assessed: datetime | None = None
    reopen_count: int = 0

    @property
    def ended(self) -> datetime | None:
        """When the work ended: repaired or cancelled."""
        return self.fixed or self.cancelled


class OrderError(ValueError):
    """An event that cannot have happened then; ``reason`` says why.

    Reasons: ``before_report``, ``future``, ``before_previous``, ``already``,
    ``not_fixed``, ``ended``, ``not_ended``.
    """

    def __init__(self, reason: str, other: datetime | None = None):
        super().__init__(reason)
        self.reason = reason
        self.other = other


def replay(events: Iterable[Event]) -> Times:
    """Return what holds after the events, in the order of time.

    * Reports of the same fault that were merged are told, and change nothing here: the
      fault itself says when it was reported first.
    * The first dispatch, response and arrival count: sending a second engineer does
      not start a clock again.
    * Who arrives, plans, sends parts or repairs has responded at that moment at the
      latest.
    * The last repair counts, and only if it was not refused afterwards: a repair that
      had to be done again was none.
    """
    known: dict[str, datetime | None] = dict.fromkeys(Times._fields[:-1])
    reopened = 0
    for event in sorted(events, key=lambda event: event.at):
        if event.kind == REOPENED:
            known[FIXED] = known[CONFIRMED] = known[CANCELLED] = None
            known[REOPENED] = event.at
            reopened += 1
        elif event.kind in (FIXED, CONFIRMED, CANCELLED):
            known[event.kind] = event.at
        elif known[event.kind] is None:
            known[event.kind] = event.at
        if event.kind in ANSWERS and known[RESPONDED] is None:
            known[RESPONDED] = event.at
    return Times(**known, reopen_count=reopened)


def check(reported: datetime, times: Times, event: Event, now: datetime) -> None:
    """Refuse an event that cannot have happened at its time.

    Response, arrival, repair and confirmation follow each other, and none of them
    precedes the report or lies in the future.

    :raises OrderError: saying what is wrong, with the time it collides with
    """
    if event.at > now:
        raise OrderError("future", now)
    if event.at < reported:
        raise OrderError("before_report", reported)
    if event.kind == REOPENED:
        if not times.ended:
            raise OrderError("not_ended")
    elif event.kind == CONFIRMED:
        if not times.fixed:
            raise OrderError("not_fixed")
        if times.confirmed:
            raise OrderError("already", times.confirmed)
    elif times.ended:
        raise OrderError("ended", times.ended)
    elif event.kind != CANCELLED and getattr(times, event.kind):
        raise OrderError("already", getattr(times, event.kind))
    if previous := _latest_before(times, event.kind):
        if event.at < previous:
            raise OrderError("before_previous", previous)


def _latest_before(times: Times, kind: str) -> datetime | None:
    """Return the latest of what an event must not precede."""
    before = {
        REPORTED: (),
        DISPATCHED: (times.reopened,),
        RESPONDED: (times.reopened,),
        ARRIVED: (times.responded,),
        FIXED: (times.responded, times.arrived, times.reopened),
        REOPENED: (times.fixed, times.confirmed, times.cancelled),
        CONFIRMED: (times.fixed,),
        CANCELLED: (times.responded, times.arrived, times.reopened, times.dispatched),
        BROKEN: (times.reopened,),
        PLANNED: (times.responded, times.reopened),
        SUPPLIED: (times.responded, times.broken, times.reopened),
        ASSESSED: (times.responded, times.reopened),
    }[kind]
    return max((at for at in before if at), default=None)
