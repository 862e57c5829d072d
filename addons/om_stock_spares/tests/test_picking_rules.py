from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.picking import Need, Stored, share_out

CASES = settings(deadline=None, derandomize=True, database=None, max_examples=150)
PLACES = ("1/", "1/7/", "1/7/8/", "1/9/")
STORED = st.builds(
    Stored,
    st.integers(1, 2),
    st.sampled_from(PLACES),
    st.integers(0, 2),
    st.integers(-3, 5).map(float),
)
NEEDS = st.builds(
    Need,
    st.integers(1, 2),
    st.sampled_from(PLACES),
    st.one_of(st.none(), st.frozensets(st.integers(0, 2), max_size=2)),
    st.integers(1, 6).map(float),
)


@tagged("post_install", "-at_install")
class TestPickingRules(BaseCase):
    @CASES
    @given(st.lists(NEEDS, max_size=6), st.lists(STORED, max_size=8))
    def test_nothing_is_taken_that_is_not_there(self, needs, stored):
        taken, lying, used = share_out(needs, stored), defaultdict(float), Counter()
        for each in stored:
            lying[each[:3]] += each.free
        for need, shares in zip(needs, taken, strict=True):
            self.assertLessEqual(sum(part for _index, part in shares), need.quantity)
            for index, quantity in shares:
                each = stored[index]
                self.assertGreater(quantity, 0)
                self.assertEqual(each.part, need.part)
                self.assertTrue(each.place.startswith(need.place))
                self.assertTrue(need.lots is None or each.lot in need.lots)
                used[each[:3]] += quantity
        for key, quantity in used.items():
            self.assertLessEqual(quantity, lying[key])

    @CASES
    @given(NEEDS, st.lists(STORED, max_size=8))
    def test_one_need_gets_all_that_fits(self, need, stored):
        fits = defaultdict(float)
        for each in stored:
            if (
                each.part == need.part
                and each.place.startswith(need.place)
                and (need.lots is None or each.lot in need.lots)
            ):
                fits[each[:3]] += each.free
        there = sum(max(0, quantity) for quantity in fits.values())
        (shares,) = share_out([need], stored)
        self.assertEqual(
            sum(part for _index, part in shares), min(need.quantity, there)
        )

    def test_in_the_order_of_the_stock(self):
        stored = [Stored(1, "1/", 5, 1.0), Stored(1, "1/", 4, 2.0)]
        self.assertEqual(
            share_out([Need(1, "1/", None, 2.0), Need(1, "1/", None, 2.0)], stored),
            [[(0, 1.0), (1, 1.0)], [(1, 1.0)]],
        )
