"""How the rows of a sheet differ from the records that they stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .sheets import Row, Values, Wrong


@dataclass
class Differences:
    """What a table changes.

    :param new: rows that no record stands for
    :param changed: {identity: {name: (old, new)}}
    :param missing: identities that no row stands for
    :param rows: {identity: number of its row}
    """

    new: list[Row] = field(default_factory=list)
    changed: dict[Hashable, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    missing: list[Hashable] = field(default_factory=list)
    rows: dict[Hashable, int] = field(default_factory=dict)


def compare(
    pairs: Iterable[tuple[Hashable | None, Row]],
    current: Mapping[Hashable, Values],
    names: Iterable[str],
) -> Differences:
    """Return how rows differ from records, field by field.

    :param pairs: (identity of the record that a row stands for or ``None``, row)
    :param current: values by identity
    :param names: the values that are compared
    """
    names = list(names)
    result = Differences()
    for identity, row in pairs:
        if identity is None or identity not in current:
            result.new.append(row)
            continue
        result.rows[identity] = row.number
        old = current[identity]
        changed = {
            name: (old[name], row.values[name])
            for name in names
            if name in row.values and old[name] != row.values[name]
        }
        if changed:
            result.changed[identity] = changed
    result.missing = [identity for identity in current if identity not in result.rows]
    return result


def pair_lines(
    rows: Iterable[Row],
    current: Mapping[int, Values],
    parent: str,
    naming: tuple[str, ...],
    identity: str = "id",
) -> tuple[list[tuple[int | None, Row]], list[tuple[Wrong, Row]]]:
    """Find the line that each row stands for.

    A row that carries a line's number stands for that line. One without stands for a
    line of the same system that is called the same, if no other row does: a register
    that was typed anew has no numbers.

    :param current: values by the line's number
    :param parent: name of the value that says which system the line belongs to
    :param naming: names of the values that a line is called by
    :return: (pairs, mistakes)
    """
    rows = list(rows)
    problems, taken = [], set()
    for row in rows:
        number = row.values[identity]
        if not number:
            continue
        if number in taken:
            problems.append((Wrong.REPEATED, row))
        elif number not in current:
            problems.append((Wrong.NO_LINE, row))
        elif current[number][parent] != row.values[parent]:
            problems.append((Wrong.OTHER_LINE, row))
        taken.add(number)
    free = defaultdict(list)
    for number, values in current.items():
        if number not in taken:
            free[values[parent], *(values[name] for name in naming)].append(number)
    pairs: list[tuple[int | None, Row]] = []
    for row in rows:
        number = row.values[identity]
        if not number:
            key = (row.values[parent], *(row.values[name] for name in naming))
            number = free[key].pop(0) if free.get(key) else None
        pairs.append((number, row))
    return pairs, problems


def find_repeated(rows: Iterable[Row], *names: str) -> list[Row]:
    """Return the rows that repeat the named values of an earlier row; what is empty
    is never a repetition."""
    seen, repeated = set(), []
    for row in rows:
        key = tuple(row.values[name] for name in names)
        if not all(key):
            continue
        if key in seen:
            repeated.append(row)
        seen.add(key)
    return repeated
