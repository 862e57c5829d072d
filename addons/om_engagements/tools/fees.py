"""An example of a price list (示例分项报价): one price, split over many systems.

Tender 0686-2511BJ143437Z has the price bid per system, so that the contract sum is the
sum of the systems' yearly fees; what was bid for each system is not public. This module
makes an example of such a list from what the register says of the effort:

* devices: with the square root of their number, for a hundred cameras of one kind cost
  more than one but not a hundred times as much;
* posted staff: each person weighs as much as a middling system;
* inspections: by how many a year brings, again with the square root;
* the system's class, and its level of protection (等保).

The weight of a year is taken for the part of the year that the system is served. Every
fee is rounded down to a multiple of ``unit``, except the last one, which takes what is
left: the sum is the price, to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from math import isqrt

CENT = Decimal("0.01")
YUAN = Decimal("1.00")

# What a system of a class weighs with nothing else to it, in points.
CLASS_POINTS = {
    "政务办公信息化": 300,
    "物联网感知系统": 350,
    "非现场执法系统": 500,
    "政务及安全系统": 400,
    "桌面及会议保障": 250,
    "公共安全系统": 500,
    "城市管理系统": 350,
    "教育教务系统": 250,
}
DEFAULT_POINTS = 300
POINTS_PER_PERSON = 600
POINTS_PER_ROOT_DEVICE = 60
POINTS_PER_ROOT_INSPECTION = 10
POINTS_PER_LEVEL = 40
DAYS_OF_YEAR = 365


class FeeError(ValueError):
    """The price cannot be split this way; says why."""


@dataclass(frozen=True)
class Effort:
    """What a system takes: counts are per system, ``days`` is its service period."""

    category: str = ""
    devices: int = 0
    staff: int = 0
    inspections: int = 0
    level: int = 0
    days: int = DAYS_OF_YEAR


def weigh(effort: Effort) -> int:
    """Return the weight of a system, a whole number above zero.

    :raises FeeError: a negative count, or no day of service
    """
    counts = (effort.devices, effort.staff, effort.inspections, effort.level)
    if min(counts) < 0 or effort.days < 1:
        raise FeeError(f"not an effort: {effort}")
    points = (
        CLASS_POINTS.get(effort.category, DEFAULT_POINTS)
        + POINTS_PER_PERSON * effort.staff
        + POINTS_PER_ROOT_DEVICE * isqrt(effort.devices)
        + POINTS_PER_ROOT_INSPECTION * isqrt(effort.inspections)
        + POINTS_PER_LEVEL * effort.level
    )
    return points * effort.days


def split_fees(
    price: Decimal, weights: Sequence[int], unit: Decimal = YUAN
) -> list[Decimal]:
    """Return one fee per weight, in their order; together they are ``price``.

    :param price: in yuan, whole cents, above zero
    :param weights: above zero each
    :param unit: every fee but the last is a multiple of it, in yuan
    :raises FeeError: nothing to split over, fractions of a cent, a weight or a unit
        that is not above zero, or a fee that would be nothing
    """
    if not weights or min(weights) <= 0:
        raise FeeError("every system needs a weight above zero")
    if price != price.quantize(CENT) or price <= 0:
        raise FeeError(f"a price is above zero and has whole cents, not {price}")
    if unit <= 0 or unit != unit.quantize(CENT):
        raise FeeError(f"a unit is above zero and has whole cents, not {unit}")
    total = sum(weights)
    fees = []
    for weight in weights[:-1]:
        units = (price * weight / total / unit).to_integral_value(ROUND_DOWN)
        fees.append((units * unit).quantize(CENT))
    fees.append((price - sum(fees, Decimal(0))).quantize(CENT))
    if min(fees) <= 0:
        raise FeeError(f"{price} is too little for {len(weights)} systems")
    return fees
