"""The points of a bid: team, enterprise, performance and price.

Every score is a ``Decimal`` rounded half up to two decimals, as the tenders do.

Source: Shunyi's tender 2026, chapter 4: business 20 (enterprise qualifications 8,
performance 4, team 8), technical 70 (judged by the committee), price 10; and chapter 5,
the rules of the evaluation price.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

CENT = Decimal("0.01")
HUNDRED = Decimal(100)

# An abnormally low price: below these shares of the mean of the bids that passed, of
# the second lowest of them and of the ceiling (Shunyi's tender, instructions, 11.5).
MEAN_SHARE, SECOND_SHARE, CEILING_SHARE = (
    Decimal("0.50"),
    Decimal("0.50"),
    Decimal("0.45"),
)
# Deductions of the evaluation price in percent; never two of them.
SMALL_ENTERPRISE = Decimal(10)
SMALL_PARTNER = Decimal(4)
SMALL_PARTNER_SHARE = Decimal(30)
PRICE_POINTS = Decimal(10)


class ScoreError(ValueError):
    """The figures cannot be scored."""


def half_up(value: Decimal) -> Decimal:
    """``value`` rounded half up to two decimals."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Step:
    """``points`` are won from ``count`` persons on."""

    count: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class PointsRule:
    """What a post wins for the number of persons who count.

    ``steps``: the highest step that is reached decides (all or nothing is one step);
    ``per_head``: points for each person up to ``maximum``. Exactly one of the two.
    """

    steps: tuple[Step, ...] = ()
    per_head: Decimal | None = None
    maximum: Decimal | None = None

    def __post_init__(self) -> None:
        if bool(self.steps) == (self.per_head is not None):
            raise ScoreError("a points rule has steps or points per head")
        if self.per_head is not None and not self.maximum:
            raise ScoreError("points per head need a maximum")
        numbers = [step.count for step in self.steps]
        if numbers != sorted(set(numbers)) or any(number < 1 for number in numbers):
            raise ScoreError("steps rise from 1 person on")

    @property
    def full(self) -> Decimal:
        """The most that can be won."""
        if self.per_head is not None:
            return self.maximum
        return max(step.points for step in self.steps)

    @property
    def useful(self) -> int:
        """The number of persons after which nothing more is won."""
        if self.per_head is not None:
            heads = self.maximum / self.per_head
            return int(heads.to_integral_value(ROUND_CEILING))
        best = self.full
        return min(step.count for step in self.steps if step.points == best)

    def points(self, persons: int) -> Decimal:
        """What ``persons`` who count win."""
        if self.per_head is not None:
            return half_up(min(self.per_head * persons, self.maximum))
        reached = [step.points for step in self.steps if step.count <= persons]
        return half_up(reached[-1] if reached else Decimal(0))


def grouped_points(
    held: Iterable[str], needed: Sequence[str], full: Decimal, per_missing: Decimal
) -> Decimal:
    """Points for a set of certificates that loses ``per_missing`` for each one missing
    and everything when none is held (ISO 9001, 27001, 20000 and 45001).

    >>> grouped_points({"a", "b"}, ["a", "b", "c"], Decimal(2), Decimal("0.5"))
    Decimal('1.50')
    """
    present = set(held) & set(needed)
    if not present:
        return half_up(Decimal(0))
    missing = len(set(needed)) - len(present)
    return half_up(max(full - per_missing * missing, Decimal(0)))


def all_or_nothing(
    held: Iterable[str], needed: Iterable[str], full: Decimal
) -> Decimal:
    """Points for certificates that count only together (contractor grade and licence
    for work safety)."""
    return half_up(full if set(needed) <= set(held) else Decimal(0))


