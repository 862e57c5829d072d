"""What a month is worth: measures of its lines, points, money, and the way to them.

No document prints a scale: schemes are data, agreed in a memorandum. What holds for all
of them stands here:

* A line is *measured*, *not applicable* (there was nothing to judge: it neither keeps
  nor loses anything) or *missing* (there was something, and nobody measured it: it is
  not kept, and the sheet is not complete).
* A scheme either takes points off a full score, or adds up the weights that were
  earned; then lines that do not apply leave the others their share of the full score.
* A fact counts once: in the first line that names it, and in none while a clause of
  the contract deducts for it already.
* Points of the lines add up to those of the sheet, money of the lines to that of the
  sheet. What a floor or a cap cuts off is cut off all lines by their share; a
  rounding's rest goes where the fraction was largest.
* One more failure never pays more: bands fall with the score, and a scheme whose
  bands do not is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple

CENT = Decimal("0.01")
ZERO = Decimal(0)
HUNDRED = Decimal(100)

State = Literal["measured", "na", "missing"]


class SchemeError(ValueError):
    """A scheme that would pay more for one more failure, or cannot be reckoned.

    ``code``: what is wrong, for whoever words it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Fact(NamedTuple):
    """One event that a line counts.

    ``key``: what it is, the same in every line; ``record``: the record it happened to;
    ``claimed``: a clause of the contract deducts for it already.
    """

    key: str
    record: str
    claimed: bool = False


@dataclass(frozen=True)
class Measure:
    """What was found for a line.

    A share is ``numerator`` of ``denominator``; an amount is ``numerator`` with the
    denominator 1. ``excluded``: how much of it is no fault by the contract, for the
    reader. Lines that count events give ``facts`` instead.
    """

    state: State
    numerator: Decimal = ZERO
    denominator: Decimal = Decimal(1)
    excluded: Decimal = ZERO
    facts: tuple[Fact, ...] = ()


NOT_APPLICABLE = Measure("na")
MISSING = Measure("missing")


@dataclass(frozen=True)
class Line:
    """One indicator of a scheme.

    ``kind``: *share* (percent), *amount* (a number), *count* (events). ``operator`` and
    ``target``: when it is kept. ``rule``: what a missed target costs: *all* of
    ``most``; or ``points`` for each unit that is short of the target (*unit*).
    ``step``: how large a unit is; ``rounding``: exact, started or whole units.
    ``most``: most points of the line, its weight; None: no limit of its own.
    ``bonus``: each unit beyond the target adds points. ``veto``: missed, it takes all
    that is left.
    """

    key: str
    kind: Literal["share", "amount", "count"] = "share"
    operator: Literal[">=", "<="] = ">="
    target: Decimal = HUNDRED
    rule: Literal["all", "unit"] = "unit"
    points: Decimal = Decimal(1)
    step: Decimal = Decimal(1)
    rounding: Literal["exact", "started", "whole"] = "exact"
    most: Decimal | None = None
    bonus: bool = False
    veto: bool = False


class Band(NamedTuple):
    """From ``low`` points on: a grade, and how much of the fee is paid, in percent."""

    low: Decimal
    grade: str
    coefficient: Decimal = HUNDRED


@dataclass(frozen=True)
class Money:
    """What points cost.

    ``rule``: *none*; *point*: ``value`` CNY for each point lost; *fee_point*: ``value``
    percent of the period's fee for each point lost; *band*: the fee less the band's
    coefficient; *withhold*: ``value`` percent of the fee once the score is below
    ``threshold``. ``free``: points lost that cost nothing. ``cap``: most for a period;
    ``cap_fee``: most in percent of the period's fee; ``cap_total``: most in all.
    """

    rule: Literal["none", "point", "fee_point", "band", "withhold"] = "none"
    value: Decimal = ZERO
    free: Decimal = ZERO
    threshold: Decimal = ZERO
    cap: Decimal | None = None
    cap_fee: Decimal | None = None
    cap_total: Decimal | None = None


@dataclass(frozen=True)
class Scheme:
    """Lines, bands and money; ``basis``: *minus* takes points off ``full``, *weights*
    adds up what was earned of the lines that apply, as a share of ``full``."""

    lines: tuple[Line, ...]
    basis: Literal["minus", "weights"] = "minus"
    full: Decimal = HUNDRED
    floor: Decimal = ZERO
    bonus_most: Decimal = ZERO
    bands: tuple[Band, ...] = ()
    money: Money = field(default_factory=Money)


class Step(NamedTuple):
    """One step of the reckoning: its kind and the figures it is worded with."""

    kind: str
    values: Mapping[str, Any]


