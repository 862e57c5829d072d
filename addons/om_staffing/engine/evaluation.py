"""What a team wins under a tender's rules, who counts where, and what is missing.

Combines the rules about people with the rules about points for whole teams; two
thousand people are judged for sixty posts in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import inf

from .assignment import Seat
from .people import (
    DEGREES,
    TITLES,
    Gap,
    Person,
    Requirement,
    find_gaps,
    insured_months,
    record_age,
)
from .scoring import PointsRule


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a tender: what it asks of each person, how many are needed, and what
    they win. ``besides``: held by people of the other posts as well."""

    key: int
    requirement: Requirement
    need: int = 0
    rule: PointsRule | None = None
    besides: bool = False

    @property
    def seat(self) -> Seat:
        """The post as the assignment sees it."""
        return Seat(self.key, self.need, self.rule, self.besides)


@dataclass(frozen=True, slots=True)
class PostResult:
    """``counted``: the people who count; ``failing``: those who are named but do not,
    with what keeps them; ``missing``: heads that the contract demands and lacks."""

    key: int
    counted: tuple[int, ...]
    failing: tuple[tuple[int, tuple[Gap, ...]], ...]
    points: Decimal
    full: Decimal
    missing: int

    @property
    def lost(self) -> Decimal:
        """Points that could be won and are not."""
        return self.full - self.points


@dataclass(frozen=True, slots=True)
class Standing:
    """A person as of a day: what holds then, worked out once for all posts."""

    valid: frozenset[str]
    months: int
    degree: int
    title: int
    years: float
    years_as_manager: float
    clearance_age: float
    secrecy_age: float


def standing_of(person: Person, day: date) -> Standing:
    """What a person can show on ``day``."""
    return Standing(
        frozenset(one.kind for one in person.certificates if one.is_valid(day)),
        insured_months(person.insured, day) if person.insured else 0,
        DEGREES.index(person.degree),
        TITLES.index(person.title),
        person.years,
        person.years_as_manager,
        record_age(person.cleared, day),
        record_age(person.secrecy, day),
    )


def lacks_only_certificates(standing: Standing, needs: Requirement) -> bool:
    """True if nothing but certificates could keep the person from counting."""
    return (
        standing.months >= needs.insurance_months
        and standing.degree >= DEGREES.index(needs.degree)
        and standing.title >= TITLES.index(needs.title)
        and standing.years >= needs.years
        and standing.years_as_manager >= needs.years_as_manager
        and standing.clearance_age <= (needs.clearance_months or inf)
        and standing.secrecy_age <= (needs.secrecy_months or inf)
    )


def meets(standing: Standing, needs: Requirement) -> bool:
    """True if the person counts; says the same as ``find_gaps``, only faster."""
    return (
        needs.all_of <= standing.valid
        and (not needs.any_of or not needs.any_of.isdisjoint(standing.valid))
        and lacks_only_certificates(standing, needs)
    )


def suitable_posts(
    posts: Sequence[Post], people: Iterable[Person], day: date
) -> dict[int, frozenset[int]]:
    """{person: posts for which the person counts on ``day``}."""
    found: dict[Standing, frozenset[int]] = {}
    suits = {}
    for person in people:
        standing = standing_of(person, day)
        if standing not in found:
            found[standing] = frozenset(
                post.key for post in posts if meets(standing, post.requirement)
            )
        suits[person.key] = found[standing]
    return suits


def evaluate_posts(
    posts: Sequence[Post],
    people: Mapping[int, Person],
    named: Mapping[int, Sequence[int]],
    day: date,
) -> list[PostResult]:
    """What the people named for each post win on ``day``.

    Who is named for two posts that exclude each other counts for the first one only.

    :param named: {post: people}; people who are not in ``people`` are passed over
    """
    held: dict[int, int] = {}
    results = []
    for post in posts:
        counted, failing = [], []
        for key in dict.fromkeys(named.get(post.key, ())):
            if key not in people:
                continue
            gaps = find_gaps(people[key], post.requirement, day)
            if not post.besides and key in held:
                gaps.append(Gap("twice", post=held[key]))
            if gaps:
                failing.append((key, tuple(gaps)))
                continue
            counted.append(key)
            if not post.besides:
                held[key] = post.key
        results.append(_result(post, tuple(counted), tuple(failing)))
    return results


def _result(post: Post, counted: tuple, failing: tuple) -> PostResult:
    zero = Decimal("0.00")
    return PostResult(
        post.key,
        counted,
        failing,
        post.rule.points(len(counted)) if post.rule else zero,
        post.rule.full if post.rule else zero,
        max(0, post.need - len(counted)),
    )


def remedy_prices(
    post: Post, people: Iterable[Person], day: date, prices: Mapping[str, int]
) -> dict[int, int]:
    """{person: price} of those who would count with certificates they lack.

    :param prices: {kind: price}, whole numbers; what has no price costs 1
    """
    needs = post.requirement
    found = {}
    for person in people:
        standing = standing_of(person, day)
        if meets(standing, needs) or not lacks_only_certificates(standing, needs):
            continue
        price = sum(prices.get(kind) or 1 for kind in needs.all_of - standing.valid)
        if needs.any_of and needs.any_of.isdisjoint(standing.valid):
            price += min(prices.get(kind) or 1 for kind in needs.any_of)
        found[person.key] = price
    return found
