from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.service_calendar import ZONE, SlaError
from ..engine.sla import (
    Pause,
    Target,
    calculate,
    explain,
    get_deadline,
    get_share_moment,
    judge,
)
from .test_engine_calendar import (
    ALWAYS,
    CENTRE,
    HOTLINE,
    MINUTE,
    OFFICE,
    WORKDAYS,
    is_served,
    local,
    moments,
)

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=100)
HOUR = timedelta(hours=1)


def slow_deadline(start, minutes, calendar, pauses):
    """Deadline of service minutes, found by walking; all times whole minutes."""
    moment, left = start, minutes
    while left:
        paused = any(first <= moment < last for first, last in pauses)
        if not paused and (calendar is ALWAYS or is_served(calendar, moment)):
            left -= 1
        moment += MINUTE
    return moment


def slow_workday_deadline(start, number, pauses):
    """Close of business of the last day, counted day by day."""

    def walk(day, left):
        while left:
            day += timedelta(days=1)
            left -= WORKDAYS.is_workday(day.date())
        return day.replace(hour=18, minute=0)

    due = walk(start, number)
    for first, last in pauses:
        if first >= due:
            break
        days = (last.date() - first.date()).days
        paused = (first.date() + timedelta(days=index + 1) for index in range(days))
        due = walk(due, sum(map(WORKDAYS.is_workday, paused)))
        if due <= last:
            due = walk(due, 1)
    return due


whole_moments = moments.map(lambda moment: moment.replace(second=0).astimezone(ZONE))


@st.composite
def pause_lists(draw, step=MINUTE, most=3):
    """Disjoint pauses as offsets from the start, some before it."""
    points = draw(
        st.lists(
            st.integers(-2000, 20000), min_size=0, max_size=2 * most, unique=True
        ).map(sorted)
    )
    return [
        (first * step, last * step)
        for first, last in zip(points[::2], points[1::2], strict=False)
    ]


