from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.tally import Delivery, tally

PROPERTY = settings(deadline=None, derandomize=True, database=None, max_examples=200)
DUE = date(2026, 9, 30)

deliveries = st.lists(
    st.builds(
        Delivery,
        st.dates(DUE - timedelta(days=20), DUE + timedelta(days=20)),
        st.integers(1, 40).map(Decimal),
    ),
    max_size=6,
)


@tagged("post_install", "-at_install")
class TestTally(BaseCase):
    def test_books(self):
        """000: 200 e-books on the 10th and 48 on the 29th of 250: short by 2."""
        given_in = [
            Delivery(date(2026, 9, 10), Decimal(200)),
            Delivery(date(2026, 9, 29), Decimal(48)),
        ]
        found = tally(Decimal(250), DUE, given_in, DUE)
        self.assertEqual((found.verdict, found.done, found.short), ("open", 248, 2))
        found = tally(Decimal(250), DUE, given_in, date(2026, 10, 1))
        self.assertEqual((found.verdict, found.short), ("short", 2))
        # The two that were missing come with October's: late for September, and only
        # because they are entered for September.
        made_up = [*given_in, Delivery(date(2026, 10, 5), Decimal(2))]
        found = tally(Decimal(250), DUE, made_up, date(2026, 10, 6))
        self.assertEqual((found.verdict, found.late_days), ("late", 5))

    def test_newspapers(self):
        """000: at least 30 a day; 29 are short, whatever the day before had."""
        for number, verdict in ((30, "kept"), (31, "kept"), (29, "short")):
            found = tally(
                Decimal(30), DUE, [Delivery(DUE, Decimal(number))], DUE, is_closed=True
            )
            self.assertEqual(found.verdict, verdict)

    def test_nothing_yet(self):
        self.assertEqual(tally(Decimal(1), DUE, [], DUE).verdict, "open")
        late = tally(Decimal(1), DUE, [], DUE + timedelta(days=3))
        self.assertEqual((late.verdict, late.late_days), ("short", 3))

    def test_on_the_day(self):
        found = tally(Decimal(1), DUE, [Delivery(DUE, Decimal(1))], DUE)
        self.assertEqual((found.verdict, found.completed), ("kept", DUE))

    @PROPERTY
    @given(st.integers(1, 100).map(Decimal), deliveries)
    def test_by_counting(self, quantity, handed_in):
        """Kept is exactly what was whole on its due day."""
        today = DUE + timedelta(days=30)
        found = tally(quantity, DUE, handed_in, today)
        in_time = sum(each.quantity for each in handed_in if each.day <= DUE)
        total = sum(each.quantity for each in handed_in)
        self.assertEqual(found.verdict == "kept", in_time >= quantity)
        self.assertEqual(found.verdict == "short", total < quantity)
        self.assertEqual(found.done, total)
        self.assertEqual(found.short, max(quantity - total, 0))

    @PROPERTY
    @given(st.integers(1, 100).map(Decimal), deliveries)
    def test_order_of_entry_does_not_matter(self, quantity, handed_in):
        today = DUE + timedelta(days=30)
        self.assertEqual(
            tally(quantity, DUE, handed_in, today),
            tally(quantity, DUE, handed_in[::-1], today),
        )
