"""What is not earned for a system that is stopped before its time.

A system that is upgraded away, closed, or moved to another operator stops earning its
yearly fee from that day on, pro rata by the days of its own service period (Shunyi,
adjustments). The fee is the price of the whole period, so it is divided by the days of
that period, not by 365.

Amounts are ``Decimal`` in yuan, rounded once, half up to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .money import to_cents
from .trace import Between, Days, Part, Step


class ReductionError(ValueError):
    """A negative fee, or a period that ends before it starts."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """``amount`` is not earned: ``days_lost`` of the period's ``days`` days;
    ``steps``: what it was reckoned by, in order."""

    days: int
    days_lost: int
    amount: Decimal
    steps: tuple[Step, ...] = field(default=(), repr=False, compare=False)

    @property
    def days_served(self) -> int:
        """The days that earn the fee."""
        return self.days - self.days_lost


def reduction(fee: Decimal, start: date, end: date, stopped: date) -> Reduction:
    """The reduction of ``fee`` for a service from ``start`` to ``end``, both included.

    >>> reduction(Decimal("365000.00"), date(2026, 1, 1), date(2026, 12, 31),
    ...           date(2026, 12, 22))
    Reduction(days=365, days_lost=10, amount=Decimal('10000.00'))

    :param stopped: first day without service; on or before the start nothing is
        earned, after the end everything is
    :raises ReductionError: a negative fee or a period without a day
    """
    days = (end - start).days + 1
    if fee < 0 or days < 1:
        raise ReductionError(f"no fee of {fee} for {start} to {end}")
    lost = min(max((end - stopped).days + 1, 0), days)
    amount = to_cents(fee * lost / days)
    steps = (
        Step("fee", fee, "take"),
        Step("service_period", Between(start, end), values={"days": Days(days)}),
        Step("stopped", stopped),
        Step("days_served", Days(days - lost)),
        Step("days_lost", Days(lost)),
        Step("part_lost", Part(lost, days), "times"),
        Step("amount", amount, "cents"),
    )
    return Reduction(days, lost, amount, steps)
