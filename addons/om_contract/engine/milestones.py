"""Amounts and states of a contract's payment milestones.

A contract of public procurement is paid in a few percentages of one fixed price, each
bound to conditions. The percentages add up to 100 and the amounts to the price: each
part is rounded half up to the cent, the last one takes what is left. Where the last
part is measured by the settlement review (结算评审), it is the reviewed amount less the
other parts, and never below zero: what would be below is a claim of the purchaser.

Amounts are ``Decimal`` in yuan with two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from .money import HUNDRED, ZERO, to_cents
from .trace import Percent, Step

State = Literal["waiting", "ready", "invoiced", "partial", "paid", "ended"]


class ShareError(ValueError):
    """The percentages do not make a whole."""


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


class PricePart(NamedTuple):
    """One part of a price: its ``amount``, the ``steps`` to it, and what the others
    exceed the reviewed amount by, a ``claim`` of the purchaser."""

    amount: Decimal
    steps: tuple[Step, ...]
    claim: Decimal = ZERO


def share(whole: Decimal, percent: Decimal) -> PricePart:
    """``percent`` percent of ``whole``, half up to the cent.

    >>> str(share(Decimal("1296000.00"), Decimal(60)).amount)
    '777600.00'
    """
    part = Percent(percent)
    amount = to_cents(whole * part.factor)
    return PricePart(
        amount,
        (
            Step("price", whole, "take"),
            Step("share", part, "times"),
            Step("amount", amount, "cents"),
        ),
    )


def split_price(
    price: Decimal,
    percents: Sequence[Decimal | None],
    fixed: Mapping[int, Decimal] | None = None,
) -> list[PricePart]:
    """The parts of a price; together they are exactly ``price``.

    No part is negative or exceeds what the parts before it have left, whatever the
    rounding does to very small prices.

    :param fixed: {index: amount} of parts that were invoiced before an amendment
        changed the price, and keep their amount; what they take from the whole is
        made up by the last part that is not fixed

    >>> [str(part.amount) for part in split_price(
    ...     Decimal("1000000.01"), [Decimal(60), Decimal(30), Decimal(10)])]
    ['600000.01', '300000.00', '100000.00']

    :raises ShareError: see :func:`check_shares`; also a price below zero or one with
        fractions of a cent, and fixed parts that do not fit into the price
    """
    check_shares(percents)
    if price < 0 or price != to_cents(price):
        raise ShareError(f"{price} is no price")
    kept = (Step("price", price),)
    parts = {
        index: PricePart(amount, (*kept, Step("kept", amount, "take")))
        for index, amount in (fixed or {}).items()
    }
    left = price - sum((part.amount for part in parts.values()), ZERO)
    free = [index for index in range(len(percents)) if index not in parts]
    if left < 0 or (left and not free):
        raise ShareError(f"what is invoiced does not fit into {price}")
    for index in free[:-1]:
        part = share(price, percents[index])
        if part.amount > left:
            *steps, _amount = part.steps
            steps += [Step("left", left, "most"), Step("amount", left, "cents")]
            part = PricePart(left, tuple(steps))
        parts[index] = part
        left -= part.amount
    if len(percents) == 1 and free:
        return [share(price, HUNDRED)]
    if free:
        steps = _rest_steps("price", price, parts, left)
        parts[free[-1]] = PricePart(left, steps)
    return [parts[index] for index in range(len(percents))]


def settle(reviewed: Decimal, others: Mapping[int, Decimal]) -> PricePart:
    """What the review leaves for the last part, and what the purchaser claims back.

    >>> part = settle(Decimal("76500000.00"), {0: Decimal("53993310.00")})
    >>> str(part.amount), str(part.claim)
    ('22506690.00', '0.00')
    >>> part = settle(Decimal("100.00"), {0: Decimal("130.00")})
    >>> str(part.amount), str(part.claim)
    ('0.00', '30.00')

    :param reviewed: the amount that the settlement review has fixed
    :param others: {index: amount} of the other parts
    """
    rest = reviewed - sum(others.values(), ZERO)
    parts = {index: PricePart(amount, ()) for index, amount in others.items()}
    amount = max(rest, ZERO)
    steps = _rest_steps("reviewed", reviewed, parts, amount)
    return PricePart(amount, steps, max(-rest, ZERO))


def _rest_steps(
    code: str, whole: Decimal, others: Mapping[int, PricePart], rest: Decimal
) -> tuple[Step, ...]:
    """The steps from a whole to what the other parts leave of it."""
    steps = [Step(code, whole, "take")]
    steps += [
        Step("other", others[index].amount, "less", key=index)
        for index in sorted(others)
    ]
    if whole < sum((part.amount for part in others.values()), ZERO):
        steps.append(Step("floor", ZERO, "least"))
    return (*steps, Step("rest", rest, "is"))


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

    def steps(self, claims: Iterable[Step] = ()) -> tuple[Step, ...]:
        """From the amount to what has to be paid, and to what is open of it.

        :param claims: the deductions one by one; together they are ``deducted``
        """
        steps = list(claims)
        if steps and self.deducted > self.amount:
            steps.append(Step("floor", ZERO, "least"))
        if steps or self.paid:
            steps.append(Step("due", self.due, "is"))
        if self.paid:
            steps.append(Step("paid", self.paid, "less"))
            steps.append(Step("open", self.residual, "is"))
        return tuple(steps)

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
