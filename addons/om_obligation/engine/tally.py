"""What became of what was owed: kept, late or short.

Only what was handed in until the due day counts as in time. Nothing is carried over: a
surplus of one period is no part of another. What is short on its due day and made up
afterwards is late, by the days until it is whole; what is never made up is short.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

Verdict = Literal["open", "kept", "late", "short"]


class Delivery(NamedTuple):
    """So many pieces, handed in on a day."""

    day: date
    quantity: Decimal


class Tally(NamedTuple):
    """``done``: all that was handed in; ``short``: what is missing of the quantity.

    ``late_days``: days after the due day until the quantity was whole, or, while it is
    not, until ``today``; 0 in time. ``completed``: the day on which it was whole.
    """

    verdict: Verdict
    done: Decimal
    short: Decimal
    late_days: int
    completed: date | None


def tally(
    quantity: Decimal,
    due: date,
    deliveries: Iterable[Delivery],
    today: date,
    *,
    is_closed: bool = False,
) -> Tally:
    """What became of an item, as it stands on ``today``.

    :param is_closed: it was handed in for good: what is missing stays missing
    """
    done, completed = Decimal(0), None
    for delivery in sorted(deliveries):
        done += delivery.quantity
        if completed is None and done >= quantity:
            completed = delivery.day
    short = max(quantity - done, Decimal(0))
    if completed is not None:
        late = max((completed - due).days, 0)
        return Tally("late" if late else "kept", done, short, late, completed)
    if is_closed:
        return Tally("short", done, short, 0, None)
    late = max((today - due).days, 0)
    return Tally("short" if late else "open", done, short, late, None)
