"""Three-way merge of a named data set into records that people edit.

A data set that an add-on ships (a contract's register, for instance) is loaded at
installation and again at every upgrade. Between two loads people correct records
by hand. The merge compares, record by record and field by field,

* the *baseline*: what was loaded last,
* the *new* data: what the add-on ships now,
* the *current* values: what the database holds,

and says what to create, update and delete so that people's work is never lost:

=====================  ==========================================================
situation              outcome
=====================  ==========================================================
current == baseline    the field follows the new data
current != baseline    somebody changed it: the field stays as it is
no baseline value      the field is filled if it is empty, else stays
record deleted         a record that was loaded and is missing stays deleted
record gone from data  deleted if untouched and not protected, else kept
=====================  ==========================================================

Values are plain and comparable with ``==``; keys are external identifiers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Values = Mapping[str, Any]


class Reason(StrEnum):
    """Why something of the data set was not carried into the database."""

    CHANGED = "changed by hand"
    DELETED = "deleted by hand"
    TOUCHED = "no longer in the data, but changed by hand"
    PROTECTED = "no longer in the data, but never deleted"
    ORPHAN = "belongs to a record that was deleted by hand"


@dataclass(frozen=True)
class Kept:
    """One decision in favour of the database: the record, its field, the reason.

    ``field`` is empty when the decision is about the whole record.
    """

    key: str
    field: str
    reason: Reason


@dataclass
class MergePlan:
    """What to do with the records of one model.

    ``creates`` and ``updates`` map keys to the values to write, ``deletes`` lists
    the keys to delete, ``kept`` tells what was left alone and why.
    """

    creates: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: dict[str, dict[str, Any]] = field(default_factory=dict)
    deletes: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


def is_empty(value: Any) -> bool:
    """Return True for a value that says nothing: null, False, zero, empty."""
    return not value


def merge_fields(
    key: str, baseline: Values, new: Values, current: Values
) -> tuple[dict[str, Any], list[Kept]]:
    """Return the fields of one existing record to update, and those kept."""
    updates: dict[str, Any] = {}
    kept: list[Kept] = []
    for name, value in new.items():
        present = current.get(name)
        if present == value:
            continue
        if name in baseline:
            untouched = present == baseline[name]
        else:
            untouched = is_empty(present)
        if untouched:
            updates[name] = value
        else:
            kept.append(Kept(key, name, Reason.CHANGED))
    return updates, kept


def _is_touched(baseline: Values, current: Values) -> bool:
    return any(current.get(name) != value for name, value in baseline.items())


def merge(
    baseline: Mapping[str, Values],
    new: Mapping[str, Values],
    current: Mapping[str, Values],
    *,
    protected: bool = False,
    orphans: Collection[str] = (),
) -> MergePlan:
    """Return the plan that brings ``new`` into the database.

    :param baseline: what was loaded last, by key
    :param new: what is shipped now, by key
    :param current: what the database holds, by key; a missing key is a missing
        record
    :param protected: records of this model are never deleted
    :param orphans: keys of new records whose parent was deleted by hand; they are
        not created
    """
    plan = MergePlan()
    for key, values in new.items():
        if key in current:
            updates, kept = merge_fields(
                key, baseline.get(key, {}), values, current[key]
            )
            if updates:
                plan.updates[key] = updates
            plan.kept.extend(kept)
        elif key in baseline:
            plan.kept.append(Kept(key, "", Reason.DELETED))
        elif key in orphans:
            plan.kept.append(Kept(key, "", Reason.ORPHAN))
        else:
            plan.creates[key] = dict(values)
    for key, values in baseline.items():
        if key in new or key not in current:
            continue
        if protected:
            plan.kept.append(Kept(key, "", Reason.PROTECTED))
        elif _is_touched(values, current[key]):
            plan.kept.append(Kept(key, "", Reason.TOUCHED))
        else:
            plan.deletes.append(key)
    return plan


def group_by_values(updates: Mapping[str, Values]) -> list[tuple[dict, list[str]]]:
    """Return [(values, keys)]: the keys that get the same values, in one write."""
    groups: dict[str, tuple[dict, list[str]]] = {}
    for key, values in updates.items():
        group = groups.setdefault(repr(sorted(values.items())), (dict(values), []))
        group[1].append(key)
    return list(groups.values())