class TestExamples(BaseCase):
    """Examples of the contracts, reckoned by hand."""

    def test_service_hour_over_a_make_up_day(self):
        target = Target(1, "hour", "service_hours", OFFICE)
        start = local(2026, 2, 13, 17, 30)
        self.assertEqual(get_deadline(start, target), local(2026, 2, 14, 9, 30))

    def test_seven_working_days_over_national_day(self):
        target = Target(7, "workday", "service_hours", OFFICE)
        result = calculate(local(2026, 9, 25, 10), target)
        self.assertEqual(result.deadline, local(2026, 10, 12, 18))
        counted = [(day.month, day.day) for day in explain(result).counted]
        self.assertEqual(
            counted,
            [(9, 28), (9, 29), (9, 30), (10, 8), (10, 9), (10, 10), (10, 12)],
        )

    def test_natural_hours_run_through_national_day(self):
        for calendar in (ALWAYS, OFFICE):
            target = Target(48, "hour", "always", calendar)
            start = local(2026, 9, 30, 17)
            self.assertEqual(get_deadline(start, target), local(2026, 10, 2, 17))
            self.assertFalse(explain(calculate(start, target)).skips)
        self.assertEqual(
            get_deadline(
                local(2026, 10, 3, 10), Target(1, "hour", "service_hours", ALWAYS)
            ),
            local(2026, 10, 3, 11),
        )

    def test_service_centre(self):
        """Five minutes, an hour, five and seven working days; 08:30 to 18:00."""
        start = local(2024, 4, 3, 17, 58)  # before Tomb-sweeping Day, 4 to 6 April
        for value, unit, expected in (
            (5, "minute", local(2024, 4, 7, 8, 33)),  # Sunday worked instead
            (1, "hour", local(2024, 4, 7, 9, 28)),
            (5, "workday", local(2024, 4, 11, 18)),
            (7, "workday", local(2024, 4, 15, 18)),
        ):
            target = Target(value, unit, "service_hours", CENTRE)
            self.assertEqual(get_deadline(start, target), expected, (value, unit))

    def test_hotline(self):
        """Two hours 7x12; on site within a calendar day; both on a holiday."""
        start = local(2024, 10, 1, 21)
        respond = Target(2, "hour", "service_hours", HOTLINE)
        self.assertEqual(get_deadline(start, respond), local(2024, 10, 2, 10))
        onsite = Target(1, "day", "always", HOTLINE)
        self.assertEqual(get_deadline(start, onsite), local(2024, 10, 3))

    def test_days_that_end_on_a_rest_day_move(self):
        start = local(2026, 9, 28, 10)
        # The third day is 1 October; business is open again on the 8th.
        target = Target(3, "day", "service_hours", OFFICE)
        self.assertEqual(get_deadline(start, target), local(2026, 10, 8, 18))
        explanation = explain(calculate(start, target))
        self.assertEqual(explanation.moved_from.isoformat(), "2026-10-01")
        target = Target(3, "day", "always", OFFICE)
        self.assertEqual(get_deadline(start, target), local(2026, 10, 9))
        target = Target(3, "day", "always", ALWAYS)
        self.assertEqual(get_deadline(start, target), local(2026, 10, 2))

    def test_working_days_end_at_midnight_where_nothing_closes(self):
        start = local(2026, 3, 6, 23, 59)
        for target in (
            Target(1, "workday", "always", OFFICE),
            Target(1, "workday", "service_hours", ALWAYS),
        ):
            self.assertEqual(get_deadline(start, target), local(2026, 3, 10))

    def test_at_once(self):
        start = local(2026, 3, 7, 3, 0, 7)
        for unit in ("minute", "hour", "workday", "day"):
            self.assertEqual(get_deadline(start, Target(0, unit)), start)
        target = Target(0, "minute", "service_hours", OFFICE)
        self.assertEqual(get_deadline(start, target), local(2026, 3, 9, 9))

    def test_fractions(self):
        start = local(2026, 3, 2, 9)
        self.assertEqual(
            get_deadline(start, Target(1.5, "hour")), local(2026, 3, 2, 10, 30)
        )
        self.assertEqual(
            get_deadline(start, Target(0.35, "hour")), local(2026, 3, 2, 9, 21)
        )

    def test_broken_promises(self):
        for value, unit, clock in (
            (-1, "hour", "always"),
            (float("inf"), "hour", "always"),
            (1.5, "workday", "always"),
            (0.5, "day", "always"),
            (1, "month", "always"),
            (1, "hour", "sometimes"),
        ):
            with self.assertRaises(SlaError):
                Target(value, unit, clock)


