from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.roster import (
    Minimum,
    Pattern,
    Shift,
    Standing,
    default_patterns,
    find_clashes,
    find_patterns,
    find_roster_gaps,
    find_standings,
    lay,
    move,
)

PURE = settings(deadline=None, derandomize=True, database=None, max_examples=100)
VIDEO, IMAGE, SUPPORT = 1, 2, 3
# The emergency command centre's minimum
MINIMUMS = [Minimum(VIDEO, 2, 2), Minimum(IMAGE, 1, 1), Minimum(SUPPORT, 1)]
# A week with National Day
FIRST, LAST = date(2026, 9, 28), date(2026, 10, 4)


def day_and_night(person, kind, day):
    start = datetime.combine(day, datetime.min.time())
    return Shift(person, kind, start, start + timedelta(days=1))


def full_week():
    shifts = []
    for offset in range(7):
        day = FIRST + timedelta(days=offset)
        shifts += [
            day_and_night(1, VIDEO, day),
            day_and_night(2, VIDEO, day),
            day_and_night(3, IMAGE, day),
            Shift(
                4,
                SUPPORT,
                datetime.combine(day, datetime.min.time()).replace(hour=9),
                datetime.combine(day, datetime.min.time()).replace(hour=18),
            ),
        ]
    return shifts


@tagged("post_install", "-at_install")
class TestRoster(BaseCase):
    def test_full_week(self):
        self.assertEqual(find_roster_gaps(full_week(), MINIMUMS, FIRST, LAST), [])

    def test_holiday_is_no_excuse(self):
        holiday = date(2026, 10, 1)
        shifts = [
            shift
            for shift in full_week()
            if not (shift.kind in (SUPPORT, IMAGE) and shift.start.date() == holiday)
        ]
        gaps = find_roster_gaps(shifts, MINIMUMS, FIRST, LAST)
        self.assertEqual(
            [
                (gap.kind, gap.start.date(), gap.have, gap.need, gap.daily)
                for gap in gaps
            ],
            [
                (IMAGE, holiday, 0, 1, True),
                (SUPPORT, holiday, 0, 1, True),
                (IMAGE, holiday, 0, 1, False),
            ],
        )

    def test_hours(self):
        night = datetime(2026, 9, 30, 22)
        shifts = [
            Shift(2, VIDEO, shift.start, night)
            if shift.person == 2 and shift.start.date() == night.date()
            else shift
            for shift in full_week()
        ]
        [gap] = find_roster_gaps(shifts, MINIMUMS, FIRST, LAST)
        self.assertEqual(
            (gap.kind, gap.start, gap.stop, gap.have, gap.daily),
            (VIDEO, night, datetime(2026, 10, 1), 1, False),
        )

    def test_one_person_counts_once(self):
        shifts = [shift for shift in full_week() if shift.person != 2]
        shifts += [shift for shift in shifts if shift.person == 1]
        gaps = find_roster_gaps(shifts, MINIMUMS, FIRST, LAST)
        self.assertEqual(len([gap for gap in gaps if gap.daily]), 7)
        self.assertEqual(len([gap for gap in gaps if not gap.daily]), 1)

    def test_clash(self):
        day = datetime(2026, 9, 28)
        hour = timedelta(hours=1)
        shifts = [
            Shift(1, VIDEO, day, day + 8 * hour),
            Shift(1, IMAGE, day + 7 * hour, day + 9 * hour),
            Shift(2, VIDEO, day, day + 8 * hour),
            Shift(2, VIDEO, day + 8 * hour, day + 9 * hour),
        ]
        [clash] = find_clashes(shifts)
        self.assertEqual(
            (clash.person, clash.start, clash.stop),
            (1, day + 7 * hour, day + 8 * hour),
        )

    @PURE
    @given(
        st.lists(
            st.tuples(st.integers(1, 4), st.integers(0, 47), st.integers(1, 24)),
            max_size=12,
        ),
        st.integers(1, 3),
    )
    def test_gaps_are_where_an_hour_lacks_people(self, drawn, need):
        begin = datetime(2026, 9, 28)
        hour = timedelta(hours=1)
        shifts = [
            Shift(who, VIDEO, begin + at * hour, begin + (at + length) * hour)
            for who, at, length in drawn
        ]
        gaps = find_roster_gaps(
            shifts, [Minimum(VIDEO, 0, need)], begin.date(), date(2026, 9, 29)
        )
        for at in range(48):
            moment = begin + at * hour
            have = len({s.person for s in shifts if s.start <= moment < s.stop})
            inside = [gap for gap in gaps if gap.start <= moment < gap.stop]
            self.assertEqual(
                [gap.have for gap in inside], [have] if have < need else []
            )


@tagged("post_install", "-at_install")
class TestRosterGrid(BaseCase):
    def _standings(self, shifts):
        gaps = find_roster_gaps(shifts, MINIMUMS, FIRST, LAST)
        return find_standings(shifts, MINIMUMS, gaps, FIRST, LAST)

    def test_a_full_week_has_what_it_needs(self):
        found = self._standings(full_week())
        self.assertEqual(len(found), 3 * 7)
        self.assertEqual(found[VIDEO, LAST], Standing(2, 2, ()))
        self.assertEqual(found[SUPPORT, FIRST], Standing(1, 1, ()))

    def test_a_gap_over_midnight_stands_on_both_days(self):
        """One of two video engineers goes at 20:00 and is followed at 8:00."""
        shifts = [
            shift
            for shift in full_week()
            if not (shift.person == 2 and shift.start.date() <= FIRST + timedelta(1))
        ]
        for offset, hours in ((0, (0, 20)), (1, (8, 24))):
            start = datetime.combine(FIRST, time()) + timedelta(days=offset)
            shifts.append(
                Shift(2, VIDEO, *(start + timedelta(hours=hour) for hour in hours))
            )
        found = self._standings(shifts)
        [gap] = found[VIDEO, FIRST].gaps
        self.assertEqual(found[VIDEO, FIRST + timedelta(days=1)].gaps, (gap,))
        self.assertEqual((gap.have, gap.need, gap.daily), (1, 2, False))
        # Of each day two people are there some time.
        self.assertEqual(found[VIDEO, FIRST].have, 2)
        self.assertEqual(found[VIDEO, LAST].gaps, ())

    def test_patterns_come_from_what_was_planned(self):
        self.assertEqual(
            find_patterns(full_week()),
            [
                Pattern(VIDEO, time(), 1440),
                Pattern(IMAGE, time(), 1440),
                Pattern(SUPPORT, time(9), 540),
            ],
        )
        halves = default_patterns(Minimum(VIDEO, 2, 2))
        self.assertEqual([one.start for one in halves], [time(8), time(20)])
        self.assertEqual(
            default_patterns(Minimum(SUPPORT, 1)), [Pattern(SUPPORT, time(9), 540)]
        )

    @PURE
    @given(
        st.times(),
        st.integers(1, 1440),
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    )
    def test_what_is_moved_keeps_its_hours(self, start, minutes, day, other):
        shift = lay(Pattern(IMAGE, start, minutes), 3, day)
        moved = move(shift, 4, other)
        self.assertEqual((moved.person, moved.kind), (4, IMAGE))
        self.assertEqual(moved.start - shift.start, other - day)
        self.assertEqual(moved.stop - moved.start, timedelta(minutes=minutes))
        self.assertEqual(move(moved, 3, day), shift)
