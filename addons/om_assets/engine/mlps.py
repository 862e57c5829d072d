"""When a system's next assessment under the multi-level protection scheme is due.

Source: Administrative Measures for the Multi-Level Protection of Information Security
(Gongtongzi 2007 No. 43), article 14: level 3 at least once a year. For level 2 the
measures name no interval; the trade and the contracts use two years. Both can be
overridden system by system.

>>> next_due("3", date(2025, 6, 30), 2025)
datetime.date(2026, 6, 30)
>>> next_due("2", None, 2023)
datetime.date(2025, 12, 31)
"""

from calendar import monthrange
from datetime import date

YEARS = {"2": 2, "3": 1}


def next_due(
    level: str | None, last_date: date | None, last_year: int | None
) -> date | None:
    """Return the last day for the next assessment; None if there is none or it cannot
    be told.

    :param level: ``"2"`` or ``"3"``; other levels need no assessment
    :param last_date: day of the last assessment, where it is known
    :param last_year: year of the last assessment; decides where it is later than the
        day's year, and then the whole last year of the interval is left
    """
    years = YEARS.get(level or "")
    if not years:
        return None
    if last_date and last_date.year >= (last_year or 0):
        return _add_years(last_date, years)
    if last_year:
        return date(last_year + years, 12, 31)
    return None


def _add_years(day: date, years: int) -> date:
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
