from datetime import datetime

from odoo.tests import BaseCase

from ..engine.planning import Booking, Clash, Gap, Shift, find_clashes, find_gaps


def at(hour, minute=0):
    return datetime(2026, 7, 1, hour, minute)


def meeting(key, start, stop, need=2, people=(), room=None):
    return Booking(key, start, stop, key, need, frozenset(people), room)


class TestPlanning(BaseCase):
    def setUp(self):
        super().setUp()
        self.duty = [Shift(1, at(8), at(20)), Shift(2, at(8), at(20))]

    def _gaps(self, *bookings, duty=None):
        shifts = self.duty if duty is None else duty
        return find_gaps(bookings, {each.key: ("centre", shifts) for each in bookings})

    def test_two_meetings_at_one_time(self):
        """Two engineers on duty, two needed each: the second shows the gap."""
        first, second = meeting(1, at(9), at(11)), meeting(2, at(10), at(12))
        self.assertEqual(self._gaps(first, second), {2: Gap(at(10), 0, 2)})

    def test_whoever_asked_first_is_served_first(self):
        later, earlier = meeting(2, at(9), at(11)), meeting(1, at(10), at(12))
        self.assertEqual(set(self._gaps(later, earlier)), {2})

    def test_one_after_the_other(self):
        self.assertEqual(
            self._gaps(meeting(1, at(9), at(11)), meeting(2, at(11), at(12))), {}
        )

    def test_a_third_engineer_holds_half(self):
        duty = [*self.duty, Shift(3, at(8), at(20))]
        self.assertEqual(
            self._gaps(meeting(1, at(9), at(11)), meeting(2, at(9), at(11)), duty=duty),
            {2: Gap(at(9), 1, 2)},
        )

    def test_what_was_not_served_takes_nobody(self):
        """The second gets nobody, so that the third, of one, gets nobody either; but a
        meeting of one is served where one is left."""
        duty = [*self.duty, Shift(3, at(8), at(20))]
        found = self._gaps(
            meeting(1, at(9), at(11)),
            meeting(2, at(9), at(11), need=3),
            meeting(3, at(9), at(11), need=1),
            duty=duty,
        )
        self.assertEqual({key: gap.have for key, gap in found.items()}, {2: 1, 3: 0})

    def test_a_shift_that_ends_within(self):
        duty = [Shift(1, at(8), at(20)), Shift(2, at(8), at(10))]
        self.assertEqual(
            self._gaps(meeting(1, at(9), at(11)), duty=duty), {1: Gap(at(10), 1, 2)}
        )

    def test_nobody_on_duty_and_no_roster(self):
        one = meeting(1, at(9), at(11))
        self.assertEqual(self._gaps(one, duty=[]), {1: Gap(at(9), 0, 2)})
        self.assertEqual(find_gaps([one], {}), {}, "no roster says nothing")

    def test_rooms_and_people_twice(self):
        found = find_clashes(
            [
                meeting(1, at(9), at(11), people=(7, 8), room=4),
                meeting(2, at(10), at(12), people=(8, 9), room=4),
                meeting(3, at(11), at(12), people=(7,), room=5),
                meeting(4, at(9), at(10)),
            ]
        )
        self.assertEqual(found, {2: [Clash(1), Clash(1, 8)]})
