"""The questions of a service's form: which have to be answered, and which are not.

A form is the definition of properties as Odoo stores it, a list of dicts. A switch has
no third state: that it is off is an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# The key of a definition beside Odoo's own that says so.
REQUIRED = "om_required"
_ALWAYS_ANSWERED = ("boolean", "separator")


def is_required(question: Mapping[str, Any]) -> bool:
    """Whether the service cannot be rendered without an answer."""
    return bool(question.get(REQUIRED)) and question["type"] not in _ALWAYS_ANSWERED


def is_answered(value: Any) -> bool:
    """Whether this is an answer; 0 is one.

    >>> is_answered(0), is_answered(False), is_answered("  ")
    (True, False, False)
    """
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value is not False and value != []


def get_unanswered(
    form: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]
) -> list[str]:
    """Return the labels of what has to be answered and is not, in order."""
    return [
        question.get("string") or question["name"]
        for question in form
        if is_required(question) and not is_answered(answers.get(question["name"]))
    ]
