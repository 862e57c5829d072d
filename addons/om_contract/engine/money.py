"""Amounts in yuan, as contracts round them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
ZERO = Decimal("0.00")


def to_cents(amount: Decimal) -> Decimal:
    """``amount`` rounded half up to the cent, the way the contracts round."""
    return amount.quantize(CENT, ROUND_HALF_UP)
