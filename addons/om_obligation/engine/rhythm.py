"""The periods of what is owed.

* Periods of the calendar are its weeks (from Monday), thirds of a month (旬: 1st to
  10th, 11th to 20th, 21st to the end), months, quarters, half-years and years. Those
  of the service begin with its first day: a service from the 15th has months from the
  15th to the 14th. Months are added to the first day itself, so that the 31st is a
  shorter month's last day and the 31st again after it.
* A period that the service does not fill is cut to it. What it owes is a matter of the
  contract: the whole, or pro rata by days, rounded up (:data:`Partial`). Nothing here
  chooses: where it makes a difference and nobody has said, :class:`UndecidedError`.
* Several in a period ("twelve a year", "two a month") divide its days into as many
  equal parts.
* Some are owed on certain days only (every working day, the days of key periods): each
  such day is a period.
* A period's identity depends on the rhythm and the service's first day alone, so that
  planning once more, or further ahead, finds the same ones.

Days are local calendar days, both ends of a span included. Nothing here reads a clock.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple, get_args

_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_DAYS = {"week": 7, "ten_days": 10}
_MONTHS_OF_YEAR = 12

Per = Literal[
    "day",
    "workday",
    "week",
    "ten_days",
    "month",
    "quarter",
    "half_year",
    "year",
    "once",
    "event",
]
Basis = Literal["calendar", "service"]
Partial = Literal["whole", "pro_rata"]
PERS = get_args(Per)
# Each day is a period of its own.
DAILY = frozenset(("day", "workday"))


class UndecidedError(ValueError):
    """A period is not whole, and the contract does not say what it owes then.

    ``period``: the first such period.
    """

    def __init__(self, period: Period) -> None:
        super().__init__(f"{period.key} is not whole, and nobody has said what it owes")
        self.period = period


class RhythmError(ValueError):
    """A rhythm that means nothing."""


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included.

    >>> Span(date(2026, 1, 30), date(2026, 2, 2)).days
    4
    """

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __and__(self, other: Span) -> Span | None:
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


class Rhythm(NamedTuple):
    """``times`` in each period.

    ``partial``: what a period owes that the service does not fill; None where the
    contract does not say.
    """

    per: Per
    basis: Basis = "calendar"
    times: int = 1
    partial: Partial | None = None


class Period(NamedTuple):
    """One period in which something is owed.

    :param key: its identity, such as ``2026-09`` or ``2026/3``
    :param whole: the period, or the part of it that this one of several fills, as if
        the service had no ends
    :param served: what the service fills of it
    :param share: the part of a quantity that is owed, above 0 and at most 1
    """

    key: str
    whole: Span
    served: Span
    share: Fraction = Fraction(1)


