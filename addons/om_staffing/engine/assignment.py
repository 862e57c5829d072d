"""The best team: who fills which post so that the bid wins the most points.

An integer programme (``programme``). The aims, each kept while the next is pursued:

1. the most points;
2. the most required heads (posts that win no points still have to be filled);
3. the fewest people, and of these the least sought after: who fits many is spared;
4. as few changes of the present assignment as possible.

Aims 1 and 2, and 3 and 4, share a solve each: whole-number weights keep them apart.

Nobody holds two posts, but a post may be held besides another one (the emergency
centre's site manager is one of its nine engineers). People whom the same posts suit and
who stand at the same place are interchangeable, so that they are counted together: the
size of the programme depends on the kinds of people, not on their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from .programme import SCALE, NoProofError, Programme
from .scoring import PointsRule


@dataclass(frozen=True, slots=True)
class Seat:
    """A post as the assignment sees it.

    ``need``: heads the contract demands; ``rule``: the points they win, None for none;
    ``besides``: held by people who hold one of the other posts as well.
    """

    key: int
    need: int = 0
    rule: PointsRule | None = None
    besides: bool = False

    @property
    def most(self) -> int:
        """More heads than this are of no use to anybody."""
        return max(self.need, self.rule.useful if self.rule else 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person: the posts that suit, the present one and those held besides, and
    whether a running contract holds the person there."""

    key: int
    suits: frozenset[int]
    present: int | None = None
    locked: bool = False
    besides: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Team:
    """The best assignment.

    ``posts``: {person: post}; ``besides``: {post: people} of those held besides;
    ``points``: {post: points}; ``total``: their sum; ``heads``: {post: people counted}.
    """

    posts: Mapping[int, int]
    besides: Mapping[int, tuple[int, ...]]
    points: Mapping[int, Decimal]
    heads: Mapping[int, int]

    @property
    def total(self) -> Decimal:
        """Points of all posts."""
        return sum(self.points.values(), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Remedy:
    """The cheapest way to win more at a post: which people would have to get what.

    ``gain``: points of the whole team that it wins; ``cost``: the sum of the prices;
    ``people``: those who would newly count for the post.
    """

    post: int
    gain: Decimal
    cost: int
    people: tuple[int, ...]


@dataclass
class _Group:
    """People who are interchangeable."""

    suits: frozenset[int]
    present: int | None
    besides: frozenset[int] = frozenset()
    price: int | None = None
    people: list[int] = field(default_factory=list)


class _Programme(Programme):
    """The integer programme.

    Its columns: people of a group at a post; the steps of points that are reached; the
    heads that are missing.
    """

    def __init__(self, seats: Sequence[Seat], groups: Sequence[_Group]) -> None:
        self.seats = {seat.key: seat for seat in seats}
        self.groups = groups
        self.room = sum(seat.most for seat in seats)
        self.pairs = self._dominant_pairs()
        self.shortages = [seat.key for seat in seats if seat.need]
        steps = ((seat.key, *step) for seat in seats for step in point_steps(seat))
        super().__init__(len(self.pairs), steps, len(self.shortages))
        self._add_constraints()
        self.upper[: len(self.pairs)] = [
            min(len(groups[group].people), self.seats[post].most)
            for group, post in self.pairs
        ]
        self.upper[self.first_after :] = [
            self.seats[post].need for post in self.shortages
        ]

    def _dominant_pairs(self) -> list[tuple[int, int]]:
        """(group, post) of all that an optimal team can need.

        No more people than ``room`` are ever used. Of the people whom a post suits the
        ``room`` cheapest are enough: in place of a dearer one, one of these is free.
        Only people whom no post besides suits are exchanged like that.
        """
        wanted: dict[int, list[int]] = defaultdict(list)
        for number, group in enumerate(self.groups):
            for post in group.suits & self.seats.keys():
                wanted[post].append(number)
        pairs = []
        for post, numbers in wanted.items():
            room = self.room
            for number in sorted(numbers, key=lambda n: self._cost_at(n, post)):
                group = self.groups[number]
                tied = group.price is not None or any(
                    self.seats[at].besides for at in group.suits & self.seats.keys()
                )
                if room > 0 or tied:
                    pairs.append((number, post))
                if not tied:
                    room -= len(group.people)
        return sorted(pairs)

    def _cost_at(self, number: int, post: int) -> int:
        """Aims 3 and 4 of one person of a group at a post."""
        group = self.groups[number]
        if self.seats[post].besides:
            return int(post not in group.besides)
        return len(group.suits) * (self.room + 1) + (group.present != post)

    def _add_constraints(self) -> None:
        rows = self.rows
        by_group, by_post, besides = defaultdict(list), defaultdict(list), []
        for column, (group, post) in enumerate(self.pairs):
            by_post[post].append(column)
            if self.seats[post].besides:
                besides.append((column, group))
            else:
                by_group[group].append(column)
        for group, members in by_group.items():
            rows.add_sum(members, 0, len(self.groups[group].people))
        for column, group in besides:
            # Only who is on the team can hold a post besides.
            team = [(other, 1) for other in by_group[group]]
            rows.add([*team, (column, -1)], 0, np.inf)
        for post, seat in self.seats.items():
            rows.add_sum(by_post[post], 0, seat.most)
        self.add_steps(by_post)
        for column, post in enumerate(self.shortages, self.first_after):
            rows.add_sum([*by_post[post], column], self.seats[post].need, np.inf)

    def shortage_cost(self) -> np.ndarray:
        """Required heads that are missing."""
        return self.make_cost(self.first_after, (1 for _post in self.shortages))

    def people_cost(self) -> np.ndarray:
        """People used, each as often as there are posts that suit; then changes."""
        return self.make_cost(0, (self._cost_at(*pair) for pair in self.pairs))

    def price_cost(self, post: int) -> np.ndarray:
        """What it costs to let people count for ``post``."""
        return self.make_cost(
            0,
            (
                (self.groups[group].price or 0) if at == post else 0
                for group, at in self.pairs
            ),
        )


def point_steps(seat: Seat) -> list[tuple[int, Decimal]]:
    """(heads, points) of every number of heads at which the points change."""
    if seat.rule is None:
        return []
    previous, steps = Decimal(0), []
    for heads in range(1, seat.most + 1):
        points = seat.rule.points(heads)
        if points != previous:
            steps.append((heads, points))
            previous = points
    return steps


def _group(
    candidates: Sequence[Candidate],
    post: int | None = None,
    prices: Mapping[int, int] | None = None,
) -> list[_Group]:
    """Interchangeable people together; with ``prices``, those who have one are let
    count for ``post``."""
    groups: dict[tuple, _Group] = {}
    for person in candidates:
        suits = frozenset((person.present,)) if person.locked else person.suits
        price = None
        if prices and person.key in prices and not person.locked and post not in suits:
            price = prices[person.key]
            suits |= {post}
        # A place that does not suit is as good as none.
        present = person.present if person.present in suits else None
        key = (suits, present, person.besides & suits, price)
        group = groups.setdefault(key, _Group(*key))
        group.people.append(person.key)
    return list(groups.values())


def best_team(seats: Sequence[Seat], candidates: Sequence[Candidate]) -> Team:
    """The assignment that is best by the aims above.

    People who are locked stay where they are and count there if the post is among
    ``seats``; they are never used elsewhere.

    :raises NoProofError: the solver stopped without a proof of optimality
    """
    programme = _Programme(seats, _group(candidates))
    needed = sum(seat.need for seat in seats)
    won = programme.point_cost() * (needed + 1) + programme.shortage_cost()
    best = programme.minimise(won)
    programme.keep(won, float(won @ best))
    return _read(programme, programme.minimise(programme.people_cost()))


def _read(programme: _Programme, solution: np.ndarray) -> Team:
    posts, heads = {}, dict.fromkeys(programme.seats, 0)
    used: dict[int, int] = defaultdict(int)
    besides: dict[int, list[int]] = defaultdict(list)
    for column, (group, post) in enumerate(programme.pairs):
        number = int(solution[column])
        heads[post] += number
        if programme.seats[post].besides:
            continue
        people = programme.groups[group].people
        for person in people[used[group] : used[group] + number]:
            posts[person] = post
        used[group] += number
    for column, (group, post) in enumerate(programme.pairs):
        if programme.seats[post].besides:
            # As many of the group are on the team, so that its first members are.
            number = int(solution[column])
            besides[post].extend(programme.groups[group].people[:number])
    points = {
        seat.key: seat.rule.points(heads[seat.key])
        for seat in programme.seats.values()
        if seat.rule
    }
    held = {post: tuple(people) for post, people in besides.items()}
    return Team(posts, held, points, heads)


def cheapest_remedy(
    seats: Sequence[Seat],
    candidates: Sequence[Candidate],
    team: Team,
    post: int,
    prices: Mapping[int, int],
) -> Remedy | None:
    """The cheapest set of certificates that lets the team win more at ``post``.

    :param prices: {person: price} of the people who would count for the post with
        certificates they lack; whole numbers above 0, such as yuan or examinations
    :return: None if no set of them wins anything
    """
    if not prices:
        return None
    groups = _group(candidates, post, prices)
    programme = _Programme(seats, groups)
    points = programme.point_cost()
    # One hundredth of a point more than now is more.
    programme.keep(points, -int(team.total * SCALE) - 1)
    most = int(sum(seat.rule.full * SCALE for seat in seats if seat.rule))
    cheapest = programme.price_cost(post) * (most + 1) + points
    try:
        better = _read(programme, programme.minimise(cheapest))
    except NoProofError:
        return None
    priced = {
        person for group in groups if group.price is not None for person in group.people
    }
    at_post = {person for person, at in better.posts.items() if at == post}
    people = tuple(sorted(priced & at_post.union(better.besides.get(post, ()))))
    if not people:
        return None
    return Remedy(
        post,
        better.total - team.total,
        sum(prices[person] for person in people),
        people,
    )
