from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.schedule import PHASES, KeyRange, Planner, Rhythm, Span, phase_of

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=120)
CALENDAR = WorkdayCalendar()
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
DAY = timedelta(days=1)

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
spans = st.builds(
    lambda first, length: Span(first, first + timedelta(days=length)),
    days,
    st.integers(0, 500),
)
rhythms = st.builds(
    Rhythm,
    st.sampled_from([1, 1, 1, 2, 6, 7, 10, 15]),
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.sampled_from([1, 1, 2, 4, 12]),
)
phases = st.integers(0, PHASES - 1)


def walk(first, last):
    day = first
    while day <= last:
        yield day
        day += DAY


@cache
def naive_period(rhythm, service, day):
    """(name, number of days) of the period of a day, walked day by day."""
    if rhythm.every == 1 and rhythm.per != "year":
        name = {
            "day": lambda d: d,
            "week": lambda d: d - timedelta(days=d.weekday()),
            "month": lambda d: (d.year, d.month),
            "quarter": lambda d: (d.year, (d.month + 2) // 3),
        }[rhythm.per]
        around = walk(day - timedelta(days=100), day + timedelta(days=100))
        return name(day), sum(name(each) == name(day) for each in around)
    start, number = service.first, 0

    def nth(number):
        units = number * rhythm.every
        if rhythm.per in ("day", "week"):
            return start + units * (DAY if rhythm.per == "day" else 7 * DAY)
        months = units * {"month": 1, "quarter": 3, "year": 12}[rhythm.per]
        year, month = start.year, start.month + months
        while month > 12:
            year, month = year + 1, month - 12
        last = 31
        while True:
            try:
                return date(year, month, min(start.day, last))
            except ValueError:
                last -= 1

    while nth(number + 1) <= day:
        number += 1
    return number, (nth(number + 1) - nth(number)).days


def naive_counts(rhythm, service):
    """{period: inspections owed}, by the rule as the documentation words it."""
    served, length = Counter(), {}
    for day in walk(service.first, service.last):
        period, size = naive_period(rhythm, service, day)
        served[period] += 1
        length[period] = size
    return {
        period: ceil(Fraction(rhythm.times * count, length[period]))
        for period, count in served.items()
    }


# The service of the BDA service centre, and its Saturdays.
CENTRE = Span(date(2024, 3, 16), date(2025, 3, 15))
CERTAIN = {
    "workday": CALENDAR.is_workday,
    "saturday": CALENDAR.is_plain_saturday,
    "before_holiday": CALENDAR.is_before_holiday,
    "last_of_holiday": CALENDAR.is_last_of_holiday,
}


class TestSchedule(BaseCase):
    def plan(self, every, per, times, service=YEAR, phase=0, **values):
        planner = Planner(
            Rhythm(every, per, times),
            service,
            CALENDAR.is_workday,
            phase,
            is_owed=CERTAIN.get(per),
            **values,
        )
        return planner.slots(service)

    # -- the rules, by hand ---------------------------------------------------

    def test_twelve_months_twelve_inspections(self):
        slots = self.plan(1, "month", 1)
        self.assertEqual([slot.planned.month for slot in slots], list(range(1, 13)))
        self.assertEqual(slots[2].key, "2026-03/1")
        self.assertEqual(slots[1].deadline, date(2026, 2, 28))
        self.assertTrue(all(CALENDAR.is_workday(slot.planned) for slot in slots))

    def test_four_a_year_are_four_in_the_year(self):
        slots = self.plan(1, "year", 4)
        self.assertEqual(len(slots), 4)
        self.assertEqual({slot.deadline for slot in slots}, {date(2026, 12, 31)})
        self.assertEqual(
            [(slot.planned.month + 2) // 3 for slot in slots], [1, 2, 3, 4]
        )

    def test_four_a_year_of_a_contract_over_new_year(self):
        service = Span(date(2026, 6, 15), date(2027, 6, 14))
        self.assertEqual(len(self.plan(1, "year", 4, service)), 4)
        longer = replace(service, last=date(2028, 6, 14))
        self.assertEqual(len(self.plan(1, "year", 4, longer)), 8)

    def test_four_a_year_of_eight_months(self):
        """All four as printed, or the share; what is left of a longer service owes its
        share, and only counts a year have the choice."""
        service = Span(date(2026, 5, 1), date(2026, 12, 31))
        self.assertEqual(len(self.plan(1, "year", 4, service)), 3)
        slots = self.plan(1, "year", 4, service, in_full=True)
        self.assertEqual(len(slots), 4)
        self.assertEqual(len({slot.planned for slot in slots}), 4)
        self.assertTrue(all(slot.planned in service for slot in slots))
        longer = Span(date(2026, 1, 1), date(2027, 3, 31))
        self.assertEqual(len(self.plan(1, "year", 4, longer, in_full=True)), 5)
        self.assertEqual(len(self.plan(1, "month", 2, service, in_full=True)), 16)
        part = Span(date(2026, 5, 20), date(2026, 5, 31))
        self.assertEqual(len(self.plan(1, "month", 2, part, in_full=True)), 1)

    def test_every_ten_days(self):
        slots = self.plan(10, "day", 1)
        self.assertEqual(len(slots), 37)
        self.assertEqual(slots[0].deadline, date(2026, 1, 10))
        self.assertEqual(slots[1].deadline, date(2026, 1, 20))
        self.assertLessEqual(date(2026, 12, 27), slots[-1].planned)
        self.assertEqual(slots[-1].deadline, date(2026, 12, 31))

    def test_half_years_from_the_last_day_of_a_month(self):
        service = Span(date(2026, 8, 31), date(2027, 12, 31))
        deadlines = [slot.deadline for slot in self.plan(6, "month", 1, service)]
        self.assertEqual(
            deadlines, [date(2027, 2, 27), date(2027, 8, 30), date(2027, 12, 31)]
        )

    def test_daily_falls_on_rest_days_too(self):
        slots = self.plan(1, "day", 1)
        self.assertEqual(
            [slot.planned for slot in slots], list(walk(YEAR.first, YEAR.last))
        )
        self.assertEqual(len(self.plan(1, "day", 2)), 730)

    def test_every_working_day(self):
        """248 in the year of the BDA service centre; in time is that day only."""
        slots = self.plan(1, "workday", 1, CENTRE)
        self.assertEqual(len(slots), 248)
        self.assertEqual(
            [slot.planned for slot in slots],
            [
                day
                for day in walk(CENTRE.first, CENTRE.last)
                if CALENDAR.is_workday(day)
            ],
        )
        self.assertTrue(all(slot.deadline == slot.planned for slot in slots))
        self.assertEqual(len(self.plan(1, "workday", 2, CENTRE)), 2 * 248)

    def test_saturdays_of_extended_service(self):
        """53 in the service centre's year: four are worked in place of other days, four
        lie in holidays; by the State Council's lists."""
        saturdays = [
            day for day in walk(CENTRE.first, CENTRE.last) if day.weekday() == 5
        ]
        self.assertEqual(len(saturdays), 53)
        worked = [day for day in saturdays if CALENDAR.is_workday(day)]
        self.assertEqual(
            [day.isoformat() for day in worked],
            ["2024-05-11", "2024-09-14", "2024-10-12", "2025-02-08"],
        )
        slots = self.plan(1, "saturday", 1, CENTRE)
        self.assertEqual(len(slots), 45)
        planned = {slot.planned for slot in slots}
        self.assertEqual(
            [day.isoformat() for day in saturdays if day not in planned | {*worked}],
            ["2024-04-06", "2024-05-04", "2024-10-05", "2025-02-01"],
        )

    def test_the_days_around_holidays(self):
        """Those of the service centre's year, by the State Council's lists."""
        for per, expected in (
            (
                "before_holiday",
                "2024-04-03 2024-04-30 2024-06-07 2024-09-14 2024-09-30 2024-12-31"
                " 2025-01-27",
            ),
            (
                "last_of_holiday",
                "2024-04-06 2024-05-05 2024-06-10 2024-09-17 2024-10-07 2025-01-01"
                " 2025-02-04",
            ),
        ):
            with self.subTest(per=per):
                slots = self.plan(1, per, 1, CENTRE)
                self.assertEqual(
                    [slot.planned.isoformat() for slot in slots], expected.split()
                )

    def test_working_days_in_a_key_period(self):
        """National Day 2026 has no working day: one is added all the same."""
        week = [KeyRange("7", Span(date(2026, 10, 1), date(2026, 10, 7)))]
        usual = self.plan(1, "workday", 1)
        for rule, added in (("double", 1), ("daily", 7)):
            with self.subTest(rule=rule):
                slots = self.plan(1, "workday", 1, key_rule=rule, key_ranges=week)
                self.assertEqual(len(slots), len(usual) + added)

    def test_a_week_without_working_days_is_inspected_all_the_same(self):
        # Spring Festival 2026: 15 to 23 February are rest days.
        slots = [s for s in self.plan(1, "week", 1) if s.period == "2026-W08"]
        self.assertEqual(len(slots), 1)
        self.assertIn(slots[0].planned, set(walk(date(2026, 2, 16), date(2026, 2, 22))))

    def test_make_up_saturdays_are_working_days(self):
        service = Span(date(2026, 2, 14), date(2026, 2, 16))
        self.assertEqual(
            [slot.planned for slot in self.plan(1, "month", 1, service)],
            [date(2026, 2, 14)],
        )

    def test_part_of_a_period_owes_its_part_rounded_up(self):
        for times, first, expected in (
            (1, date(2026, 1, 20), 1),  # 12 / 31
            (2, date(2026, 1, 20), 1),  # 24 / 31
            (4, date(2026, 1, 20), 2),  # 48 / 31
            (2, date(2026, 1, 16), 2),  # 32 / 31
            (1, date(2026, 1, 31), 1),  # 1 / 31
        ):
            with self.subTest(times=times, first=first):
                service = Span(first, date(2026, 1, 31))
                self.assertEqual(len(self.plan(1, "month", times, service)), expected)

    def test_nothing_outside_the_service(self):
        service = Span(date(2026, 3, 10), date(2026, 3, 20))
        planner = Planner(Rhythm(1, "day", 1), service, CALENDAR.is_workday)
        self.assertEqual(len(planner.slots(YEAR)), 11)
        self.assertEqual(planner.slots(Span(date(2026, 4, 1), YEAR.last)), [])

    def test_one_unit_one_day_other_units_other_days(self):
        first = self.plan(1, "month", 1, phase=phase_of(7))
        self.assertEqual(first, self.plan(1, "month", 1, phase=phase_of(7)))
        # 54 units, once a month: the busiest of March's 22 working days has few.
        march = Counter(
            self.plan(1, "month", 1, phase=phase_of(unit))[2].planned
            for unit in range(1, 55)
        )
        self.assertEqual(len(march), 22)
        self.assertLessEqual(max(march.values()), 4)

    def test_double_in_a_key_period(self):
        week = [KeyRange("7", Span(date(2026, 10, 1), date(2026, 10, 7)))]
        for every, per, times, expected in (
            (1, "week", 1, 1),
            (1, "month", 1, 1),
            (1, "day", 1, 7),
            (1, "week", 5, 5),
            (1, "month", 10, 3),  # 70 / 31
        ):
            with self.subTest(every=every, per=per, times=times):
                usual = self.plan(every, per, times)
                slots = self.plan(every, per, times, key_rule="double", key_ranges=week)
                added = set(slots) - set(usual)
                self.assertEqual(len(added), expected)
                self.assertEqual(len(slots), len(usual) + expected)
                for slot in added:
                    self.assertTrue(slot.key.startswith("K7/"))
                    self.assertIn(slot.planned, week[0].span)
                    self.assertLessEqual(slot.deadline, date(2026, 10, 7))

    def test_every_day_of_a_key_period(self):
        week = Span(date(2026, 10, 1), date(2026, 10, 7))
        for per in ("week", "month", "day"):
            with self.subTest(per=per):
                slots = self.plan(
                    1, per, 1, key_rule="daily", key_ranges=[KeyRange("7", week)]
                )
                in_week = Counter(s.planned for s in slots if s.planned in week)
                self.assertEqual(in_week, Counter(week))

    def test_key_period_beyond_the_service_is_cut(self):
        service = Span(date(2026, 1, 1), date(2026, 10, 3))
        slots = self.plan(
            1,
            "month",
            1,
            service,
            key_rule="daily",
            key_ranges=[KeyRange("7", Span(date(2026, 9, 30), date(2026, 10, 7)))],
        )
        self.assertEqual(max(slot.planned for slot in slots), date(2026, 10, 3))
        self.assertTrue(all(slot.deadline <= date(2026, 10, 3) for slot in slots))

    def test_what_means_nothing_is_refused(self):
        for rhythm in (
            Rhythm(0, "day", 1),
            Rhythm(1, "day", 0),
            Rhythm(1, "workday", 1),
        ):
            with self.assertRaises(ValueError):
                Planner(rhythm, YEAR, CALENDAR.is_workday)
        with self.assertRaises(ValueError):
            Planner(Rhythm(1, "day", 1), YEAR, CALENDAR.is_workday, phase=PHASES)
        with self.assertRaises(ValueError):
            Planner(
                Rhythm(1, "day", 1),
                YEAR,
                CALENDAR.is_workday,
                key_ranges=[KeyRange("1", YEAR), KeyRange("2", YEAR)],
            )

    # -- against a naive oracle -----------------------------------------------

    @PROPERTY
    @given(rhythms, spans, phases)
    def test_counts_are_those_of_the_oracle(self, rhythm, service, phase):
        slots = self.plan(*rhythm, service, phase)
        owed = Counter(naive_period(rhythm, service, slot.planned)[0] for slot in slots)
        self.assertEqual(owed, naive_counts(rhythm, service))
        self.assertEqual(len({slot.key for slot in slots}), len(slots))

    @PROPERTY
    @given(rhythms, spans, phases)
    def test_days_are_in_service_and_worked(self, rhythm, service, phase):
        by_period = {}
        for slot in self.plan(*rhythm, service, phase):
            by_period.setdefault(slot.period, []).append(slot)
            self.assertLessEqual(service.first, slot.planned)
            self.assertLessEqual(slot.planned, slot.until)
            self.assertLessEqual(slot.until, slot.deadline)
            self.assertLessEqual(slot.deadline, service.last)
        for slots in by_period.values():
            self._check_spread(rhythm, service, slots)

    def _check_spread(self, rhythm, service, slots):
        """The inspections of a period lie on its working days, equally far apart."""
        if rhythm.per not in ("week", "month") or rhythm.every > 2:
            return
        name = naive_period(rhythm, service, slots[0].planned)[0]
        around = walk(
            max(service.first, slots[0].planned - timedelta(days=62)),
            slots[0].deadline,
        )
        worked = [
            day
            for day in around
            if naive_period(rhythm, service, day)[0] == name
            and CALENDAR.is_workday(day)
        ]
        if len(worked) < len(slots):
            return
        places = [worked.index(slot.planned) for slot in slots]
        gaps = [b - a for a, b in zip(places, places[1:], strict=False)]
        self.assertEqual(len(set(places)), len(places))
        self.assertLessEqual(max(gaps, default=0) - min(gaps, default=0), 1)

    @PROPERTY
    @given(rhythms, spans, phases, days, st.sampled_from(["none", "double", "daily"]))
    def test_asking_in_parts_finds_the_same(self, rhythm, service, phase, cut, rule):
        planner = Planner(
            rhythm,
            service,
            CALENDAR.is_workday,
            phase,
            rule,
            [
                KeyRange("1", Span(date(2026, 2, 10), date(2026, 2, 24))),
                KeyRange("2", Span(date(2026, 3, 3), date(2026, 3, 13))),
            ],
        )
        whole = planner.slots(service)
        parts = planner.slots(Span(service.first, cut)) if cut >= service.first else []
        if cut < service.last:
            parts += planner.slots(Span(cut + DAY, service.last))
        self.assertEqual(set(parts), set(whole))
        self.assertEqual(len({slot.key for slot in whole}), len(whole))
