"""When to remind of what ends, and when to stay silent.

Three notices before the day: 90, 60 and 30 days ahead (a renewal of a certificate, a
follow-up contract or a new guarantee letter takes about a quarter), or the days that a
kind asks for. A reminder that was
done stays done until the day moves; one that is open follows its day, and goes with the
thing that ends. Nothing here reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

STAGES = (90, 60, 30)

Step = Literal["keep", "new", "again", "move", "drop"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What was said already: of which ``day``, at which of the STAGES, and whether the
    reminder is still ``open``, that is nobody has done or cancelled it."""

    day: date
    stage: int
    open: bool


def stage_of(day: date, today: date, stages: tuple[int, ...] = STAGES) -> int | None:
    """The last of the stages that ``today`` has reached; None before the first.

    >>> stage_of(date(2026, 12, 31), date(2026, 11, 29))
    60
    """
    left = (day - today).days
    reached = [stage for stage in stages if left <= stage]
    return min(reached) if reached else None


def next_step(
    day: date | None,
    notice: Notice | None,
    today: date,
    owed: bool = False,
    stages: tuple[int, ...] = STAGES,
) -> Step:
    """What a reminder needs today.

    :param day: the day on which it ends; None if it does not end any more
    :param owed: still to be done after its day, such as an assessment; anything else
        that has ended before it was ever told of is history
    :return: ``new``: remind; ``again``: the open reminder is told of once more, it has
        reached a later stage; ``move``: the open reminder follows its day; ``drop``:
        it is of no use any more; ``keep``: nothing
    """
    stage = stage_of(day, today, stages) if day else None
    if stage is None:
        return "drop" if notice else "keep"
    if notice is None or (notice.day != day and not notice.open):
        return "new" if owed or day >= today else "keep"
    if not notice.open:
        return "keep"
    if notice.day != day:
        return "move"
    return "again" if stage < notice.stage else "keep"
