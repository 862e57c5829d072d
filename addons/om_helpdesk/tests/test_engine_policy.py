from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.policy import (
    TARGETS,
    Case,
    Line,
    Times,
    get_first_deadlines,
    judge_fault,
    make_policy,
)
from ..engine.sla import Pause, Target
from .test_engine_calendar import HOTLINE, OFFICE, local

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=150)
MINUTE = timedelta(minutes=1)
KEY = Case(in_key_period=True)


def emergency(respond, respond_off, fix, fix_off):
    """The emergency centre's table: working hours, off hours."""
    return make_policy(
        OFFICE,
        [
            Line("general", "respond", Target(*respond), "working"),
            Line("general", "respond", Target(*respond_off), "off"),
            Line("general", "fix", Target(*fix), "working", "responded"),
            Line("general", "fix", Target(*fix_off), "off", "responded"),
        ],
    )


IMPORTANT = emergency((2, "minute"), (2, "hour"), (1.5, "hour"), (3, "hour"))
GENERAL = emergency((5, "minute"), (3, "hour"), (3, "hour"), (4, "hour"))


class TestPolicy(BaseCase):
    def test_emergency_centre_in_the_spring_festival_night(self):
        reported = local(2026, 2, 16, 2)
        self.assertEqual(
            get_first_deadlines(IMPORTANT, "general", reported),
            {
                "respond": local(2026, 2, 16, 4),
                "onsite": None,
                "fix": local(2026, 2, 16, 7),
            },
        )
        self.assertEqual(
            get_first_deadlines(GENERAL, "general", reported),
            {
                "respond": local(2026, 2, 16, 5),
                "onsite": None,
                "fix": local(2026, 2, 16, 9),
            },
        )

    def test_emergency_centre_in_working_hours(self):
        reported = local(2026, 2, 14, 10)  # a make-up Saturday
        self.assertEqual(
            get_first_deadlines(IMPORTANT, "general", reported),
            {
                "respond": local(2026, 2, 14, 10, 2),
                "onsite": None,
                "fix": local(2026, 2, 14, 11, 32),
            },
        )

    def test_handling_excludes_the_response(self):
        reported = local(2026, 2, 16, 2)
        early = Times(reported, responded=local(2026, 2, 16, 2, 20))
        judged = judge_fault(GENERAL, "general", early, local(2026, 2, 16, 3))
        self.assertEqual(judged["respond"].verdict.status, "met")
        self.assertEqual(judged["fix"].verdict.deadline, local(2026, 2, 16, 6, 20))
        self.assertFalse(judged["fix"].assumed_start)

    def test_late_response_is_one_breach(self):
        """Handling runs from the response, also from a late one; while nobody has
        responded it is reckoned from when the response is due."""
        reported = local(2026, 2, 16, 2)
        judged = judge_fault(GENERAL, "general", Times(reported), local(2026, 2, 16, 8))
        self.assertEqual(judged["respond"].verdict.status, "breached")
        self.assertEqual(judged["fix"].verdict.deadline, local(2026, 2, 16, 9))
        self.assertTrue(judged["fix"].assumed_start)
        late = Times(reported, responded=local(2026, 2, 16, 8))
        judged = judge_fault(GENERAL, "general", late, local(2026, 2, 16, 8))
        self.assertEqual(judged["respond"].verdict.status, "breached")
        self.assertEqual(judged["fix"].verdict.deadline, local(2026, 2, 16, 12))
        self.assertFalse(judged["fix"].assumed_start)

    def test_the_report_decides_between_working_and_off_hours(self):
        """Whoever answers a minute after closing wins no time by it, and an answer in
        the morning to a report of the night leaves the night's promise."""
        reported = local(2026, 6, 16, 17, 57)
        for minutes in (2, 4):
            with self.subTest(minutes=minutes):
                answered = reported + minutes * MINUTE
                moments = Times(reported, responded=answered)
                judged = judge_fault(IMPORTANT, "general", moments, answered)
                self.assertEqual(judged["fix"].verdict.deadline, answered + 90 * MINUTE)
        reported, answered = local(2026, 6, 16, 8, 50), local(2026, 6, 16, 9, 10)
        judged = judge_fault(
            IMPORTANT, "general", Times(reported, responded=answered), answered
        )
        self.assertEqual(judged["fix"].verdict.deadline, local(2026, 6, 16, 12, 10))

    def test_arrival_counts_from_the_dispatch(self):
        policy = make_policy(
            HOTLINE,
            [
                Line("urgent", "onsite", Target(4, "hour"), "any", "dispatched"),
                Line("minor", "onsite", Target(1, "day"), "any", "dispatched"),
            ],
        )
        reported = local(2024, 10, 1, 9)
        now = local(2024, 10, 1, 12)
        judged = judge_fault(policy, "urgent", Times(reported), now)
        self.assertEqual(judged["onsite"].verdict.status, "none")
        moments = Times(reported, dispatched=local(2024, 10, 1, 11))
        judged = judge_fault(policy, "urgent", moments, now)
        self.assertEqual(judged["onsite"].verdict.deadline, local(2024, 10, 1, 15))
        judged = judge_fault(policy, "minor", moments, now)
        self.assertEqual(judged["onsite"].verdict.deadline, local(2024, 10, 3))
        # Nobody wins time by not recording the dispatch.
        moments = Times(reported, arrived=local(2024, 10, 1, 13, 1))
        judged = judge_fault(policy, "urgent", moments, local(2024, 10, 1, 14))
        self.assertEqual(judged["onsite"].verdict.status, "breached")

    def test_repair_from_afar_ends_the_wait_for_arrival(self):
        policy = make_policy(OFFICE, [Line("minor", "onsite", Target(1, "hour"))])
        reported = local(2026, 3, 2, 9)
        for minutes, status in ((30, "met"), (90, "breached")):
            moments = Times(reported, fixed=reported + minutes * MINUTE)
            judged = judge_fault(policy, "minor", moments, reported + 99 * MINUTE)
            self.assertEqual(judged["onsite"].verdict.status, status)

    def test_key_period_never_makes_it_worse(self):
        key = {"respond": Target(1, "hour"), "fix": Target(2, "hour")}
        policy = make_policy(
            OFFICE,
            [
                Line("urgent", "respond", Target(30, "minute")),
                Line("urgent", "fix", Target(8, "hour")),
                Line("minor", "fix", Target(7, "workday", "service_hours", OFFICE)),
            ],
            key,
        )
        reported = local(2026, 10, 1, 3)
        judged = judge_fault(policy, "urgent", Times(reported), reported, (), KEY)
        self.assertEqual(judged["respond"].verdict.deadline, local(2026, 10, 1, 3, 30))
        self.assertFalse(judged["respond"].is_key)
        self.assertEqual(judged["fix"].verdict.deadline, local(2026, 10, 1, 5))
        self.assertTrue(judged["fix"].is_key)
        judged = judge_fault(policy, "minor", Times(reported), reported, (), KEY)
        self.assertEqual(judged["respond"].verdict.deadline, local(2026, 10, 1, 4))
        judged = judge_fault(policy, "minor", Times(reported), reported)
        self.assertEqual(judged["respond"].verdict.status, "none")

    def test_channels_have_their_own_hours(self):
        """Row 86 of the register: online and hotline at once, else two working hours on
        5x8; a Friday 17:30 is due on Monday 10:30."""
        at_once = Target(0, "minute")
        policy = make_policy(
            OFFICE,
            [
                Line("general", "respond", Target(2, "hour", "service_hours", OFFICE)),
                Line("general", "respond", at_once, channel="online"),
                Line(
                    "general",
                    "respond",
                    Target(0, "minute", "service_hours", OFFICE),
                    channel="hotline",
                ),
            ],
        )
        friday = local(2026, 3, 6, 17, 30)
        for channel, reported, due in (
            (None, friday, local(2026, 3, 9, 10, 30)),
            ("mail", friday, local(2026, 3, 9, 10, 30)),
            ("online", local(2026, 3, 7, 3), local(2026, 3, 7, 3)),
            ("hotline", friday, friday),
            # Nobody answers the telephone before it is manned.
            ("hotline", local(2026, 3, 7, 3), local(2026, 3, 9, 9)),
        ):
            with self.subTest(channel=channel, reported=reported):
                case = Case(channel=channel)
                first = get_first_deadlines(policy, "general", reported, case)
                self.assertEqual(first["respond"], due)

    def test_a_channel_silent_at_that_time_leaves_it_to_the_others(self):
        policy = make_policy(
            OFFICE,
            [
                Line("minor", "respond", Target(8, "hour")),
                Line(
                    "minor",
                    "respond",
                    Target(5, "minute"),
                    "working",
                    channel="hotline",
                ),
            ],
        )
        case = Case(channel="hotline")
        for reported, due in (
            (local(2026, 3, 9, 9), local(2026, 3, 9, 9, 5)),
            (local(2026, 3, 9, 3), local(2026, 3, 9, 11)),
        ):
            first = get_first_deadlines(policy, "minor", reported, case)
            self.assertEqual(first["respond"], due)

    def test_near_and_far(self):
        policy = make_policy(
            OFFICE,
            [
                Line("minor", "onsite", Target(24, "hour"), reach="near"),
                Line("minor", "onsite", Target(48, "hour"), reach="far"),
            ],
        )
        reported = local(2026, 3, 6, 17, 30)
        for is_far, day in ((False, 7), (True, 8)):
            first = get_first_deadlines(policy, "minor", reported, Case(is_far=is_far))
            self.assertEqual(first["onsite"], local(2026, 3, day, 17, 30))

    def test_lines_of_key_periods(self):
        """Row 16: 30 minutes, 2 hours, parts within 24 hours, beside the ordinary."""
        policy = make_policy(
            OFFICE,
            [
                Line("minor", "respond", Target(8, "hour")),
                Line("minor", "respond", Target(30, "minute"), "key"),
                Line("minor", "fix", Target(2, "hour"), "key"),
                Line("minor", "parts", Target(24, "hour"), "key"),
            ],
            {"respond": Target(1, "hour")},
        )
        reported = local(2026, 10, 1, 3)
        first = get_first_deadlines(policy, "minor", reported, KEY)
        self.assertEqual(first["respond"], local(2026, 10, 1, 3, 30))
        self.assertEqual(first["fix"], local(2026, 10, 1, 5))
        self.assertNotIn("parts", first, "no part is broken")
        broken = Times(reported, broken=local(2026, 10, 1, 4))
        judged = judge_fault(policy, "minor", broken, reported, (), KEY)
        self.assertEqual(judged["parts"].verdict.deadline, local(2026, 10, 2, 3))
        first = get_first_deadlines(policy, "minor", reported)
        self.assertEqual(first["respond"], local(2026, 10, 1, 11))
        self.assertIsNone(first["fix"])

    def test_plan_parts_and_assessment(self):
        """Row 88: repair in 48 hours from the response, a plan in 4, the effort of a
        great fault in 24; a plan for a part counts from when it was found broken."""
        policy = make_policy(
            OFFICE,
            [
                Line("minor", "respond", Target(2, "hour")),
                Line("minor", "fix", Target(48, "hour"), "any", "responded"),
                Line("minor", "plan", Target(4, "hour"), "any", "responded"),
                Line("minor", "assess", Target(24, "hour"), "any", "responded"),
                Line("urgent", "plan", Target(2, "day"), "any", "broken"),
                Line("urgent", "parts", Target(1, "hour"), "any", "broken"),
            ],
        )
        reported, now = local(2026, 3, 9, 9), local(2026, 3, 9, 10)
        moments = Times(reported, responded=local(2026, 3, 9, 9, 30))
        judged = judge_fault(policy, "minor", moments, now)
        for target, due in (
            ("fix", local(2026, 3, 11, 9, 30)),
            ("plan", local(2026, 3, 9, 13, 30)),
            ("assess", local(2026, 3, 10, 9, 30)),
        ):
            self.assertEqual(judged[target].verdict.deadline, due)
        # What is repaired needs no plan any more; one that came too late stays late.
        for changes, status in (
            ({"fixed": local(2026, 3, 9, 13)}, "met"),
            ({"fixed": local(2026, 3, 9, 14)}, "breached"),
            (
                {"planned": local(2026, 3, 9, 13), "fixed": local(2026, 3, 10, 9)},
                "met",
            ),
        ):
            judged = judge_fault(
                policy, "minor", moments._replace(**changes), local(2026, 3, 12, 9)
            )
            self.assertEqual(judged["plan"].verdict.status, status)
        judged = judge_fault(policy, "urgent", moments, now)
        self.assertEqual(judged["plan"].verdict.status, "none")
        self.assertEqual(judged["parts"].verdict.status, "none")
        found = moments._replace(broken=local(2026, 3, 9, 9, 40))
        judged = judge_fault(policy, "urgent", found, now)
        self.assertEqual(judged["plan"].verdict.deadline, local(2026, 3, 12))
        self.assertEqual(judged["parts"].verdict.deadline, local(2026, 3, 9, 10, 40))
        # Nobody wins time by not recording the finding.
        sent = moments._replace(supplied=local(2026, 3, 9, 10, 1))
        judged = judge_fault(policy, "urgent", sent, local(2026, 3, 9, 11))
        self.assertEqual(judged["parts"].verdict.status, "breached")

    def test_repair_counted_from_the_arrival(self):
        """Row 22: an hour from the arrival, provisionally from when it is due."""
        policy = make_policy(
            OFFICE,
            [
                Line("minor", "onsite", Target(3, "hour")),
                Line("minor", "fix", Target(1, "hour"), "any", "arrived"),
            ],
        )
        reported = local(2026, 3, 9, 9)
        first = get_first_deadlines(policy, "minor", reported)
        self.assertEqual(first["fix"], local(2026, 3, 9, 13))
        arrived = Times(reported, arrived=local(2026, 3, 9, 10))
        judged = judge_fault(policy, "minor", arrived, local(2026, 3, 9, 10))
        self.assertEqual(judged["fix"].verdict.deadline, local(2026, 3, 9, 11))

    def test_nothing_promised(self):
        judged = judge_fault(
            make_policy(OFFICE, []),
            "minor",
            Times(local(2026, 3, 2, 9)),
            local(2026, 3, 2, 10),
        )
        self.assertEqual(
            [each.verdict.status for each in judged.values()], ["none"] * len(TARGETS)
        )

    @PROPERTY
    @given(
        st.integers(0, 60 * 24 * 60),
        st.integers(0, 2000),
        st.integers(0, 2000),
        st.integers(0, 2000),
        st.integers(0, 2000),
        st.integers(0, 2000),
    )
    def test_waiting_never_helps(self, start, respond, fix, delay, rest, length):
        """Handling starts with the response, and a later repair is never judged
        better."""
        reported = local(2026, 1, 20) + start * MINUTE
        responded = reported + respond * MINUTE
        fixed = responded + fix * MINUTE
        pause = Pause(reported + rest * MINUTE, reported + (rest + length) * MINUTE)
        now = local(2026, 12, 1)
        judged, later = (
            judge_fault(
                GENERAL,
                "general",
                Times(reported, responded=responded, fixed=end),
                now,
                [pause],
            )
            for end in (fixed, fixed + delay * MINUTE)
        )
        if judged["fix"].verdict.status == "breached":
            self.assertEqual(later["fix"].verdict.status, "breached")
        self.assertEqual(judged["fix"].start, responded)
