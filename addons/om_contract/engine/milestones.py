"""Amounts and states of a contract's payment milestones.

A contract of public procurement is paid in a few percentages of one fixed price, each
bound to conditions. The percentages add up to 100 and the amounts to the price: each
part is rounded half up to the cent, the last one takes what is left. Where the last
part is measured by the settlement review (结算评审), it is the reviewed amount less the
other parts, and never below zero: what would be below is a claim of the purchaser.

Amounts are ``Decimal`` in yuan with two decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
ZERO = Decimal("0.00")

State = Literal["waiting", "ready", "invoiced", "partial", "paid", "ended"]


class ShareError(ValueError):
    """The percentages do not make a whole."""


def to_cents(amount: Decimal) -> Decimal:
    """``amount`` rounded half up to the cent, the way the contracts round."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def check_shares(percents: Sequence[Decimal | None]) -> None:
    """Raise unless the percentages make a whole.

    :param percents: one per part in the order of payment; None for the last one says
        that it takes the rest
    :raises ShareError: none at all, one not above zero, a rest that is not the last, or
        a sum other than 100 (with a rest: not below 100)
    """
    if not percents:
        raise ShareError("a price needs at least one part")
    *firsts, last = percents
    if any(percent is None for percent in firsts):
        raise ShareError("only the last part can take the rest")
    if any(percent <= 0 for percent in percents if percent is not None):
        raise ShareError("a part has more than 0 percent")
    total = sum((percent for percent in percents if percent is not None), Decimal(0))
    if (last is None and total >= HUNDRED) or (last is not None and total != HUNDRED):
        raise ShareError(f"the percentages add up to {total}")


def split_price(
    price: Decimal,
    percents: Sequence[Decimal | None],
    fixed: Mapping[int, Decimal] | None = None,
) -> list[Decimal]:
    """The amount of each part; together they are exactly ``price``.

    No part is negative or exceeds what the parts before it have left, whatever the
    rounding does to very small prices.

    :param fixed: {index: amount} of parts that were invoiced before an amendment
        changed the price, and keep their amount; what they take from the whole is
        made up by the last part that is not fixed

    >>> [str(part) for part in split_price(Decimal("1000000.01"),
    ...                                    [Decimal(60), Decimal(30), Decimal(10)])]
    ['600000.01', '300000.00', '100000.00']

    :raises ShareError: see :func:`check_shares`; also a price below zero or one with
        fractions of a cent, and fixed parts that do not fit into the price
    """
    check_shares(percents)
    if price < 0 or price != to_cents(price):
        raise ShareError(f"{price} is no price")
    parts = dict(fixed or {})
    left = price - sum(parts.values(), ZERO)
    free = [index for index in range(len(percents)) if index not in parts]
    if left < 0 or (left and not free):
        raise ShareError(f"what is invoiced does not fit into {price}")
    for index in free[:-1]:
        parts[index] = min(to_cents(price * percents[index] / HUNDRED), left)
        left -= parts[index]
    if free:
        parts[free[-1]] = left
    return [parts[index] for index in range(len(percents))]


def settle(reviewed: Decimal, others: Decimal) -> tuple[Decimal, Decimal]:
    """What the review leaves for the last part, and what the purchaser claims back.

    >>> settle(Decimal("76500000.00"), Decimal("53993310.00"))
    (Decimal('22506690.00'), Decimal('0.00'))
    >>> settle(Decimal("100.00"), Decimal("130.00"))
    (Decimal('0.00'), Decimal('30.00'))

    :param reviewed: the amount that the settlement review has fixed
    :param others: the sum of the other parts' amounts
    """
    rest = reviewed - others
    return max(rest, ZERO), max(-rest, ZERO)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is known of one milestone's money.

    ``amount``: its part of the price; ``deducted``: deductions applied to it;
    ``invoiced``: live invoices less credit notes; ``cash``: what was received for them
    and not paid back, whether or not an invoice still stands for it.
    """

    amount: Decimal
    deducted: Decimal = ZERO
    invoiced: Decimal = ZERO
    cash: Decimal = ZERO

    @property
    def due(self) -> Decimal:
        """What has to be paid: the amount less the deductions, never below zero."""
        return max(self.amount - self.deducted, ZERO)

    @property
    def paid(self) -> Decimal:
        """What was paid on invoices that stand: money that a credit note has set free
        pays nothing until an invoice takes it again."""
        return max(min(self.cash, self.invoiced), ZERO)

    @property
    def residual(self) -> Decimal:
        """What is still to be paid; below zero only if a deduction came after the
        payment."""
        return self.due - self.paid

    @property
    def to_invoice(self) -> Decimal:
        """What no live invoice covers yet."""
        return max(self.due - self.invoiced, ZERO)


def milestone_state(
    balance: Balance, conditions_met: bool, is_ended: bool = False
) -> State:
    """The state that follows from the money, and where there is none yet, from the
    conditions.

    A milestone whose whole amount is deducted is paid once its conditions are met.

    :param is_ended: the contract was terminated before this was due: nothing asks for
        it any more
    """
    if balance.paid > 0:
        return "paid" if balance.residual <= 0 else "partial"
    if balance.invoiced > 0:
        return "invoiced"
    if is_ended:
        return "ended"
    if not conditions_met:
        return "waiting"
    return "ready" if balance.due > 0 else "paid"
