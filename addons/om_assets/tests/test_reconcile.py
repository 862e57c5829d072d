from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.om_base.tools.workdays import WorkdayCalendar

from ..engine.reconcile import Existing, reconcile
from ..engine.schedule import Planner, Rhythm, Span

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=150)
CALENDAR = WorkdayCalendar()
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
MONTHLY = Rhythm(1, "month", 1)
QUARTERLY = Rhythm(1, "quarter", 1)

rhythms = st.sampled_from(
    [
        MONTHLY,
        QUARTERLY,
        Rhythm(1, "week", 1),
        Rhythm(1, "month", 2),
        Rhythm(1, "year", 4),
        Rhythm(10, "day", 1),
    ]
)
days = st.dates(YEAR.first, YEAR.last)


class Table:
    """The database in small: applies what the rule says."""

    def __init__(self):
        self.rows = {}

    def run(self, rhythm, today, asked=YEAR, service=YEAR):
        planner = rhythm and Planner(rhythm, service, CALENDAR.is_workday)
        changes = reconcile(
            planner,
            self.rows.values(),
            asked,
            today,
            rhythm and service,
            CALENDAR.is_workday,
        )
        for row_id in changes.removes:
            del self.rows[row_id]
        for move in changes.moves:
            self.rows[move.id] = self.rows[move.id]._replace(
                planned=move.planned, deadline=move.deadline
            )
        for slot in changes.creates:
            row_id = max(self.rows, default=0) + 1
            self.rows[row_id] = Existing(
                row_id, slot.key, slot.planned, slot.deadline, True
            )
        slots = [row.slot for row in self.rows.values()]
        assert len(slots) == len(set(slots)), "the unique index would refuse this"
        return changes

    def touch(self, row_id, **values):
        self.rows[row_id] = self.rows[row_id]._replace(free=False, **values)


class TestReconcile(BaseCase):
    def assertNothing(self, changes):
        self.assertEqual(changes[:3], ([], [], []))

    def test_once_and_never_twice(self):
        table = Table()
        self.assertEqual(len(table.run(MONTHLY, YEAR.first).creates), 12)
        self.assertNothing(table.run(MONTHLY, YEAR.first))
        self.assertNothing(table.run(MONTHLY, date(2026, 7, 15)))

    def test_a_longer_horizon_adds_only_what_is_new(self):
        table = Table()
        march = Span(YEAR.first, date(2026, 3, 31))
        self.assertEqual(len(table.run(MONTHLY, YEAR.first, march).creates), 3)
        self.assertEqual(len(table.run(MONTHLY, YEAR.first).creates), 9)

    def test_begun_in_the_middle_of_a_period(self):
        """What is still to be done this month is planned into what is left of it."""
        today = date(2026, 3, 20)
        table = Table()
        creates = table.run(MONTHLY, today, Span(today, YEAR.last)).creates
        self.assertEqual(len(creates), 10)
        self.assertLessEqual(today, creates[0].planned)
        self.assertEqual(creates[0].deadline, date(2026, 3, 31))
        self.assertNothing(table.run(MONTHLY, today, Span(today, YEAR.last)))
        tomorrow = today + timedelta(days=4)
        self.assertNothing(table.run(MONTHLY, tomorrow, Span(tomorrow, YEAR.last)))

    def test_a_changed_rhythm_changes_what_lies_ahead(self):
        table = Table()
        table.run(MONTHLY, YEAR.first)
        today = date(2026, 3, 1)
        changes = table.run(QUARTERLY, today, Span(today, YEAR.last))
        self.assertEqual(len(changes.removes), 10)
        # January and February were inspected: the first quarter owes nothing more.
        self.assertEqual(
            [c.period for c in changes.creates],
            [
                "2026-Q2",
                "2026-Q3",
                "2026-Q4",
            ],
        )
        self.assertNothing(table.run(QUARTERLY, today, Span(today, YEAR.last)))

    def test_more_times_keep_the_old_ones(self):
        table = Table()
        table.run(MONTHLY, YEAR.first)
        today = date(2026, 3, 1)
        changes = table.run(Rhythm(1, "month", 2), today, Span(today, YEAR.last))
        self.assertEqual(changes.removes, [])
        self.assertEqual(len(changes.creates), 10)

    def test_cancelled_ones_stay_cancelled(self):
        table = Table()
        table.run(MONTHLY, YEAR.first)
        table.touch(5, counts=False)
        self.assertNothing(table.run(MONTHLY, YEAR.first))
        self.assertFalse(table.rows[5].counts)

    def test_moved_into_another_month_it_stands_for_its_own(self):
        table = Table()
        table.run(MONTHLY, YEAR.first)
        table.touch(2, planned=date(2026, 3, 2))
        table.touch(6, planned=date(2026, 5, 29))
        today = date(2026, 2, 20)
        self.assertNothing(table.run(MONTHLY, today, Span(today, YEAR.last)))

    def test_a_stopped_system_loses_what_lies_ahead(self):
        table = Table()
        table.run(MONTHLY, YEAR.first)
        table.touch(11)
        changes = table.run(None, date(2026, 7, 1))
        self.assertEqual(changes.kept, [11])
        self.assertEqual(
            sorted(table.rows), [*range(1, 7), 11], "the past and what was planned"
        )

    def test_a_shorter_service_moves_the_last_one_into_it(self):
        table = Table()
        table.run(Rhythm(1, "month", 2), YEAR.first)
        service = replace(YEAR, last=date(2026, 6, 20))
        today = date(2026, 6, 10)
        table.run(Rhythm(1, "month", 2), today, Span(today, YEAR.last), service)
        self.assertLessEqual(
            max(row.planned for row in table.rows.values()), service.last
        )
        self.assertLessEqual(
            max(r.deadline for r in table.rows.values() if r.planned >= today),
            service.last,
        )

    @PROPERTY
    @given(rhythms, rhythms, days, days, st.sets(st.integers(1, 30)), days)
    def test_what_never_happens(self, before, after, today, later, touched, elsewhere):
        """Touched and past ones never change, nothing comes twice, and doing it again
        does nothing."""
        table = Table()
        table.run(before, YEAR.first)
        for row_id in touched & table.rows.keys():
            table.touch(row_id, planned=elsewhere, counts=row_id % 5 != 0)
        old = dict(table.rows)
        asked = Span(today, max(today, later))
        changes = table.run(after, today, asked)
        for row_id, row in old.items():
            if not row.free or row.planned < today:
                self.assertEqual(table.rows.get(row_id), row)
        for slot in changes.creates:
            self.assertLessEqual(today, slot.planned)
            self.assertLessEqual(slot.planned, asked.last)
            self.assertLessEqual(slot.planned, slot.deadline)
        again = table.run(after, today, asked)
        self.assertNothing(again)
        self.assertEqual(again.kept, changes.kept)

    @PROPERTY
    @given(rhythms, st.lists(days, max_size=4))
    def test_horizons_in_any_order_give_the_same_year(self, rhythm, horizons):
        table, whole = Table(), Table()
        for horizon in horizons:
            table.run(rhythm, YEAR.first, Span(YEAR.first, horizon))
        table.run(rhythm, YEAR.first)
        whole.run(rhythm, YEAR.first)
        self.assertEqual(
            {(row.slot, row.planned) for row in table.rows.values()},
            {(row.slot, row.planned) for row in whole.rows.values()},
        )
