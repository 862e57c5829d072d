"""By which day something is owed.

The rules are those that contracts print. Each is reckoned from a period, of which the
last day is day 0, or from an event (an inspection, a repair, a request, an entry into
service, an expiry), which is a period of one day:

* ``period_end``: the last day itself; of an event, its day;
* ``next_first_workday``: the first working day of the month after the period;
* ``next_first_week``: the first seven days of that month, so its 7th;
* ``last_month_day``: the n-th of the period's last month;
* ``next_month_day``: the n-th of the first month after it;
* ``workdays_after``, ``days_after``, ``months_after``: the n-th after its last day
  (Civil Code, articles 201 and 202);
* ``days_before``: n days before it, such as before an expiry.

A month without the day takes its last one. Whether a day that is no working day moves
to the next one (article 203) is asked of the contract: some name the day itself.
``period_end`` and what a period with a cut end owes follow the day on which the service
ends; the rules of months follow the calendar's month, whether it was served to its end
or not.

The answer carries its steps, so that whoever doubts a day can reckon it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, Protocol, get_args

from .rhythm import Span, add_months

_DAY = timedelta(days=1)

Rule = Literal[
    "period_end",
    "next_first_workday",
    "next_first_week",
    "last_month_day",
    "next_month_day",
    "workdays_after",
    "days_after",
    "months_after",
    "days_before",
]
RULES = get_args(Rule)
# Rules that need a number, and the least that makes sense.
NUMBERED = {
    "last_month_day": 1,
    "next_month_day": 1,
    "workdays_after": 1,
    "days_after": 0,
    "months_after": 1,
    "days_before": 0,
}
LAST_OF_MONTH = 31
DAYS_OF_FIRST_WEEK = 7
# A due day beyond reason is a slip of the pen.
MOST = 3660

StepKind = Literal["period", "cut", "rule", "moved", "stays", "provisional"]


class Calendar(Protocol):
    """What is asked of the working-day calendar."""

    def is_workday(self, day: date) -> bool: ...

    def add_workdays(self, day: date, n: int) -> date: ...

    def roll_forward(self, day: date) -> date: ...

    def note(self, day: date) -> Any: ...

    def explain(self, a: date, b: date) -> list[Any]: ...

    def is_provisional_between(self, first: date, last: date) -> bool: ...


class DueError(ValueError):
    """The rule means nothing: unknown, or its number is out of range."""


@dataclass(frozen=True, slots=True)
class DueRule:
    """A due rule: its ``number`` where it has one, and whether a rest day ``moves``."""

    rule: Rule = "period_end"
    number: int = 0
    moves: bool = False

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise DueError(f"{self.rule!r} is no due rule")
        least = NUMBERED.get(self.rule, 0)
        most = LAST_OF_MONTH if self.rule.endswith("month_day") else MOST
        if self.rule in NUMBERED and not least <= self.number <= most:
            raise DueError(f"{self.rule} with {self.number}: from {least} to {most}")


class Step(NamedTuple):
    """One step of the reckoning.

    ``kind``: ``period`` (the period, or the event's day), ``cut`` (what was served of
    it), ``rule`` (the day the rule gives), ``moved`` (to the next working day;
    ``notes`` are the rest days between), ``stays`` (a rest day, and the contract does
    not move it), ``provisional`` (the State Council has not published that year).
    """

    kind: StepKind
    first: date
    last: date
    notes: tuple[Any, ...] = ()


class Due(NamedTuple):
    """The day: ``nominal`` by the rule, ``final`` after it may have moved."""

    nominal: date
    final: date
    provisional: bool
    steps: tuple[Step, ...]


def due_day(
    rule: DueRule,
    whole: Span,
    calendar: Calendar,
    served: Span | None = None,
) -> Due:
    """By which day what ``whole`` owes is due.

    :param whole: the period; an event is a period of one day
    :param served: what the service fills of it, if not the whole
    :raises CalendarRangeError: the day lies outside the calendar
    """
    served = served or whole
    steps = [Step("period", whole.first, whole.last)]
    if served != whole:
        steps.append(Step("cut", served.first, served.last))
    nominal = _nominal(rule, whole, served, calendar)
    steps.append(Step("rule", min(served.last, nominal), nominal))
    final = nominal
    if not calendar.is_workday(nominal):
        if rule.moves:
            final = calendar.roll_forward(nominal)
            notes = tuple(calendar.explain(nominal - _DAY, final - _DAY))
            steps.append(Step("moved", nominal, final, notes))
        else:
            note = calendar.note(nominal)
            steps.append(Step("stays", nominal, nominal, (note,) if note else ()))
    first = min(served.last, nominal) if _counts_workdays(rule) else nominal
    provisional = calendar.is_provisional_between(first, final)
    if provisional:
        steps.append(Step("provisional", final, final))
    return Due(nominal, final, provisional, tuple(steps))


def _counts_workdays(rule: DueRule) -> bool:
    return rule.rule in ("next_first_workday", "workdays_after")


def _nominal(rule: DueRule, whole: Span, served: Span, calendar: Calendar) -> date:
    end = served.last
    if rule.rule == "period_end":
        return end
    if rule.rule == "workdays_after":
        return calendar.add_workdays(end, rule.number)
    if rule.rule == "days_after":
        return end + timedelta(days=rule.number)
    if rule.rule == "months_after":
        return add_months(end, rule.number)
    if rule.rule == "days_before":
        return end - timedelta(days=rule.number)
    # The rules of months go by the period's last month, served to its end or not.
    if rule.rule == "last_month_day":
        return _day_of_month(whole.last, 0, rule.number)
    after = _day_of_month(whole.last, 1, 1)
    if rule.rule == "next_first_workday":
        return calendar.roll_forward(after)
    if rule.rule == "next_first_week":
        return after.replace(day=DAYS_OF_FIRST_WEEK)
    return _day_of_month(whole.last, 1, rule.number)


def _day_of_month(day: date, months: int, number: int) -> date:
    """The ``number``-th, or the last, of the month that many months after ``day``."""
    first = add_months(day.replace(day=1), months)
    last = add_months(first, 1) - _DAY
    return first.replace(day=min(number, last.day))
