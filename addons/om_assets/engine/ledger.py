"""Rules of the device ledger: numbers, places, addresses in the network, counts.

A contract declares devices line by line ("cameras: 46"); the ledger registers them one
by one. Nothing here knows of records or of the clock.

>>> format_number("SY2026/006", 3, 12)
'SY2026/006-03-0012'
>>> missing(46, 40)
6
>>> percent(46, 40)
86
"""

from ipaddress import ip_address

LATITUDES = (-90.0, 90.0)
LONGITUDES = (-180.0, 180.0)


class PlaceError(ValueError):
    """Coordinates that are no point on the earth.

    ``swapped`` tells that they would be one the other way round.
    """

    def __init__(self, swapped: bool):
        super().__init__("swapped" if swapped else "out of range")
        self.swapped = swapped


def format_number(system_code: str, line_no: int, number: int) -> str:
    """Return a device's number: the system's code, the line's and its own number.

    Both numbers grow beyond their padding instead of being cut.
    """
    return f"{system_code}-{line_no:02d}-{number:04d}"


def missing(declared: int, registered: int) -> int:
    """Return how many declared devices the ledger lacks; never negative."""
    return max(0, declared - registered)


def percent(declared: int, registered: int) -> int:
    """Return how much of the declared quantity is registered, 0 to 100.

    Rounded down, so that 100 means complete. What is registered beyond the declared
    quantity is not more than complete; where nothing is declared there is nothing to
    complete, which reads 0.
    """
    if declared <= 0:
        return 0
    return min(100, registered * 100 // declared)


def normalize_ip(text: str) -> str:
    """Return the address in its shortest standard form, empty for an empty text.

    :raises ValueError: if the text is no IPv4 or IPv6 address that a device can have
    """
    text = text.strip()
    if not text:
        return ""
    address = ip_address(text)
    if address.is_unspecified or address.is_multicast:
        raise ValueError(f"{text!r} is not the address of one device")
    return str(address)


def has_point(latitude: float, longitude: float) -> bool:
    """Tell whether the coordinates say anything: 0, 0 stands for "not measured"."""
    return bool(latitude or longitude)


def check_point(latitude: float, longitude: float) -> None:
    """Check degrees of latitude and longitude.

    :raises PlaceError: if one of them is out of range; a place in China whose figures
        were swapped always is, because its longitude is over 90
    """
    if _within(latitude, LATITUDES) and _within(longitude, LONGITUDES):
        return
    raise PlaceError(
        swapped=_within(longitude, LATITUDES) and _within(latitude, LONGITUDES)
    )


def _within(degrees: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= degrees <= bounds[1]
