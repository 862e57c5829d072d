"""When a promise of service falls due, and whether it was kept.

Targets
    Minutes and hours run from the moment itself (Civil Code, article 201-2), on a
    clock that always runs or in service hours only. Working days and days: the day of
    the start is not counted (201-1); the last one ends when business closes, or at
    24:00 if the target's clock always runs or nothing closes (203-2). "N working days"
    is the N-th working day after the day of the start. Days are calendar days; a last
    day on which the calendar is not served moves to the next that is (203-1), so on a
    calendar without rest days (7x24, 7x12) it never moves: parties who promised
    service on that day agreed otherwise (204). A value of 0 means at once.

Pauses
    A pause moves the deadline by the service time lost, measured on the clock of the
    target itself. Working days and days are suspended like any period: what is left
    runs on from the day on which the pause ends, that day not counted; so a pause from
    Monday to Wednesday moves a deadline by two working days, and one that starts and
    ends on the same day by none. A deadline never falls into the pause that moved it:
    business that closed meanwhile gives the next (working) day. What lies before the
    start of the clock does not count, nor does a pause that starts when the deadline
    has passed already: nothing makes a breached target met.

Reopening
    A repair that is refused was none: the clock is treated as having run on from the
    start, waiting for the confirmation included. A user who refused without cause, or
    let the contractor wait, is answered for by a pause that a manager records with
    the reason; it counts like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, get_args

from .service_calendar import (
    DAY,
    ServiceCalendar,
    Skip,
    SlaError,
    at_second,
    to_date,
    to_local,
)

Unit = Literal["minute", "hour", "workday", "day"]
Clock = Literal["always", "service_hours"]
Status = Literal["none", "running", "paused", "met", "breached"]
UNITS = get_args(Unit)
CLOCKS = get_args(Clock)
_SECONDS = {"minute": 60, "hour": 3600}
ALWAYS = ServiceCalendar(always=True)


@dataclass(frozen=True, slots=True)
class Target:
    """A promise: ``value`` ``unit`` on a clock.

    ``calendar`` tells the service hours, when business closes and which days are
    served; ``value`` is at least 0, whole for working days and days.
    """

    value: float
    unit: Unit
    clock: Clock = "always"
    calendar: ServiceCalendar = ALWAYS
    # Length of a promise in minutes or hours, to the nearest second.
    seconds: int = field(default=0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.clock not in CLOCKS:
            raise SlaError(f"no promise: {self.value} {self.unit}, {self.clock}")
        if not 0 <= self.value < float("inf"):
            raise SlaError(f"a promise has a length of 0 or more, not {self.value}")
        if self.unit not in _SECONDS and self.value != int(self.value):
            raise SlaError(f"{self.unit}s are promised in whole numbers")
        exact = Decimal(str(self.value)) * _SECONDS.get(self.unit, 0)
        seconds = int(exact.to_integral_value(ROUND_HALF_UP))
        object.__setattr__(self, "seconds", seconds)

    @property
    def in_days(self) -> bool:
        """True for working days and days."""
        return self.unit not in _SECONDS

    @property
    def runs_on(self) -> ServiceCalendar:
        """The calendar of the clock: what is measured, and pauses on it."""
        return self.calendar if self.clock == "service_hours" else ALWAYS


class Pause(NamedTuple):
    """Time that is not the contractor's; ``end`` None: it lasts."""

    start: datetime
    end: datetime | None = None
    who: str = ""
    why: str = ""


