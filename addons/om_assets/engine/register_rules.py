"""What the rows of a register must agree on before they can be records.

The database holds these rules too; here they are told with the row they concern.
"""

from enum import StrEnum
from typing import Any

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Unfit(StrEnum):
    """Why a row that can be read is none of this register."""

    SIGNED = "a contract in force"
    NO_PARENT = "no such system in the file"
    END_BEFORE_START = "the service ends before it starts"
    NO_START = "in service without a first day"
    NO_STOP_DATE = "stopped without a day"
    STOP_DATE_UNASKED = "a day of stopping, but not stopped"
    STOP_BEFORE_START = "stopped before it started"
    NO_YEAR = "no year"
    NOT_POSITIVE = "less than one"


def check_system(values: dict[str, Any]) -> list[tuple[Unfit, str]]:
    """Return (what is wrong, name of the value it is wrong with) of a system.

    Dates are ISO texts, so that they compare as the days do.
    """
    wrong = []
    start, end = values["service_start"], values["service_end"]
    stop, state = values["stop_date"], values["state"]
    if start and end and end < start:
        wrong.append((Unfit.END_BEFORE_START, "service_end"))
    if state and state != "draft" and not start:
        wrong.append((Unfit.NO_START, "service_start"))
    if state == "stopped" and not stop:
        wrong.append((Unfit.NO_STOP_DATE, "stop_date"))
    if stop and state != "stopped":
        wrong.append((Unfit.STOP_DATE_UNASKED, "stop_date"))
    if start and stop and stop < start:
        wrong.append((Unfit.STOP_BEFORE_START, "stop_date"))
    year = values["mlps_last_year"]
    if year and not FIRST_YEAR <= year <= LAST_YEAR:
        wrong.append((Unfit.NO_YEAR, "mlps_last_year"))
    return wrong


def check_plan(values: dict[str, Any]) -> list[tuple[Unfit, str]]:
    """Return what is wrong with an inspection plan: it counts from one."""
    return [
        (Unfit.NOT_POSITIVE, name) for name in ("every", "times") if values[name] < 1
    ]
