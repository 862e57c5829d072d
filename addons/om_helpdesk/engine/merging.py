"""What a merge does to promises: none may fall away, and none may become later.

Two reports of the same fault are one fault, and its clocks start with the first report
(a promise counts from the moment the report arrived). What was missed on the one that
ends was missed; what still runs on it has to run on the one that goes on, no later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from .policy import TARGETS

# A promise that is missed, or may still be.
_OWED = ("running", "paused")


class Clock(NamedTuple):
    """A target of a fault: its status and deadline, if anything is promised."""

    status: str = "none"
    deadline: datetime | None = None


def find_lost(ends: Mapping[str, Clock], goes_on: Mapping[str, Clock]) -> list[str]:
    """Return the targets whose promise would be given up by a merge.

    Those that are breached, and those that still run and that the fault which goes on
    does not owe as early.

    :param ends: {target: clock} of the fault that is merged
    :param goes_on: the same of the other, counted from the first report
    """
    lost = []
    for target in TARGETS:
        mine, other = ends[target], goes_on[target]
        if mine.status == "breached":
            lost.append(target)
        elif mine.status in _OWED and mine.deadline:
            if not other.deadline or other.deadline > mine.deadline:
                lost.append(target)
    return lost


def find_later(before: Mapping[str, Clock], after: Mapping[str, Clock]) -> list[str]:
    """Return the targets of a fault that an earlier report would move later.

    An earlier report can be judged more mildly: off hours, before a key period, or
    before the system had its present promise.
    """
    return [
        target
        for target in TARGETS
        if before[target].deadline
        and (
            not after[target].deadline
            or after[target].deadline > before[target].deadline
        )
    ]
