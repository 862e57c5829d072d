"""A service promise as a whole: which line holds for a fault, and what became of it.

* A line belongs to a severity and a target. One whose window is ``working`` or ``off``
  holds when the fault was reported inside or outside its hours: that moment decides for
  all targets, whenever their clocks start (the emergency centre's table).
* A line may be bound to the channel of the report (a hotline has other hours than an
  e-mail address) and to places near or far. What is said for the case goes before what
  is said for all; where it is silent at that time of day, the next does.
* ``responded``: the clock of handling starts with the response, also with a late one:
  that it was late is one breach, of the response, not two. While nobody has responded
  it is reckoned provisionally from when the response is due. ``arrived``:
  likewise.
* ``dispatched``: the clock starts when it was decided to send somebody. Who arrived
  without a recorded dispatch is judged from the report. ``broken``: likewise, when a
  part was found broken; parts are owed only then, whatever their clock starts with.
* What stops the clock of a target: see ``AIMS``. A repair ends what leads to it: where
  nobody had to come, to plan or to send parts any more, that is done with the repair.
* In a key period its promises hold beside the ordinary ones: natural hours from the
  report for all severities, and the lines whose window is ``key``. The earliest
  deadline decides, so that a key period never makes it worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from .service_calendar import ServiceCalendar
from .sla import NO_VERDICT, Pause, Target, Verdict, judge
from .timeline import Times


class Aim(NamedTuple):
    """What can be promised, told once: a new one is a line of ``AIMS``, and has its
    place in the form. What it asks for is an event of ``timeline.KINDS``.

    ``label``: its name. ``due``: the name of its deadline. ``stops``: the events that
    keep it; the first one on record counts. ``needs``: owed only when this has
    happened, or what keeps it. ``main``: every contract may be asked about it; the
    others are there where they are printed. ``in_portal``: the unit reads on its page
    by when.
    """

    label: str
    due: str
    stops: tuple[str, ...]
    needs: str = ""
    main: bool = False
    in_portal: bool = True


AIMS = {
    "respond": Aim("Response", "Respond By", ("responded",), main=True),
    "onsite": Aim(
        "Arrival", "Arrive By", ("arrived", "fixed"), main=True, in_portal=False
    ),
    "fix": Aim("Repair", "Fix By", ("fixed",), main=True),
    "plan": Aim("Plan", "Plan By", ("planned", "fixed")),
    "parts": Aim("Parts", "Parts By", ("supplied", "fixed"), needs="broken"),
    "assess": Aim("Assessment", "Assess By", ("assessed", "fixed")),
}
TARGETS = tuple(AIMS)
MAIN_TARGETS = tuple(target for target, aim in AIMS.items() if aim.main)
NEEDS = {target: aim.needs for target, aim in AIMS.items() if aim.needs}


class Line(NamedTuple):
    """One promise of a policy; ``key`` is the caller's own mark, such as a row id.

    ``channel``: the caller's mark of the channel that it holds for; None: for every
    one. ``hours`` tell its working hours; None: those of the policy.
    ``unless_broken``: for small faults only, void when a part is found broken.
    """

    severity: str
    target: str
    promise: Target
    window: Literal["any", "working", "off", "key"] = "any"
    start: Literal["reported", "responded", "dispatched", "arrived", "broken"] = (
        "reported"
    )
    key: int | None = None
    channel: int | str | None = None
    reach: Literal["any", "near", "far"] = "any"
    hours: ServiceCalendar | None = None
    unless_broken: bool = False


class Policy(NamedTuple):
    """Lines, the calendar that tells working hours, and what key periods ask for."""

    calendar: ServiceCalendar
    lines: Mapping[tuple[str, str], tuple[Line, ...]]
    key_period: Mapping[str, Target]


class Case(NamedTuple):
    """What of a fault decides which lines hold, beside its severity and time.

    ``in_key_period``: the report fell into a key period of the system. ``is_far``: the
    system stands farther away than the promise calls near.
    """

    in_key_period: bool = False
    channel: int | str | None = None
    is_far: bool = False


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
ORDINARY = Case()


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
    moments: Times,
    now: datetime,
    pauses: Iterable[Pause] = (),
    case: Case = ORDINARY,
) -> dict[str, Judgement]:
    """Judge all targets of a fault: {target: judgement}.

    :param pauses: disjoint; see :func:`..sla.calculate`
    """
    pauses = tuple(pauses)
    judged: dict[str, Judgement] = {}
    for target in TARGETS:
        stop = _get_stop(target, moments)
        found = policy.lines.get((severity, target), ())
        line = _choose(policy, found, moments, case)
        start, assumed = _get_start(line, moments, judged, stop)
        judged[target] = _judge(line, start, assumed, stop, pauses, now)
        if not case.in_key_period:
            continue
        if key := policy.key_period.get(target):
            judged[target] = _judge_key(
                judged[target], key, moments.reported, stop, pauses, now
            )
        for line in found:
            start, _assumed = _get_start(line, moments, judged, stop)
            if line.window == "key" and _fits(line, case) and start:
                judged[target] = _judge_key(
                    judged[target], line.promise, start, stop, pauses, now
                )
    return judged


def _get_stop(target: str, moments: Times) -> datetime | None:
    """When the clock of a target stopped."""
    first, *others = (getattr(moments, name) for name in AIMS[target].stops)
    return first or next((at for at in others if at), None)


# What stands for an event that has not happened yet: when it is due.
_AHEAD = {"responded": "respond", "arrived": "onsite"}


def _get_start(line, moments, judged, stop):
    """(when the clock of a line starts, whether that is an assumption)"""
    if not line:
        return None, False
    needed = NEEDS.get(line.target)
    if needed and not (getattr(moments, needed) or _is_kept(line.target, moments)):
        return None, False
    if line.start == "dispatched":
        if moments.dispatched:
            return moments.dispatched, False
        return (moments.reported, True) if moments.arrived else (None, False)
    if line.start == "broken":
        if moments.broken:
            return moments.broken, False
        kept = stop and _is_kept(line.target, moments)
        return (moments.reported, True) if kept else (None, False)
    if line.start in _AHEAD:
        if happened := getattr(moments, line.start):
            return happened, False
        due = judged.get(_AHEAD[line.start], NOTHING).verdict.deadline
        return due, bool(due)
    return moments.reported, False


def _is_kept(target: str, moments: Times) -> bool:
    """Whether the target's own event is on record, not only the repair."""
    return bool(getattr(moments, AIMS[target].stops[0]))


