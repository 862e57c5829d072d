"""The price of a bid: what it wins against others, and how the committee corrects it.

Sources: Shunyi's tender, chapter 4: 2.3 (a price line that is missing counts as
included; the committee asks the bidder to confirm that, and who does not is out), 2.4.2
to 2.4.7 (the order of corrections), 4.2 and instructions 22.1 (ranking: points, lower
price, technical points, lot). Amounts are ``Decimal`` with two decimals, in yuan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal, NamedTuple

from .scoring import CENT, Offer, evaluation_price, half_up, price_scores

Rule = Literal["separate", "list", "words", "decimal", "units", "included"]
# A price of a line is misplaced if moving its point alone heals the sum.
SHIFTS = tuple(Decimal(10) ** power for power in (-4, -3, -2, -1, 1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the price schedule; ``price`` None: it is missing."""

    name: str
    price: Decimal | None
    quantity: Decimal = Decimal(1)

    @property
    def amount(self) -> Decimal:
        """Price times quantity, to the cent; 0 of a missing one."""
        return half_up((self.price or Decimal(0)) * self.quantity)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it is printed: in figures and in words; None: not printed so."""

    figures: Decimal | None = None
    words: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """What a bid prints about its price.

    ``separate``: the opening list that is handed in by itself; ``listed``: the opening
    list inside of the bid; ``total``: the total under the schedule.
    """

    listed: Amount
    lines: tuple[Line, ...] = ()
    total: Amount = Amount()
    separate: Amount = Amount()


class Correction(NamedTuple):
    """One thing that was corrected: by which rule, at what, from what to what."""

    rule: Rule
    at: str
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True, slots=True)
class Corrected:
    """The price that counts once the bidder has confirmed the corrections; without
    confirmation a bid with any of them is invalid."""

    price: Decimal
    lines: tuple[Line, ...]
    corrections: tuple[Correction, ...]

    def is_valid(self, *, confirmed: bool) -> bool:
        """True if the bid stays in."""
        return confirmed or not self.corrections


class PriceError(ValueError):
    """No price can be told from what is printed."""


def correct(printed: Printed) -> Corrected:
    """The price after the committee's corrections, in the tender's order.

    1. the opening list handed in by itself wins over the one in the bid (2.4.2);
    2. the opening list wins over the detail (2.4.3);
    3. words win over figures (2.4.4);
    4. a plainly misplaced decimal point of one unit price is put right by the opening
       list's total (2.4.5);
    5. else the sum by unit prices wins over a total (2.4.6).

    A line without a price is included in the others (2.3): the total is not changed.
    That the opening list wins over the detail and the sum of unit prices over a total
    is no contradiction: the first is about what is printed twice (the total under the
    schedule), the second about the sum that nobody printed.

    :raises PriceError: the opening list names no amount
    """
    corrections: list[Correction] = []

    def wins(rule: Rule, at: str, before: Decimal | None, after: Decimal) -> None:
        if before is not None and before != after:
            corrections.append(Correction(rule, at, before, after))

    listed, separate = printed.listed, printed.separate
    if separate.figures is not None:
        if listed.figures is not None:
            wins("separate", "figures", listed.figures, separate.figures)
        listed = replace(listed, figures=separate.figures)
    if separate.words is not None:
        if listed.words is not None:
            wins("separate", "words", listed.words, separate.words)
        listed = replace(listed, words=separate.words)
    price = listed.words if listed.words is not None else listed.figures
    if price is None:
        raise PriceError("the opening list names no amount")
    total = printed.total
    under = total.words if total.words is not None else total.figures
    if under is not None:
        wins("list", "total", under, price)
    if listed.words is not None:
        wins("words", "list", listed.figures, listed.words)
    if total.words is not None:
        wins("words", "total", total.figures, total.words)
    lines = printed.lines
    corrections += [
        Correction("included", line.name, None, Decimal("0.00"))
        for line in lines
        if line.price is None
    ]
    added = sum((line.amount for line in lines), Decimal("0.00"))
    # What is missing lies in the other lines: no sum is held against the total then.
    if lines and added != price and all(line.price is not None for line in lines):
        if place := _find_misplaced(lines, price):
            number, right = place
            before = lines[number].price
            corrections.append(Correction("decimal", lines[number].name, before, right))
            lines = tuple(
                replace(line, price=right) if index == number else line
                for index, line in enumerate(lines)
            )
        else:
            wins("units", "total", price, added)
            price = added
    return Corrected(price, lines, tuple(corrections))


def _find_misplaced(
    lines: Sequence[Line], price: Decimal
) -> tuple[int, Decimal] | None:
    """The one line whose decimal point, moved, makes the sum the total, with its price;
    None where there is no such line, or more than one: then nothing is plain."""
    added = sum((line.amount for line in lines), Decimal("0.00"))
    found = [
        (number, right)
        for number, line in enumerate(lines)
        if line.price
        for shift in SHIFTS
        if (right := line.price * shift) == half_up(right)
        and added - line.amount + replace(line, price=right).amount == price
    ]
    return (found[0][0], found[0][1].quantize(CENT)) if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Rival:
    """A bidder as expected: the price, and the points beside the price; ``technical``
    of these and ``lot`` decide ties, a lower lot first."""

    offer: Offer
    others: Decimal
    technical: Decimal = Decimal(0)
    lot: int = 0


def rank(bids: Sequence[Rival], ceiling: Decimal, full: Decimal) -> list[int]:
    """The valid bids' indices, the winner first: by points, the lower price, technical
    points, lot.

    :param ceiling: a bid above it is invalid; ``Decimal("Infinity")`` for none
    :param full: points of the lowest price
    """
    scores = price_scores([bid.offer for bid in bids], ceiling, full)
    valid = [index for index, score in enumerate(scores) if score is not None]
    return sorted(
        valid,
        key=lambda index: (
            -(scores[index] + bids[index].others),
            bids[index].offer.price,
            -bids[index].technical,
            bids[index].lot,
        ),
    )


class Point(NamedTuple):
    """A price of ours with what becomes of it: the price's points, all points, the rank
    from 1 on (0: invalid), and by how many points we are before the best other bid."""

    price: Decimal
    score: Decimal
    total: Decimal
    place: int
    lead: Decimal


def try_price(
    price: Decimal,
    ours: Rival,
    rivals: Sequence[Rival],
    ceiling: Decimal,
    full: Decimal,
) -> Point:
    """What becomes of our bid at ``price``."""
    bid = replace(ours, offer=replace(ours.offer, price=price))
    bids = [bid, *rivals]
    scores = price_scores([one.offer for one in bids], ceiling, full)
    zero = Decimal("0.00")
    if scores[0] is None:
        return Point(price, zero, zero, 0, zero)
    totals = [
        score + one.others if score is not None else None
        for score, one in zip(scores, bids, strict=True)
    ]
    best = max((one for one in totals[1:] if one is not None), default=zero)
    place = rank(bids, ceiling, full).index(0) + 1
    return Point(price, scores[0], totals[0], place, totals[0] - best)


def price_curve(
    ours: Rival,
    rivals: Sequence[Rival],
    low: Decimal,
    high: Decimal,
    ceiling: Decimal,
    full: Decimal,
    number: int = 41,
) -> list[Point]:
    """``number`` prices from ``low`` to ``high`` with what becomes of each."""
    span = high - low
    prices = [half_up(low + span * step / (number - 1)) for step in range(number)]
    return [try_price(price, ours, rivals, ceiling, full) for price in prices]


def highest_winning(
    ours: Rival, rivals: Sequence[Rival], ceiling: Decimal, full: Decimal
) -> Decimal | None:
    """The highest price, to the cent, with which we win; None if none does.

    The dearer we are, the fewer points we have and the more the others have: whoever
    wins at a price wins at each lower one, so that halving finds the edge.
    """
    top = ceiling if ceiling.is_finite() else _top(ours, rivals)

    def wins(cents: int) -> bool:
        price = cents * CENT
        return try_price(price, ours, rivals, ceiling, full).place == 1

    low, high = 1, int((top / CENT).to_integral_value(ROUND_FLOOR))
    if high < low or not wins(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if wins(middle):
            low = middle
        else:
            high = middle - 1
    return low * CENT


def _top(ours: Rival, rivals: Sequence[Rival]) -> Decimal:
    """A price at which we have no point for it any more."""
    dearest = max((evaluation_price(one.offer) for one in (ours, *rivals)), default=1)
    return (dearest * 10000).to_integral_value(ROUND_CEILING)
