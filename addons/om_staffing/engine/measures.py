"""The cheapest renewals, trainings and hirings for several bids at once.

An integer programme (``programme``), as the best team of one bid is (``assignment``).
Its aims, one after the other: the most points over all bids; and of all ways to them
the cheapest. A measure that serves two bids is paid once.

Who is on the teams of two bids whose services overlap could not serve both: such bids
exclude each other (``Contest.clashes``), others may name the same people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from .assignment import Seat, point_steps
from .programme import SCALE, Programme


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


class _Programme(Programme):
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
        super().__init__(
            len(self.places),
            (
                ((contest.key, seat.key), *step)
                for contest in contests
                for seat in contest.seats
                for step in point_steps(seat)
            ),
            len(measures),
        )
        self._add_constraints(contests, givers)

    def _add_constraints(self, contests, givers) -> None:
        by_post, by_person = defaultdict(list), defaultdict(list)
        for column, place in enumerate(self.places):
            by_post[place.contest, place.post].append(column)
            by_person[place.contest, place.person].append(column)
            for lack in place.lacks:
                means = {
                    number for name in lack for number in givers[place.person, name]
                }
                entries = [(self.first_after + number, 1) for number in sorted(means)]
                self.rows.add([*entries, (column, -1)], 0, np.inf)
        for columns in by_person.values():
            self.rows.add_sum(columns, 0, 1)
        people = {place.person for place in self.places}
        for contest in contests:
            for other in contest.clashes:
                for person in people if contest.key < other else ():
                    both = by_person[contest.key, person] + by_person[other, person]
                    if both:
                        self.rows.add_sum(both, 0, 1)
        self.add_steps(by_post)

    def forbid_measures(self) -> None:
        """Nothing may be done."""
        self.upper[self.first_after :] = 0

    def price_cost(self) -> np.ndarray:
        """What the measures cost; of those as cheap the fewest."""
        dear = len(self.measures) + 1
        return self.make_cost(
            self.first_after, (measure.cost * dear + 1 for measure in self.measures)
        )

    def read_points(self, solution: np.ndarray, contests) -> dict[int, Decimal]:
        """{bid: points}."""
        points = {contest.key: Decimal("0.00") for contest in contests}
        for column, (where, _count, value) in enumerate(self.steps, self.first_step):
            if solution[column]:
                points[where[0]] += Decimal(value) / SCALE
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
        if solution[programme.first_after + number]
    )
    return Plan(taken, programme.read_points(solution, contests), before, teams)
