"""From which day a payment term runs, and when the payment is due.

The term of a milestone starts from the day on which the last of its conditions is met
and is counted as the Civil Code counts (see ``om_base.tools.periods``): the first day
does not count, a last day that is a rest day moves. Working days are the contracts'
own unit.

While public funds are delayed for fiscal reasons nothing is in default; the payment
resumes within seven days after the cause is gone (Tongzhou's contract; the others have
clauses to the same effect).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from odoo.addons.om_base.tools.periods import PeriodEnd, end_of_period
from odoo.addons.om_base.tools.workdays import WorkdayCalendar

RESUME_DAYS = 7


@dataclass(frozen=True, slots=True)
class Delay:
    """A fiscal delay from its first to its last day; ``end`` None: it lasts."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """True on the days of the delay."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class DueDate:
    """When a payment is due.

    ``due``: the last day for it; None while a fiscal delay without end lasts.
    ``period``: the term as counted, before any delay. ``resumed_from``: the delay that
    moved the day.
    """

    due: date | None
    period: PeriodEnd
    resumed_from: Delay | None = None

    @property
    def provisional(self) -> bool:
        """True if a year that the State Council has not published was counted."""
        return self.period.provisional


def term_start(met: Sequence[date | None]) -> date | None:
    """The day from which the term runs: the last of the conditions' days; None while
    one of them is open or there is none."""
    if not met or any(day is None for day in met):
        return None
    return max(met)


def due_date(
    start: date,
    value: int,
    unit: str,
    workdays: WorkdayCalendar,
    delays: Iterable[Delay] = (),
) -> DueDate:
    """The last day to pay a term of ``value`` ``unit`` (workday, day, month).

    A delay that covers the last day moves it to the seventh day after the delay ends;
    delays that follow upon one another are gone through in the order of time.

    :raises PeriodError: unknown unit or negative value
    :raises CalendarRangeError: outside the calendar's years
    """
    period = end_of_period(start, value, unit, workdays)
    due, moved_by = period.final_date, None
    for delay in sorted(delays, key=lambda delay: delay.start):
        if not delay.covers(due):
            continue
        if delay.end is None:
            return DueDate(None, period, delay)
        due, moved_by = delay.end + timedelta(days=RESUME_DAYS), delay
    return DueDate(due, period, moved_by)


def days_in_default(due: date, today: date, delays: Iterable[Delay] = ()) -> int:
    """Days after ``due`` up to and including ``today`` on which the payer was in
    default: days of fiscal delay, and the seven days after each, do not count."""
    first = due + timedelta(days=1)
    if today < first:
        return 0
    excused = [
        (
            max(delay.start, first),
            today
            if delay.end is None
            else min(delay.end + timedelta(days=RESUME_DAYS), today),
        )
        for delay in delays
    ]
    days = (today - due).days
    reached = due
    for begin, end in sorted(span for span in excused if span[0] <= span[1]):
        begin = max(begin, reached + timedelta(days=1))
        if begin <= end:
            days -= (end - begin).days + 1
            reached = end
    return days
