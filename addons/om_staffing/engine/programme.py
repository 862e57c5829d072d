"""An integer programme whose aims are pursued one after the other.

Solved to proven optimality by HiGHS through SciPy. Its columns are whole numbers from 0
on: what is chosen, and among them the steps of points that are reached.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

# Points have two decimals; whole numbers leave no room for the solver's tolerance.
SCALE = 100


class NoProofError(RuntimeError):
    """The solver stopped without a proof; nothing is proposed then."""


class Rows:
    """The rows of a sparse matrix of constraints, while they are collected."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[int] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, entries: Iterable[tuple[int, int]], low: float, high: float) -> None:
        """One constraint: ``low`` <= the sum of the entries <= ``high``."""
        row = len(self.lower)
        for column, value in entries:
            self.rows.append(row)
            self.columns.append(column)
            self.values.append(value)
        self.lower.append(low)
        self.upper.append(high)

    def add_sum(self, columns: Iterable[int], low: float, high: float) -> None:
        """One constraint on the plain sum of columns."""
        self.add(((column, 1) for column in columns), low, high)

    def constraints(self, size: int) -> list[LinearConstraint]:
        """All of them together, over ``size`` columns."""
        if not self.lower:
            return []
        matrix = coo_array(
            (self.values, (self.rows, self.columns)), shape=(len(self.lower), size)
        ).tocsr()
        return [LinearConstraint(matrix, self.lower, self.upper)]


class Programme:
    """The programme itself.

    :param before: how many columns come before those of the steps
    :param steps: (where, heads, points) of every number of heads at which points change
    :param after: how many columns come after them
    """

    def __init__(
        self, before: int, steps: Iterable[tuple[Hashable, int, Decimal]], after: int
    ) -> None:
        self.steps = [
            (where, count, int(points * SCALE)) for where, count, points in steps
        ]
        self.first_step = before
        self.first_after = before + len(self.steps)
        self.size = self.first_after + after
        self.rows = Rows()
        self.kept: list[LinearConstraint] = []
        self.upper = np.ones(self.size)

    def add_steps(self, heads: Mapping[Hashable, Sequence[int]]) -> None:
        """Let the steps follow from the columns of the ``heads`` counted where they
        are: one step at most, and no more of it than there are heads."""
        by_place: dict[Hashable, list[tuple[int, int]]] = {}
        for column, (where, count, _points) in enumerate(self.steps, self.first_step):
            by_place.setdefault(where, []).append((column, count))
        for where, steps in by_place.items():
            self.rows.add_sum((column for column, _count in steps), 0, 1)
            reached = [(column, -count) for column, count in steps]
            counted = [(column, 1) for column in heads.get(where, ())]
            self.rows.add(counted + reached, 0, np.inf)

    @cached_property
    def fixed(self) -> list[LinearConstraint]:
        """The rows, which are complete when they are asked for first."""
        return self.rows.constraints(self.size)

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
            constraints=self.fixed + self.kept,
            options={"mip_rel_gap": 0.0},
        )
        if result.status != 0:
            raise NoProofError(result.message)
        return np.round(result.x)

    def keep(self, cost: np.ndarray, at_most: float) -> None:
        """From now on ``cost`` stays at or below ``at_most``."""
        matrix = coo_array(cost.reshape(1, -1)).tocsr()
        # Costs are whole numbers: half of one is no tolerance.
        self.kept.append(LinearConstraint(matrix, -np.inf, at_most + 0.5))

    def make_cost(self, first: int, values: Iterable[float]) -> np.ndarray:
        """A cost of ``values`` in the columns from ``first`` on, of 0 in all others."""
        cost = np.zeros(self.size)
        for column, value in enumerate(values, first):
            cost[column] = value
        return cost

    def point_cost(self) -> np.ndarray:
        """Minus the points, in hundredths."""
        return self.make_cost(
            self.first_step, (-points for _where, _count, points in self.steps)
        )