@dataclass(frozen=True, slots=True)
class Qualification:
    """A certificate of the enterprise as it stands: ``grade`` 1 is the best (grade A,
    first grade), 0 stands for certificates without grades; ``scope`` is its text."""

    kind: str
    grade: int = 0
    scope: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What a tender demands of one kind of certificate: this grade or a better one (0:
    any), and a word that the certified scope must contain."""

    kind: str
    grade: int = 0
    scope: str = ""

    def is_met(self, held: Qualification, day: date) -> bool:
        """True if ``held`` is of this kind, valid on ``day``, good and wide enough."""
        begun = held.valid_from is None or held.valid_from <= day
        valid = begun and (held.valid_to is None or day <= held.valid_to)
        good = not self.grade or 0 < held.grade <= self.grade
        return valid and good and held.kind == self.kind and self.scope in held.scope


def met_kinds(
    demands: Iterable[Demand], held: Sequence[Qualification], day: date
) -> set[str]:
    """The kinds of which a certificate meets the demand on ``day``."""
    return {
        demand.kind
        for demand in demands
        if any(demand.is_met(one, day) for one in held)
    }


def performance_points(
    signed: Iterable[date], after: date, each: Decimal, maximum: Decimal
) -> Decimal:
    """Points for reference contracts signed later than ``after``, not on it.

    >>> performance_points([date(2022, 11, 30), date(2022, 12, 1)], date(2022, 11, 30),
    ...                    Decimal(1), Decimal(4))
    Decimal('1.00')
    """
    number = sum(1 for day in signed if day > after)
    return half_up(min(each * number, maximum))


Advantage = Literal["none", "small", "prison", "disabled_welfare", "small_partner"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One bidder's price.

    ``advantage``: what the bidder claims; ``small_partner`` is a consortium or a
    subcontract with small or micro enterprises that do ``partner_share`` percent;
    ``related``: partners under common control, who win nothing.
    """

    price: Decimal
    advantage: Advantage = "none"
    partner_share: Decimal = Decimal(0)
    related: bool = False


def evaluation_price(offer: Offer) -> Decimal:
    """The price that is compared: at most one deduction, however many would fit."""
    percent = Decimal(0)
    if offer.advantage in ("small", "prison", "disabled_welfare"):
        percent = SMALL_ENTERPRISE
    elif (
        offer.advantage == "small_partner"
        and offer.partner_share >= SMALL_PARTNER_SHARE
        and not offer.related
    ):
        percent = SMALL_PARTNER
    return offer.price * (HUNDRED - percent) / HUNDRED


class Alarm(NamedTuple):
    """Below which price, and of what, the committee has to ask for reasons."""

    kind: Literal["mean", "second", "ceiling"]
    threshold: Decimal


def low_price_alarms(
    price: Decimal, passed: Iterable[Decimal], ceiling: Decimal
) -> list[Alarm]:
    """Return why the committee starts the procedure for abnormally low prices.

    A price that lies on a threshold is not below it.

    :param passed: the prices of all bids that passed the conformity check, ours too
    :param ceiling: 0: the tender has none

    >>> low_price_alarms(Decimal(34_709_984), [], Decimal("77133300.00"))
    [Alarm(kind='ceiling', threshold=Decimal('34709985.0000'))]
    """
    prices = sorted(passed)
    alarms = []
    # Two bids make a second lowest; of one the mean is its own price.
    if len(prices) > 1:
        mean = sum(prices, Decimal(0)) / len(prices)
        alarms.append(Alarm("mean", mean * MEAN_SHARE))
        alarms.append(Alarm("second", prices[1] * SECOND_SHARE))
    if ceiling:
        alarms.append(Alarm("ceiling", ceiling * CEILING_SHARE))
    return [alarm for alarm in alarms if price < alarm.threshold]


def price_scores(
    offers: Sequence[Offer], ceiling: Decimal, full: Decimal = PRICE_POINTS
) -> list[Decimal | None]:
    """The price score of each offer; None for an invalid one (over the ceiling).

    The benchmark is the lowest valid evaluation price; score = benchmark / evaluation
    price x full.
    """
    valid = [evaluation_price(offer) for offer in offers if 0 < offer.price <= ceiling]
    benchmark = min(valid, default=None)
    return [
        half_up(benchmark / evaluation_price(offer) * full)
        if 0 < offer.price <= ceiling
        else None
        for offer in offers
    ]


def rank(totals: Sequence[tuple[Decimal, Decimal]]) -> list[int]:
    """Order of the bidders by total score, then by lower price.

    :param totals: (score, price) of each bidder
    :return: the bidders' indices, best first
    """
    return sorted(
        range(len(totals)), key=lambda index: (-totals[index][0], totals[index][1])
    )
