"""Whether a person counts for a post on a given day, and if not, why.

What a tender asks of a post: certificates that are valid on the day of the bid, months
of the bidder's social insurance on record, sometimes a degree, a professional title or
years of experience. Validity is always asked for a day; nothing here reads a clock.

Sources: Shunyi's tender, chapter 4 (team, 8 points: certificates; at least three months
of social insurance with the bidder, else the person does not count); the emergency
command centre's contract (title, years, degree).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf
from typing import Literal

ONE_DAY = timedelta(days=1)

# From lower to higher.
DEGREES = ("none", "college", "bachelor", "master", "doctor")
TITLES = ("none", "assistant", "intermediate", "senior")

GapKind = Literal[
    "certificate_missing",
    "certificate_expired",
    "certificate_not_yet_valid",
    "certificate_any_missing",
    "insurance",
    "insurance_open",
    "degree",
    "title",
    "years",
    "manager_years",
    "clearance",
    "secrecy",
    "twice",
]


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate as it stands: ``kind`` is the catalogue's key; without an end it
    does not expire. It is valid on its first and on its last day."""

    kind: str
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid(self, day: date) -> bool:
        """True if the certificate holds on ``day``."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Person:
    """What is on record of one employee.

    ``insured``: the months paid by the bidder as ``month_number``; ``recorded_to``: the
    last month that the bidder's records of insurance reach, for anybody, 0 if that is
    not known; ``years``: years of relevant work (``worked_years``);
    ``years_as_manager`` those as a manager on site; ``cleared`` and ``secrecy``: the
    days of the last certificate of no criminal record and of the last secrecy training.
    """

    key: int
    certificates: tuple[Certificate, ...] = ()
    insured: frozenset[int] = frozenset()
    degree: str = "none"
    title: str = "none"
    years: float = 0
    years_as_manager: float = 0
    cleared: date | None = None
    secrecy: date | None = None
    recorded_to: int = 0


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a post asks of each person: every one of ``all_of``, at least one of
    ``any_of`` (where given), the least insurance, degree, title and years, and where a
    contract asks for them a check of the criminal record and a secrecy training of the
    last so many months (0: not asked for)."""

    all_of: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    insurance_months: int = 0
    degree: str = "none"
    title: str = "none"
    years: float = 0
    years_as_manager: float = 0
    clearance_months: int = 0
    secrecy_months: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that keeps a person from counting.

    ``certificate``: the kind it is about; ``day``: when it ended, begins or was done;
    ``have`` and ``need``: figures, or ranks of DEGREES and TITLES; ``options``: the
    kinds of which one would do; ``post``: the one that the person holds already.
    ``until``: the last insured month, 0 for none; ``open``: the months up to the bid
    that nobody's records reach yet. An ``insurance`` gap is a month that is not there,
    an ``insurance_open`` one a month that is not known yet.
    """

    kind: GapKind
    certificate: str = ""
    day: date | None = None
    have: float | str = 0
    need: float | str = 0
    options: tuple[str, ...] = ()
    post: int = 0
    until: int = 0
    open: tuple[int, ...] = ()


def month_number(day: date) -> int:
    """Months since year 0: neighbours differ by one."""
    return day.year * 12 + day.month - 1


def insured_run(insured: Iterable[int], day: date) -> range:
    """The unbroken run of insured months up to ``day``; empty if there is none.

    The tender asks for proof of three months or more of the bidder's own insurance and
    says no more. It is read strictly, so that no committee can read it more strictly:
    months in a row that reach up to the bid. A month is paid and printed only in or
    after it, so that the run may end with the month of ``day`` or with the one before.

    >>> len(insured_run({month_number(date(2025, m, 1)) for m in (9, 10, 11)},
    ...                 date(2025, 12, 3)))
    3
    """
    months = set(insured)
    last = month_number(day)
    if last not in months:
        last -= 1
    first = last + 1
    while first - 1 in months:
        first -= 1
    return range(first, last + 1)


def insured_months(insured: Iterable[int], day: date) -> int:
    """Length of the unbroken run of insured months up to ``day``."""
    return len(insured_run(insured, day))


def open_months(recorded_to: int, day: date) -> tuple[int, ...]:
    """The months that a bid on ``day`` asks for and the records do not reach yet.

    Up to the month before the bid: a month is printed only in or after it, so that no
    bid needs its own. None if it is not known how far the records reach.

    >>> [month_text(m) for m in open_months(month_number(date(2026, 10, 1)),
    ...                                     date(2026, 12, 10))]
    ['2026-11']
    """
    if not recorded_to:
        return ()
    return tuple(range(recorded_to + 1, month_number(day)))


def project(person: Person, day: date) -> Person:
    """The person as on ``day`` if the insurance goes on as it does now.

    Only who is insured in the last month on record goes on; a run that has broken off
    stays so, and certificates are judged for ``day`` anyway.
    """
    coming = open_months(person.recorded_to, day)
    if not coming or person.recorded_to not in person.insured:
        return person
    return replace(person, insured=person.insured.union(coming))


def known_run(person: Person, day: date) -> range:
    """The run of insured months as far as the records reach: up to the bid, or where
    they do not reach it yet, to their end. What can be printed today.
    """
    run = insured_run(person.insured, day)
    if not run and open_months(person.recorded_to, day):
        run = insured_run(person.insured, _first_day(person.recorded_to))
    return run


def month_text(number: int) -> str:
    """A month as people write it.

    >>> month_text(month_number(date(2025, 12, 3)))
    '2025-12'
    """
    return f"{number // 12}-{number % 12 + 1:02d}"


def insurance_gaps(insured: Iterable[int], first: int, last: int) -> list[int]:
    """The months from ``first`` to ``last``, both counted, that are not on record."""
    months = set(insured)
    return [month for month in range(first, last + 1) if month not in months]


def worked_years(periods: Iterable[tuple[date, date | None]], day: date) -> float:
    """Years of work in ``periods`` (first and last day) up to the eve of ``day``.

    Overlapping periods count once. Calendar months count, and of the days left over 31
    are a month: a full year of service is a year whatever its number of days, and a day
    less is none.

    >>> worked_years([(date(2021, 6, 15), date(2026, 6, 14))], date(2026, 6, 15))
    5.0
    """
    merged: list[list[date]] = []
    for first, last in sorted((first, last or date.max) for first, last in periods):
        stop = min(last, day - ONE_DAY) + ONE_DAY
        if first >= stop:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], stop)
        else:
            merged.append([first, stop])
    months = days = 0
    for first, stop in merged:
        whole = (stop.year - first.year) * 12 + stop.month - first.month
        if stop.day < first.day:
            whole -= 1
        months += whole
        days += (stop - add_months(first, whole)).days
    return (months + days // 31) / 12


def record_age(record: date | None, day: date) -> float:
    """Within how many months before ``day`` a check or training was done; infinite if
    none was. A month ends on the corresponding day (Civil Code, article 202).

    >>> record_age(date(2025, 6, 3), date(2025, 12, 3))
    6
    """
    if record is None or record > day:
        return inf
    months = (day.year - record.year) * 12 + day.month - record.month
    return months + (add_months(record, months) < day)


def add_months(day: date, months: int) -> date:
    """The corresponding day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def find_gaps(person: Person, requirement: Requirement, day: date) -> list[Gap]:
    """Everything that keeps ``person`` from meeting ``requirement`` on ``day``; empty
    if the person counts."""
    gaps = [
        _certificate_gap(person.certificates, kind, day)
        for kind in sorted(requirement.all_of)
        if not _has_valid(person.certificates, kind, day)
    ]
    if requirement.any_of and not any(
        _has_valid(person.certificates, kind, day) for kind in requirement.any_of
    ):
        options = tuple(sorted(requirement.any_of))
        gaps.append(Gap("certificate_any_missing", options=options))
    gaps += _insurance_gap(person, requirement.insurance_months, day)
    gaps += _rank_gap("degree", DEGREES, person.degree, requirement.degree)
    gaps += _rank_gap("title", TITLES, person.title, requirement.title)
    if person.years < requirement.years:
        gaps.append(Gap("years", have=person.years, need=requirement.years))
    if person.years_as_manager < requirement.years_as_manager:
        gaps.append(
            Gap(
                "manager_years",
                have=person.years_as_manager,
                need=requirement.years_as_manager,
            )
        )
    gaps += _record_gap("clearance", person.cleared, requirement.clearance_months, day)
    gaps += _record_gap("secrecy", person.secrecy, requirement.secrecy_months, day)
    return gaps


