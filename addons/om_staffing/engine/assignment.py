"""The best team: who fills which post so that the bid wins the most points.

An integer programme, solved to proven optimality by HiGHS through SciPy. The aims, each
kept while the next is pursued:

1. the most points;
2. the most required heads (posts that win no points still have to be filled);
3. the fewest people, and of these the least sought after: who fits many posts is spared;
4. as few changes of the present assignment as possible.

Nobody holds two posts. People whom the same posts suit and who stand at the same place
are interchangeable, so that they are counted together: the size of the programme depends
on the kinds of people, not on their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from .scoring import PointsRule

# Points have two decimals; whole numbers leave no room for the solver's tolerance.
SCALE = 100


class NoProofError(RuntimeError):
    """The solver stopped without a proof; nothing is proposed then."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A post as the assignment sees it.

    ``need``: heads the contract demands; ``rule``: the points they win, None for none.
    """

    key: int
    need: int = 0
    rule: PointsRule | None = None

    @property
    def most(self) -> int:
        """More heads than this are of no use to anybody."""
        return max(self.need, self.rule.useful if self.rule else 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person: the posts that suit, the present one, and whether a running contract
    holds the person there."""

    key: int
    suits: frozenset[int]
    present: int | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """The best assignment.

    ``posts``: {person: post}; ``points``: {post: points}; ``total``: their sum;
    ``heads``: {post: number of people}.
    """

    posts: Mapping[int, int]
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
    price: int | None = None
    people: list[int] = field(default_factory=list)


class _Programme:
    """The integer programme over groups x posts and the posts' steps of points."""

    def __init__(self, seats: Sequence[Seat], groups: Sequence[_Group]) -> None:
        self.seats = {seat.key: seat for seat in seats}
        self.groups = groups
        self.pairs = [
            (number, post)
            for number, group in enumerate(groups)
            for post in sorted(group.suits)
            if post in self.seats
        ]
        self.steps = [
            (seat.key, count, int(points * SCALE))
            for seat in seats
            for count, points in _steps(seat)
        ]
        self.shortages = [seat.key for seat in seats if seat.need]
        self.size = len(self.pairs) + len(self.steps) + len(self.shortages)
        self.fixed: list[LinearConstraint] = self._base_constraints()

    def _base_constraints(self) -> list[LinearConstraint]:
        rows, columns, values, lower, upper = [], [], [], [], []

        def add_row(entries, low, high):
            row = len(lower)
            for column, value in entries:
                rows.append(row)
                columns.append(column)
                values.append(value)
            lower.append(low)
            upper.append(high)

        by_group, by_post = defaultdict(list), defaultdict(list)
        for column, (group, post) in enumerate(self.pairs):
            by_group[group].append(column)
            by_post[post].append(column)
        for group, members in by_group.items():
            size = len(self.groups[group].people)
            add_row([(column, 1) for column in members], 0, size)
        first_step = len(self.pairs)
        steps = defaultdict(list)
        for offset, (post, count, _points) in enumerate(self.steps):
            steps[post].append((first_step + offset, count))
        first_shortage = first_step + len(self.steps)
        for post, seat in self.seats.items():
            heads = [(column, 1) for column in by_post[post]]
            add_row(heads, 0, seat.most)
            if steps[post]:
                add_row([(column, 1) for column, _count in steps[post]], 0, 1)
                add_row(
                    heads + [(column, -count) for column, count in steps[post]],
                    0,
                    np.inf,
                )
        for offset, post in enumerate(self.shortages):
            heads = [(column, 1) for column in by_post[post]]
            need = self.seats[post].need
            add_row([*heads, (first_shortage + offset, 1)], need, np.inf)
        if not lower:
            return []
        matrix = coo_array(
            (values, (rows, columns)), shape=(len(lower), self.size)
        ).tocsr()
        return [LinearConstraint(matrix, lower, upper)]

    def _bounds(self) -> Bounds:
        upper = [
            min(len(self.groups[group].people), self.seats[post].most)
            for group, post in self.pairs
        ]
        upper += [1] * len(self.steps)
        upper += [self.seats[post].need for post in self.shortages]
        return Bounds(np.zeros(self.size), np.array(upper, dtype=float))

    def minimise(self, cost: np.ndarray) -> np.ndarray:
        """The best solution in whole numbers.

        :raises NoProofError: the solver gave up
        """
        if not self.size:
            return np.zeros(0)
        result = milp(
            cost,
            integrality=np.ones(self.size),
            bounds=self._bounds(),
            constraints=self.fixed,
            options={"mip_rel_gap": 0.0},
        )
        if result.status != 0:
            raise NoProofError(result.message)
        return np.round(result.x)

    def keep(self, cost: np.ndarray, at_most: float) -> None:
        """From now on ``cost`` stays at or below ``at_most``."""
        matrix = coo_array(cost.reshape(1, -1)).tocsr()
        # Costs are whole numbers: half of one is no tolerance.
        self.fixed.append(LinearConstraint(matrix, -np.inf, at_most + 0.5))

    def point_cost(self) -> np.ndarray:
        """Minus the points."""
        cost = np.zeros(self.size)
        for offset, (_post, _count, points) in enumerate(self.steps):
            cost[len(self.pairs) + offset] = -points
        return cost

    def shortage_cost(self) -> np.ndarray:
        """Required heads that are missing."""
        cost = np.zeros(self.size)
        cost[len(self.pairs) + len(self.steps) :] = 1
        return cost

    def scarcity_cost(self) -> np.ndarray:
        """People used, each as often as there are posts that suit."""
        cost = np.zeros(self.size)
        for column, (group, _post) in enumerate(self.pairs):
            cost[column] = len(self.groups[group].suits)
        return cost

    def change_cost(self) -> np.ndarray:
        """People used elsewhere than at present."""
        cost = np.zeros(self.size)
        for column, (group, post) in enumerate(self.pairs):
            cost[column] = self.groups[group].present != post
        return cost

    def price_cost(self, post: int) -> np.ndarray:
        """What it costs to let people count for ``post``."""
        cost = np.zeros(self.size)
        for column, (group, at) in enumerate(self.pairs):
            if at == post:
                cost[column] = self.groups[group].price or 0
        return cost