class LineResult(NamedTuple):
    """What became of a line: ``lost`` and ``bonus`` points and ``money`` are its parts
    of the sheet's; ``facts`` count here, ``claimed`` are under a clause already."""

    key: str
    state: State
    value: Decimal | None
    is_kept: bool | None
    units: Decimal
    lost: Decimal
    bonus: Decimal
    money: Decimal
    facts: tuple[str, ...]
    claimed: tuple[str, ...]


class Result(NamedTuple):
    """A sheet. ``score`` is None where nothing was to be judged."""

    lines: tuple[LineResult, ...]
    score: Decimal | None
    grade: str
    money: Decimal
    is_complete: bool
    steps: tuple[Step, ...]


def check(scheme: Scheme) -> None:
    """Raise if a scheme cannot be reckoned, or would pay more for more failures."""
    if not scheme.lines:
        raise SchemeError("no_lines")
    if not scheme.floor <= scheme.full:
        raise SchemeError("floor")
    if min(scheme.bonus_most, scheme.money.value, scheme.money.free) < 0:
        raise SchemeError("negative")
    if any(
        line.points < 0 or line.step <= 0 or (line.most is not None and line.most < 0)
        for line in scheme.lines
    ):
        raise SchemeError("negative")
    if any(line.rule == "all" and line.most is None for line in scheme.lines):
        raise SchemeError("most")
    if scheme.basis == "weights" and not any(
        line.most for line in scheme.lines if not line.bonus
    ):
        raise SchemeError("weights")
    if scheme.basis == "weights" and any(
        line.most is None for line in scheme.lines if not line.bonus
    ):
        raise SchemeError("most")
    lows = [band.low for band in scheme.bands]
    if len(set(lows)) != len(lows):
        raise SchemeError("bands")
    rising = sorted(scheme.bands)
    if any(not ZERO <= band.coefficient <= HUNDRED for band in rising) or any(
        low.coefficient > high.coefficient
        for low, high in zip(rising, rising[1:], strict=False)
    ):
        raise SchemeError("bands")
    if scheme.money.rule == "band" and not rising:
        raise SchemeError("bands")


class Forecast(NamedTuple):
    """What a period that still runs costs so far: the part that the record shows, and
    the part that is only not judged yet, each in all and {line's key: its part}. Both
    together are the sheet's money."""

    score: Decimal | None
    certain: Decimal
    pending: Decimal
    certain_parts: Mapping[str, Decimal]
    pending_parts: Mapping[str, Decimal]


def forecast(
    scheme: Scheme,
    measures: Mapping[str, Measure],
    fee: Decimal = ZERO,
    charged: Decimal = ZERO,
) -> Forecast:
    """Part what is certain from what nobody has judged yet; as :func:`evaluate`.

    Certain is what the sheet costs if every missing line turns out to be kept:
    whatever they turn out to be, bonuses apart, it does not cost less.
    """
    worst = evaluate(scheme, measures, fee, charged)
    best = _evaluate(scheme, measures, fee, charged, is_hopeful=True)
    pending = worst.money - best.money
    shares = [
        (line.most or line.points)
        if found.state == "missing" and not line.bonus
        else ZERO
        for line, found in zip(scheme.lines, worst.lines, strict=True)
    ]
    parts = split(pending, shares)
    return Forecast(
        best.score,
        best.money,
        pending,
        {found.key: found.money for found in best.lines},
        {line.key: part for line, part in zip(scheme.lines, parts, strict=True)},
    )


def evaluate(
    scheme: Scheme,
    measures: Mapping[str, Measure],
    fee: Decimal = ZERO,
    charged: Decimal = ZERO,
) -> Result:
    """Reckon a sheet.

    :param measures: {line's key: what was found}; a line without one is missing
    :param fee: what the period's service is paid with
    :param charged: what earlier periods cost already, for the cap in all
    :raise SchemeError: the scheme cannot be reckoned
    """
    return _evaluate(scheme, measures, fee, charged)


