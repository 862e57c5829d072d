"""Alerts as Prometheus' Alertmanager posts them to a webhook (its format, version 4).

A batch holds alerts of one group, firing and resolved ones mixed. The same alert comes
again and again while it lasts, from each of several Alertmanagers, and sometimes late:
what makes it the same is its fingerprint and the moment at which it started.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlsplit

# More is no alert group but a mistake, or somebody who tries.
MOST_ALERTS = 2000
MOST_LABELS = 100
MOST_TEXT = 1000
# RFC 3339 with up to nine digits, of which Python keeps six.
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)", re.ASCII
)
# What stands for "not ended yet".
_NEVER = 1


class AlertError(ValueError):
    """What was posted is no batch of alerts. ``code``: what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Alert(NamedTuple):
    """One alert; moments are UTC to the second. ``ends_at`` is None while it fires."""

    key: str
    fingerprint: str
    name: str
    labels: Mapping[str, str]
    summary: str
    starts_at: datetime
    ends_at: datetime | None


class Rule(NamedTuple):
    """Which alerts it is about: their name by a pattern, and one label, if given."""

    key: Any
    pattern: str
    label: str = ""
    value: str = ""


class Span(NamedTuple):
    """A time in which something was down; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None


def read_batch(payload: Any) -> tuple[Alert, ...]:
    """Read what was posted; each alert once, in order of its start.

    Of two entries of the same alert the one that says that it is over holds.

    :raise AlertError: it has another shape
    """
    if not isinstance(payload, Mapping) or not isinstance(payload.get("alerts"), list):
        raise AlertError("shape")
    entries = payload["alerts"]
    if len(entries) > MOST_ALERTS:
        raise AlertError("many")
    found: dict[str, Alert] = {}
    for entry in entries:
        alert = _read(entry)
        known = found.get(alert.key)
        if known is None or (known.ends_at is None and alert.ends_at is not None):
            found[alert.key] = alert
    return tuple(sorted(found.values(), key=lambda each: (each.starts_at, each.key)))


def _read(entry: Any) -> Alert:
    if not isinstance(entry, Mapping) or entry.get("status") not in (
        "firing",
        "resolved",
    ):
        raise AlertError("shape")
    labels = _texts(entry.get("labels"))
    notes = _texts(entry.get("annotations") or {})
    start, moment = _read_moment(entry.get("startsAt"))
    end = None
    if entry["status"] == "resolved":
        last, _text = _read_moment(entry.get("endsAt"))
        end = max(last, start) if last.year > _NEVER else start
    fingerprint = entry.get("fingerprint")
    if not isinstance(fingerprint, str) or not fingerprint.strip():
        # Older ones send none.
        fingerprint = sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16]
    fingerprint = fingerprint.strip()[:64]
    return Alert(
        f"{fingerprint} {moment}",
        fingerprint,
        labels.get("alertname", ""),
        labels,
        notes.get("summary") or notes.get("description") or notes.get("message") or "",
        start,
        end,
    )


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST_LABELS:
        raise AlertError("shape")
    if not all(
        isinstance(name, str) and isinstance(text, str) for name, text in value.items()
    ):
        raise AlertError("shape")
    return {name[:MOST_TEXT]: text[:MOST_TEXT] for name, text in value.items()}


def _read_moment(value: Any) -> tuple[datetime, str]:
    """A moment to the second, and as text to the microsecond for its key."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise AlertError("moment")
    text, fraction, zone = match.groups()
    zone = "+00:00" if zone == "Z" else zone
    try:
        moment = datetime.fromisoformat(
            f"{text}.{(fraction or '0').ljust(6, '0')}{zone}"
        )
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise AlertError("moment") from error
    return moment.replace(microsecond=0), moment.isoformat()


def host_of(value: str) -> str:
    """The host in the value of a label such as ``instance``, without port and path.

    >>> host_of("10.0.0.7:9100"), host_of("https://cam.example.org/x")
    ('10.0.0.7', 'cam.example.org')
    """
    text = value.strip()
    if not text:
        return ""
    if text.count(":") > 1 and "//" not in text and not text.startswith("["):
        return text
    try:
        return urlsplit(text if "//" in text else f"//{text}").hostname or text
    except ValueError:
        return text


def find_rule(rules: Iterable[Rule], labels: Mapping[str, str]) -> Any:
    """Return the key of the first rule that is about an alert; None without one."""
    for rule in rules:
        if not fnmatchcase(labels.get("alertname", ""), rule.pattern or "*"):
            continue
        if rule.label and labels.get(rule.label, "") != rule.value:
            continue
        return rule.key
    return None


def uncovered(span: Span, known: Iterable[Span]) -> list[Span]:
    """Return what of a time is in none of the known ones, in order.

    A device that two alerts call down is down once: only this is added to the record.
    """
    cursor, last = span.start, _end(span)
    pieces = []
    for other in sorted(known, key=lambda each: each.start):
        if _end(other) <= cursor:
            continue
        if other.start >= last:
            break
        if other.start > cursor:
            pieces.append(Span(cursor, other.start))
        cursor = max(cursor, _end(other))
    if cursor < last:
        pieces.append(Span(cursor, span.end))
    return pieces


def _end(span: Span) -> datetime:
    return (
        datetime.max.replace(tzinfo=span.start.tzinfo) if span.end is None else span.end
    )
