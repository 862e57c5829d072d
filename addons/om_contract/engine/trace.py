"""How a result came about, step by step, as data.

A rule that is computed returns its steps beside its result: what was taken, what was
done to it, what came out. Nobody computes anything a second time to explain it: the
steps are worded (``om.calculation.mixin``), printed, and can be followed by hand. That
they lead to the result is a property that tests hold (:func:`follow`).

How to use it: an engine builds ``Step("price", price)``, ``Step("share", Percent(p),
"times")``, ``Step("amount", part, "cents")``; a model gives names to what only it knows
(:meth:`Step.named`) and words them all with ``_word_steps``. A step with a new code
needs its sentence in ``_get_sentences``.

How it works: ``does`` says what a step does to the number that the steps before it have
led to; a step that does nothing tells a fact on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from .money import to_cents

NOTHING: Mapping[str, Any] = MappingProxyType({})

# What a step does to the number before it, and the sign that is printed for it.
# ``take``: the number to begin with. ``least``, ``most``: not below, not above it.
# ``is``: the number itself, exactly; ``cents``: half up to the cent.
SIGNS = {
    "": "",
    "take": "",
    "more": "+",
    "less": "−",
    "times": "× ",
    "least": "≥ ",
    "most": "≤ ",
    "is": "= ",
    "cents": "= ",
}


class TraceError(ValueError):
    """Steps that do not lead to what they say."""


class Percent(NamedTuple):
    """So many hundredths."""

    number: Decimal

    @property
    def factor(self) -> Decimal:
        return self.number / 100


class Part(NamedTuple):
    """``number`` of ``whole`` parts, such as the days of a period that count."""

    number: int
    whole: int


class Aside(NamedTuple):
    """An amount that is shown and not reckoned with."""

    number: Decimal


class Exact(NamedTuple):
    """An amount before it is rounded."""

    number: Decimal


class Daily(NamedTuple):
    """What ``days`` days cost at ``percent`` of ``base`` each."""

    base: Decimal
    percent: Percent
    days: int

    @property
    def number(self) -> Decimal:
        return self.base * self.percent.factor * self.days


class Days(NamedTuple):
    """A number of days."""

    number: int


class After(NamedTuple):
    """When so many days have passed."""

    number: int


class Between(NamedTuple):
    """From a day to a day; ``last`` None: it lasts."""

    first: date
    last: date | None


class Term(NamedTuple):
    """A period of so many units (workday, day, month)."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    ``code``: what it is, the key of its sentence; ``skipped`` has the calendar's notes
    of rest days for a value. ``value``: an amount (``Decimal``), a day, a text, or one
    of the kinds above. ``does``: see ``SIGNS``. ``key``: whose it is, where several
    steps have the same code; the caller's own mark. ``law``: the article of the Civil
    Code that it follows. ``values``: what its sentence names beside the value.
    ``label``, ``note``: words of the caller in place of the sentence's.
    """

    code: str
    value: Any = None
    does: str = ""
    key: Any = None
    law: str = ""
    values: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    label: str = ""
    note: str = ""

    def named(self, label: str = "", note: str = "") -> Step:
        """The same with the words of who knows what it is about."""
        return replace(self, label=label or self.label, note=note or self.note)


def follow(steps: Iterable[Step]) -> Decimal | None:
    """Do what the steps say, one after the other; return where they lead.

    >>> follow([Step("price", Decimal("1000000.01"), "take"),
    ...         Step("share", Percent(Decimal(60)), "times"),
    ...         Step("amount", Decimal("600000.01"), "cents"),
    ...         Step("deduction", Decimal("100000.00"), "less")])
    Decimal('500000.01')

    :return: None of steps that reckon nothing
    :raises TraceError: a step says another number than the steps before it lead to, or
        something is done to nothing
    """
    number = None
    for step in steps:
        if not step.does:
            continue
        if step.does == "take":
            number = _number(step.value)
            continue
        if number is None:
            raise TraceError(f"{step.code}: nothing to begin with")
        number = _do(step, number)
    return number


def _number(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else value.number


def _do(step: Step, number: Decimal) -> Decimal:
    value = step.value
    if step.does == "times":
        if isinstance(value, Part):
            return number * value.number / value.whole
        return number * value.factor
    if step.does == "more":
        return number + _number(value)
    if step.does == "less":
        return number - _number(value)
    if step.does == "least":
        return max(number, _number(value))
    if step.does == "most":
        return min(number, _number(value))
    found = to_cents(number) if step.does == "cents" else number
    if found != _number(value):
        raise TraceError(f"{step.code}: {_number(value)}, but it leads to {found}")
    return found
