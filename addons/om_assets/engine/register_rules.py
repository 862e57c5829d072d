"""What the rows of a register must agree on before they can be records.

The database holds these rules too; here they are told with the row they concern.
"""

from collections.abc import Iterable
from typing import Any

from .register_sheets import Row, Wrong

FIRST_YEAR, LAST_YEAR = 2000, 2100


def check_system(values: dict[str, Any]) -> list[tuple[Wrong, str]]:
    """Return (what is wrong, name of the value it is wrong with) of a system.

    Dates are ISO texts, so that they compare as the days do.
    """
    wrong = []
    start, end = values["service_start"], values["service_end"]
    stop, state = values["stop_date"], values["state"]
    if start and end and end < start:
        wrong.append((Wrong.END_BEFORE_START, "service_end"))
    if state and state != "draft" and not start:
        wrong.append((Wrong.NO_START, "service_start"))
    if state == "stopped" and not stop:
        wrong.append((Wrong.NO_STOP_DATE, "stop_date"))
    if stop and state != "stopped":
        wrong.append((Wrong.STOP_DATE_UNASKED, "stop_date"))
    if start and stop and stop < start:
        wrong.append((Wrong.STOP_BEFORE_START, "stop_date"))
    year = values["mlps_last_year"]
    if year and not FIRST_YEAR <= year <= LAST_YEAR:
        wrong.append((Wrong.NO_YEAR, "mlps_last_year"))
    return wrong


def check_plan(values: dict[str, Any]) -> list[tuple[Wrong, str]]:
    """Return what is wrong with an inspection plan: it counts from one."""
    return [
        (Wrong.NOT_POSITIVE, name) for name in ("every", "times") if values[name] < 1
    ]


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