def _evaluate(
    scheme: Scheme,
    measures: Mapping[str, Measure],
    fee: Decimal,
    charged: Decimal,
    *,
    is_hopeful: bool = False,
) -> Result:
    """``is_hopeful``: what is missing is taken for kept."""
    check(scheme)
    steps: list[Step] = []
    judged = _judge(scheme, measures, is_hopeful=is_hopeful)
    applying = [each for each in judged if each.state != "na"]
    weights = sum(
        (each.line.most or ZERO for each in applying if not each.line.bonus), ZERO
    )
    nothing = not applying or (scheme.basis == "weights" and not weights)
    if nothing:
        lines = tuple(each.as_result(ZERO, ZERO, ZERO) for each in judged)
        return Result(lines, None, "", ZERO, True, (Step("nothing", {}),))
    scale = scheme.full / weights if scheme.basis == "weights" else Decimal(1)
    raw = [each.lost * scale for each in judged]
    room = scheme.full - scheme.floor
    vetoes = [each.line.key for each in judged if each.is_veto]
    lost_all = sum(raw, ZERO)
    if vetoes:
        # What is left goes to the items that took it.
        share = max(room - lost_all, ZERO) / len(vetoes)
        raw = [
            lost + (share if each.is_veto else ZERO)
            for lost, each in zip(raw, judged, strict=True)
        ]
        lost_total = room
    else:
        lost_total = min(lost_all, room)
    lost_total = _round(lost_total)
    lost = split(lost_total, raw)
    bonus_raw = [each.bonus for each in judged]
    bonus_total = _round(min(sum(bonus_raw, ZERO), scheme.bonus_most))
    bonus = split(bonus_total, bonus_raw)
    score = scheme.full - lost_total + bonus_total
    if scheme.basis == "weights":
        steps.append(Step("weights", {"weights": weights, "full": scheme.full}))
    if vetoes:
        steps.append(Step("veto", {"lines": tuple(vetoes)}))
    elif lost_all > room:
        steps.append(Step("floor", {"lost": _round(lost_all), "floor": scheme.floor}))
    steps.append(
        Step(
            "score",
            {
                "full": scheme.full,
                "lost": lost_total,
                "bonus": bonus_total,
                "score": score,
            },
        )
    )
    band = _find_band(scheme.bands, score)
    if band:
        steps.append(Step("grade", {"grade": band.grade, "low": band.low}))
    money = _reckon_money(scheme, score, band, fee, charged, steps)
    # Who only earned points pays nothing; a score that bonuses filled up costs nothing.
    parts = split(money, lost)
    lines = tuple(
        each.as_result(*part)
        for each, part in zip(judged, zip(lost, bonus, parts, strict=True), strict=True)
    )
    is_complete = all(each.state != "missing" for each in judged)
    return Result(
        lines, score, band.grade if band else "", money, is_complete, tuple(steps)
    )


def budget(line: Line, value: Decimal, denominator: Decimal) -> Decimal:
    """How much may still fail before a target is missed: 0 or more if and only if it
    is kept; below zero, by how much it is missed.

    :param value: what was measured, a share in percent
    :param denominator: what the share is of; the budget counts in its units
    """
    beyond = value - line.target if line.operator == ">=" else line.target - value
    return beyond * denominator / HUNDRED if line.kind == "share" else beyond


