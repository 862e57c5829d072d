from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings, strategies

from odoo.tests import BaseCase

from ..engine.availability import Downtime, Stop, availability, carry_on

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=200)
START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = 48
DEVICES = 5


def hour(number):
    return START + timedelta(hours=number)


downtimes = strategies.lists(
    strategies.builds(
        lambda start, length, devices, excluded: Downtime(
            hour(start), hour(start + length), devices, excluded
        ),
        strategies.integers(-10, 60),
        strategies.integers(0, 30),
        strategies.none() | strategies.integers(1, 7),
        strategies.booleans(),
    ),
    max_size=6,
)


def count_by_hours(rows):
    """The slow way: hour by hour and device by device."""
    down = excluded = 0
    for number in range(HOURS):
        moment = hour(number)
        now = [row for row in rows if row.start <= moment < row.end]
        counts = {}
        for kind in (False, True):
            mine = [row for row in now if row.excluded is kind]
            whole = any(row.devices is None for row in mine)
            counts[kind] = (
                DEVICES if whole else min(DEVICES, sum(row.devices for row in mine))
            )
        excluded += counts[True]
        down += min(counts[False], DEVICES - counts[True])
    return down * 3600, excluded * 3600


class TestAvailability(BaseCase):
    def test_nothing_down(self):
        self.assertEqual(availability(START, hour(24), []).percent, 100)

    def test_whole_system(self):
        """Six of 24 hours down, two reports of the same hours: 75 %."""
        rows = [Downtime(hour(1), hour(5)), Downtime(hour(3), hour(7))]
        self.assertEqual(availability(START, hour(24), rows).percent, 75)

    def test_devices_of_a_system(self):
        """2 of 10 cameras for 12 of 24 hours: 24 of 240 camera-hours, 90 %."""
        rows = [Downtime(hour(0), hour(12), 2)]
        self.assertEqual(availability(START, hour(24), rows, 10).percent, 90)

    def test_approved_cause_does_not_count(self):
        rows = [
            Downtime(hour(0), hour(12)),
            Downtime(hour(2), hour(6), None, True),
        ]
        found = availability(START, hour(24), rows)
        self.assertEqual(found.percent, Fraction(200, 3))
        self.assertEqual(found.excluded, 4 * 3600)

    def test_empty_period(self):
        self.assertIsNone(availability(START, START, []).percent)

    def test_bad_arguments(self):
        with self.assertRaises(ValueError):
            availability(hour(1), START, [])
        with self.assertRaises(ValueError):
            availability(START, hour(1), [], 0)

    @PROPERTY
    @given(downtimes)
    def test_against_counting(self, rows):
        found = availability(START, hour(HOURS), rows, DEVICES)
        self.assertEqual((found.down, found.excluded), count_by_hours(rows))
        self.assertTrue(0 <= found.percent <= 100)

    def test_carried_on(self):
        """Two of five devices down since hour 6, one since hour 8; it is hour 12 of 24.
        Repairing the two saves 24 device-hours, of 48 to come."""
        stops = {
            "two": Stop(hour(6), None, 2),
            "one": Stop(hour(8), None, 1),
            "over": Stop(hour(0), hour(1), 1),
        }
        down = carry_on(START, hour(24), stops, DEVICES, hour(12)).down
        self.assertEqual(down, (36 + 16 + 1) * 3600)
        fixed = carry_on(START, hour(24), stops, DEVICES, hour(12), "two").down
        self.assertEqual(down - fixed, 24 * 3600)
        stops["whole"] = Stop(hour(10), None)
        down = carry_on(START, hour(24), stops, DEVICES, hour(12)).down
        fixed = carry_on(START, hour(24), stops, DEVICES, hour(12), "two").down
        self.assertEqual(down, fixed, "the system is down as a whole")

    @PROPERTY
    @given(downtimes, strategies.integers(0, 48), strategies.data())
    def test_a_repair_never_costs(self, rows, now, data):
        """Each open stop repaired now leaves no more down, and no more than there is
        left of the period."""
        stops = {
            number: Stop(
                row.start,
                None if data.draw(strategies.booleans()) else row.end,
                row.devices,
                row.excluded,
            )
            for number, row in enumerate(rows)
        }
        later = carry_on(START, hour(HOURS), stops, DEVICES, hour(now))
        for key, stop in stops.items():
            if stop.excluded:
                continue
            done = carry_on(START, hour(HOURS), stops, DEVICES, hour(now), key)
            saved = later.down - done.down
            self.assertTrue(0 <= saved <= (HOURS - now) * DEVICES * 3600)
            if stop.end is not None:
                self.assertEqual(saved, 0)
