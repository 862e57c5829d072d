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


def _lt(term: str) -> str:
    """Mark a term for the translators."""
    return term


class Kind(NamedTuple):
    """What can happen to a ticket, told once: a new one is a line of ``KINDS``, and of
    ``Times``.

    ``label``: its name. ``time``: the name of when it happened, where a ticket has a
    column of it. ``after``: what it must not precede. ``answers``: who has done it has
    responded at that moment at the latest. ``is_work``: it belongs to the work, until
    its result is confirmed, and is entered by whoever does that. ``fact``: its name on
    record, where that is another.
    """

    label: str
    time: str = ""
    after: tuple[str, ...] = (RESPONDED, REOPENED)
    answers: bool = False
    is_work: bool = True
    fact: str = ""


KINDS = {
    REPORTED: Kind(_lt("Reported"), "Reported On", (), is_work=False),
    DISPATCHED: Kind(_lt("Dispatched"), "Dispatched On", (REOPENED,), is_work=False),
    RESPONDED: Kind(_lt("Responded"), "Responded On", (REOPENED,)),
    ARRIVED: Kind(_lt("Arrived"), "Arrived On", (RESPONDED,), answers=True),
    FIXED: Kind(_lt("Done"), "Fixed On", (RESPONDED, ARRIVED, REOPENED), answers=True),
    REOPENED: Kind(_lt("Reopened"), after=(FIXED, CONFIRMED, CANCELLED), is_work=False),
    CONFIRMED: Kind(_lt("Confirmed"), "Confirmed On", (FIXED,), is_work=False),
    CANCELLED: Kind(
        _lt("Cancelled"),
        "Cancelled On",
        (RESPONDED, ARRIVED, REOPENED, DISPATCHED),
        is_work=False,
    ),
    BROKEN: Kind(
        _lt("Part Found Broken"),
        "Part Found Broken On",
        (REOPENED,),
        fact="part_broken",
    ),
    PLANNED: Kind(
        _lt("Plan Handed In"),
        "Plan Handed In On",
        answers=True,
        fact="plan_handed_in",
    ),
    SUPPLIED: Kind(
        _lt("Parts Sent or Replaced"),
        "Parts Sent On",
        (RESPONDED, BROKEN, REOPENED),
        answers=True,
        fact="parts_sent",
    ),
    ASSESSED: Kind(
        _lt("Effort Assessed"),
        "Effort Assessed On",
        answers=True,
        fact="effort_assessed",
    ),
}
# What is entered by a click on its own, beside the response and the way to the repair.
NOTED = tuple(
    name
    for name, kind in KINDS.items()
    if kind.is_work and name not in (RESPONDED, ARRIVED, FIXED)
)


class Event(NamedTuple):
    """Something that happened at an instant."""

    kind: str
    at: datetime


class Times(NamedTuple):
    """When what holds now has happened; None: not, or not any more."""

    reported: datetime | None = None
    dispatched: datetime | None = None
    responded: datetime | None = None
    arrived: datetime | None = None
    fixed: datetime | None = None
    confirmed: datetime | None = None
    cancelled: datetime | None = None
    reopened: datetime | None = None
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
        if KINDS[event.kind].answers and known[RESPONDED] is None:
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
    before = (getattr(times, each) for each in KINDS[kind].after)
    return max((at for at in before if at), default=None)
