"""Time in Beijing, where the contracts count their days, whoever looks at them.

The database keeps moments as naive UTC; a person's own zone decides nothing here: a
clerk who travels, and a job that runs without a user, see the same day. Linted: no
other file asks for the present day or knows the zone.
"""

from datetime import UTC, date, datetime, time, timedelta

from .periods import ZONE

__all__ = ("ZONE", "bounds", "day_of", "now", "to_local", "to_stored", "today", "word")


def now() -> datetime:
    """The present moment, aware, in Beijing."""
    return datetime.now(UTC).astimezone(ZONE)


def today() -> date:
    """The present day in Beijing."""
    return now().date()


def to_local(moment: datetime) -> datetime:
    """A moment as an aware one in Beijing; a naive one is UTC, as in the database."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZONE)


def to_stored(moment: datetime) -> datetime:
    """A moment as the database has it, naive UTC; a naive one is Beijing's."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    return aware.astimezone(UTC).replace(tzinfo=None)


def day_of(moment: datetime) -> date:
    """The day in Beijing of a moment; a naive one is UTC, as in the database."""
    return to_local(moment).date()


def bounds(first: date, last: date | None = None) -> tuple[datetime, datetime]:
    """When the days from ``first`` to ``last`` (``first`` alone without) begin and are
    over, as the database has it."""
    over = (last or first) + timedelta(days=1)
    return tuple(
        to_stored(datetime.combine(day, time.min, ZONE)) for day in (first, over)
    )


def word(moment: datetime | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A moment as papers print it; nothing for none."""
    return to_local(moment).strftime(pattern) if moment else ""
