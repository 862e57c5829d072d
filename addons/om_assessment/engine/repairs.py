"""Which repair buys most: how much of a month's error budget it leaves unspent, and how
much money.

What a repair is worth is what the rest of the month would cost without it, all else
going on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from .assessment import ZERO, Fact, Line, Measure, Scheme, budget, evaluate


class Worth(NamedTuple):
    """What one repair buys. ``saved``: device-days that do not fail, or deadlines that
    are kept; ``left``: what may still fail by the end of the month if it is not done,
    ``left_if_done``: if it is done now (below zero: the target is missed); ``money``:
    what is not deducted."""

    saved: Decimal
    left: Decimal
    left_if_done: Decimal
    money: Decimal


NOTHING = Worth(ZERO, ZERO, ZERO, ZERO)


def weigh(
    scheme: Scheme,
    measures: Mapping[str, Measure],
    line: Line,
    later: Measure,
    done: Measure,
    fee: Decimal = ZERO,
    charged: Decimal = ZERO,
) -> Worth:
    """Return what it buys that a line ends up as ``done`` and not as ``later``.

    :param measures: what is found for the scheme's other lines
    """
    if "na" in (later.state, done.state):
        return NOTHING
    results = [
        evaluate(scheme, {**measures, line.key: found}, fee, charged)
        for found in (later, done)
    ]
    values = [
        next(found.value for found in result.lines if found.key == line.key)
        for result in results
    ]
    saved = (
        values[0] - values[1]
        if line.kind == "count"
        else done.numerator - later.numerator
    )
    return Worth(
        saved,
        budget(line, values[0], later.denominator),
        budget(line, values[1], done.denominator),
        results[0].money - results[1].money,
    )


def weigh_deadline(
    scheme: Scheme,
    measures: Mapping[str, Measure],
    line: Line,
    fee: Decimal = ZERO,
    charged: Decimal = ZERO,
) -> Worth:
    """Return what it buys to keep one more deadline that still runs, of those that a
    line takes the share of, or whose misses it counts."""
    measure = measures.get(line.key, Measure("na"))
    if line.kind == "count":
        missed = (*measure.facts, Fact("the deadline that still runs", ""))
        later = Measure("measured", facts=missed)
        return weigh(scheme, measures, line, later, measure, fee, charged)
    kept, whole = (
        (measure.numerator, measure.denominator)
        if measure.state == "measured"
        else (ZERO, ZERO)
    )
    later, done = (
        Measure("measured", kept + more, whole + 1, measure.excluded) for more in (0, 1)
    )
    return weigh(scheme, measures, line, later, done, fee, charged)
