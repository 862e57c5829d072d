"""What a telephone tells of a photo: its original, and where it was.

The page shrinks a photo before it sends it. What the small file was made of comes along
as JSON, which also stands in the file itself; here it is read, for people.
"""

import json
import math
import re
from datetime import datetime
from typing import Any, NamedTuple

from .field import read

SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 120


class Place(NamedTuple):
    """Where the telephone was: degrees (WGS 84), and within how many metres."""

    latitude: float
    longitude: float
    accuracy: int


class Original(NamedTuple):
    """The file that the camera gave: its name, bytes, digest, time (naive UTC), place.

    What the telephone did not tell, or what cannot be, is None (the name "").
    """

    name: str
    size: int | None
    sha256: str | None
    taken: datetime | None
    place: Place | None


def _to_number(value: Any, least: float, most: float) -> float | None:
    """Return a number within bounds; None for whatever else.

    >>> _to_number("7", 0, 10), _to_number(float("nan"), 0, 10), _to_number(7, 0, 10)
    (None, None, 7)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) and least <= value <= most else None


def _read_place(told: Any) -> Place | None:
    if not isinstance(told, dict):
        return None
    latitude = _to_number(told.get("latitude"), -90, 90)
    longitude = _to_number(told.get("longitude"), -180, 180)
    accuracy = _to_number(told.get("accuracy"), 0, 1e8)
    if latitude is None or longitude is None or accuracy is None:
        return None
    return Place(latitude, longitude, math.ceil(accuracy))


def describe(text: str) -> Original:
    """Return what is told of a photo; nothing of it is trusted to be well made.

    >>> describe('{"original": "IMG.jpg", "bytes": 8000000}').size
    8000000
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        told = {}
    try:
        taken = read(told["taken"])
    except (KeyError, TypeError, ValueError, OverflowError):
        taken = None
    size = _to_number(told.get("bytes"), 0, 1e12)
    digest = told.get("sha256")
    name = told.get("original")
    return Original(
        name[:LONGEST_NAME] if isinstance(name, str) else "",
        None if size is None else int(size),
        digest if isinstance(digest, str) and SHA256.fullmatch(digest) else None,
        taken,
        _read_place(told.get("place")),
    )
