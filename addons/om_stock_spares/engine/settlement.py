"""What the parts of a spare list cost in the end.

Settled is what was really used, at the unit price of the list (Shunyi's tender, chapter
5, requirement 14). A part that was issued in an emergency and refused by purchaser or
supervisor afterwards was replaced without their joint confirmation: it is used up and
is not settled. Prices are ``Decimal`` in yuan with at most two decimals,
quantities whole, so nothing is ever rounded.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class SettlementError(ValueError):
    """The figures cannot be settled: ``reason`` says why, ``line`` which row it is."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"{reason} in line {line}")
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of parts: what left the store, what came back unused, for whom.

    ``refused``: issued in an emergency, and a party said no afterwards.
    """

    issued: int
    returned: int = 0
    refused: bool = False
    unit: Hashable = None

    @property
    def used(self) -> int:
        """What stayed with the user unit."""
        return self.issued - self.returned

    @property
    def settled(self) -> int:
        """What is paid for."""
        return 0 if self.refused else self.used


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """A part of the list: how many it allows, what one costs, who got how many.

    ``price`` is None where the list has none: then the line has no amount either.
    ``used`` is what the list's own counter says.
    """

    allowed: int
    used: int
    price: Decimal | None
    issues: Sequence[Issue] = ()

    @property
    def settled(self) -> int:
        """How many are paid for."""
        return sum(issue.settled for issue in self.issues)

    def amount_of(self, quantity: int) -> Decimal | None:
        """Price of so many; None where there is no price."""
        return None if self.price is None else quantity * self.price

    @property
    def amount(self) -> Decimal | None:
        """What the line costs; None where there is no price."""
        return self.amount_of(self.settled)


@dataclass(frozen=True, slots=True)
class UnitTotal:
    """What one user unit got; ``unpriced`` of the pieces have no price."""

    settled: int
    unpriced: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """The whole list: its total, each user unit's share, lines without a price."""

    total: Decimal
    units: dict[Hashable, UnitTotal]
    unpriced: tuple[int, ...]


def check_line(number: int, line: SettlementLine) -> None:
    """Raise if a line cannot be right.

    :raises SettlementError: ``price`` (negative, or finer than a cent), ``quantity``
        (negative, more returned than issued), ``counter`` (the issues do not add up to
        what the counter says), ``cap`` (more used than allowed)
    """
    price = line.price
    if price is not None and (price < 0 or price != price.quantize(CENT)):
        raise SettlementError("price", number)
    for issue in line.issues:
        if issue.issued < 0 or not 0 <= issue.returned <= issue.issued:
            raise SettlementError("quantity", number)
    if sum(issue.used for issue in line.issues) != line.used:
        raise SettlementError("counter", number)
    if line.used > line.allowed:
        raise SettlementError("cap", number)


def settle(lines: Sequence[SettlementLine]) -> Settlement:
    """Add up a list.

    >>> camera = SettlementLine(3, 2, Decimal("1500.00"), [Issue(2, unit="A")])
    >>> lamp = SettlementLine(7, 1, None, [Issue(2, returned=1, unit="A")])
    >>> settle([camera, lamp]).total
    Decimal('3000.00')
    >>> settle([camera, lamp]).unpriced
    (1,)

    :raises SettlementError: see :func:`check_line`
    """
    units: dict[Hashable, UnitTotal] = {}
    unpriced = []
    total = ZERO
    for number, line in enumerate(lines):
        check_line(number, line)
        total += line.amount or ZERO
        if line.price is None and line.settled:
            unpriced.append(number)
        for issue in line.issues:
            before = units.get(issue.unit, UnitTotal(0, 0, ZERO))
            units[issue.unit] = UnitTotal(
                before.settled + issue.settled,
                before.unpriced + (issue.settled if line.price is None else 0),
                before.amount + (line.amount_of(issue.settled) or ZERO),
            )
    return Settlement(total, units, tuple(unpriced))