def counts(person: Person, requirement: Requirement, day: date) -> bool:
    """True if the person meets the requirement on ``day``."""
    return not find_gaps(person, requirement, day)


def _has_valid(certificates: Sequence[Certificate], kind: str, day: date) -> bool:
    return any(one.kind == kind and one.is_valid(day) for one in certificates)


def _certificate_gap(certificates: Sequence[Certificate], kind: str, day: date) -> Gap:
    held = [one for one in certificates if one.kind == kind]
    coming = [one.valid_from for one in held if one.valid_from and one.valid_from > day]
    if coming:
        return Gap("certificate_not_yet_valid", kind, day=min(coming))
    ended = [one.valid_to for one in held if one.valid_to]
    if ended:
        return Gap("certificate_expired", kind, day=max(ended))
    return Gap("certificate_missing", kind)


def _insurance_gap(person: Person, need: int, day: date) -> list[Gap]:
    have = insured_months(person.insured, day)
    if have >= need:
        return []
    coming = open_months(person.recorded_to, day)
    if coming and person.recorded_to in person.insured:
        return [
            Gap(
                "insurance_open",
                have=len(known_run(person, day)),
                need=need,
                until=person.recorded_to,
                open=coming,
            )
        ]
    before = [month for month in person.insured if month <= month_number(day)]
    return [Gap("insurance", have=have, need=need, until=max(before, default=0))]


def _first_day(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _record_gap(
    kind: GapKind, record: date | None, months: int, day: date
) -> list[Gap]:
    if not months or record_age(record, day) <= months:
        return []
    done = record if record and record <= day else None
    return [Gap(kind, day=done, need=months)]


def _rank_gap(kind: GapKind, ranks: Sequence[str], have: str, need: str) -> list[Gap]:
    if ranks.index(have) >= ranks.index(need):
        return []
    return [Gap(kind, have=have, need=need)]
