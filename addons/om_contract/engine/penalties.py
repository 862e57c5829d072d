"""What a default costs: one-off percentages, penalties and interest by the day.

One-off: a percentage of the contract price for each event (Shunyi, penalty clauses:
0.1 or 0.5 percent). By the day: after a demand the party in default has days of grace;
from the day after them every day costs a percentage of a base. BDA's contract, article
6: ten days, then 0.3 percent a day, of the contract price for the contractor and of the
late amount for the purchaser. Once the contractor has been late for more than fifteen
such days the purchaser may terminate and claim 20 percent. The clause prints no cap:
days go on costing until the default ends or the purchaser terminates (22 days are
85,536.00). The purchaser's late payment (6-3) costs nothing while the days of grace
run either, but one that outlasts them is reckoned from its first overdue day.

A notice counts as served by its way (BDA's contract, 8-2: by hand at once, by
registered mail on day 7, by courier on day 3, by fax on the next working day); that day
is the day of the demand.

The day of the demand is not counted (Civil Code, article 201): day 11 is the eleventh
day after it, and with ten days of grace the first that costs.

Amounts are ``Decimal`` in yuan; each result is rounded once, half up to the cent.
Days are calendar days in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from .money import HUNDRED, ZERO, to_cents
from .trace import After, Between, Daily, Days, Exact, Percent, Step

_ONE_DAY = timedelta(days=1)


class PenaltyError(ValueError):
    """A penalty that cannot be: a negative base, rate, length, or order of days."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Days that are nobody's default, such as a fiscal delay; both ends included.

    ``last`` None: it lasts.
    """

    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """``days`` charged days in a row (excused ones left out) on the same base."""

    first: date
    last: date
    days: int
    base: Decimal


@dataclass(frozen=True, slots=True)
class DailyPenalty:
    """The result of charging by the day, with what is needed to check it.

    ``opens``: the day after the grace, on which the claim opens. ``first_day``: the
    first day that costs. ``days``: how many do. ``excused``: days left out as excused.
    ``may_terminate``: the default lasted so long that the other
    party may terminate. ``steps``: what the amount was reckoned by, in order.
    """

    opens: date
    first_day: date
    days: int
    excused: int
    spans: tuple[Span, ...]
    amount: Decimal
    may_terminate: bool
    steps: tuple[Step, ...] = field(default=(), repr=False, compare=False)


def share(base: Decimal, percent: Decimal) -> Decimal:
    """``percent`` percent of ``base``, half up to the cent.

    >>> share(Decimal("77133300.00"), Decimal("0.1"))
    Decimal('77133.30')

    :raises PenaltyError: a negative base or percentage
    """
    return share_steps(base, percent)[-1].value


def share_steps(base: Decimal, percent: Decimal) -> tuple[Step, ...]:
    """The steps of :func:`share`; the last one has its result."""
    if base < 0 or percent < 0:
        raise PenaltyError(f"{percent} percent of {base}")
    part = Percent(percent)
    exact = base * part.factor
    return (
        Step("base", base, "take"),
        Step("share", part, "times"),
        Step("exact", Exact(exact), "is"),
        Step("amount", to_cents(exact), "cents"),
    )


def _excused_days(first: date, last: date, excuses: Iterable[Excuse]) -> set[date]:
    days: set[date] = set()
    for excuse in excuses:
        day = max(excuse.first, first)
        end = last if excuse.last is None else min(excuse.last, last)
        while day <= end:
            days.add(day)
            day += _ONE_DAY
    return days


def _join(charged: list[date], bases: list[Decimal]) -> tuple[Span, ...]:
    """The charged days as spans: a new one where the base changes or a day is out."""
    spans: list[Span] = []
    for day, base in zip(charged, bases, strict=True):
        last = spans[-1] if spans else None
        if last and last.base == base and last.last + _ONE_DAY == day:
            spans[-1] = Span(last.first, day, last.days + 1, base)
        else:
            spans.append(Span(day, day, 1, base))
    return tuple(spans)


def daily_penalty(
    base: Decimal,
    percent: Decimal,
    demanded: date,
    until: date,
    *,
    grace_days: int = 10,
    max_days: int | None = None,
    since: date | None = None,
    excuses: Iterable[Excuse] = (),
    reductions: Iterable[tuple[date, Decimal]] = (),
) -> DailyPenalty:
    """What a default from the demand up to and including ``until`` costs.

    >>> penalty = daily_penalty(Decimal("1296000.00"), Decimal("0.3"),
    ...                         date(2024, 5, 6), date(2024, 5, 18))
    >>> penalty.days, penalty.amount
    (2, Decimal('7776.00'))

    Reckoned from the first overdue day, once the grace is over:

    >>> penalty = daily_penalty(Decimal("518400.00"), Decimal("0.3"),
    ...                         date(2024, 5, 6), date(2024, 5, 17),
    ...                         since=date(2024, 4, 20))
    >>> penalty.opens, penalty.days, penalty.amount
    (datetime.date(2024, 5, 17), 28, Decimal('43545.60'))

    :param base: the contract price, or the amount that is late
    :param percent: of the base, for each day
    :param demanded: day of the demand; day 1 is the day after it
    :param until: the last day in default; may lie before any day costs
    :param grace_days: days after the demand that cost nothing
    :param max_days: charged days after which the other party may terminate; the days
        beyond them cost as well. None: no such right
    :param since: the first day that costs if the default outlasts the grace; None: the
        day after the grace
    :param excuses: days that do not count
    :param reductions: (day, amount) of what was paid; the amount is not late any more
        from that day on. What exceeds the base is without effect
    :raises PenaltyError: a negative base, percentage, number of days or reduction
    """
    if base < 0 or percent < 0 or grace_days < 0 or (max_days or 0) < 0:
        raise PenaltyError("base, percentage and days cannot be negative")
    paid = sorted(reductions)
    if any(amount < 0 for _day, amount in paid):
        raise PenaltyError("a payment cannot be negative")
    opens = demanded + timedelta(days=grace_days + 1)
    first_day = opens if since is None else min(since, opens)
    if base <= sum((amount for day, amount in paid if day <= opens), ZERO):
        # What was paid within the grace costs nothing.
        until = min(until, opens - _ONE_DAY)
    if until < opens:
        first_day = opens
    excused = _excused_days(first_day, until, excuses)
    charged: list[date] = []
    bases: list[Decimal] = []
    day = first_day
    left, next_payment = base, 0
    while day <= until:
        while next_payment < len(paid) and paid[next_payment][0] <= day:
            left = max(left - paid[next_payment][1], ZERO)
            next_payment += 1
        if left <= 0:
            break
        if day not in excused:
            charged.append(day)
            bases.append(left)
        day += _ONE_DAY
    amount = to_cents(sum(bases, Decimal(0)) * percent / HUNDRED)
    spans = _join(charged, bases)
    may_terminate = max_days is not None and len(charged) > max_days
    rate = Percent(percent)
    steps = [
        Step("base", base),
        Step("rate", rate),
        Step("demanded", demanded, law="201"),
        Step("grace", Days(grace_days)),
        Step("opens", opens, values={"day": grace_days + 1}),
        Step("first_overdue" if first_day < opens else "first_day", first_day),
        Step("last_day_of_default", until),
    ]
    if excused:
        steps.append(Step("excused", Days(len(excused))))
    if may_terminate:
        steps.append(Step("may_terminate", After(max_days)))
    steps += [
        Step(
            "span",
            Daily(span.base, rate, span.days),
            "more" if number else "take",
            values={
                "between": Between(span.first, span.last),
                "days": Days(span.days),
            },
        )
        for number, span in enumerate(spans)
    ]
    steps.append(Step("days_charged", Days(len(charged))))
    steps.append(Step("sum", amount, "cents" if spans else "take"))
    return DailyPenalty(
        opens=opens,
        first_day=first_day,
        days=len(charged),
        excused=len(excused),
        spans=spans,
        amount=amount,
        may_terminate=may_terminate,
        steps=tuple(steps),
    )


def served_on(sent: date, days: int, next_working_day: Callable | None = None) -> date:
    """The day on which a notice counts as served.

    >>> served_on(date(2024, 5, 6), 7)
    datetime.date(2024, 5, 13)

    :param sent: the day on which it was handed over, posted or sent
    :param days: after how many days; 0: at once
    :param next_working_day: ``f(day)`` that returns the next working day, where the
        days are working days; None: calendar days
    :raises PenaltyError: a negative number of days
    """
    if days < 0:
        raise PenaltyError(f"served {days} days after it was sent")
    if next_working_day is None:
        return sent + timedelta(days=days)
    day = sent
    for _each in range(days):
        day = next_working_day(day)
    return day


@dataclass(frozen=True, slots=True)
class Room:
    """Where a deduction can go: ``key`` is the caller's, ``left`` what it can take."""

    key: object
    left: Decimal


def spread(amount: Decimal, rooms: Iterable[Room]) -> tuple[list[Room], Decimal]:
    """Fill the rooms in their order with ``amount``; return parts and what is left.

    A part is never more than its room has left, none is zero, and parts and rest
    together are the amount: nothing is deducted twice and nothing is lost.

    >>> parts, rest = spread(Decimal("100.00"), [Room("bond", Decimal("60.00")),
    ...                                          Room("last", Decimal("30.00"))])
    >>> [(part.key, str(part.left)) for part in parts], str(rest)
    ([('bond', '60.00'), ('last', '30.00')], '10.00')

    :raises PenaltyError: a negative amount
    """
    if amount < 0:
        raise PenaltyError(f"{amount} cannot be deducted")
    parts = []
    for room in rooms:
        part = min(amount, max(room.left, ZERO))
        if part > 0:
            parts.append(Room(room.key, part))
            amount -= part
    return parts, amount
