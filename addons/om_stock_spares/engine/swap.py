"""Exchanging unused quota for other parts of the same total price.

With the purchaser's consent what is not used of the lists may become other parts; the
quantities are free, the total price is not (Shunyi's tender, chapter 5, requirement 14:
等价置换). Prices are ``Decimal`` in yuan with two decimals, quantities whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


class SwapError(ValueError):
    """The exchange is none: ``reason`` says why, ``line`` which row is wrong."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class SwapLine:
    """``quantity`` of a part at its unit price; ``unused`` is what its quota has left,
    None for a part that comes in."""

    quantity: int
    price: Decimal
    unused: int | None = None

    @property
    def total(self) -> Decimal:
        """Quantity times price."""
        return self.quantity * self.price


def swap_difference(given: Sequence[SwapLine], taken: Sequence[SwapLine]) -> Decimal:
    """What the parts taken cost more (less: negative) than the parts given up."""
    zero = Decimal("0.00")
    return sum((line.total for line in taken), zero) - sum(
        (line.total for line in given), zero
    )


def check_swap(given: Sequence[SwapLine], taken: Sequence[SwapLine]) -> Decimal:
    """The total price that is exchanged.

    >>> check_swap([SwapLine(3, Decimal("100.00"), unused=5)],
    ...            [SwapLine(2, Decimal("150.00"))])
    Decimal('300.00')

    :raises SwapError: ``empty`` (a side without lines), ``quantity`` (not above zero),
        ``price`` (not above zero), ``unused`` (more given up than is left), ``total``
        (the sides differ)
    """
    if not given or not taken:
        raise SwapError("empty")
    for number, line in enumerate((*given, *taken)):
        if line.quantity <= 0:
            raise SwapError("quantity", number)
        if line.price <= 0:
            raise SwapError("price", number)
        if line.unused is not None and line.quantity > line.unused:
            raise SwapError("unused", number)
    if swap_difference(given, taken):
        raise SwapError("total")
    return sum((line.total for line in given), Decimal("0.00"))
