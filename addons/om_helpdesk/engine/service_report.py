"""The figures of a service report: faults, deadlines kept, satisfaction.

Reports of a day, a week, ten days, a month, a quarter, half a year and a year are the
same account of different periods (the emergency centre's contract asks for days, weeks,
months and the year; rows of Shunyi's register for quarters, row 52 for ten days and
half-years); the target of satisfaction is 90 percent (BDA's contract).
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from .policy import TARGETS

Period = Literal["day", "week", "ten_days", "month", "quarter", "half_year", "year"]
# Periods of several months, counted from January.
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
SATISFACTION_TARGET = 0.9
# Of five stars.
SATISFIED_FROM = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """What the report counts of one fault.

    ``results``: {target: met, breached, running, paused or none}; ``stars``: the
    user's rating, 1 to 5; ``followup``: the result of the call when nobody rated.
    """

    severity: str
    category: str = ""
    results: Mapping[str, str] = field(default_factory=dict)
    stars: float = 0
    followup: str = ""
    is_closed: bool = False
    # Cancelled or merged: no fault to be repaired, but what was missed was missed.
    end: Literal["", "cancelled", "merged"] = ""


@dataclass
class Kept:
    """How a promise was kept: ``met`` and ``breached`` of what is decided."""

    met: int = 0
    breached: int = 0

    @property
    def decided(self) -> int:
        """Number of decided promises."""
        return self.met + self.breached

    @property
    def rate(self) -> float | None:
        """Share that was kept, 0 to 1; None if nothing is decided."""
        return self.met / self.decided if self.decided else None


@dataclass
class Account:
    """The figures of a period."""

    total: int = 0
    closed: int = 0
    cancelled: int = 0
    merged: int = 0
    by_severity: Counter = field(default_factory=Counter)
    by_category: Counter = field(default_factory=Counter)
    kept: dict[str, Kept] = field(
        default_factory=lambda: {target: Kept() for target in TARGETS}
    )
    asked: int = 0
    satisfied: int = 0

    @property
    def satisfaction(self) -> float | None:
        """Share of satisfied users among those who answered; None: nobody did."""
        return self.satisfied / self.asked if self.asked else None

    @property
    def is_satisfying(self) -> bool | None:
        """Whether the target of 90 percent is reached; None: nobody answered."""
        share = self.satisfaction
        return None if share is None else share >= SATISFACTION_TARGET


def is_satisfied(fault: Fault) -> bool | None:
    """Whether the user was satisfied; None if nobody asked or answered."""
    if fault.stars:
        return fault.stars >= SATISFIED_FROM
    if fault.followup in ("satisfied", "fair", "dissatisfied"):
        return fault.followup != "dissatisfied"
    return None


def account(faults: Iterable[Fault]) -> Account:
    """Count the faults of a period.

    Cancelled and merged ones are counted beside the faults; their deadlines count.
    """
    result = Account()
    for fault in faults:
        if fault.end:
            result.cancelled += fault.end == "cancelled"
            result.merged += fault.end == "merged"
        else:
            result.total += 1
            result.closed += fault.is_closed
            result.by_severity[fault.severity] += 1
            result.by_category[fault.category] += 1
        for target in TARGETS:
            status = fault.results.get(target)
            if status == "met":
                result.kept[target].met += 1
            elif status == "breached":
                result.kept[target].breached += 1
        answer = is_satisfied(fault)
        if answer is not None:
            result.asked += 1
            result.satisfied += answer
    return result


def bounds(period: Period, day: date) -> tuple[date, date]:
    """First and last day of the period in which ``day`` lies.

    Weeks begin on Monday; the ten days (旬) of a month begin on its 1st, 11th and 21st,
    the last ones end with it.

    >>> bounds("month", date(2026, 2, 14))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    if period == "day":
        return day, day
    if period == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    if period == "ten_days" and day.day <= 20:
        first = day.replace(day=11 if day.day > 10 else 1)
        return first, first + timedelta(days=9)
    months = MONTHS.get(period, 1)
    end = (day.month - 1) // months * months + months
    last = date(day.year, end, monthrange(day.year, end)[1])
    if period == "ten_days":
        return day.replace(day=21), last
    return date(day.year, end - months + 1, 1), last
