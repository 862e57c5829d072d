from datetime import date, timedelta
from doctest import DocTestSuite

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.om_base.tools import paging
from odoo.addons.om_base.tools.paging import Block, paginate

from ..engine import checklist, monthly
from ..engine.checklist import Item
from ..engine.monthly import Figures, Visit

fixed = settings(deadline=None, derandomize=True, database=None, max_examples=100)
NUMBERS = st.integers(-1000, 1000)
RESULTS = st.sampled_from(["pass", "fail", "na", None])
ITEMS = st.lists(st.builds(Item, st.text(min_size=1), RESULTS, *[st.booleans()] * 3))
DAYS = st.dates(date(2026, 2, 20), date(2026, 4, 10))
VISITS = st.lists(
    st.builds(
        Visit,
        DAYS,
        st.none() | DAYS,
        st.none() | DAYS,
        st.booleans(),
        st.booleans(),
    )
)


class TestChecklistRules(BaseCase):
    def test_examples_of_the_documentation(self):
        for module in (checklist, monthly, paging):
            result = DocTestSuite(module).run(self.defaultTestResult())
            self.assertFalse(result.failures + result.errors)

    def test_bounds_belong_to_the_admissible_values(self):
        cases = [
            (80, None, 80, "pass"),
            (80.001, None, 80, "fail"),
            (180, 180, None, "pass"),
            (179.9, 180, None, "fail"),
            (17.9, 18, 27, "fail"),
            (27, 18, 27, "pass"),
            (0, None, 0, "pass"),
            (-1, 0, None, "fail"),
            (99999, None, None, "pass"),
        ]
        for value, lowest, highest, expected in cases:
            with self.subTest(value=value, lowest=lowest, highest=highest):
                self.assertEqual(checklist.judge(value, lowest, highest), expected)

    def test_zero_is_a_bound_and_none_is_not(self):
        self.assertEqual(checklist.limits("none", 0, 0), (None, None))
        self.assertEqual(checklist.limits("min", 0, 5), (0, None))
        self.assertEqual(checklist.limits("max", 5, 0), (None, 0))

    @fixed
    @given(NUMBERS, NUMBERS, NUMBERS)
    def test_a_range_is_both_of_its_bounds(self, value, low, high):
        both = checklist.within(value, low, high)
        self.assertEqual(
            both,
            checklist.within(value, low, None) and checklist.within(value, None, high),
        )

    @fixed
    @given(ITEMS)
    def test_nothing_fails_or_waits_in_what_has_passed(self, items):
        overall = checklist.overall(item.result for item in items)
        if overall == "pass":
            self.assertEqual(checklist.open_items(items), [])
            self.assertEqual(checklist.unexplained(items), [])
        self.assertEqual(overall == "fail", any(i.result == "fail" for i in items))

    @fixed
    @given(ITEMS)
    def test_all_others_pass_touches_no_judgement_and_no_figure(self, items):
        for item, may_pass in zip(items, checklist.passable(items), strict=True):
            if may_pass:
                self.assertIsNone(item.result)
                self.assertFalse(item.measured)


class TestMonthlyRules(BaseCase):
    def test_each_state(self):
        today = date(2026, 3, 20)
        day, last = date(2026, 3, 10), date(2026, 3, 15)
        cases = [
            (Visit(day, last, date(2026, 3, 15)), "in_time"),
            (Visit(day, last, date(2026, 3, 16)), "late"),
            (Visit(day, last), "missed"),
            (Visit(day, today), "open"),
            (Visit(day, None), "missed"),
            (Visit(today, None), "open"),
            (Visit(day, last, None, True), "cancelled"),
            (Visit(day, last, date(2026, 3, 9), True), "in_time"),
        ]
        for visit, expected in cases:
            with self.subTest(visit=visit):
                self.assertEqual(monthly.state_of(visit, today), expected)

    def test_month_bounds(self):
        self.assertEqual(
            monthly.month_bounds(date(2026, 2, 14)),
            (date(2026, 2, 1), date(2026, 2, 28)),
        )
        self.assertEqual(monthly.month_bounds(date(2028, 2, 1))[1], date(2028, 2, 29))
        self.assertEqual(monthly.month_bounds(date(2026, 12, 31))[0].day, 1)

    def test_rate_counts_only_what_is_decided(self):
        self.assertIsNone(Figures(planned=3, open=3).rate)
        self.assertEqual(Figures(4, in_time=1, late=1, missed=2).rate, 0.25)

    @fixed
    @given(VISITS, VISITS, DAYS)
    def test_states_add_up_and_parts_add_up(self, first, second, today):
        figures = monthly.count(first, today)
        self.assertEqual(
            figures.planned,
            figures.in_time + figures.late + figures.missed + figures.open,
        )
        self.assertLessEqual(figures.failed, figures.done)
        self.assertEqual(
            figures + monthly.count(second, today),
            monthly.count(first + second, today),
        )

    @fixed
    @given(VISITS, DAYS)
    def test_what_is_done_does_not_change_as_time_passes(self, visits, today):
        later = today + timedelta(days=40)
        before, after = monthly.count(visits, today), monthly.count(visits, later)
        self.assertEqual(before.done, after.done)
        self.assertLessEqual(before.missed, after.missed)


BLOCKS = st.lists(
    st.builds(
        Block,
        st.uuids().map(str),
        st.lists(st.integers(10, 300), max_size=30),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    max_size=5,
)


class TestPagingRules(BaseCase):
    def test_head_and_title_keep_their_first_row(self):
        pages = paginate([Block("a", [30]), Block("b", [30, 30], 20, 20)], 100, 80)
        self.assertEqual(pages, [[("a", 0, 1)], [("b", 0, 2)]])

    def test_table_longer_than_a_page(self):
        pages = paginate([Block("a", [30] * 7, 20, 10)], 100, 90)
        self.assertEqual(pages, [[("a", 0, 2)], [("a", 2, 5)], [("a", 5, 7)]])
        self.assertEqual([part.continued for (part,) in pages], [False, True, True])

    def test_chinese_is_twice_as_wide(self):
        self.assertEqual(paging.line_count("一二三四五六", 36, 12), 2)
        self.assertEqual(paging.line_count("123456", 48, 12), 1)
        self.assertEqual(
            paging.row_height(["一" * 9, ""], [36, 100], 12, 16, 7), 3 * 16 + 7
        )

    @fixed
    @given(BLOCKS)
    def test_every_row_once_in_order_and_no_page_too_long(self, blocks):
        room, first = 400, 250
        pages = paginate(blocks, room, first)
        by_key = {block.key: block for block in blocks}
        printed = [
            (part.key, row)
            for page in pages
            for part in page
            for row in range(part.start, part.stop)
        ]
        self.assertEqual(
            printed,
            [(block.key, row) for block in blocks for row in range(len(block.rows))],
        )
        for number, page in enumerate(pages):
            height = sum(
                (0 if part.continued else by_key[part.key].title)
                + by_key[part.key].head
                + sum(by_key[part.key].rows[part.start : part.stop])
                for part in page
            )
            alone = len(page) == 1 and page[0].stop - page[0].start == 1
            self.assertTrue(alone or height <= (room if number else first))
