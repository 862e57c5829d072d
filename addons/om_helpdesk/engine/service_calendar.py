"""Service hours: when the clock of a promise runs.

A calendar is either served around the clock, and then nothing stops it (no holiday
does, National Day included), or it has windows per weekday, as many a day as needed.

What is served on which day:

* A calendar that does not observe holidays (7x12: daily, also on National Day) is
  served by the windows of the weekday, always.
* A calendar that observes them is closed on rest days by law. A Monday to Friday that
  is worked is served by its own windows, a plain Saturday or Sunday too, if it has any.
* On a make-up day (调休: a Saturday or Sunday that is worked) the calendar is served by
  the windows of a working day: those of its first weekday, Monday to Friday, that has
  any. The notices of the State Council do not say which weekday such a day stands for.

Windows are half-open: at 18:00 sharp a window up to 18:00 is over, and a deadline may
fall on that instant.

Instants are aware datetimes, answers are in Asia/Shanghai; fractions of a second are
cut off. The calendar starts in 1992, when the last summer time was over, so that a
local second is a second. Nothing here reads a clock or a database.

A year becomes one list of sums the first time it is asked for; a question is then one
bisection, and an addition for each whole year between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR = 1992
LAST_YEAR = 2099
DAY = 86400
_SATURDAY = 5
# Local midnight of 1970-01-01, from which local seconds are counted.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC) - timedelta(hours=8)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_FIRST = (date(FIRST_YEAR, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY
_LAST = (date(LAST_YEAR + 1, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY


class SlaError(ValueError):
    """A question that has no answer: naive time, broken window, overlap."""


class SlaRangeError(SlaError):
    """An instant, or the result of counting, outside FIRST_YEAR..LAST_YEAR."""


class Note(Protocol):
    """What a working-day calendar says of an unusual day."""

    date: date
    kind: str
    name: str
    provisional: bool


class Workdays(Protocol):
    """What is needed of a working-day calendar."""

    def is_workday(self, day: date) -> bool: ...

    def is_provisional(self, day: date) -> bool: ...

    def add_workdays(self, day: date, n: int) -> date: ...

    def count_workdays(self, a: date, b: date) -> int: ...

    def note(self, day: date) -> Note | None: ...


class Window(NamedTuple):
    """Served from minute ``start`` to minute ``end`` of a weekday (0 is Monday)."""

    weekday: int
    start: int
    end: int


class SkippedDay(NamedTuple):
    """A whole day without service.

    ``kind``: ``holiday`` (rest day by name), ``weekend``, ``closed`` (the calendar has
    no windows on that weekday). ``provisional``: its year is not published yet.
    """

    date: date
    kind: str
    name: str = ""
    provisional: bool = False


class Skip(NamedTuple):
    """Time between two windows, and the whole days in it."""

    start: datetime
    end: datetime
    days: tuple[SkippedDay, ...] = ()


class _Year(NamedTuple):
    first: int  # number of its 1 January, counted from 1970-01-01
    before: list[int]  # service seconds of the year before each day, and of all of it
    days: list[tuple[tuple[int, int], ...]]  # windows of each day, in seconds


def to_local(moment: datetime) -> int:
    """Local seconds since 1970-01-01 00:00 in Asia/Shanghai.

    :raises SlaError: no aware datetime
    :raises SlaRangeError: outside the calendar
    """
    try:
        delta = moment - _EPOCH
    except TypeError:
        raise SlaError(f"a moment with a time zone is expected, not {moment!r}") from (
            None
        )
    local = delta.days * DAY + delta.seconds
    if not _FIRST <= local <= _LAST:
        raise SlaRangeError(f"{moment} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return local


def to_moment(local: int) -> datetime:
    """The aware moment of local seconds.

    :raises SlaRangeError: outside the calendar
    """
    if not _FIRST <= local <= _LAST:
        raise SlaRangeError(f"counting leaves {FIRST_YEAR} to {LAST_YEAR}")
    return (_EPOCH + timedelta(seconds=local)).astimezone(ZONE)


def to_date(moment: datetime) -> date:
    """The local date of a moment."""
    return date.fromordinal(to_local(moment) // DAY + _EPOCH_ORDINAL)


def at_second(day: date, second: int) -> datetime:
    """The moment ``second`` seconds after local midnight of ``day``."""
    return to_moment((day.toordinal() - _EPOCH_ORDINAL) * DAY + second)


class ServiceCalendar:
    """Answers how much service time there is; immutable, to be cached and shared."""

    __slots__ = ("_week", "_years", "always", "holidays", "name", "workdays")

    def __init__(
        self,
        windows: Iterable[Window] = (),
        workdays: Workdays | None = None,
        *,
        always: bool = False,
        holidays: bool = True,
        name: str = "",
    ) -> None:
        """
        :param windows: in any order; those of a weekday may touch, not overlap
        :param workdays: judges rest days and make-up days
        :param always: served around the clock; windows and holidays mean nothing
        :param holidays: closed on rest days, served on make-up days
        :raises SlaError: no window at all, a broken one, two that overlap; holidays
            observed without ``workdays``
        """
        self.always = always
        self.holidays = holidays and not always
        self.workdays = workdays
        self.name = name
        self._years: dict[int, _Year] = {}
        if self.holidays and workdays is None:
            raise SlaError("holidays cannot be observed without working days")
        self._week = self._sort(windows) if not always else ((),) * 7

    @staticmethod
    def _sort(windows: Iterable[Window]) -> tuple[tuple[tuple[int, int], ...], ...]:
        week: list[list[tuple[int, int]]] = [[] for _weekday in range(7)]
        for weekday, start, end in windows:
            if not (0 <= weekday < 7 and 0 <= start < end <= 1440):
                raise SlaError(f"no window: weekday {weekday}, {start} to {end}")
            week[weekday].append((start * 60, end * 60))
        for day in week:
            day.sort()
            if any(end > start for (_a, end), (start, _b) in zip(day, day[1:])):  # noqa: B905
                raise SlaError(f"windows overlap: {day}")
        if not any(week):
            raise SlaError("a calendar needs a window")
        return tuple(map(tuple, week))

    def tell(self) -> dict:
        """What decides its answers, but the working days, as plain values: windows as
        (weekday, first second, last second)."""
        return {
            "always": self.always,
            "holidays": self.holidays,
            "windows": [
                [weekday, start, end]
                for weekday, windows in enumerate(self._week)
                for start, end in windows
            ],
        }

    # -- days ---------------------------------------------------------------

    def _get_windows(self, day: date) -> tuple[tuple[int, int], ...]:
        """The windows of one day, in seconds after midnight."""
        own = self._week[day.weekday()]
        if not self.holidays:
            return own
        note = self.workdays.note(day)
        if note is None or note.kind == "weekend":
            return own
        if note.kind == "holiday":
            return ()
        if day.weekday() < _SATURDAY:
            return own
        return next((each for each in self._week[:_SATURDAY] if each), own)

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise SlaRangeError(f"counting leaves {FIRST_YEAR} to {LAST_YEAR}")
            first = date(year, 1, 1).toordinal()
            days, before, total = [], [0], 0
            for ordinal in range(first, date(year + 1, 1, 1).toordinal()):
                windows = self._get_windows(date.fromordinal(ordinal))
                total += sum(end - start for start, end in windows)
                days.append(windows)
                before.append(total)
            found = _Year(first - _EPOCH_ORDINAL, before, days)
            self._years[year] = found
        return found

    def serves(self, day: date) -> bool:
        """True if there is service on ``day``."""
        return self.always or bool(self._get_windows(day))

    def closes(self, day: date) -> int:
        """Second of the day at which business closes; 24:00 if it does not."""
        windows = () if self.always else self._get_windows(day)
        return windows[-1][1] if windows else DAY

    # -- measuring ----------------------------------------------------------

    def _position(self, local: int) -> tuple[int, int]:
        """(year, service seconds since its 1 January)"""
        day, second = divmod(local, DAY)
        if local == _LAST:
            return LAST_YEAR, self._year(LAST_YEAR).before[-1]
        number = date.fromordinal(day + _EPOCH_ORDINAL).year
        year = self._years.get(number) or self._year(number)
        index = day - year.first
        served = year.before[index]
        for start, end in year.days[index]:
            if second <= start:
                break
            served += (second if second < end else end) - start
        return number, served

    def elapsed(self, a: datetime, b: datetime) -> int:
        """Service seconds from ``a`` to ``b``; negative if ``b`` is before ``a``."""
        first, last = to_local(a), to_local(b)
        if self.always:
            return last - first
        if last < first:
            return -self._between(last, first)
        return self._between(first, last)

    def _between(self, first: int, last: int) -> int:
        low, before = self._position(first)
        high, after = self._position(last)
        whole = sum(self._year(year).before[-1] for year in range(low, high))
        return whole + after - before

    def add(self, start: datetime, seconds: int) -> datetime:
        """The first instant at which ``seconds`` of service have passed.

        After the last second of a day's service this is the closing time, not the next
        opening. No time at all is up as soon as there is service: ``next_open``.

        :raises SlaError: a negative number
        :raises SlaRangeError: counting leaves the calendar
        """
        if seconds < 0:
            raise SlaError(f"service time cannot be negative: {seconds}")
        if self.always:
            return to_moment(to_local(start) + seconds)
        number, served = self._position(to_local(start))
        return self._find(number, served + seconds, bool(seconds))

    def next_open(self, moment: datetime) -> datetime:
        """``moment`` itself if there is service then, else the next opening."""
        if self.always:
            return moment
        number, served = self._position(to_local(moment))
        return self._find(number, served, False)

    def is_open(self, moment: datetime) -> bool:
        """True if there is service at ``moment``."""
        return self.always or to_local(self.next_open(moment)) == to_local(moment)

    def _find(self, number: int, served: int, first: bool) -> datetime:
        """The first, or else the last, instant with that much service in a year."""
        year = self._year(number)
        total = year.before[-1]
        while served > total or (served == total and not first):
            served -= total
            number += 1
            year = self._year(number)
            total = year.before[-1]
        bisect = bisect_left if first else bisect_right
        index = bisect(year.before, served) - 1
        rest = served - year.before[index]
        for start, end in year.days[index]:
            length = end - start
            if rest < length or (first and rest == length):
                return to_moment((year.first + index) * DAY + start + rest)
            rest -= length
        raise AssertionError("the sums of a year do not fit its windows")

    # -- explaining ---------------------------------------------------------

    def skips(self, a: datetime, b: datetime) -> tuple[Skip, ...]:
        """The spans without service from ``a`` to ``b``, and why, in order."""
        if self.always:
            return ()
        first, last = to_local(a), to_local(b)
        found: list[Skip] = []
        closed_from, days = first, []
        for number in range(first // DAY, -(-last // DAY)):
            day = date.fromordinal(number + _EPOCH_ORDINAL)
            windows = self._get_windows(day)
            if not windows:
                days.append(self._explain_closed(day))
            for start, end in windows:
                opens, closes = number * DAY + start, number * DAY + end
                if closes <= closed_from:
                    continue
                if min(opens, last) > closed_from:
                    found.append(self._skip(closed_from, min(opens, last), days))
                closed_from, days = max(closes, closed_from), []
        if last > closed_from:
            found.append(self._skip(closed_from, last, days))
        return tuple(found)

    @staticmethod
    def _skip(start: int, end: int, days: list[SkippedDay]) -> Skip:
        return Skip(to_moment(start), to_moment(end), tuple(days))

    def _explain_closed(self, day: date) -> SkippedDay:
        note = self.workdays.note(day) if self.holidays else None
        if note is None:
            return SkippedDay(day, "closed")
        return SkippedDay(day, note.kind, note.name, note.provisional)

    def makeup_days(self, a: datetime, b: datetime) -> tuple[Note, ...]:
        """Make-up days with service from ``a`` to ``b``: worked although a weekend."""
        if not self.holidays:
            return ()
        first, last = to_date(a).toordinal(), to_date(b).toordinal()
        notes = (
            self.workdays.note(date.fromordinal(ordinal))
            for ordinal in range(first, last + 1)
        )
        return tuple(note for note in notes if note and note.kind == "makeup")

    def is_provisional(self, a: datetime, b: datetime) -> bool:
        """True if a year in between is one whose holidays are not published."""
        if not self.holidays:
            return False
        first, last = sorted((to_date(a), to_date(b)))
        ends = {first, last} | {
            date(year, 1, 1) for year in range(first.year + 1, last.year)
        }
        return any(map(self.workdays.is_provisional, ends))
