import doctest
from decimal import Decimal
from math import exp, factorial

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import deviation, quota, readiness, swap

EXAMPLES = settings(deadline=None, derandomize=True, database=None, max_examples=200)
prices = st.decimals("0.01", "99999.99", places=2)
quantities = st.integers(1, 500)


@tagged("post_install", "-at_install")
class TestSpareRules(BaseCase):
    def test_documentation(self):
        for module in (deviation, readiness, swap):
            self.assertEqual(doctest.testmod(module).failed, 0)

    @EXAMPLES
    @given(st.lists(st.tuples(quantities, prices), min_size=1, max_size=5), prices)
    def test_a_swap_keeps_the_total(self, given_up, price):
        """Whatever is given up, only parts of exactly that price are taken."""
        given_lines = [swap.SwapLine(n, p, unused=n) for n, p in given_up]
        total = sum((n * p for n, p in given_up), Decimal(0))
        same = [swap.SwapLine(1, total)]
        self.assertEqual(swap.check_swap(given_lines, same), total)
        for other in (total + Decimal("0.01"), total + price):
            with self.assertRaises(swap.SwapError) as error:
                swap.check_swap(given_lines, [swap.SwapLine(1, other)])
            self.assertEqual(error.exception.reason, "total")

    def test_what_no_swap_is(self):
        line = swap.SwapLine(2, Decimal("5.00"), unused=2)
        back = swap.SwapLine(1, Decimal("10.00"))
        for given_lines, taken, reason in (
            ([], [back], "empty"),
            ([line], [], "empty"),
            ([swap.SwapLine(0, Decimal(5), 2)], [back], "quantity"),
            ([line], [swap.SwapLine(1, Decimal(0))], "price"),
            ([swap.SwapLine(2, Decimal(5), 1)], [back], "unused"),
        ):
            with self.assertRaises(swap.SwapError) as error:
                swap.check_swap(given_lines, taken)
            self.assertEqual(error.exception.reason, reason)

    @EXAMPLES
    @given(
        st.integers(0, 300),
        st.floats(0, 3),
        st.integers(0, 90),
        st.sampled_from((0.5, 0.9, 0.95, 0.99)),
    )
    def test_least_stock_is_the_poisson_quantile(self, devices, rate, days, certainty):
        mean = devices * rate * days / 365
        if mean > 60:
            return
        stock = readiness.least_stock(devices, rate, days, certainty)

        def covered(number):
            return sum(
                exp(-mean) * mean**count / factorial(count)
                for count in range(number + 1)
            )

        self.assertGreaterEqual(covered(stock), certainty - 1e-9)
        if stock:
            self.assertLess(covered(stock - 1), certainty + 1e-9)

    @EXAMPLES
    @given(*[st.integers(0, 20)] * 5)
    def test_a_sound_quota_allows_what_is_left(self, cap, used, reserved, out, into):
        balance = quota.QuotaBalance(cap, used, reserved, out, into)
        left = cap + into - out - used - reserved
        self.assertEqual(balance.remaining, left)
        self.assertEqual(balance.is_sound, left >= 0)
        for quantity in range(-1, 25):
            self.assertEqual(balance.allows(quantity), 0 < quantity <= left)

    def test_deviation(self):
        for lines, whole in (
            (["none", "none"], "none"),
            (["none", "positive"], "positive"),
            (["positive", "negative"], "negative"),
            (["positive", None], None),
            ([], None),
        ):
            self.assertEqual(deviation.overall(lines), whole)
