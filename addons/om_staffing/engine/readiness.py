"""How many points a bid would have on any day to come, and what changes them when.

Points change only on certain days: the day after a certificate ends, the day one
begins, the first of a month (insurance), the day a check or training gets too old, the
day somebody has worked long enough, and the day a reference contract gets too old.
Between two of them they stay: a curve over years is worked out on a few days.

Insurance is taken to go on as it does now (``people.project``). A tender asks for
reference contracts signed after a printed day; a tender to come is taken to ask for the
same age, so that the printed day moves with the day of the bid (Shunyi's tender,
chapter 4: signed after 2022-11-30, bids close on 2026-01-04).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from .assignment import Candidate, best_team
from .evaluation import Post, PostResult, evaluate_posts, suitable_posts
from .people import (
    ONE_DAY,
    Gap,
    Person,
    Requirement,
    add_months,
    find_gaps,
    project,
    worked_years,
)
from .scoring import (
    Demand,
    Qualification,
    all_or_nothing,
    grouped_points,
    half_up,
    met_kinds,
    performance_points,
)

Periods = Mapping[int, Sequence[tuple[date, date | None]]]
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about the enterprise: certificates ``together`` or ``each``, or reference
    contracts signed after ``after`` (``performance``)."""

    key: int
    kind: Literal["together", "each", "performance"]
    full: Decimal
    step: Decimal = ZERO
    demands: tuple[Demand, ...] = ()
    after: date | None = None

    def points(
        self, held: Sequence[Qualification], signed: Iterable[date], day: date
    ) -> Decimal:
        """Points on ``day``."""
        if self.kind == "performance":
            return performance_points(signed, self.after, self.step, self.full)
        kinds = [demand.kind for demand in self.demands]
        met = met_kinds(self.demands, held, day)
        if self.kind == "each":
            return grouped_points(met, kinds, self.full, self.step)
        return all_or_nothing(met, kinds, half_up(self.full))


@dataclass(frozen=True)
class Bid:
    """What the points of a bid follow from.

    :param bid_day: the day for which ``after`` of the rules is printed
    :param named: {post: people}; empty: the best team of each day is taken
    :param support: {person: periods of support work}; ``manager``: as a site manager
    :param away: people whom running contracts hold; they are on no best team
    """

    bid_day: date
    posts: Sequence[Post]
    people: Mapping[int, Person]
    named: Mapping[int, Sequence[int]] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    held: Sequence[Qualification] = ()
    signed: Sequence[date] = ()
    support: Periods = field(default_factory=dict)
    manager: Periods = field(default_factory=dict)
    away: frozenset[int] = frozenset()

    @property
    def counts_years(self) -> bool:
        """Whether a post asks for years of work at all."""
        return any(
            post.requirement.years or post.requirement.years_as_manager
            for post in self.posts
        )

    def people_on(self, day: date) -> dict[int, Person]:
        """The people as they are on ``day``."""
        found = {key: project(one, day) for key, one in self.people.items()}
        if not self.counts_years:
            return found
        return {
            key: replace(
                one,
                years=worked_years(self.support.get(key, ()), day),
                years_as_manager=worked_years(self.manager.get(key, ()), day),
            )
            for key, one in found.items()
        }

    def rules_on(self, day: date) -> list[Rule]:
        """The rules as a tender of ``day`` would print them."""
        shift = day - self.bid_day
        return [
            replace(rule, after=rule.after + shift) if rule.after else rule
            for rule in self.rules
        ]