class TestPauses(BaseCase):
    def test_pause_on_the_clock_of_the_target(self):
        """A pause over a weekend costs no service time; natural hours it does."""
        start = local(2026, 3, 6, 16)  # Friday
        pause = Pause(local(2026, 3, 6, 17), local(2026, 3, 9, 10))
        target = Target(3, "hour", "service_hours", OFFICE)
        # One hour before, one lost on Friday, one lost on Monday, two left.
        self.assertEqual(get_deadline(start, target, [pause]), local(2026, 3, 9, 12))
        target = Target(3, "hour", "always", OFFICE)
        self.assertEqual(get_deadline(start, target, [pause]), local(2026, 3, 9, 12))
        target = Target(3, "hour", "always", OFFICE)
        result = calculate(start, target, [pause])
        self.assertEqual(result.pauses[0].lost, 65 * 3600)

    def test_pause_of_working_days(self):
        start = local(2026, 3, 6, 16)
        target = Target(5, "workday", "service_hours", OFFICE)
        self.assertEqual(get_deadline(start, target), local(2026, 3, 13, 18))
        for first, last, expected in (
            # On one day: nothing lost.
            (local(2026, 3, 9, 9), local(2026, 3, 9, 18), local(2026, 3, 13, 18)),
            # Monday to Wednesday: two working days.
            (local(2026, 3, 9, 9), local(2026, 3, 11, 9), local(2026, 3, 17, 18)),
            # Over a weekend: none of it would have counted, but Monday.
            (local(2026, 3, 6, 17), local(2026, 3, 9, 9), local(2026, 3, 16, 18)),
            # On the last day, until business has closed or the weekend has begun:
            # who resumes then has the next working day.
            (local(2026, 3, 13, 9), local(2026, 3, 13, 20), local(2026, 3, 16, 18)),
            (local(2026, 3, 13, 9), local(2026, 3, 14, 10), local(2026, 3, 16, 18)),
            (local(2026, 3, 13, 9), local(2026, 3, 13, 17), local(2026, 3, 13, 18)),
        ):
            self.assertEqual(
                get_deadline(start, target, [Pause(first, last)]), expected
            )

    def test_pause_after_the_deadline_saves_nothing(self):
        start = local(2026, 3, 2, 9)
        target = Target(1, "hour")
        late = Pause(local(2026, 3, 2, 10), local(2026, 3, 2, 20))
        result = calculate(start, target, [late])
        self.assertEqual(result.deadline, local(2026, 3, 2, 10))
        self.assertEqual(result.pauses[0].reason, "late")
        verdict = judge(start, target, local(2026, 3, 2, 12), None, [late])
        self.assertEqual(verdict.status, "breached")

    def test_pause_before_the_clock(self):
        start = local(2026, 3, 2, 9)
        target = Target(1, "hour")
        over = Pause(local(2026, 3, 2, 7), local(2026, 3, 2, 8))
        reaching = Pause(local(2026, 3, 2, 8), local(2026, 3, 2, 9, 30))
        result = calculate(start, target, [reaching, over])
        self.assertEqual(result.deadline, local(2026, 3, 2, 10, 30))
        self.assertEqual([each.reason for each in result.pauses], ["early", ""])

    def test_overlap_is_refused(self):
        start = local(2026, 3, 2, 9)
        for pauses in (
            [Pause(start, start + HOUR), Pause(start + MINUTE, start + 2 * HOUR)],
            [Pause(start), Pause(start + HOUR, start + 2 * HOUR)],
            [Pause(start + HOUR, start)],
        ):
            with self.assertRaises(SlaError):
                calculate(start, Target(1, "hour"), pauses)

    @PROPERTY
    @given(
        whole_moments,
        st.integers(1, 1500),
        st.sampled_from([ALWAYS, OFFICE, HOTLINE, CENTRE]),
        pause_lists(),
    )
    def test_as_counted_minute_by_minute(self, start, minutes, calendar, offsets):
        spans = [(start + first, start + last) for first, last in offsets]
        target = Target(minutes, "minute", "service_hours", calendar)
        expected = slow_deadline(start, minutes, calendar, spans)
        pauses = [Pause(first, last) for first, last in spans]
        self.assertEqual(get_deadline(start, target, pauses), expected)

    @PROPERTY
    @given(whole_moments, st.integers(1, 15), pause_lists())
    def test_working_days_as_counted_day_by_day(self, start, number, offsets):
        spans = [(start + first, start + last) for first, last in offsets]
        spans = [(max(first, start), last) for first, last in spans if last > start]
        target = Target(number, "workday", "service_hours", OFFICE)
        deadline = get_deadline(start, target, [Pause(*span) for span in spans])
        self.assertEqual(deadline, slow_workday_deadline(start, number, spans))

    @PROPERTY
    @given(
        whole_moments,
        st.sampled_from(["minute", "hour", "workday", "day"]),
        st.integers(0, 60),
        st.sampled_from(["always", "service_hours"]),
        pause_lists(),
        st.integers(0, 15000),
    )
    def test_no_pause_saves_a_breach(self, start, unit, value, clock, offsets, wait):
        """Once breached, breached: pauses entered for later change nothing; and a
        pause never takes time away."""
        target = Target(value, unit, clock, OFFICE)
        pauses = [Pause(start + first, start + last) for first, last in offsets]
        moment = start + wait * MINUTE
        known = [pause for pause in pauses if pause.start < moment]
        without = judge(start, target, moment, None, [])
        self.assertLessEqual(
            get_deadline(start, target), get_deadline(start, target, pauses)
        )
        verdict = judge(start, target, moment, None, known)
        if verdict.status == "breached":
            self.assertEqual(without.status, "breached")
            for later in (moment, moment + HOUR, moment + 1000 * HOUR):
                self.assertEqual(
                    judge(start, target, later, None, pauses).status, "breached"
                )
                self.assertEqual(
                    judge(start, target, later, later, pauses).status,
                    "met" if later == verdict.deadline else "breached",
                )


