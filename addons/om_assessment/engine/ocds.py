"""Performance failures as the Open Contracting Data Standard publishes them.

Its extension *Performance failures* has, for each period and category, how many there
were, and the penalty that was contracted, imposed and paid: the columns of a report of
deductions. A contract's part of a release is made of it, for whoever publishes one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

# The contracts are Beijing's.
ZONE = "+08:00"


class Failure(NamedTuple):
    """An indicator that a final sheet did not reach. ``events``: how many failures,
    None where nobody counts them; ``is_paid``: whether the penalty was taken from a
    payment, None where none was imposed."""

    key: str
    first: date
    last: date
    category: str
    events: int | None
    contracted: str
    imposed: str
    is_paid: bool | None


def to_contract(code: str, title: str, failures: Iterable[Failure]) -> dict[str, Any]:
    """Return the contract's part of a release; without failures it has none."""
    found = [
        {
            "id": each.key,
            "period": {
                "startDate": f"{each.first.isoformat()}T00:00:00{ZONE}",
                "endDate": f"{each.last.isoformat()}T23:59:59{ZONE}",
            },
            "category": each.category,
            "events": each.events,
            "penaltyContracted": each.contracted or None,
            "penaltyImposed": each.imposed or None,
            "penaltyPaid": each.is_paid,
        }
        for each in failures
    ]
    contract: dict[str, Any] = {"id": code, "awardID": code, "title": title}
    if found:
        contract["implementation"] = {"performanceFailures": found}
    return {"contracts": [contract]}