class State(NamedTuple):
    """The points of a day: of each post with who counts, and of each rule."""

    posts: tuple[PostResult, ...]
    rules: tuple[tuple[int, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """All of them."""
        return sum((one.points for one in self.posts), ZERO) + sum(
            (points for _key, points in self.rules), ZERO
        )


class Change(NamedTuple):
    """What is otherwise than before at a post or a rule.

    ``gone``: people who count no more, with what keeps them; ``come``: who counts now.
    Of a rule: ``lost`` and ``won`` are kinds of certificates, or days of signature.
    """

    what: Literal["post", "rule"]
    key: int
    before: Decimal
    after: Decimal
    gone: tuple[tuple[int, tuple[Gap, ...]], ...] = ()
    come: tuple[int, ...] = ()
    lost: tuple[str, ...] = ()
    won: tuple[str, ...] = ()


class Step(NamedTuple):
    """From ``day`` on the bid has ``total`` points; ``changes``: what is otherwise."""

    day: date
    total: Decimal
    changes: tuple[Change, ...]


def state_on(bid: Bid, day: date) -> State:
    """The points of a bid on ``day``."""
    people = bid.people_on(day)
    named = bid.named if any(bid.named.values()) else _best_named(bid, people, day)
    signed = [one for one in bid.signed if one <= day]
    return State(
        tuple(evaluate_posts(bid.posts, people, named, day)),
        tuple(
            (rule.key, rule.points(bid.held, signed, day)) for rule in bid.rules_on(day)
        ),
    )


def _best_named(
    bid: Bid, people: Mapping[int, Person], day: date
) -> dict[int, list[int]]:
    free = [one for key, one in people.items() if key not in bid.away]
    suits = suitable_posts(bid.posts, free, day)
    team = best_team(
        [post.seat for post in bid.posts],
        [Candidate(person, posts) for person, posts in suits.items()],
    )
    named = {post: list(members) for post, members in team.besides.items()}
    for person, post in sorted(team.posts.items()):
        named.setdefault(post, []).append(person)
    return named


def change_days(bid: Bid, first: date, last: date) -> list[date]:
    """The days after ``first``, up to ``last``, on which points may change."""
    days: set[date] = set()
    valid = [one for person in bid.people.values() for one in person.certificates]
    for one in (*valid, *bid.held):
        if one.valid_from:
            days.add(one.valid_from)
        if one.valid_to and one.valid_to < date.max:
            days.add(one.valid_to + ONE_DAY)
    if any(post.requirement.insurance_months for post in bid.posts):
        month = first.replace(day=1)
        while month <= last:
            days.add(month)
            month = add_months(month, 1)
    for post in bid.posts:
        for person in bid.people.values():
            days |= _days_of_records(person, post.requirement)
            for periods, years in (
                (bid.support, post.requirement.years),
                (bid.manager, post.requirement.years_as_manager),
            ):
                if years:
                    days |= _ripe(periods.get(person.key, ()), years, first, last)
    for rule in bid.rules:
        days.update(bid.signed)
        if rule.after:
            # A contract counts as long as the printed day lies before it.
            days |= {bid.bid_day + (signed - rule.after) for signed in bid.signed}
    return sorted(day for day in days if first < day <= last)


def _days_of_records(person: Person, needs: Requirement) -> set[date]:
    """When a check or a training of somebody begins and ceases to count."""
    records = (
        (person.cleared, needs.clearance_months),
        (person.secrecy, needs.secrecy_months),
    )
    return {
        day
        for done, months in records
        if done and months
        for day in (done, add_months(done, months) + ONE_DAY)
    }


def _ripe(periods, years: float, first: date, last: date) -> set[date]:
    """The day on which somebody has worked so long, if it lies in between."""
    low, high = 0, (last - first).days
    if not periods or worked_years(periods, last) < years:
        return set()
    while low < high:
        middle = (low + high) // 2
        if worked_years(periods, first + timedelta(days=middle)) >= years:
            high = middle
        else:
            low = middle + 1
    return {first + timedelta(days=low)}


def readiness(bid: Bid, first: date, last: date) -> list[Step]:
    """The points from ``first`` to ``last``: a step for the first day and for each on
    which anything about them changes."""
    before = state_on(bid, first)
    steps = [Step(first, before.total, ())]
    for day in change_days(bid, first, last):
        after = state_on(bid, day)
        if changes := _compare(bid, before, after, day):
            steps.append(Step(day, after.total, tuple(changes)))
        before = after
    return steps


def _compare(bid: Bid, before: State, after: State, day: date) -> list[Change]:
    changes = []
    people, is_named = bid.people_on(day), any(bid.named.values())
    needs = {post.key: post.requirement for post in bid.posts}
    for old, new in zip(before.posts, after.posts, strict=True):
        gone = [key for key in old.counted if key not in new.counted]
        come = tuple(key for key in new.counted if key not in old.counted)
        reasons = tuple(
            (key, tuple(find_gaps(people[key], needs[new.key], day))) for key in gone
        )
        # Of the people named each one tells; another best team with the same points
        # is no change.
        told = is_named and any(gaps for _key, gaps in reasons)
        if old.points != new.points or told:
            changes.append(
                Change("post", new.key, old.points, new.points, reasons, come)
            )
    eve = day - ONE_DAY
    rules = zip(bid.rules_on(eve), bid.rules_on(day), strict=True)
    for (key, old), (_key, new), (rule, later) in zip(
        before.rules, after.rules, rules, strict=True
    ):
        if old == new:
            continue
        if rule.kind == "performance":
            counted = {one for one in bid.signed if rule.after < one <= eve}
            left = {one for one in bid.signed if later.after < one <= day}
            lost = tuple(str(one) for one in sorted(counted - left))
            won = tuple(str(one) for one in sorted(left - counted))
        else:
            had = met_kinds(rule.demands, bid.held, eve)
            has = met_kinds(rule.demands, bid.held, day)
            lost, won = tuple(sorted(had - has)), tuple(sorted(has - had))
        changes.append(Change("rule", key, old, new, lost=lost, won=won))
    return changes