def split(total: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount of whole cents by shares, to the cent; the parts add up to it.

    Each part is at most a cent off its exact share; what rounding down leaves goes to
    the largest fractions, the first of equal ones.
    """
    whole = sum(shares, ZERO)
    if not total or not whole:
        return [ZERO] * len(shares)
    exact = [total * share / whole for share in shares]
    parts = [each.quantize(CENT, ROUND_DOWN) for each in exact]
    rest = int((total - sum(parts, ZERO)) / CENT)
    order = sorted(
        (number for number, share in enumerate(shares) if share),
        key=lambda number: (parts[number] - exact[number], number),
    )
    for number in order[:rest]:
        parts[number] += CENT
    return parts


class Served(NamedTuple):
    """A system's fee and its days: the fee pays ``first`` to ``last``; of the period
    ``since`` to ``until`` was served."""

    fee: Decimal
    first: date
    last: date
    since: date
    until: date


def period_fee(systems: Iterable[Served]) -> Decimal:
    """What the served days of a period are paid with, to the cent.

    By days of each system's own service; the periods of a year add up to the fee to the
    cent, because each is the difference of what was earned by its ends.
    """
    total = ZERO
    for each in systems:
        days = (each.last - each.first).days + 1
        if days < 1 or each.until < each.since:
            continue
        total += _earned(each, each.until, days) - _earned(
            each, each.since - timedelta(days=1), days
        )
    return total


def _earned(system: Served, day: date, days: int) -> Decimal:
    done = min(max((day - system.first).days + 1, 0), days)
    return _round(system.fee * done / days)


# ------------------------------------------------------------
# Lines
# ------------------------------------------------------------


@dataclass(frozen=True)
class _Judged:
    line: Line
    state: State
    value: Decimal | None
    is_kept: bool | None
    units: Decimal
    lost: Decimal
    bonus: Decimal
    facts: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()

    @property
    def is_veto(self) -> bool:
        return self.line.veto and self.is_kept is False and self.state == "measured"

    def as_result(self, lost: Decimal, bonus: Decimal, money: Decimal) -> LineResult:
        return LineResult(
            self.line.key,
            self.state,
            self.value,
            self.is_kept,
            self.units,
            lost,
            bonus,
            money,
            self.facts,
            self.claimed,
        )


def _judge(
    scheme: Scheme, measures: Mapping[str, Measure], *, is_hopeful: bool = False
) -> list[_Judged]:
    counted: set[str] = set()
    judged = []
    for line in scheme.lines:
        measure = measures.get(line.key, MISSING)
        if measure.state == "na":
            judged.append(_Judged(line, "na", None, None, ZERO, ZERO, ZERO))
            continue
        if measure.state == "missing":
            # Not kept, as far as anybody can tell; what it costs is open upwards.
            lost = ZERO if line.bonus or is_hopeful else (line.most or line.points)
            judged.append(_Judged(line, "missing", None, False, ZERO, lost, ZERO))
            continue
        facts: tuple[str, ...] = ()
        claimed: tuple[str, ...] = ()
        if line.kind == "count":
            new = {fact.key: fact for fact in measure.facts if fact.key not in counted}
            claimed = tuple(sorted(key for key in new if new[key].claimed))
            facts = tuple(sorted(key for key in new if not new[key].claimed))
            counted |= new.keys()
            value: Decimal | None = Decimal(len(facts))
        elif not measure.denominator:
            judged.append(_Judged(line, "na", None, None, ZERO, ZERO, ZERO))
            continue
        else:
            factor = HUNDRED if line.kind == "share" else Decimal(1)
            value = factor * measure.numerator / measure.denominator
        judged.append(_judge_value(line, value, facts, claimed))
    return judged


def _judge_value(
    line: Line, value: Decimal, facts: tuple[str, ...], claimed: tuple[str, ...]
) -> _Judged:
    beyond = value - line.target if line.operator == ">=" else line.target - value
    is_kept = beyond >= 0
    if line.bonus:
        units = _units(line, max(beyond, ZERO))
        bonus = units * line.points
        if line.most is not None:
            bonus = min(bonus, line.most)
        return _Judged(
            line, "measured", value, is_kept, units, ZERO, bonus, facts, claimed
        )
    units = _units(line, max(-beyond, ZERO))
    if line.rule == "all":
        lost = ZERO if is_kept else line.most or ZERO
    else:
        lost = units * line.points
        if line.most is not None:
            lost = min(lost, line.most)
    return _Judged(line, "measured", value, is_kept, units, lost, ZERO, facts, claimed)


def _units(line: Line, amount: Decimal) -> Decimal:
    units = amount / line.step
    if line.rounding == "started":
        return units.to_integral_value(ROUND_CEILING)
    if line.rounding == "whole":
        return units.to_integral_value(ROUND_DOWN)
    return units


# ------------------------------------------------------------
# Money
# ------------------------------------------------------------


def _find_band(bands: Iterable[Band], score: Decimal) -> Band | None:
    """The band of a score; below all of them the lowest."""
    rising = sorted(bands)
    reached = [band for band in rising if band.low <= score]
    return (reached or rising[:1] or [None])[-1]


def _reckon_money(
    scheme: Scheme,
    score: Decimal,
    band: Band | None,
    fee: Decimal,
    charged: Decimal,
    steps: list[Step],
) -> Decimal:
    money = scheme.money
    lost = max(scheme.full - score, ZERO)
    points = max(lost - money.free, ZERO)
    if money.rule == "none":
        return ZERO
    if not lost:
        # Nothing was lost: a band that pays less than all for it would have no line.
        steps.append(Step("no_money", {}))
        return ZERO
    if money.rule == "point":
        amount = points * money.value
    elif money.rule == "fee_point":
        amount = points * money.value * fee / HUNDRED
    elif money.rule == "band":
        amount = fee * (HUNDRED - band.coefficient) / HUNDRED if band else ZERO
    else:
        amount = fee * money.value / HUNDRED if score < money.threshold else ZERO
    amount = _round(amount)
    steps.append(
        Step(
            money.rule,
            {
                "points": points,
                "free": money.free,
                "value": money.value,
                "fee": fee,
                "coefficient": band.coefficient if band else HUNDRED,
                "threshold": money.threshold,
                "score": score,
                "amount": amount,
            },
        )
    )
    caps = (
        ("cap", money.cap),
        ("cap_fee", None if money.cap_fee is None else fee * money.cap_fee / HUNDRED),
        (
            "cap_total",
            None if money.cap_total is None else max(money.cap_total - charged, ZERO),
        ),
    )
    for kind, most in caps:
        if most is not None and amount > most:
            amount = most.quantize(CENT, ROUND_DOWN)
            steps.append(Step(kind, {"most": most, "amount": amount}))
    return amount


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
