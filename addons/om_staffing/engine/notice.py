"""When posted staff may change, and until when a replacement has to be there.

Sources: Shunyi (7 days' written notice and the user unit's consent), the emergency
command centre (30 days, replacement of the same qualification within one week of the
plan), the BDA centre (unfit staff replaced within 5 working days).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from .people import DEGREES, TITLES, Person

Unit = Literal["day", "workday"]


class Workdays(Protocol):
    """The part of a working-day calendar that is needed here."""

    def add_workdays(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``."""


def earliest_change(notice: date, days: int) -> date:
    """The first day on which people may change who were announced on ``notice``.

    N days' notice: N days lie between, the day of the notice not counted (Civil Code,
    article 201). Rest days count; the day is no deadline that would move.

    >>> earliest_change(date(2026, 3, 2), 7)
    datetime.date(2026, 3, 9)
    """
    return notice + timedelta(days=days)


def latest_notice(change: date, days: int) -> date:
    """The last day on which a change on ``change`` can be announced."""
    return change - timedelta(days=days)


def replacement_deadline(
    plan: date, value: int, unit: Unit, calendar: Workdays
) -> date | None:
    """The last day for the replacement to be there; None where nothing is agreed.

    ``plan`` (of the notice, or of the demand) is day 0. A week that ends on a rest day
    is not moved: the post has to be filled on rest days as well.
    """
    if not value:
        return None
    if unit == "workday":
        return calendar.add_workdays(plan, value)
    return plan + timedelta(days=value)


@dataclass(frozen=True, slots=True)
class Lack:
    """What a replacement has less of than the person replaced; ``kind`` is certificate,
    degree, title or years; ``what`` the certificate's key or the rank needed."""

    kind: Literal["certificate", "degree", "title"]
    what: str


def qualification_lacks(leaver: Person, newcomer: Person, day: date) -> list[Lack]:
    """What keeps ``newcomer`` from being of the same qualification on ``day``: valid
    certificates of the leaver that the newcomer has not, a lower degree or title."""
    lacks = [
        Lack("certificate", kind)
        for kind in sorted(_valid(leaver, day) - _valid(newcomer, day))
    ]
    for name, ranks in (("degree", DEGREES), ("title", TITLES)):
        have, need = getattr(newcomer, name), getattr(leaver, name)
        if ranks.index(have) < ranks.index(need):
            lacks.append(Lack(name, need))
    return lacks


def _valid(person: Person, day: date) -> set[str]:
    return {one.kind for one in person.certificates if one.is_valid(day)}


def untrained(
    posted: Iterable[tuple[int, date, date | None]],
    trained: Iterable[tuple[int, date]],
    months: Sequence[tuple[date, date]],
) -> dict[date, list[int]]:
    """Who was posted in a month without a safety training in it.

    :param posted: (person, first day, last day or None)
    :param trained: (person, day)
    :param months: (first day, last day) of the months to look at
    :return: {first day of the month: people}, months without such people left out
    """
    posted, trained = list(posted), list(trained)
    found = {}
    for first, last in months:
        there = {
            who
            for who, begin, end in posted
            if begin <= last and (end is None or end >= first)
        }
        done = {who for who, day in trained if first <= day <= last}
        if there - done:
            found[first] = sorted(there - done)
    return found
