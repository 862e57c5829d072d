from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies

from odoo.tests import BaseCase

from ..engine import timeline
from ..engine.timeline import Event, OrderError, check, replay

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=300)
START = datetime(2026, 3, 11, 2, tzinfo=UTC)


def minute(number):
    return START + timedelta(minutes=number)


events = strategies.lists(
    strategies.builds(
        Event,
        strategies.sampled_from([*timeline.KINDS]),
        strategies.integers(0, 600).map(minute),
    ),
    max_size=12,
)


class TestTimeline(BaseCase):
    def test_first_response_and_last_repair_count(self):
        times = replay(
            [
                Event("responded", minute(5)),
                Event("arrived", minute(20)),
                Event("fixed", minute(60)),
                Event("reopened", minute(90)),
                Event("responded", minute(95)),
                Event("fixed", minute(120)),
            ]
        )
        self.assertEqual(times.responded, minute(5))
        self.assertEqual(times.arrived, minute(20))
        self.assertEqual(times.fixed, minute(120))
        self.assertEqual(times.reopen_count, 1)

    def test_a_refused_repair_was_none(self):
        times = replay([Event("fixed", minute(60)), Event("reopened", minute(90))])
        self.assertIsNone(times.fixed)
        self.assertEqual(times.responded, minute(60))

    def test_arriving_is_responding(self):
        self.assertEqual(replay([Event("arrived", minute(7))]).responded, minute(7))

    def _reason(self, kind, at, known, now=600):
        with self.assertRaises(OrderError) as caught:
            check(START, replay(known), Event(kind, minute(at)), minute(now))
        return caught.exception.reason

    def test_out_of_order(self):
        responded = [Event("responded", minute(10))]
        fixed = [*responded, Event("fixed", minute(60))]
        for reason, kind, at, known in (
            ("future", "responded", 601, []),
            ("before_report", "responded", -1, []),
            ("already", "responded", 20, responded),
            ("before_previous", "arrived", 9, responded),
            ("before_previous", "fixed", 9, responded),
            ("ended", "arrived", 70, fixed),
            ("ended", "cancelled", 70, fixed),
            ("not_fixed", "confirmed", 20, responded),
            ("before_previous", "confirmed", 59, fixed),
            ("not_ended", "reopened", 20, responded),
            ("before_previous", "reopened", 59, fixed),
        ):
            with self.subTest(kind=kind, at=at):
                self.assertEqual(self._reason(kind, at, known), reason)

    @PROPERTY
    @given(events)
    def test_what_is_accepted_is_in_order(self, offered):
        known = []
        for event in offered:
            try:
                check(START, replay(known), event, minute(600))
            except OrderError:
                continue
            known.append(event)
            times = replay(known)
            order = [
                at
                for at in (
                    START,
                    times.responded,
                    times.arrived,
                    times.fixed,
                    times.confirmed,
                )
                if at
            ]
            self.assertEqual(order, sorted(order))
            if times.confirmed:
                self.assertTrue(times.fixed)

    @PROPERTY
    @given(events)
    def test_first_times_never_move_back_or_forth(self, offered):
        """Later events never change when somebody responded or arrived first."""
        offered = sorted(offered, key=lambda event: event.at)
        before = replay(())
        for number in range(1, len(offered) + 1):
            after = replay(offered[:number])
            for name in ("dispatched", "responded", "arrived"):
                if known := getattr(before, name):
                    self.assertEqual(getattr(after, name), known)
            before = after
