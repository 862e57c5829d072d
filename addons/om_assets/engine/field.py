"""When something was done, of which a telephone tells later.

A telephone's clock may be wrong. What is trusted is how it runs: between the tap and
the sending it has measured a span, and the server knows when the sending arrived. Only
if the clock was set in between does the difference that was measured before count, too.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

# What arrives within this of its tap was sent at once.
AT_ONCE = timedelta(seconds=60)
# By so much two measurements of one clock differ without anybody having set it.
SETTLED = timedelta(seconds=30)


class Moment(NamedTuple):
    """When it was done (naive UTC, whole seconds) and what is to be said about it.

    ``offline``: it waited for a network. ``clock_set``: the telephone's clock was set
    between the tap and the sending; the later of the two possible times counts.
    """

    at: datetime
    offline: bool
    clock_set: bool


def read(text: str) -> datetime:
    """Return a time as telephones write it (ISO with a zone) as naive UTC.

    :raises ValueError: it is none, or has no zone

    >>> read("2026-03-10T10:00:00.250+08:00")
    datetime.datetime(2026, 3, 10, 2, 0, 0, 250000)
    """
    moment = datetime.fromisoformat(text)
    ahead = moment.utcoffset()
    if ahead is None:
        raise ValueError(f"a time without a zone: {text}")
    return moment.replace(tzinfo=None) - ahead


def reckon(
    tapped: datetime, sent: datetime, difference: float | None, now: datetime
) -> Moment:
    """Return when something was done.

    :param tapped: what the telephone's clock said at the tap
    :param sent: what it said when it sent it
    :param difference: seconds by which the server was ahead of it when they spoke last
        before the tap; None if they never did
    :param now: when it arrived, by the server

    >>> at = datetime(2026, 3, 10, 2, 0)
    >>> reckon(at, at + timedelta(hours=1), None, at + timedelta(hours=3)).at
    datetime.datetime(2026, 3, 10, 4, 0)
    """
    at = now - max(sent - tapped, timedelta(0))
    clock_set = sent < tapped - SETTLED
    if difference is not None:
        known = tapped + timedelta(seconds=difference)
        if abs(known - at) > SETTLED:
            clock_set = True
            at = max(at, known)
    at = min(at, now)
    offline = now - at > AT_ONCE
    return Moment(at.replace(microsecond=0), offline, clock_set)
