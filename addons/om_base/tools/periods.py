"""When a period ends: Civil Code of the PRC, articles 200 to 203.

* Years, months and days: the first day is not counted (201-1). A period of months
  or years ends on the day that corresponds to the first, or on the month's last
  day if there is none (202).
* A last day that is a rest day by law moves to the day after the rest (203-1). The
  last day ends at 24:00, or when business closes where there are business hours
  (203-2).
* Hours and minutes run from the moment itself (201-2) and never move.
* "N working days" is a term of contracts: the N-th working day after the day the
  period starts from. It can only end on a working day.

Moments are aware datetimes; dates are local dates of Asia/Shanghai.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from .workdays import (
    LAST_YEAR,
    CalendarRangeError,
    DayNote,
    WorkdayCalendar,
    check_date,
)

ZONE = ZoneInfo("Asia/Shanghai")
Unit = Literal["minute", "hour", "workday", "day", "month", "year"]
UNITS = get_args(Unit)
CLOCK_UNITS = frozenset(("minute", "hour"))


class PeriodError(ValueError):
    """The period cannot be counted: wrong unit, negative or broken length."""


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """The end of one period, with what is needed to check it by hand.

    ``nominal_date`` is the last day before article 203 is applied, ``final_date``
    after it; they differ exactly when ``moved``. ``ends_at`` is the first moment
    after the period (24:00 of the final day is 00:00 of the next), or the closing
    time. ``notes`` are the days skipped on the way: for working days all rest days
    and make-up days between, for other units the rest days that moved the end.
    ``provisional``: the result rests on a year that is not published yet.
    """

    start: date | datetime
    value: float
    unit: Unit
    nominal_date: date
    final_date: date
    ends_at: datetime
    moved: bool = False
    provisional: bool = False
    notes: tuple[DayNote, ...] = ()


def local_date(moment: date | datetime) -> date:
    """The date in Asia/Shanghai of an aware moment; a date is returned as it is.

    :raises PeriodError: a datetime without time zone
    """
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise PeriodError(f"{moment} has no time zone")
    return moment.astimezone(ZONE).date()


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later, or that month's last day.

    :raises CalendarRangeError: after the calendar's last year
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year > LAST_YEAR:
        raise CalendarRangeError(f"{months} months after {day}: after {LAST_YEAR}")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _whole(value: float, unit: str) -> int:
    if value != int(value):
        raise PeriodError(f"a period in {unit}s must be a whole number, not {value}")
    return int(value)


def _add_days(day: date, days: int) -> date:
    try:
        return check_date(day + timedelta(days=days))
    except OverflowError:
        raise CalendarRangeError(f"{days} days after {day}: out of range") from None


def _clock_end(start: datetime, value: float, unit: Unit) -> PeriodEnd:
    if not isinstance(start, datetime):
        raise PeriodError(f"hours and minutes run from a moment, not from {start!r}")
    check_date(local_date(start))
    try:
        ends_at = start.astimezone(ZONE) + timedelta(**{f"{unit}s": value})
    except OverflowError:
        raise CalendarRangeError(f"{value} {unit}s after {start}") from None
    day = check_date(ends_at.date())
    return PeriodEnd(start, value, unit, day, day, ends_at)


def end_of_period(
    start: date | datetime,
    value: float,
    unit: Unit,
    workdays: WorkdayCalendar,
    closes_at: time | None = None,
) -> PeriodEnd:
    """The end of a period of ``value`` ``unit``s that starts from ``start``.

    :param start: a local date, or an aware moment (needed for hours and minutes;
        for other units its date in Asia/Shanghai counts)
    :param value: at least 0, whole except for hours and minutes. A length of 0
        means at once: the day itself, not moved
    :param workdays: the working-day calendar to judge by
    :param closes_at: local closing time of business on the last day, if any
    :raises PeriodError: unknown unit, negative or broken value, naive datetime, a
        bare date for hours or minutes
    :raises CalendarRangeError: start or end outside the calendar
    """
    if unit not in UNITS:
        raise PeriodError(f"unknown unit {unit!r}, use one of {', '.join(UNITS)}")
    if not 0 <= value < float("inf"):
        raise PeriodError(f"a period has a length of 0 or more, not {value}")
    if unit in CLOCK_UNITS:
        return _clock_end(start, value, unit)

    first = check_date(local_date(start))
    number = _whole(value, unit)
    notes: list[DayNote] = []
    if unit == "workday":
        nominal = final = workdays.add_workdays(first, number)
        notes = workdays.explain(first, final)
        provisional = workdays.is_provisional_between(first, final)
    else:
        if unit == "day":
            nominal = _add_days(first, number)
        else:
            nominal = add_months(first, number * (12 if unit == "year" else 1))
        final = workdays.roll_forward(nominal) if number else nominal
        if final != nominal:
            one_day = timedelta(days=1)
            notes = workdays.explain(nominal - one_day, final - one_day)
        provisional = workdays.is_provisional_between(nominal, final)
    if closes_at is None:
        ends_at = datetime.combine(final + timedelta(days=1), time.min, ZONE)
    else:
        ends_at = datetime.combine(final, closes_at, ZONE)
    return PeriodEnd(
        start,
        value,
        unit,
        nominal,
        final,
        ends_at,
        moved=final != nominal,
        provisional=provisional and number > 0,
        notes=tuple(notes),
    )
