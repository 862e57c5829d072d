"""What acts on a model of facts declare; ``om.act.mixin`` carries them out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Act:
    """One way in which facts change.

    ``label``: what the act is called, a lazily translated term. ``source``: the states
    in which it is possible, none for all. ``target``: the state that it leads to, None
    where the act itself decides or the state stays. ``groups``: external ids of the
    groups of which one is needed; empty for everybody who may write the record.
    ``party``: name of the method that returns, for one record, the party whose word
    this act is and its capacity; its own people act for it, ours enter its paper.
    ``reason``: a reason has to be given. ``locks``: paths to other records that the act
    changes.
    ``late``: how far the time of the fact may lie before its entry; None if the act
    happens when it is entered. ``late_reason``: from which distance on the entry gives
    its reason; None where it never has to.
    """

    label: Any
    source: tuple[str, ...] = ()
    target: str | None = None
    groups: tuple[str, ...] = ()
    party: str | None = None
    reason: bool = False
    locks: tuple[str, ...] = ()
    late: timedelta | None = None
    late_reason: timedelta | None = None


@dataclass(frozen=True)
class Fact:
    """A field that a ledger's line tells, under a name that outlives the field's.

    ``sealed``: the states in which the field changes by acts only, so that it must
    still be what the last line says; None for all states. ``personal``: the line has a
    salted hash of it, not the value.
    """

    field: str
    sealed: tuple[str, ...] | None = None
    personal: bool = False


@dataclass(frozen=True)
class Recorded:
    """When something was done that a telephone sends only now; UTC.

    It stands in the context of the records on which it is done. No client can send one:
    whoever takes an entry from a telephone makes it. ``models``: whose facts it times;
    what follows from them in other documents happens now.
    """

    at: datetime
    models: frozenset[str]


class Opening:
    """The door that an act opens for its own block; no client can send one.

    It stands in the context of the act's records and is shut when the block ends, also
    for records that somebody kept. It remembers which other documents' facts the act
    wrote, with the state that they had before, so that they get their line, too.
    """

    __slots__ = ("is_open", "touched")

    def __init__(self) -> None:
        self.is_open = True
        self.touched: dict[str, dict[int, str]] = {}

    def touch(self, model: str, states: dict[int, str]) -> None:
        """Remember documents whose facts are about to be written, each once."""
        self.touched[model] = {**states, **self.touched.get(model, {})}

    def shut(self) -> None:
        self.is_open = False