def _fits(line: Line, case: Case) -> bool:
    if line.channel is not None and line.channel != case.channel:
        return False
    return line.reach == "any" or (line.reach == "far") == case.is_far


def _choose(
    policy: Policy, found: tuple[Line, ...], moments: Times, case: Case
) -> Line | None:
    """The line that holds for a fault reported then: the most particular one."""
    fitting = [
        line
        for line in found
        if line.window != "key"
        and _fits(line, case)
        and not (line.unless_broken and moments.broken)
    ]
    fitting.sort(key=lambda line: (line.channel is None, line.reach == "any"))
    for line in fitting:
        if line.window == "any":
            return line
        open_then = (line.hours or policy.calendar).is_open(moments.reported)
        if (line.window == "working") == open_then:
            return line
    return None


def _judge(line, start, assumed, stop, pauses, now) -> Judgement:
    if not line or not start:
        return NOTHING._replace(line=line, stop=stop)
    # What was done before the clock started was done in time.
    done = max(stop, start) if stop else None
    verdict = judge(start, line.promise, max(now, start), done, pauses)
    return Judgement(verdict, line, line.promise, start, stop, False, assumed)


def _judge_key(ordinary, promise, start, stop, pauses, now) -> Judgement:
    done = max(stop, start) if stop else None
    verdict = judge(start, promise, max(now, start), done, pauses)
    known = ordinary.verdict.deadline
    if known and known <= verdict.deadline:
        return ordinary
    return Judgement(verdict, ordinary.line, promise, start, stop, True)


def get_first_deadlines(
    policy: Policy,
    severity: str,
    reported: datetime,
    case: Case = ORDINARY,
) -> dict[str, datetime | None]:
    """{target: deadline} as they stand when a fault has just been reported.

    Beside the main targets those that are promised for it.
    """
    judged = judge_fault(policy, severity, Times(reported), reported, (), case)
    return {
        target: each.verdict.deadline
        for target, each in judged.items()
        if target in MAIN_TARGETS or each.promise
    }