def _steps(seat: Seat) -> list[tuple[int, Decimal]]:
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


def _group(candidates: Sequence[Candidate]) -> list[_Group]:
    groups: dict[tuple, _Group] = {}
    for person in candidates:
        suits = frozenset((person.present,)) if person.locked else person.suits
        key = (suits, person.present)
        group = groups.setdefault(key, _Group(suits, person.present))
        group.people.append(person.key)
    return list(groups.values())


def best_team(seats: Sequence[Seat], candidates: Sequence[Candidate]) -> Team:
    """The assignment that is best by the aims above.

    People who are locked stay where they are and count there if the post is among
    ``seats``; they are never used elsewhere.

    :raises NoProofError: the solver stopped without a proof of optimality
    """
    programme = _Programme(seats, _group(candidates))
    aims = (
        programme.point_cost(),
        programme.shortage_cost(),
        programme.scarcity_cost(),
    )
    for cost in aims:
        best = programme.minimise(cost)
        programme.keep(cost, float(cost @ best))
    solution = programme.minimise(programme.change_cost())
    return _read(programme, solution)


def _read(programme: _Programme, solution: np.ndarray) -> Team:
    posts, heads = {}, defaultdict(int)
    used = defaultdict(int)
    for column, (group, post) in enumerate(programme.pairs):
        number = int(solution[column])
        people = programme.groups[group].people
        for person in people[used[group] : used[group] + number]:
            posts[person] = post
        used[group] += number
        heads[post] += number
    points = {
        seat.key: seat.rule.points(heads[seat.key])
        for seat in programme.seats.values()
        if seat.rule
    }
    return Team(posts, points, {key: heads[key] for key in programme.seats})


def cheapest_remedy(
    seats: Sequence[Seat],
    candidates: Sequence[Candidate],
    team: Team,
    post: int,
    prices: Mapping[int, int],
) -> Remedy | None:
    """The cheapest set of certificates that lets the team win more at ``post``.

    :param prices: {person: price} of the people who would count for the post with
        certificates they lack; whole numbers, such as yuan or examinations
    :return: None if no set of them wins anything
    """
    groups: dict[tuple, _Group] = {}
    for person in candidates:
        suits = frozenset((person.present,)) if person.locked else person.suits
        price = None
        if not person.locked and post not in suits and person.key in prices:
            price = prices[person.key]
            suits |= {post}
        key = (suits, person.present, price)
        group = groups.setdefault(key, _Group(suits, person.present, price))
        group.people.append(person.key)
    programme = _Programme(seats, list(groups.values()))
    points = programme.point_cost()
    # One hundredth of a point more than now is more.
    programme.keep(points, -int(team.total * SCALE) - 1)
    try:
        programme.keep(
            points, float(points @ programme.minimise(programme.price_cost(post)))
        )
        solution = programme.minimise(programme.price_cost(post))
    except NoProofError:
        return None
    better = _read(programme, solution)
    priced = {
        person
        for group in groups.values()
        if group.price is not None
        for person in group.people
    }
    people = tuple(
        sorted(key for key, at in better.posts.items() if at == post and key in priced)
    )
    if not people:
        return None
    return Remedy(
        post,
        better.total - team.total,
        sum(prices[person] for person in people),
        people,
    )
