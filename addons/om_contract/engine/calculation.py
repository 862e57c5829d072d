"""A computed amount or date, laid out so that a payer can check it by hand.

Plain data: whoever computes fills it in the reader's language, the dialog and the
printed sheet show it, and no rule is hidden in either of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation: what it is, its value, and where it comes from."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Calculation:
    """The way to one result.

    ``title``: what is computed. ``clause``: the rule it follows, as the contract calls
    it; empty where there is none. ``steps``: in the order in which one would compute.
    ``result``: the last word, with its unit.
    """

    title: str
    clause: str
    steps: tuple[Step, ...]
    result: str

    @classmethod
    def of(
        cls, title: str, clause: str, steps: Iterable[Step | None], result: str
    ) -> Calculation:
        """A calculation without the steps that do not apply (None or no value)."""
        return cls(title, clause, tuple(s for s in steps if s and s.value), result)