class TestVerdict(BaseCase):
    START = local(2026, 3, 2, 9)
    TARGET = Target(2, "hour", "service_hours", OFFICE)

    def test_to_the_second(self):
        due = local(2026, 3, 2, 11)
        second = timedelta(seconds=1)
        for now, expected in ((due, "running"), (due + second, "breached")):
            self.assertEqual(judge(self.START, self.TARGET, now).status, expected)
        for stop, expected in (
            (due - second, "met"),
            (due, "met"),
            (due + second, "breached"),
        ):
            verdict = judge(self.START, self.TARGET, due + HOUR, stop)
            self.assertEqual(verdict.status, expected)

    def test_solved_straight_from_a_pause(self):
        """Paused with an hour left, solved two days later without resuming: met."""
        pause = Pause(local(2026, 3, 2, 10))
        now = local(2026, 3, 10, 9)
        verdict = judge(self.START, self.TARGET, now, local(2026, 3, 4, 10), [pause])
        self.assertEqual(verdict.status, "met")
        self.assertEqual(verdict.elapsed, 3600)

    def test_paused_time_stands_still(self):
        pause = Pause(local(2026, 3, 2, 10))
        for now in (local(2026, 3, 2, 10), local(2026, 3, 2, 15), local(2026, 4, 1)):
            verdict = judge(self.START, self.TARGET, now, None, [pause])
            self.assertEqual(verdict.status, "paused")
            self.assertEqual((verdict.elapsed, verdict.remaining), (3600, 3600))

    def test_clock_that_has_not_started(self):
        self.assertEqual(judge(None, self.TARGET, self.START).status, "none")

    def test_elapsed_and_remaining(self):
        verdict = judge(self.START, self.TARGET, local(2026, 3, 2, 9, 30))
        self.assertEqual((verdict.elapsed, verdict.remaining), (1800, 5400))
        verdict = judge(self.START, self.TARGET, local(2026, 3, 3, 9, 30))
        self.assertEqual((verdict.elapsed, verdict.remaining), (8 * 3600 + 1800, 0))

    def test_naive_times_are_refused(self):
        with self.assertRaises(SlaError):
            judge(datetime(2026, 3, 2, 9), self.TARGET, datetime(2026, 3, 2, 9))

    def test_shares(self):
        result = calculate(self.START, Target(2, "hour", "service_hours", OFFICE))
        self.assertEqual(get_share_moment(result, 0.5), local(2026, 3, 2, 10))
        self.assertEqual(get_share_moment(result, 0.8), local(2026, 3, 2, 10, 36))
        self.assertEqual(get_share_moment(result, 1), local(2026, 3, 2, 11))
        # A pause holds a warning back that had not been due, and no other.
        pause = Pause(local(2026, 3, 2, 10, 30), local(2026, 3, 2, 11, 30))
        result = calculate(self.START, self.TARGET, [pause])
        self.assertEqual(get_share_moment(result, 0.5), local(2026, 3, 2, 10))
        self.assertEqual(get_share_moment(result, 0.8), local(2026, 3, 2, 11, 36))
        # Two working days: from Monday 09:00 to Wednesday 18:00 are 24 hours of 5x8.
        result = calculate(self.START, Target(2, "workday", "service_hours", OFFICE))
        self.assertEqual(get_share_moment(result, 0.5), local(2026, 3, 3, 14))

    @PROPERTY
    @given(
        whole_moments,
        st.sampled_from(["minute", "hour", "workday", "day"]),
        st.integers(1, 60),
        pause_lists(),
    )
    def test_shares_in_order(self, start, unit, value, offsets):
        target = Target(value, unit, "service_hours", OFFICE)
        pauses = [Pause(start + first, start + last) for first, last in offsets]
        result = calculate(start, target, pauses)
        shares = [get_share_moment(result, share) for share in (0.5, 0.8, 1)]
        self.assertEqual(shares, sorted(shares))
        self.assertGreaterEqual(shares[0], start)
        self.assertEqual(shares[2], result.deadline)

    def test_utc_in_local_out(self):
        target = Target(1, "hour", "service_hours", OFFICE)
        deadline = get_deadline(datetime(2026, 2, 13, 9, 30, tzinfo=UTC), target)
        self.assertEqual(deadline.isoformat(), "2026-02-14T09:30:00+08:00")
