"""From which day a payment term runs, and when the payment is due.

The term of a milestone starts from the day on which the last of the conditions that
start it is met, and is counted as the Civil Code counts (articles 201 to 203, see
``om_base.tools.periods``): the first day does not count, a last day that is a rest day
moves to the next working day. Other conditions only keep the payment back: Shunyi's
contract counts 30 working days from its effect, and owes nothing before the invoice.

While public funds are delayed for fiscal reasons nothing is in default; the payment
resumes within seven days after the cause is gone (Tongzhou's contract; the others have
clauses to the same effect).

Counting is the caller's: a function (date, length, unit) -> ``Counted``, so that one
working-day calendar judges everything.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from .trace import Between, Days, Step, Term, TraceError

RESUME_DAYS = 7


class Counted(Protocol):
    """A period as ``om_base.tools.periods.end_of_period`` counts it."""

    nominal_date: date
    final_date: date
    moved: bool
    provisional: bool
    notes: tuple[Any, ...]


Counter = Callable[[date, int, str], Counted]


class Condition(NamedTuple):
    """The day on which a condition is met (None: not known), and whether the term
    waits for it; ``key`` is the caller's own mark."""

    day: date | None
    starts_term: bool = True
    key: object = None


@dataclass(frozen=True, slots=True)
class Delay:
    """A fiscal delay, or a hold of the payment, from its first to its last day;
    ``end`` None: it lasts. ``resume_days``: how long after it the payment is due; what
    was held is due on the day of its release. ``key``: the caller's own mark."""

    start: date
    end: date | None = None
    resume_days: int = RESUME_DAYS
    key: object = None

    def covers(self, day: date) -> bool:
        """True on the days of the delay."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Due:
    """When a payment is due.

    ``start``: the day from which the term was counted; ``day``: the last day to pay,
    None while a fiscal delay without end holds it up; ``own_day``: the last day before
    any delay; ``resumed_after``: the delay that moved it; ``provisional``: a year that
    is not published was counted; ``steps``: what the day was reckoned by, in order
    (see :func:`retrace`).
    """

    start: date
    day: date | None
    own_day: date
    provisional: bool
    resumed_after: Delay | None = None
    steps: tuple[Step, ...] = ()


def _starting(conditions: Sequence[Condition]) -> list[Condition]:
    # A term that no condition starts would never run: then all of them start it.
    return [each for each in conditions if each.starts_term] or list(conditions)


def term_start(conditions: Sequence[Condition]) -> date | None:
    """The day from which the term runs; None while a condition that starts it is open,
    or without conditions.

    >>> term_start([Condition(date(2026, 1, 20)), Condition(None, starts_term=False)])
    datetime.date(2026, 1, 20)
    """
    days = [condition.day for condition in _starting(conditions)]
    if not days or None in days:
        return None
    return max(days)


def due_date(
    conditions: Sequence[Condition],
    value: int,
    unit: str,
    count: Counter,
    delays: Iterable[Delay] = (),
) -> Due | None:
    """The last day to pay a term of ``value`` ``unit`` (workday, day, month); None
    while the term does not run.

    * A term of 0 ends on its first day; a rest day moves like any last day (203).
    * What only keeps the payment back and comes later than the last day makes its own
      day the last one.
    * A fiscal delay that has begun by the last day moves it to the end of the seventh
      day after the delay, unless it is later anyway; delays that follow upon one
      another are gone through in the order of time. A payment already late when a
      delay begins keeps its day, and so does one that could not be asked for before
      the delay was over: it was never held up. A hold for an open breach does the same,
      without the seven days.

    :raises: what ``count`` raises
    """
    start = term_start(conditions)
    if start is None:
        return None
    period = count(start, value, unit)
    steps = _term_steps(start, value, unit, period)
    last = period.final_date
    for each in conditions:
        if each.day and not each.starts_term and each.day > last:
            last = each.day
            steps.append(Step("not_before", each.day, key=each.key))
    held = [each.day for each in conditions if each.day and not each.starts_term]
    asked = max([start, *held])
    own = _roll(last, count)
    if own.final_date != last:
        steps.append(Step("skipped", own.notes))
        steps.append(Step("rolled", own.final_date, law="203"))
    day, moved_by = own.final_date, None
    provisional = period.provisional or own.provisional
    for delay in sorted(delays, key=lambda delay: delay.start):
        if delay.start > day or (delay.end and delay.end < asked):
            continue
        if delay.end is None:
            steps.append(Step("held_up", Between(delay.start, None), key=delay.key))
            return Due(start, None, own.final_date, provisional, delay, tuple(steps))
        resumed = count(delay.end, delay.resume_days, "day")
        if resumed.final_date > day:
            day, moved_by = resumed.final_date, delay
            provisional = provisional or resumed.provisional
            steps.append(_delay_step(delay))
            steps.append(Step("resumed", day))
    return Due(start, day, own.final_date, provisional, moved_by, tuple(steps))


def _term_steps(start: date, value: int, unit: str, period: Counted) -> list[Step]:
    """From the first day of the term to its last."""
    steps = [
        Step("term_from", start, law="201"),
        Step("term", Term(value, unit)),
        Step("skipped", period.notes),
    ]
    if period.moved:
        steps.append(Step("last_day", period.nominal_date, law="203"))
    code = "end_provisional" if period.provisional else "end"
    return [*steps, Step(code, period.final_date)]


def _delay_step(delay: Delay) -> Step:
    code = "delayed" if delay.resume_days else "held"
    return Step(
        code,
        Between(delay.start, delay.end),
        key=delay.key,
        values={"days": Days(delay.resume_days)},
    )


def retrace(steps: Iterable[Step], count: Counter) -> date | None:
    """The day that these steps lead to, for who checks them; None while a delay lasts.

    :raises TraceError: a step says another day than those before it lead to
    """
    day, start, term = None, None, None
    for step in steps:
        match step.code:
            case "term_from":
                day = start = step.value
            case "term":
                term = step.value
                day = count(start, term.value, term.unit).final_date
            case "not_before":
                day = max(day, step.value)
            case "delayed" | "held":
                resumed = count(step.value.last, step.values["days"].number, "day")
                day = max(day, resumed.final_date)
            case "held_up":
                return None
            case "rolled":
                day = _roll(day, count).final_date
        if step.code in ("end", "end_provisional", "rolled", "resumed"):
            if step.value != day:
                raise TraceError(f"{step.code}: {step.value}, but it leads to {day}")
    return day


def _roll(day: date, count: Counter) -> Counted:
    """``day`` as the last day of a period: moved if it is a rest day."""
    return count(day - timedelta(days=1), 1, "day")


def end_of_service_months(start: date, months: int) -> date:
    """The last day of the first ``months`` months of a service that begins on
    ``start``: the day before the corresponding day, or where the month has no such
    day, its last (Civil Code, article 202).

    >>> end_of_service_months(date(2026, 6, 15), 9)
    datetime.date(2027, 3, 14)
    >>> end_of_service_months(date(2026, 3, 31), 1)
    datetime.date(2026, 4, 30)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, start.day) - timedelta(days=1)


def next_day_of_year(month: int, day: int, not_before: date) -> date:
    """The first ``day`` of ``month`` that is not before ``not_before``; the month's
    last day where it is shorter.

    >>> next_day_of_year(11, 1, date(2026, 3, 16))
    datetime.date(2026, 11, 1)
    >>> next_day_of_year(2, 29, date(2026, 3, 1))
    datetime.date(2027, 2, 28)
    """
    for year in (not_before.year, not_before.year + 1):
        found = date(year, month, min(day, monthrange(year, month)[1]))
        if found >= not_before:
            break
    return found
