"""What it costs that a payment waits for papers which user units have not signed.

Shunyi's second payment waits for the assessment documents of all 54 user units
(contract, article 4): one that is missing holds the whole payment. What that costs is
what the money costs, at a rate of ours that the contract's page holds; no document
prints one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
DAYS = 365


def free_since(others: Iterable[date | None]) -> date | None:
    """The day from which on nothing but the papers held a payment; None: not known yet.

    :param others: when each other condition was, or will be, met; None: not known
    """
    days = list(others)
    if any(day is None for day in days):
        return None
    return max((day for day in days if day is not None), default=date.min)


def held_days(since: date | None, today: date) -> int:
    """How many days a payment has been held by its papers alone."""
    if since is None or since == date.min:
        return 0
    return max((today - since).days, 0)


def carrying_cost(amount: Decimal, rate: Decimal, days: int) -> Decimal:
    """What an amount costs that comes ``days`` late, at ``rate`` percent a year of 365
    days, to the cent.

    >>> carrying_cost(Decimal("30853320.00"), Decimal("3.65"), 1)
    Decimal('3085.33')
    """
    return (amount * rate * days / 100 / DAYS).quantize(CENT, ROUND_HALF_UP)
