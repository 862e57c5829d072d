"""Working days of the People's Republic of China.

What decides whether a day is worked, strongest first:

1. an override given by the caller (a contract's own day, or a State Council list
   that the library does not know yet);
2. the State Council's lists as ``chinese_calendar`` transcribes them (rest days
   and make-up days), for the years it covers;
3. for other years the statutory days that follow from the Regulation on Public
   Holidays (全国年节及纪念日放假办法) as ``holidays`` computes them. Nobody can know
   these years' make-up days, so such a year is *provisional*;
4. Monday to Friday are worked, Saturday and Sunday are not.

Dates are local dates (Asia/Shanghai). Nothing here reads a clock or a database.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import holidays as statutory_library
from chinese_calendar import constants as state_council

FIRST_YEAR = 1950
LAST_YEAR = 2099
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# The years for which the State Council's lists are in the library.
PUBLISHED_YEARS = frozenset(day.year for day in state_council.holidays)

DayKind = Literal["weekend", "holiday", "makeup"]


class CalendarRangeError(ValueError):
    """A date, or the result of counting, lies outside FIRST_YEAR..LAST_YEAR."""


@dataclass(frozen=True, slots=True)
class RestDay:
    """A weekday or weekend day that is a rest day by name.

    ``compensatory`` marks the day off for a statutory day that fell on a weekend:
    the law grants it, the State Council chooses its date.
    """

    name: str
    compensatory: bool = False


@dataclass(frozen=True, slots=True)
class DayNote:
    """Why one day is not what its weekday suggests, or is a weekend.

    ``kind``: ``weekend`` (ordinary Saturday or Sunday), ``holiday`` (rest day by
    name), ``makeup`` (worked although the weekday or the law says otherwise).
    ``name`` is empty for weekends and unnamed days; names that come from the
    libraries are the English names of ``HOLIDAY_NAMES``.
    """

    date: date
    kind: DayKind
    name: str = ""
    provisional: bool = False


# Library wording -> one English name per holiday.
_CANONICAL = (
    ("new year's day", "New Year's Day"),
    ("spring festival", "Spring Festival"),
    ("chinese new year", "Spring Festival"),
    ("tomb-sweeping", "Tomb-sweeping Day"),
    ("labo", "Labour Day"),
    ("dragon boat", "Dragon Boat Festival"),
    ("mid-autumn", "Mid-autumn Festival"),
    ("national day", "National Day"),
    ("anti-fascist", "Victory Day"),
)
HOLIDAY_NAMES = tuple(dict.fromkeys(name for _key, name in _CANONICAL))


def _canonical_name(library_name: str) -> str:
    lowered = library_name.lower()
    for key, name in _CANONICAL:
        if key in lowered:
            return name
    return library_name


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def computed_rest_days(year: int) -> Mapping[date, RestDay]:
    """Statutory rest days of ``year`` by computation, without make-up days."""
    result = {}
    # The names tell the kind of day; unasked, they come in the machine's language.
    library = statutory_library.country_holidays("CN", years=year, language="en_US")
    for day, name in library.items():
        # Exchanged days off belong to a published list and mean nothing without
        # the weekend days worked for them.
        if day.year == year and not name.startswith("Day off"):
            result[day] = RestDay(_canonical_name(name), "(observed)" in name)
    return MappingProxyType(result)


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def base_days(year: int) -> Mapping[date, tuple[bool, str]]:
    """What the libraries say of ``year``: {day: (is worked, name)}.

    Holds only the days that a library names, so that what is absent follows its
    weekday.
    """
    if year in PUBLISHED_YEARS:
        result = {
            day: (False, _canonical_name(name))
            for day, name in state_council.holidays.items()
            if day.year == year
        }
        result |= {
            day: (True, _canonical_name(name))
            for day, name in state_council.workdays.items()
            if day.year == year
        }
    else:
        result = {
            day: (False, rest.name) for day, rest in computed_rest_days(year).items()
        }
    return MappingProxyType(result)


def is_weekend(day: date) -> bool:
    """True on Saturday and Sunday, whatever is worked."""
    return day.weekday() >= _SATURDAY


def check_date(day: date) -> date:
    """``day`` itself if the calendar can judge it.

    :raises TypeError: not a date; a datetime is refused because it has no local
        date without a time zone
    :raises CalendarRangeError: outside FIRST_YEAR..LAST_YEAR
    """
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"a date is expected, not {day!r}")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CalendarRangeError(
            f"{day} is outside the calendar ({FIRST_YEAR} to {LAST_YEAR})"
        )
    return day


class WorkdayCalendar:
    """Answers what is worked; immutable, so that it may be cached and shared.

    Each year becomes one sorted tuple of the ordinals of its working days the first
    time it is asked for; a question is then one bisection, plus one addition for
    each whole year between.
    """

    __slots__ = ("_names", "_official_years", "_overrides", "_years")

    def __init__(
        self,
        overrides: Mapping[date, bool] | None = None,
        names: Mapping[date, str] | None = None,
        official_years: Iterable[int] = (),
    ) -> None:
        """
        :param overrides: {day: True if worked, False if a rest day}
        :param names: {day: name shown for an override}
        :param official_years: years whose State Council list is in ``overrides``
        :raises CalendarRangeError: an override outside the calendar
        """
        self._overrides = MappingProxyType(
            {check_date(day): bool(worked) for day, worked in (overrides or {}).items()}
        )
        self._names = MappingProxyType(dict(names or {}))
        self._official_years = frozenset(official_years)
        self._years: dict[int, tuple[int, ...]] = {}

    # -- days ---------------------------------------------------------------

    def _judge(self, day: date) -> tuple[bool, str, bool]:
        """(is worked, name, is named by an override or a library)"""
        base = base_days(day.year).get(day)
        worked = self._overrides.get(day)
        if worked is not None:
            inherited = base[1] if base and base[0] == worked else ""
            return worked, self._names.get(day) or inherited, True
        if base is not None:
            return base[0], base[1], True
        return not is_weekend(day), "", False

    def is_workday(self, day: date) -> bool:
        """True if ``day`` is worked.

        :raises CalendarRangeError: outside the calendar
        """
        return self._judge(check_date(day))[0]

    def is_before_holiday(self, day: date) -> bool:
        """True if ``day`` is worked and a holiday begins the next day.

        A holiday is a run of rest days with at least one by name in it: a weekend
        beside it belongs to it, a plain weekend is none.

        :raises CalendarRangeError: outside the calendar
        """
        return self.is_workday(day) and self._is_in_holiday(day, _ONE_DAY)

    def is_last_of_holiday(self, day: date) -> bool:
        """True if ``day`` is the last of a holiday: see :meth:`is_before_holiday`.

        :raises CalendarRangeError: outside the calendar
        """
        after = day + _ONE_DAY
        return self.is_workday(after) and self._is_in_holiday(after, -_ONE_DAY)

    def is_plain_saturday(self, day: date) -> bool:
        """True on a Saturday that is a rest day as a weekend and no holiday.

        Where a counter is open on Saturday mornings beside its working days: a make-up
        Saturday is worked like any day, and one in a holiday is not served.

        :raises CalendarRangeError: outside the calendar
        """
        note = self.note(day) if day.weekday() == _SATURDAY else None
        return bool(note) and note.kind == "weekend"

    def _is_in_holiday(self, day: date, step: timedelta) -> bool:
        """True if the rest days that follow ``day``, or precede it, are a holiday."""
        day += step
        while FIRST_YEAR <= day.year <= LAST_YEAR:
            worked, _name, named = self._judge(day)
            if worked or named:
                return not worked
            day += step
        return False

    def is_provisional(self, day: date) -> bool:
        """True if nobody has published ``day``'s year: make-up days are missing.

        :raises CalendarRangeError: outside the calendar
        """
        return self._is_provisional_year(check_date(day).year)

    def _is_provisional_year(self, year: int) -> bool:
        return year not in PUBLISHED_YEARS and year not in self._official_years

    def is_provisional_between(self, first: date, last: date) -> bool:
        """True if any year touched from ``first`` to ``last`` is provisional."""
        low, high = sorted((check_date(first).year, check_date(last).year))
        return any(map(self._is_provisional_year, range(low, high + 1)))

    # -- counting -----------------------------------------------------------

    def _year(self, year: int) -> tuple[int, ...]:
        ordinals = self._years.get(year)
        if ordinals is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise CalendarRangeError(
                    f"counting leaves the calendar ({FIRST_YEAR} to {LAST_YEAR})"
                )
            start = date(year, 1, 1).toordinal()
            end = date(year, 12, 31).toordinal()
            ordinals = tuple(
                ordinal
                for ordinal in range(start, end + 1)
                if self._judge(date.fromordinal(ordinal))[0]
            )
            self._years[year] = ordinals
        return ordinals

    def add_workdays(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``, which itself is day 0.

        A negative ``n`` counts working days before ``day``; 0 gives ``day`` itself,
        worked or not.

        :raises TypeError: ``n`` is not a whole number
        :raises CalendarRangeError: start or result outside the calendar
        """
        check_date(day)
        if not isinstance(n, int) or isinstance(n, bool):
            raise TypeError(f"a whole number of working days is expected, not {n!r}")
        if n == 0:
            return day
        year = day.year
        ordinals = self._year(year)
        if n > 0:
            index = bisect_right(ordinals, day.toordinal()) + n - 1
            while index >= len(ordinals):
                index -= len(ordinals)
                year += 1
                ordinals = self._year(year)
        else:
            index = bisect_left(ordinals, day.toordinal()) + n
            while index < 0:
                year -= 1
                ordinals = self._year(year)
                index += len(ordinals)
        return date.fromordinal(ordinals[index])

    def count_workdays(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and including ``b``.

        If ``b`` is before ``a``: minus the working days from ``b`` up to but not
        including ``a``. So ``count_workdays(d, add_workdays(d, n)) == n`` for each
        ``n``.

        :raises CalendarRangeError: a date outside the calendar
        """
        check_date(a)
        check_date(b)
        if a <= b:
            return self._before(b.year, b.toordinal() + 1, a.year, a.toordinal() + 1)
        return -self._before(a.year, a.toordinal(), b.year, b.toordinal())

    def _before(self, year: int, ordinal: int, low_year: int, low: int) -> int:
        """Working days with low <= ordinal of the day < ordinal."""
        count = bisect_left(self._year(year), ordinal)
        count -= bisect_left(self._year(low_year), low)
        return count + sum(len(self._year(each)) for each in range(low_year, year))

    def roll_forward(self, day: date) -> date:
        """``day`` if it is worked, else the next working day.

        :raises CalendarRangeError: start or result outside the calendar
        """
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    # -- explaining ---------------------------------------------------------

    def note(self, day: date) -> DayNote | None:
        """Why ``day`` is a rest day or specially worked; None on plain weekdays.

        :raises CalendarRangeError: outside the calendar
        """
        worked, name, named = self._judge(check_date(day))
        provisional = self._is_provisional_year(day.year)
        if worked:
            base = base_days(day.year).get(day)
            unusual = is_weekend(day) or (base is not None and not base[0])
            return DayNote(day, "makeup", name, provisional) if unusual else None
        if is_weekend(day) and not (named and name):
            return DayNote(day, "weekend", "", provisional)
        return DayNote(day, "holiday", name, provisional)

    def explain(self, a: date, b: date) -> list[DayNote]:
        """Notes on the days that ``count_workdays(a, b)`` looked at, in order.

        These are the days skipped, with the reason, and the make-up days counted:
        whoever checks a date by hand needs no other.

        :raises CalendarRangeError: a date outside the calendar
        """
        check_date(a)
        check_date(b)
        start, stop = (a + _ONE_DAY, b) if a <= b else (b, a - _ONE_DAY)
        days = (
            date.fromordinal(each)
            for each in range(start.toordinal(), stop.toordinal() + 1)
        )
        return [note for day in days if (note := self.note(day)) is not None]
