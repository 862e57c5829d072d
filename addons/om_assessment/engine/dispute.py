"""What a sheet becomes if what the parties contest is decided this way or that way.

It reckons with the engine that reckons the sheet, and changes nothing. Claims do not
simply add up: where a cap or the floor binds, two together save another sum than each
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from .assessment import (
    HUNDRED,
    NOT_APPLICABLE,
    ZERO,
    Fact,
    Line,
    Measure,
    Result,
    Scheme,
    evaluate,
)

Claim = TypeVar("Claim", bound=Hashable)


class Outcome(NamedTuple):
    """The sheet as it stands and as it becomes; ``alone``: what each claim saves by
    itself (less than zero: costs), ``together``: what all of them save."""

    before: Result
    after: Result
    alone: Mapping[Claim, Decimal]
    together: Decimal

    @property
    def adds_up(self) -> bool:
        """Whether all claims together save what each saves alone."""
        return sum(self.alone.values(), ZERO) == self.together


def decided(
    line: Line, decision: Literal["kept", "na", "value"], value: Decimal = ZERO
) -> Measure:
    """What is found for a line once the parties have settled it.

    *kept*: the target is reached, no more; *na*: there was nothing to judge; *value*:
    a share in percent, a number, or so many events.
    """
    if decision == "na":
        return NOT_APPLICABLE
    found = line.target if decision == "kept" else value
    if line.kind == "count":
        return Measure(
            "measured",
            facts=tuple(
                Fact(f"decided {line.key} {number}", "") for number in range(int(found))
            ),
        )
    return Measure("measured", found, HUNDRED if line.kind == "share" else Decimal(1))


def weigh(
    scheme: Scheme,
    measure: Callable[[frozenset[Claim]], Mapping[str, Measure]],
    claims: Sequence[Claim],
    fee: Decimal = ZERO,
    charged: Decimal = ZERO,
) -> Outcome:
    """Reckon the sheet without and with these claims, and with each alone.

    :param measure: what is found for the lines if these claims are granted
    """

    def reckon(*granted: Claim) -> Result:
        return evaluate(scheme, measure(frozenset(granted)), fee, charged)

    before, after = reckon(), reckon(*claims)
    return Outcome(
        before,
        after,
        {claim: before.money - reckon(claim).money for claim in claims},
        before.money - after.money,
    )
