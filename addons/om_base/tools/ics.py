"""Days as a calendar file (iCalendar, RFC 5545) that other programs subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import vobject
from dateutil.tz import UTC


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day. ``key`` stays the same when the day moves, so that a calendar moves
    its entry and does not add another one."""

    key: str
    day: date
    title: str
    address: str = ""


def write_calendar(name: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """The calendar file.

    :param now: when it was made, UTC
    """
    calendar = vobject.iCalendar()
    calendar.add("method").value = "PUBLISH"
    calendar.add("x-wr-calname").value = name
    # Programs ask again about once in half a day.
    calendar.add("x-published-ttl").value = "PT12H"
    for entry in entries:
        event = calendar.add("vevent")
        event.add("uid").value = entry.key
        event.add("dtstamp").value = now.replace(tzinfo=UTC)
        event.add("dtstart").value = entry.day
        # The end is not part of the event.
        event.add("dtend").value = entry.day + timedelta(days=1)
        event.add("summary").value = entry.title
        event.add("transp").value = "TRANSPARENT"
        if entry.address:
            event.add("url").value = entry.address
    return calendar.serialize().encode()
