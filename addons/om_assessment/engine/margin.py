"""What a contract's work costs: posted people by days, shares of a supplier's bill.

Amounts are ``Decimal`` in yuan to the cent, rounded half up, once for each month. What
was earned is reckoned by the rule of a month's fee (``assessment.period_fee``).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)


class Rate(NamedTuple):
    """What a post costs in a whole month, from the day ``since`` on."""

    since: date
    amount: Decimal


class MonthCost(NamedTuple):
    """What one person at one post cost in a month: ``days`` up to the day ``last``."""

    month: date
    last: date
    days: int
    amount: Decimal


class Cause(NamedTuple):
    """A part of what a system costs; ``percent`` of what was earned, None: nothing
    was."""

    key: str
    amount: Decimal
    percent: Decimal | None


def month_costs(rates: Iterable[Rate], first: date, last: date) -> list[MonthCost]:
    """What a person posted from ``first`` to ``last`` costs, month by month.

    Each day costs its share of the month that it lies in, at the rate of that day; a
    whole month costs exactly its rate. Days before the first rate cost nothing, and
    months without a day that costs something are left out.

    >>> month_costs([Rate(date(2026, 1, 1), Decimal(3100))],
    ...             date(2026, 1, 22), date(2026, 1, 31))[0].amount
    Decimal('1000.00')
    """
    steps = sorted(rates)
    costs = []
    start = first
    while start <= last:
        length = monthrange(start.year, start.month)[1]
        stop = min(last, start.replace(day=length))
        days, total = 0, ZERO
        for rate, following in zip(steps, [*steps[1:], None], strict=False):
            since = max(start, rate.since)
            until = stop if following is None else min(stop, following.since - ONE_DAY)
            covered = (until - since).days + 1
            if covered > 0 and rate.amount:
                days += covered
                total += rate.amount * covered
        if days:
            amount = (total / length).quantize(CENT, ROUND_HALF_UP)
            costs.append(MonthCost(start.replace(day=1), stop, days, amount))
        start = start.replace(day=length) + ONE_DAY
    return costs


def percentages(weights: Sequence[Decimal]) -> list[Decimal]:
    """Split 100 percent by weights, to two decimals; without any weight evenly.

    They add up to 100: what rounding leaves goes, a hundredth each, where the fraction
    cut off was largest, the first one first.
    """
    if not weights:
        return []
    whole = sum(weights, ZERO)
    exact = [
        HUNDRED * weight / whole if whole else HUNDRED / len(weights)
        for weight in weights
    ]
    parts = [share.quantize(CENT, ROUND_DOWN) for share in exact]
    rest = int((HUNDRED - sum(parts, ZERO)) / CENT)
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for number in order[:rest]:
        parts[number] += CENT
    return parts


def causes(earned: Decimal, parts: Mapping[str, Decimal]) -> list[Cause]:
    """What eats up the earned amount, the largest part first; nothing is left out."""
    found = [
        Cause(
            key,
            amount,
            (HUNDRED * amount / earned).quantize(Decimal("0.1"), ROUND_HALF_UP)
            if earned > 0
            else None,
        )
        for key, amount in parts.items()
        if amount > 0
    ]
    return sorted(found, key=lambda cause: (-cause.amount, cause.key))
