"""The monthly account of inspections: what was owed, what was done, and when.

Days are local calendar days (Asia/Shanghai); the caller converts.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

State = Literal["in_time", "late", "missed", "open", "cancelled"]


class Visit(NamedTuple):
    """One inspection that was planned.

    :param planned: the day it was planned for
    :param deadline: the last day on which it is in time; the planned day if not said
    :param done: the day it was done, ``None`` as long as it was not
    :param cancelled: taken back by the dispatcher, so that it is not owed
    :param failed: at least one item failed
    """

    planned: date
    deadline: date | None = None
    done: date | None = None
    cancelled: bool = False
    failed: bool = False


@dataclass
class Figures:
    """Counts of a month; ``planned`` is the sum of the four states below it.

    ``done`` is what was done, in time or late; ``failed`` those done with a fail.
    """

    planned: int = 0
    in_time: int = 0
    late: int = 0
    missed: int = 0
    open: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        return self.in_time + self.late

    @property
    def rate(self) -> float | None:
        """Share done in time of what is already decided, 0 to 1; ``None``: nothing."""
        decided = self.in_time + self.late + self.missed
        return self.in_time / decided if decided else None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            *(
                getattr(self, name) + getattr(other, name)
                for name in self.__dataclass_fields__
            )
        )


def month_bounds(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month of ``day``."""
    last = monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=last)


def state_of(visit: Visit, today: date) -> State:
    """Return where an inspection stands on ``today``.

    The last day counts in full: what is not done on its deadline is open that day and
    missed the day after. What was done stays done, however its plan was taken back.
    """
    deadline = visit.deadline or visit.planned
    if visit.done:
        return "in_time" if visit.done <= deadline else "late"
    if visit.cancelled:
        return "cancelled"
    return "missed" if deadline < today else "open"


def count(visits: Iterable[Visit], today: date) -> Figures:
    """Return the figures of inspections on ``today``; the cancelled are not owed."""
    figures = Figures()
    for visit in visits:
        state = state_of(visit, today)
        if state == "cancelled":
            continue
        figures.planned += 1
        setattr(figures, state, getattr(figures, state) + 1)
        if visit.done and visit.failed:
            figures.failed += 1
    return figures
