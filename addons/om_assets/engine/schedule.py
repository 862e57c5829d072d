"""Which inspections a plan owes, and on which day each is planned.

The rule, in the order in which a contract is read:

* A plan says how often (``times``) in each period (``every`` ``per``). Dates follow
  from the contract's period and this count alone, never from the day on which the last
  inspection was closed: twelve a year are twelve in the year however late one was.
* Periods of one week, one month and one quarter are those of the calendar (weeks from
  Monday), because the contract's reports and assessments are. Years, and periods of
  several units (every 10 days, every 6 months), are counted from the first day of
  service, so that "four a year" are four in each year of the contract. Months are
  added to the first day itself: the 31st is the month's last day in shorter months
  and the 31st again after them.
* A period that the service does not fill owes its count pro rata, rounded up: one a
  month from the 20th on is one; two a month from the 20th on are 2 x 12/31, so one.
  Of a count a year the plan says whether a service that is shorter than the year owes
  all of it, as it is printed, or its share.
* Some rhythms are of certain days: every working day, every Saturday, the day before a
  holiday and its last one. Each such day is a period, the others owe nothing.
* Inspections are spread evenly over the working days of the period. Daily ones fall on
  every day. A period without enough working days (a week of Spring Festival) is
  inspected on its other days: the contract owes it all the same.
* In time is what is done inside the period: the deadline is its last day of service.
* Key periods add inspections, see :class:`KeyRange`.

Every inspection has an identity (:attr:`Slot.key`) that depends on the rhythm and the
service's first day only, not on the days asked for: planning once more, or further
ahead, finds the same ones. Days are local calendar days; nothing here reads a clock.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple

# Steps by which plans of the same rhythm are shifted against each other.
PHASES = 360
_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}

# Units whose days are found by a rule; each day is a period of its own.
CERTAIN_DAYS = ("workday", "saturday", "before_holiday", "last_of_holiday")

Unit = Literal[
    "day",
    "workday",
    "saturday",
    "before_holiday",
    "last_of_holiday",
    "week",
    "month",
    "quarter",
    "year",
]
KeyRule = Literal["none", "double", "daily"]


class Rhythm(NamedTuple):
    """``times`` inspections in each period of ``every`` ``per``."""

    every: int
    per: Unit
    times: int

    @property
    def is_daily(self) -> bool:
        """True if every single day is owed, rest days included."""
        return self.per == "day" and self.every == 1

    @property
    def is_of_certain_days(self) -> bool:
        """True if only the days of a rule are owed."""
        return self.per in CERTAIN_DAYS

    @property
    def is_calendar(self) -> bool:
        """True if the periods are those of the calendar."""
        return self.every == 1 and self.per != "year"


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __and__(self, other: "Span") -> "Span | None":
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))


class KeyRange(NamedTuple):
    """A key period as the plan sees it.

    In it a plan with the rule ``double`` owes as many inspections again as its rhythm
    has for that many days, pro rata and rounded up, so at least one; with the rule
    ``daily`` each day is inspected, and days on which the rhythm has one anyway count.
    Both fall on rest days too: key periods mostly are.

    :param key: identity of the key period
    """

    key: str
    span: Span


class Slot(NamedTuple):
    """One inspection that is owed.

    :param key: identity, such as ``2026-03/1``
    :param period: identity of the period it is owed in
    :param planned: the day it is planned for
    :param until: last day of its part of the period; planned later than that it
        would crowd the next one
    :param deadline: last day on which it is in time
    """

    key: str
    period: str
    planned: date
    until: date
    deadline: date


class _Period(NamedTuple):
    key: str
    span: Span


class Planner:
    """Plans one rhythm over one service; immutable but for its cache."""

    def __init__(
        self,
        rhythm: Rhythm,
        service: Span,
        is_workday: Callable[[date], bool],
        phase: int = 0,
        key_rule: KeyRule = "none",
        key_ranges: Iterable[KeyRange] = (),
        is_owed: Callable[[date], bool] | None = None,
        in_full: bool = False,
    ) -> None:
        """
        :param service: first and last day of service; the last day may lie far ahead
        :param phase: 0 to :data:`PHASES` - 1; plans of one place share it, so that
            one visit serves them all, and other places have another
        :param key_ranges: disjoint key periods
        :param is_owed: whether a day is one of the rhythm's certain days
        :param in_full: a service that is shorter than the year owes the whole count of
            a year; what is left of a longer one owes its share all the same
        :raises ValueError: a rhythm or phase that means nothing, key periods overlap
        """
        if rhythm.every < 1 or rhythm.times < 1:
            raise ValueError(f"{rhythm} is no rhythm")
        if rhythm.is_of_certain_days and (rhythm.every > 1 or is_owed is None):
            raise ValueError(f"{rhythm} has no rule of its days, or skips some")
        if not 0 <= phase < PHASES:
            raise ValueError(f"phase {phase} is not from 0 to {PHASES - 1}")
        self._rhythm = rhythm
        self._service = service
        self._is_workday = is_workday
        self._is_owed = is_owed
        self._in_full = in_full and rhythm.per == "year"
        self._phase = phase
        self._key_rule = key_rule
        self._key_ranges = sorted(key_ranges, key=lambda each: each.span)
        for before, after in zip(self._key_ranges, self._key_ranges[1:], strict=False):
            if before.span.last >= after.span.first:
                raise ValueError(f"{before} and {after} overlap")
        self._regular: dict[str, list[Slot]] = {}

    def slots(self, asked: Span) -> list[Slot]:
        """All inspections of the periods that ``asked`` touches, in order of time.

        Whole periods: what depends on a part of one would depend on what was asked.
        """
        asked = asked & self._service
        if asked is None:
            return []
        result = [
            slot for period in self._periods(asked) for slot in self._owed(period)
        ]
        for key_range in self._key_ranges:
            span = key_range.span & self._service
            if span and span & asked:
                result.extend(self._owed_in_key_range(key_range.key, span))
        return sorted(result, key=lambda slot: (slot.planned, slot.key))

    def period_key(self, day: date) -> str:
        """Identity of the period that ``day`` lies in."""
        return self._period_of(day).key

    # -- periods ------------------------------------------------------------

    def _periods(self, asked: Span) -> Iterator[_Period]:
        period = self._period_of(asked.first)
        while period.span.first <= asked.last:
            yield period
            period = self._period_of(period.span.last + _DAY)

    def _period_of(self, day: date) -> _Period:
        rhythm = self._rhythm
        if not rhythm.is_calendar:
            return self._block_of(day)
        if rhythm.per == "day" or rhythm.is_of_certain_days:
            return _Period(day.isoformat(), Span(day, day))
        if rhythm.per == "week":
            first = day - timedelta(days=day.weekday())
            year, week, _weekday = day.isocalendar()
            return _Period(f"{year}-W{week:02}", Span(first, first + timedelta(days=6)))
        if rhythm.per == "month":
            last = monthrange(day.year, day.month)[1]
            span = Span(day.replace(day=1), day.replace(day=last))
            return _Period(f"{day:%Y-%m}", span)
        quarter = (day.month - 1) // 3
        first = date(day.year, 3 * quarter + 1, 1)
        span = Span(first, _add_months(first, 3) - _DAY)
        return _Period(f"{day.year}-Q{quarter + 1}", span)

    def _block_of(self, day: date) -> _Period:
        """The period of several units that ``day`` lies in, counted from the first day
        of service."""
        rhythm, start = self._rhythm, self._service.first
        if rhythm.per in _DAYS:
            length = rhythm.every * _DAYS[rhythm.per]
            number = (day - start).days // length
            first = start + timedelta(days=number * length)
            last = first + timedelta(days=length - 1)
        else:
            length = rhythm.every * _MONTHS[rhythm.per]
            months = (day.year - start.year) * 12 + day.month - start.month
            number = months // length
            if _add_months(start, number * length) > day:
                number -= 1
            first = _add_months(start, number * length)
            last = _add_months(start, (number + 1) * length) - _DAY
        key = f"{first}+{rhythm.every}{rhythm.per}"
        return _Period(key, Span(first, last))

    # -- what is owed -------------------------------------------------------

    def _owed(self, period: _Period) -> list[Slot]:
        slots = self._regular.get(period.key)
        if slots is None:
            served = period.span & self._service
            share = self._share(period, served)
            count = -(-share.numerator // share.denominator)
            if self._in_full and served == self._service:
                count = self._rhythm.times
            days = list(served)
            if not (self._rhythm.is_daily or self._rhythm.is_of_certain_days):
                worked = [day for day in days if self._is_workday(day)]
                days = worked if len(worked) >= count else days
            slots = self._spread(period.key, count, days, served.last)
            self._regular[period.key] = slots
        return slots

    def _share(self, period: _Period, served: Span) -> Fraction:
        """What the served days of a period owe, before it is rounded up."""
        if self._rhythm.is_of_certain_days and not self._is_owed(period.span.first):
            return Fraction(0)
        return Fraction(self._rhythm.times * served.days, period.span.days)

    def _spread(
        self, key: str, count: int, days: Sequence[date], last: date
    ) -> list[Slot]:
        """``count`` inspections spread evenly over ``days``, each in its own part."""
        total, slots = len(days), []
        for number in range(count):
            index = (number * PHASES + self._phase) * total // (count * PHASES)
            after = (number + 1) * total // count
            planned = days[index]
            until = days[after] - _DAY if number + 1 < count else last
            slots.append(
                Slot(f"{key}/{number + 1}", key, planned, max(planned, until), last)
            )
        return slots

    def _owed_in_key_range(self, key: str, span: Span) -> list[Slot]:
        key = f"K{key}"
        periods = list(self._periods(span))
        if self._key_rule == "double":
            share = sum(self._share(period, period.span & span) for period in periods)
            count = max(-(-share.numerator // share.denominator), 1)
            slots = self._spread(key, count, list(span), span.last)
            if self._rhythm.is_daily or self._rhythm.is_of_certain_days:
                slots = [
                    slot._replace(until=slot.planned, deadline=slot.planned)
                    for slot in slots
                ]
            return slots
        if self._key_rule == "daily":
            planned = {
                slot.planned for period in periods for slot in self._owed(period)
            }
            return [
                Slot(f"{key}/{day}", key, day, day, day)
                for day in span
                if day not in planned
            ]
        return []


def phase_of(place: int) -> int:
    """The phase of a place known by a number, such as the id of its unit.

    Consecutive numbers come to lie far apart and fill the period evenly (multiples of
    the golden ratio modulo one), and a place keeps its phase whatever others come.

    >>> phase_of(1), phase_of(2), phase_of(3)
    (222, 84, 307)
    """
    return place * 0x9E3779B1 % 2**32 * PHASES >> 32


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
