"""Working days as they were known on the day of a decision.

The State Council publishes a year, a list is corrected, a library is renewed: a result
that was confirmed is still explained by the days that it was reckoned with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from .service_calendar import Workdays

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class FrozenNote(NamedTuple):
    """What was known of an unusual day; ``kind``: weekend, holiday, makeup."""

    date: date
    kind: str
    name: str = ""
    provisional: bool = False


def get_unusual_days(workdays: Workdays, years: Iterable[int]) -> list[tuple]:
    """[(ISO date, kind, name)] of the holidays and make-up days of the years.

    Plain weekends are left out: they follow from the date.
    """
    found = []
    for year in sorted(years):
        day = date(year, 1, 1)
        while day.year == year:
            note = workdays.note(day)
            if note and note.kind != "weekend":
                found.append((day.isoformat(), note.kind, note.name))
            day += _ONE_DAY
    return found


class FrozenWorkdays:
    """Answers from what was kept; other years are asked of ``others``."""

    __slots__ = ("_notes", "_others", "_years")

    def __init__(
        self,
        years: Mapping[int, bool],
        days: Iterable[tuple[str, str, str]],
        others: Workdays,
    ) -> None:
        """
        :param years: {year that was kept: whether it was provisional}
        :param days: as ``get_unusual_days`` returned them
        """
        self._years = dict(years)
        self._others = others
        self._notes = {}
        for text, kind, name in days:
            day = date.fromisoformat(text)
            self._notes[day] = FrozenNote(day, kind, name, self._years[day.year])

    def note(self, day: date):
        """Why ``day`` is no plain working day, or is one; None on plain weekdays."""
        if day.year not in self._years:
            return self._others.note(day)
        note = self._notes.get(day)
        if note or day.weekday() < _SATURDAY:
            return note
        return FrozenNote(day, "weekend", "", self._years[day.year])

    def is_workday(self, day: date) -> bool:
        """True if ``day`` is worked."""
        if day.year not in self._years:
            return self._others.is_workday(day)
        note = self.note(day)
        return note is None or note.kind == "makeup"

    def is_provisional(self, day: date) -> bool:
        """True if the year of ``day`` was not published yet."""
        known = self._years.get(day.year)
        return self._others.is_provisional(day) if known is None else known

    def add_workdays(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``; 0 gives ``day`` itself."""
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def count_workdays(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and including ``b``, as of any calendar."""
        if b < a:
            return -self.count_workdays(b - _ONE_DAY, a - _ONE_DAY)
        days = range(a.toordinal() + 1, b.toordinal() + 1)
        return sum(self.is_workday(date.fromordinal(each)) for each in days)
