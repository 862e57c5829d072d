"""How many spares to keep, and whether a stored one is fit for use.

Failures of many alike devices come at random and independently: their number in the
time that new parts take to arrive follows a Poisson distribution. The least stock is
the smallest number that covers this demand with the wanted certainty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, inf, log

DAYS_A_YEAR = 365
# Beyond this demand exp() of it leaves the floats; the normal distribution is as good.
_LARGE = 500.0


class ReadinessError(ValueError):
    """The figures describe no stock."""


def expected_failures(devices: int, failures_a_year: float, days: float) -> float:
    """Failures expected in ``days`` among ``devices`` that fail ``failures_a_year``
    times each."""
    if devices < 0 or failures_a_year < 0 or days < 0:
        raise ReadinessError("devices, failures and days are not negative")
    return devices * failures_a_year * days / DAYS_A_YEAR


def least_stock(
    devices: int, failures_a_year: float, lead_days: float, certainty: float = 0.95
) -> int:
    """The smallest stock that lasts ``lead_days`` with the given certainty.

    >>> least_stock(100, 0.1, 30)
    3
    >>> least_stock(0, 0.1, 30)
    0

    :raises ReadinessError: negative figures; a certainty outside 0..1
    """
    if not 0 < certainty < 1:
        raise ReadinessError("a certainty lies between 0 and 1")
    mean = expected_failures(devices, failures_a_year, lead_days)
    if mean == 0:
        return 0
    if mean > _LARGE:
        return _normal_quantile(mean, certainty)
    stock, term = 0, exp(-mean)
    covered = term
    while covered < certainty:
        stock += 1
        term *= mean / stock
        covered += term
    return stock


def _normal_quantile(mean: float, certainty: float) -> int:
    # Abramowitz and Stegun 26.2.23; off by less than 0.00045 standard deviations.
    tail = min(certainty, 1 - certainty)
    t = (-2 * log(tail)) ** 0.5
    quantile = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (
        1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t**3
    )
    sign = 1 if certainty >= 0.5 else -1
    return int(mean + sign * quantile * mean**0.5 + 1)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """What is known of one stored part.

    ``checked_on``: last check; ``check_every``: days between checks, 0 for none;
    ``usable_until``: end of its shelf life; ``passed``: result of the last check.
    """

    checked_on: date | None = None
    check_every: int = 0
    usable_until: date | None = None
    passed: bool = True


def next_check(part: StoredPart, received: date) -> date | None:
    """The day by which the part has to be checked; None if it never has to."""
    if not part.check_every:
        return None
    return (part.checked_on or received) + timedelta(days=part.check_every)


def is_fit(part: StoredPart, day: date) -> bool:
    """True if the part may be issued on ``day``: passed and within its shelf life."""
    return part.passed and (part.usable_until is None or day <= part.usable_until)


def hours_short(promised_hours: float, reach_hours: Iterable[float]) -> float:
    """By how many hours the nearest place misses the promise to have a part on the
    spot; 0 if one is near enough, infinite if there is no stock anywhere."""
    nearest = min(reach_hours, default=inf)
    return max(nearest - promised_hours, 0.0)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is known of the need of one part.

    ``devices``: how many of the kind are in the field; ``failures_a_year``: of one of
    them, as stated by maker or experience; ``used_a_year``: parts that were really used
    in the last twelve months; ``lead_days``: until new ones arrive; ``left``: what the
    caps still allow, None without cap.
    """

    devices: int = 0
    failures_a_year: float = 0.0
    used_a_year: int = 0
    lead_days: float = 0.0
    left: int | None = None

    @property
    def is_stated(self) -> bool:
        """True if devices and failure rate are stated; otherwise what was used in the
        last year stands for them."""
        return self.devices > 0 and self.failures_a_year > 0

    @property
    def meanwhile(self) -> float:
        """Failures expected until new parts arrive."""
        if self.is_stated:
            return expected_failures(self.devices, self.failures_a_year, self.lead_days)
        return expected_failures(1, self.used_a_year, self.lead_days)


def minimum(demand: Demand, certainty: float = 0.95) -> int:
    """The least stock to keep; never more than the caps still allow to use.

    >>> minimum(Demand(devices=100, failures_a_year=0.1, lead_days=30))
    3
    >>> minimum(Demand(devices=100, failures_a_year=0.1, lead_days=30, left=1))
    1
    >>> minimum(Demand(used_a_year=10, lead_days=30))
    3
    """
    if demand.is_stated:
        stock = least_stock(
            demand.devices, demand.failures_a_year, demand.lead_days, certainty
        )
    else:
        stock = least_stock(1, demand.used_a_year, demand.lead_days, certainty)
    return stock if demand.left is None else min(stock, max(demand.left, 0))