class PauseEffect(NamedTuple):
    """What a pause did to a deadline.

    ``start`` and ``end`` are the part that counts; ``lost`` is in seconds of service,
    or in (working) days for targets in days. ``reason`` when nothing counts:
    ``early`` (over before the clock started), ``late`` (began when the deadline had
    passed).
    """

    pause: Pause
    start: datetime
    end: datetime
    lost: int
    deadline: datetime
    reason: Literal["", "early", "late"] = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A deadline with all that decided it."""

    target: Target
    start: datetime
    base_deadline: datetime
    deadline: datetime
    pauses: tuple[PauseEffect, ...] = ()
    is_paused: bool = False


class Verdict(NamedTuple):
    """What is known of a target.

    ``elapsed`` and ``remaining`` are seconds on the target's clock (for targets in days
    on its calendar), pauses taken out; ``remaining`` is 0 once it is decided.
    """

    status: Status
    deadline: datetime | None = None
    elapsed: int = 0
    remaining: int = 0
    result: Result | None = None


NO_VERDICT = Verdict("none")


def get_deadline(
    start: datetime,
    target: Target,
    pauses: Iterable[Pause] = (),
    now: datetime | None = None,
) -> datetime:
    """The deadline of a target whose clock starts at ``start``; see calculate."""
    if not pauses:
        return _due(target, start, 0)
    return calculate(start, target, pauses, now).deadline


def calculate(
    start: datetime,
    target: Target,
    pauses: Iterable[Pause] = (),
    now: datetime | None = None,
) -> Result:
    """The deadline with the effect of each pause.

    :param pauses: disjoint, in any order; one that lasts is counted up to ``now``, and
        not at all without ``now``
    :raises SlaError: naive times, pauses that overlap or end before they start
    :raises SlaRangeError: outside the calendar
    """
    base = deadline = _due(target, start, 0)
    lost, effects, paused = 0, [], False
    for pause in _sort(pauses):
        first = max(pause.start, start)
        last = pause.end or max(now or pause.start, pause.start)
        if pause.end and last <= start:
            effects.append(PauseEffect(pause, first, first, 0, deadline, "early"))
        elif first >= deadline:
            effects.append(PauseEffect(pause, first, last, 0, deadline, "late"))
        else:
            last = max(first, last)
            share = _lost(target, first, last)
            lost += share
            deadline = _due(target, start, lost)
            while deadline <= last:
                share, lost = share + 1, lost + 1
                deadline = _due(target, start, lost)
            effects.append(PauseEffect(pause, first, last, share, deadline))
            paused = pause.end is None
    return Result(target, start, base, deadline, tuple(effects), paused)


def judge(
    start: datetime | None,
    target: Target,
    now: datetime,
    stop: datetime | None = None,
    pauses: Iterable[Pause] = (),
) -> Verdict:
    """Whether a target is met, breached, running or paused.

    :param start: when its clock started; None: not yet
    :param stop: when what was promised was done; a pause that lasts ends then. At the
        very instant of the deadline it is in time
    """
    if start is None:
        return NO_VERDICT
    end = stop or now
    # A pause that is not over then lasts, until the work is done.
    known = [
        pause if pause.end and pause.end <= end else pause._replace(end=stop)
        for pause in pauses
        if pause.start < end or (not stop and pause.start == end)
    ]
    result = calculate(start, target, known, end)
    deadline = result.deadline
    measure = target.calendar if target.in_days else target.runs_on
    taken = sum(
        measure.elapsed(effect.start, effect.end)
        for effect in result.pauses
        if not effect.reason
    )
    elapsed = max(measure.elapsed(start, end) - taken, 0)
    if stop:
        status = "met" if stop <= deadline else "breached"
    elif result.is_paused:
        status = "paused"
    else:
        status = "running" if now <= deadline else "breached"
    remaining = 0
    if status in ("running", "paused"):
        remaining = max(measure.elapsed(end, deadline), 0)
    return Verdict(status, deadline, elapsed, remaining, result)


def get_share_moment(result: Result, share: float) -> datetime:
    """The instant at which ``share`` (0.5 is half) of the time has been used.

    Working days and days are shared on the service time of their calendar from the
    start to the deadline without pauses. Pauses hold the moment back as they do the
    deadline, so that warnings keep their distance from it.
    """
    target = result.target
    if share >= 1:
        return result.deadline
    measure = target.calendar if target.in_days else target.runs_on
    whole = measure.elapsed(result.start, result.base_deadline)
    moment = measure.add(result.start, int(whole * share))
    lost = 0
    for effect in result.pauses:
        if effect.reason or effect.start >= moment:
            continue
        lost += measure.elapsed(effect.start, effect.end)
        moment = measure.add(result.start, int(whole * share) + lost)
    return min(moment, result.deadline)


# -- counting ---------------------------------------------------------------


def _sort(pauses: Iterable[Pause]) -> list[Pause]:
    ordered = sorted(pauses, key=lambda pause: pause.start)
    for index, pause in enumerate(ordered):
        if pause.end and pause.end < pause.start:
            raise SlaError(f"a pause ends before it starts: {pause}")
        follows = ordered[index + 1] if index + 1 < len(ordered) else None
        if follows and (pause.end is None or follows.start < pause.end):
            raise SlaError(f"pauses overlap: {pause} and {follows}")
    return ordered


def _due(target: Target, start: datetime, lost: int) -> datetime:
    """The deadline when ``lost`` (seconds, or days) is added to the promise."""
    if not target.in_days:
        return target.runs_on.add(start, target.seconds + lost)
    to_local(start)
    if not target.value:
        return start
    calendar, first = target.calendar, to_date(start)
    number = int(target.value) + lost
    if target.unit == "workday":
        last = _workdays(target).add_workdays(first, number)
    else:
        last = _roll(calendar, first + timedelta(days=number))
    closes = calendar.closes(last) if target.clock == "service_hours" else DAY
    return at_second(last, closes)


def _lost(target: Target, first: datetime, last: datetime) -> int:
    if not target.in_days:
        return target.runs_on.elapsed(first, last)
    if target.unit == "workday":
        return _workdays(target).count_workdays(to_date(first), to_date(last))
    return (to_date(last) - to_date(first)).days


def _roll(calendar: ServiceCalendar, day: date) -> date:
    if calendar.serves(day):
        return day
    return to_date(calendar.next_open(at_second(day, 0)))


def _workdays(target: Target):
    if target.calendar.workdays is None:
        raise SlaError("working days need a calendar that knows them")
    return target.calendar.workdays


# -- explaining -------------------------------------------------------------


class Explanation(NamedTuple):
    """What whoever checks a deadline by hand needs, in the order of the reckoning.

    ``counted`` are the working days counted, the last one being the deadline's;
    ``skips`` the spans (for targets in days: the days) that did not count, ``makeups``
    the weekend days that did; ``moved_from`` is a last day that was not served.
    ``provisional``: a year in between has no published holidays yet.
    """

    result: Result
    counted: tuple[date, ...] = ()
    skips: tuple[Skip, ...] = ()
    makeups: tuple = ()
    moved_from: date | None = None
    provisional: bool = False


def explain(result: Result) -> Explanation:
    """Give the reasons for a deadline."""
    target = result.target
    first, last = result.start, result.deadline
    if not target.in_days:
        clock = target.runs_on
        return Explanation(
            result,
            skips=clock.skips(first, last),
            makeups=clock.makeup_days(first, last),
            provisional=clock.is_provisional(first, last),
        )
    if not target.value:
        return Explanation(result)
    return _explain_days(result)


def _explain_days(result: Result) -> Explanation:
    target, start = result.target, to_date(result.start)
    lost = sum(effect.lost for effect in result.pauses)
    number = int(target.value) + lost
    if target.unit == "day":
        nominal = start + timedelta(days=number)
        last = _roll(target.calendar, nominal)
        moved = nominal if last != nominal else None
        skips = ()
        if moved:
            skips = target.calendar.skips(at_second(nominal, 0), at_second(last, 0))
        rule = target.calendar.holidays
        workdays = target.calendar.workdays
        return Explanation(
            result,
            skips=skips,
            moved_from=moved,
            provisional=bool(
                rule and any(map(workdays.is_provisional, (nominal, last)))
            ),
        )
    workdays = _workdays(target)
    counted, skips, makeups = [], [], []
    last = workdays.add_workdays(start, number)
    for ordinal in range(start.toordinal() + 1, last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        note = workdays.note(day)
        if not workdays.is_workday(day):
            skips.append(note)
            continue
        counted.append(day)
        if note:
            makeups.append(note)
    return Explanation(
        result,
        counted=tuple(counted),
        skips=_group_days(skips),
        makeups=tuple(makeups),
        provisional=workdays.is_provisional(start) or workdays.is_provisional(last),
    )


def _group_days(notes: list) -> tuple[Skip, ...]:
    """Rest days in a row as one span."""
    spans: list[list] = []
    for note in notes:
        if spans and (note.date - spans[-1][-1].date).days == 1:
            spans[-1].append(note)
        else:
            spans.append([note])
    return tuple(
        Skip(at_second(span[0].date, 0), at_second(span[-1].date, DAY), tuple(span))
        for span in spans
    )
