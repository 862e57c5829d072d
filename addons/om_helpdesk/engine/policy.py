"""A service promise as a whole: which line holds for a fault, and what became of it.

* A line belongs to a severity and a target (respond, onsite, fix). One whose window is
  ``working`` or ``off`` holds when the fault was reported inside or outside the hours
  of the policy's calendar: that moment decides for all targets, whenever their clocks
  start (the emergency centre's table).
* ``responded``: the clock of handling starts with the response, also with a late one:
  that it was late is one breach, of the response, not two. While nobody has responded
  it is reckoned provisionally from when the response is due.
* ``dispatched``: the clock starts when it was decided to send somebody. Who arrived
  without a recorded dispatch is judged from the report.
* The response stops the first clock, the arrival or, where nobody had to come any
  more, the repair the second, the repair the third.
* In a key period its promises hold beside the ordinary ones, natural hours from the
  report; the earlier deadline decides, so that a key period never makes it worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from .service_calendar import ServiceCalendar
from .sla import NO_VERDICT, Pause, Target, Verdict, judge

TARGETS = ("respond", "onsite", "fix")


class Line(NamedTuple):
    """One promise of a policy; ``key`` is the caller's own mark, such as a row id."""

    severity: str
    target: Literal["respond", "onsite", "fix"]
    promise: Target
    window: Literal["any", "working", "off"] = "any"
    start: Literal["reported", "responded", "dispatched"] = "reported"
    key: int | None = None


class Policy(NamedTuple):
    """Lines, the calendar that tells working hours, and what key periods ask for."""

    calendar: ServiceCalendar
    lines: Mapping[tuple[str, str], tuple[Line, ...]]
    key_period: Mapping[str, Target]


class Moments(NamedTuple):
    """What has happened to a fault; None: not yet."""

    reported: datetime
    dispatched: datetime | None = None
    responded: datetime | None = None
    arrived: datetime | None = None
    fixed: datetime | None = None


class Judgement(NamedTuple):
    """The verdict on one target and what it rests on.

    ``line`` is None where nothing is promised, or in a key period only. ``start`` is
    when the clock started; ``is_key``: the promise of the key period decided.
    ``assumed_start``: the start is not an event but what stands for it meanwhile.
    """

    verdict: Verdict
    line: Line | None = None
    promise: Target | None = None
    start: datetime | None = None
    stop: datetime | None = None
    is_key: bool = False
    assumed_start: bool = False


NOTHING = Judgement(NO_VERDICT)


def make_policy(
    calendar: ServiceCalendar,
    lines: Iterable[Line],
    key_period: Mapping[str, Target] | None = None,
) -> Policy:
    """Arrange the lines for lookup."""
    by_target: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        by_target.setdefault((line.severity, line.target), []).append(line)
    return Policy(
        calendar,
        {key: tuple(found) for key, found in by_target.items()},
        dict(key_period or {}),
    )


def judge_fault(
    policy: Policy,
    severity: str,
    moments: Moments,
    now: datetime,
    pauses: Iterable[Pause] = (),
    in_key_period: bool = False,
) -> dict[str, Judgement]:
    """Judge all targets of a fault: {target: judgement}.

    :param pauses: disjoint; see :func:`..sla.calculate`
    :param in_key_period: the report fell into a key period of the system
    """
    pauses = tuple(pauses)
    stops = {
        "respond": moments.responded,
        "onsite": moments.arrived or moments.fixed,
        "fix": moments.fixed,
    }
    judged: dict[str, Judgement] = {}
    for target in TARGETS:
        found = policy.lines.get((severity, target), ())
        start, assumed = _get_start(found, moments, judged.get("respond"))
        line = start and _choose(policy, found, moments.reported)
        judged[target] = _judge(
            line or None, start, assumed, moments, stops[target], pauses, now
        )
        key = policy.key_period.get(target) if in_key_period else None
        if key:
            judged[target] = _judge_key(
                judged[target], key, moments.reported, stops[target], pauses, now
            )
    return judged


def _get_start(found, moments, respond):
    """(when the clock of these lines starts, whether that is an assumption)"""
    if not found:
        return None, False
    if found[0].start == "dispatched":
        if moments.dispatched:
            return moments.dispatched, False
        stopped = moments.arrived
        return (moments.reported, True) if stopped else (None, False)
    if found[0].start == "responded":
        if moments.responded:
            return moments.responded, False
        due = respond and respond.verdict.deadline
        return due or None, bool(due)
    return moments.reported, False


def _choose(policy: Policy, found: tuple[Line, ...], reported: datetime) -> Line | None:
    """The line that holds for a fault reported then."""
    window = None
    for line in found:
        if line.window == "any":
            return line
        if window is None:
            window = "working" if policy.calendar.is_open(reported) else "off"
        if line.window == window:
            return line
    return None


def _judge(line, start, assumed, moments, stop, pauses, now) -> Judgement:
    if not line or not start:
        return NOTHING._replace(line=line, stop=stop)
    # What was done before the clock started was done in time.
    done = max(stop, start) if stop else None
    verdict = judge(start, line.promise, max(now, start), done, pauses)
    return Judgement(verdict, line, line.promise, start, stop, False, assumed)


def _judge_key(ordinary, promise, start, stop, pauses, now) -> Judgement:
    verdict = judge(start, promise, now, stop, pauses)
    known = ordinary.verdict.deadline
    if known and known <= verdict.deadline:
        return ordinary
    return Judgement(verdict, ordinary.line, promise, start, stop, True)


def get_first_deadlines(
    policy: Policy, severity: str, reported: datetime, in_key_period: bool = False
) -> dict[str, datetime | None]:
    """{target: deadline} as they stand when a fault has just been reported."""
    judged = judge_fault(
        policy, severity, Moments(reported), reported, (), in_key_period
    )
    return {target: each.verdict.deadline for target, each in judged.items()}
