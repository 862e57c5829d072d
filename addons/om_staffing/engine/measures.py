"""The cheapest renewals, trainings and hirings for several bids at once.

An integer programme, solved to proven optimality by HiGHS through SciPy, as the best
team of one bid is (``assignment``). Its aims, one after the other: the most points over
all bids; and of all ways to them the cheapest. A measure that serves two bids is paid
once.

Who is on the teams of two bids whose services overlap could not serve both: such bids
exclude each other (``Contest.clashes``), others may name the same people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from .assignment import SCALE, NoProofError, Rows, Seat, point_steps


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that costs, and gives somebody what posts ask for.

    :param gives: names of what is given, as ``Lack`` asks for them
    :param cost: whole yuan
    """

    key: str
    person: int
    gives: frozenset[str]
    cost: int


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody could count for a post of a bid: at once, or with what is lacking.

    ``lacks``: of each of its sets one has to be given.
    """

    contest: int
    person: int
    post: int
    lacks: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Contest:
    """A bid: its posts, and the bids that could not be served by the same people.

    ``held besides`` posts are left out: people of the other posts hold them.
    """

    key: int
    seats: tuple[Seat, ...]
    clashes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Plan:
    """``measures``: what to do; ``points``: of each bid with and (``before``) without
    it; ``teams``: {bid: {person: post}}."""

    measures: tuple[Measure, ...]
    points: Mapping[int, Decimal]
    before: Mapping[int, Decimal]
    teams: Mapping[int, Mapping[int, int]] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        """What all measures cost together, in yuan."""
        return sum(measure.cost for measure in self.measures)


class _Programme:
    """Columns: places taken, steps of points reached, measures taken."""

    def __init__(
        self,
        contests: Sequence[Contest],
        places: Sequence[Place],
        measures: Sequence[Measure],
    ) -> None:
        known = {(one.key, seat.key) for one in contests for seat in one.seats}
        givers = defaultdict(list)
        for number, measure in enumerate(measures):
            for name in measure.gives:
                givers[measure.person, name].append(number)
        # A place that nothing could open is no column.
        self.places = [
            place
            for place in places
            if (place.contest, place.post) in known
            and all(
                any((place.person, name) in givers for name in lack)
                for lack in place.lacks
            )
        ]
        self.measures = measures
        self.steps = [
            (contest.key, seat.key, count, int(points * SCALE))
            for contest in contests
            for seat in contest.seats
            for count, points in point_steps(seat)
        ]
        self.first_step = len(self.places)
        self.first_measure = self.first_step + len(self.steps)
        self.size = self.first_measure + len(measures)
        self.fixed = self._constraints(contests, givers)
        self.upper = np.ones(self.size)

    def _constraints(self, contests, givers) -> list[LinearConstraint]:
        rows = Rows()
        by_post, by_person = defaultdict(list), defaultdict(list)
        for column, place in enumerate(self.places):
            by_post[place.contest, place.post].append(column)
            by_person[place.contest, place.person].append(column)
            for lack in place.lacks:
                means = {
                    number for name in lack for number in givers[place.person, name]
                }
                entries = [(self.first_measure + number, 1) for number in sorted(means)]
                rows.add([*entries, (column, -1)], 0, np.inf)
        for columns in by_person.values():
            rows.add([(column, 1) for column in columns], 0, 1)
        people = {place.person for place in self.places}
        for contest in contests:
            for other in contest.clashes:
                for person in people if contest.key < other else ():
                    both = by_person[contest.key, person] + by_person[other, person]
                    if both:
                        rows.add([(column, 1) for column in both], 0, 1)
        steps = defaultdict(list)
        for offset, (contest, post, count, _points) in enumerate(self.steps):
            steps[contest, post].append((self.first_step + offset, count))
        for post, columns in steps.items():
            rows.add([(column, 1) for column, _count in columns], 0, 1)
            heads = [(column, 1) for column in by_post[post]]
            reached = [(column, -count) for column, count in columns]
            rows.add(heads + reached, 0, np.inf)
        return rows.constraints(self.size)

    def minimise(self, cost: np.ndarray) -> np.ndarray:
        """The best solution in whole numbers.

        :raises NoProofError: the solver gave up
        """
        if not self.size:
            return np.zeros(0)
        result = milp(
            cost,
            integrality=np.ones(self.size),
            bounds=Bounds(np.zeros(self.size), self.upper),
            constraints=self.fixed,
            options={"mip_rel_gap": 0.0},
        )
        if result.status != 0:
            raise NoProofError(result.message)
        return np.round(result.x)

    def keep(self, cost: np.ndarray, at_most: float) -> None:
        """From now on ``cost`` stays at or below ``at_most``."""
        matrix = coo_array(cost.reshape(1, -1)).tocsr()
        # Whole numbers: half of one is no tolerance.
        self.fixed.append(LinearConstraint(matrix, -np.inf, at_most + 0.5))

    def forbid_measures(self) -> None:
        """Nothing may be done."""
        self.upper[self.first_measure :] = 0

    def point_cost(self) -> np.ndarray:
        """Minus the points."""
        cost = np.zeros(self.size)
        for offset, step in enumerate(self.steps):
            cost[self.first_step + offset] = -step[3]
        return cost

    def price_cost(self) -> np.ndarray:
        """What the measures cost; of those as cheap the fewest."""
        cost = np.zeros(self.size)
        for number, measure in enumerate(self.measures):
            cost[self.first_measure + number] = (
                measure.cost * (len(self.measures) + 1) + 1
            )
        return cost

    def read_points(self, solution: np.ndarray, contests) -> dict[int, Decimal]:
        """{bid: points}."""
        points = {contest.key: Decimal("0.00") for contest in contests}
        for offset, (contest, _post, _count, value) in enumerate(self.steps):
            if solution[self.first_step + offset]:
                points[contest] += Decimal(value) / SCALE
        return points


def cheapest_measures(
    contests: Sequence[Contest],
    places: Sequence[Place],
    measures: Sequence[Measure],
) -> Plan:
    """What to do so that all bids together win the most points, at the least cost.

    :param places: who could count where; a place without lacks is free
    :raises NoProofError: the solver stopped without a proof of optimality
    """
    now = _Programme(contests, places, measures)
    now.forbid_measures()
    before = now.read_points(now.minimise(now.point_cost()), contests)
    programme = _Programme(contests, places, measures)
    points = programme.point_cost()
    best = programme.minimise(points)
    programme.keep(points, float(points @ best))
    solution = programme.minimise(programme.price_cost())
    teams: dict[int, dict[int, int]] = {contest.key: {} for contest in contests}
    for column, place in enumerate(programme.places):
        if solution[column]:
            teams[place.contest][place.person] = place.post
    taken = tuple(
        measure
        for number, measure in enumerate(measures)
        if solution[programme.first_measure + number]
    )
    return Plan(taken, programme.read_points(solution, contests), before, teams)