def add_months(day: date, months: int) -> date:
    """The corresponding day, or the month's last one.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    index = day.year * _MONTHS_OF_YEAR + day.month - 1 + months
    year, month = divmod(index, _MONTHS_OF_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def periods(
    rhythm: Rhythm,
    service: Span,
    asked: Span,
    is_owed: Callable[[date], bool] | None = None,
    *,
    has_quantity: bool = False,
) -> list[Period]:
    """All periods that ``asked`` touches, in order of time; none for events.

    :param is_owed: for daily rhythms: whether a day is one of those owed
    :param has_quantity: more than one piece is owed in each, so that it matters what a
        period owes that is not whole
    :raises RhythmError: the rhythm means nothing
    :raises UndecidedError: see there
    """
    _check(rhythm, is_owed)
    days = asked & service
    if days is None or rhythm.per == "event":
        return []
    if rhythm.per == "once":
        return [Period("once", service, service)]
    found: list[Period] = []
    for key, span in _spans(rhythm, service.first, days):
        served = span & service
        if served is None or (is_owed and not is_owed(span.first)):
            continue
        found.extend(_owed(rhythm, key, span, served, has_quantity))
    return found


def _check(rhythm: Rhythm, is_owed: Callable[[date], bool] | None) -> None:
    if rhythm.per not in PERS or rhythm.basis not in get_args(Basis):
        raise RhythmError(f"{rhythm} is no rhythm")
    if rhythm.times < 1:
        raise RhythmError(f"{rhythm.times} in a period are not owed")
    single = rhythm.per in DAILY or rhythm.per in ("once", "event")
    if single and rhythm.times > 1:
        raise RhythmError("several a day, or of what comes once, are a quantity")
    if rhythm.per == "workday" and is_owed is None:
        raise RhythmError("working days need a calendar")
    if is_owed and rhythm.per not in DAILY:
        raise RhythmError("only days are owed on certain days")


def _owed(
    rhythm: Rhythm, key: str, span: Span, served: Span, has_quantity: bool
) -> Iterator[Period]:
    """The periods, or parts of one, that are owed in ``span``."""
    share = Fraction(served.days, span.days)
    matters = rhythm.times > 1 or has_quantity
    if share < 1 and matters and rhythm.partial is None:
        raise UndecidedError(Period(key, span, served, share))
    pro_rata = share < 1 and matters and rhythm.partial == "pro_rata"
    if rhythm.times == 1:
        yield Period(key, span, served, share if pro_rata else Fraction(1))
        return
    owed = rhythm.times * share if pro_rata else Fraction(rhythm.times)
    # More than one a day are not spread: a period has at least as many days.
    number = min(-(-owed.numerator // owed.denominator), served.days)
    for index in range(number):
        first = served.first + timedelta(days=index * served.days // number)
        after = served.first + timedelta(days=(index + 1) * served.days // number)
        part = Span(first, after - _DAY)
        yield Period(f"{key}/{index + 1}", part, part)


def _spans(rhythm: Rhythm, start: date, asked: Span) -> Iterator[tuple[str, Span]]:
    find = _calendar_span if rhythm.basis == "calendar" else _service_span
    day = asked.first
    while day <= asked.last:
        key, span = find(rhythm.per, start, day)
        yield key, span
        day = span.last + _DAY


def whole_period(rhythm: Rhythm, served: Span) -> Span:
    """The period by which people call what is owed for ``served``: the calendar's, of
    which it is a part; what comes once, that of its last year.

    >>> whole_period(Rhythm("month"), Span(date(2026, 2, 10), date(2026, 2, 28)))
    Span(first=datetime.date(2026, 2, 1), last=datetime.date(2026, 2, 28))
    """
    if rhythm.per == "once":
        return _calendar_span("year", served.last, served.last)[1]
    if rhythm.per == "event" or rhythm.basis == "service" or rhythm.times > 1:
        return served
    return _calendar_span(rhythm.per, served.first, served.first)[1]


def _calendar_span(per: Per, _start: date, day: date) -> tuple[str, Span]:
    """The period of the calendar in which ``day`` lies."""
    if per in DAILY:
        return day.isoformat(), Span(day, day)
    if per == "week":
        first = day - timedelta(days=day.weekday())
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02}", Span(first, first + 6 * _DAY)
    if per == "ten_days":
        third = min((day.day - 1) // 10, 2)
        first = day.replace(day=third * 10 + 1)
        last = first + 9 * _DAY
        if third == 2:
            last = day.replace(day=monthrange(day.year, day.month)[1])
        return f"{day:%Y-%m}-T{third + 1}", Span(first, last)
    length = _MONTHS[per]
    number = (day.month - 1) // length
    first = date(day.year, number * length + 1, 1)
    key = {
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{number + 1}",
        "half_year": f"{day.year}-H{number + 1}",
        "year": f"{day.year}",
    }[per]
    return key, Span(first, add_months(first, length) - _DAY)


def _service_span(per: Per, start: date, day: date) -> tuple[str, Span]:
    """The period, counted from the service's first day, in which ``day`` lies."""
    if per in DAILY:
        return day.isoformat(), Span(day, day)
    if per in _DAYS:
        length = _DAYS[per]
        first = start + timedelta(days=(day - start).days // length * length)
        last = first + timedelta(days=length - 1)
    else:
        length = _MONTHS[per]
        months = (day.year - start.year) * _MONTHS_OF_YEAR + day.month - start.month
        number = months // length
        if add_months(start, number * length) > day:
            number -= 1
        first = add_months(start, number * length)
        last = add_months(start, (number + 1) * length) - _DAY
    return f"{first}+{per}", Span(first, last)
