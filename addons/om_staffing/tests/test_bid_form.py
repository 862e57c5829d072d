"""What is printed into the forms of a bid; prices against others and corrected."""

import io
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..engine.bid_form import (
    GAP,
    Values,
    count_pages,
    deviation_fault,
    fill,
    find_parts,
    page_ranges,
)
from ..engine.bid_price import (
    Amount,
    Line,
    PriceError,
    Printed,
    Rival,
    correct,
    highest_winning,
    price_curve,
    rank,
    try_price,
)
from ..engine.scoring import Offer

PURE = settings(deadline=None, derandomize=True, database=None, max_examples=150)
CEILING = Decimal("77133300.00")
FULL = Decimal(10)
D = Decimal
names = st.sampled_from(["bidder", "code", "fax", "phone"])
cents = st.integers(1, 10**7).map(lambda value: Decimal(value) / 100)


@tagged("post_install", "-at_install")
class TestForms(BaseCase):
    @PURE
    @given(
        st.lists(names, max_size=6),
        st.dictionaries(names, st.text("甲乙 ", max_size=3)),
    )
    def test_what_is_unknown_is_a_gap_and_told(self, asked, known):
        values = Values(known)
        text = fill("、".join(f"%({name})s" for name in asked), values)
        blank = {name for name in asked if not known.get(name, "").strip()}
        self.assertEqual(set(values.blanks), blank)
        self.assertEqual(
            text,
            "、".join(GAP if name in blank else known[name] for name in asked),
        )

    def test_a_table_of_deviations(self):
        self.assertEqual(deviation_fault("", []), "unticked")
        self.assertEqual(deviation_fault("none", []), "")
        # A line that says “none” is an answer, no deviation.
        self.assertEqual(deviation_fault("none", ["none"]), "")
        self.assertEqual(deviation_fault("none", ["positive"]), "contrary")
        self.assertEqual(deviation_fault("listed", ["none"]), "empty")
        self.assertEqual(deviation_fault("listed", ["none", "negative"]), "")

    @mute_logger("pypdf._reader")
    def test_where_parts_begin(self):
        writer = PdfWriter()
        for _page in range(5):
            writer.add_blank_page(100, 100)
        first = writer.add_outline_item(title="甲", page_number=1)
        writer.add_outline_item(title="甲一", page_number=2, parent=first)
        writer.add_outline_item(title="乙", page_number=4)
        buffer = io.BytesIO()
        writer.write(buffer)
        self.assertEqual(find_parts(buffer.getvalue()), [2, 5])
        self.assertEqual(count_pages(buffer.getvalue()), 5)
        self.assertEqual(count_pages(b"%PDF-1.4 nonsense"), 0)
        locked = PdfWriter()
        locked.add_blank_page(100, 100)
        locked.encrypt("甲")
        buffer = io.BytesIO()
        locked.write(buffer)
        self.assertEqual(count_pages(buffer.getvalue()), 0)

    @PURE
    @given(st.lists(st.integers(1, 30), min_size=1))
    def test_pages_as_written_are_the_pages(self, pages):
        read = set()
        for run in page_ranges(pages).split(", "):
            first, _dash, last = run.partition("–")
            read |= set(range(int(first), int(last or first) + 1))
        self.assertEqual(read, set(pages))


@tagged("post_install", "-at_install")
class TestCorrections(BaseCase):
    """Shunyi's tender, chapter 4, 2.3 and 2.4.2 to 2.4.7."""

    def get_rules(self, corrected):
        return [one.rule for one in corrected.corrections]

    def test_nothing_to_correct(self):
        printed = Printed(
            Amount(D("30.00"), D("30.00")),
            (Line("甲", D("10.00")), Line("乙", D("20.00"))),
            Amount(D("30.00")),
            Amount(D("30.00"), D("30.00")),
        )
        done = correct(printed)
        self.assertEqual((done.price, done.corrections), (D("30.00"), ()))
        self.assertTrue(done.is_valid(confirmed=False))

    def test_the_list_handed_in_by_itself_wins(self):
        done = correct(Printed(Amount(D(30)), separate=Amount(D(31))))
        self.assertEqual((done.price, self.get_rules(done)), (D(31), ["separate"]))

    def test_the_list_wins_over_the_total_of_the_detail(self):
        done = correct(Printed(Amount(D(30)), total=Amount(D(33))))
        self.assertEqual((done.price, self.get_rules(done)), (D(30), ["list"]))

    def test_words_win(self):
        done = correct(Printed(Amount(D(30), D(35))))
        self.assertEqual((done.price, self.get_rules(done)), (D(35), ["words"]))

    def test_unit_prices_win_over_the_total(self):
        lines = (Line("甲", D("10.10")), Line("乙", D("20.25")))
        done = correct(Printed(Amount(D("30.00")), lines))
        self.assertEqual(done.price, D("30.35"))
        self.assertEqual(self.get_rules(done), ["units"])

    def test_a_misplaced_point_does_not(self):
        """1,000,000 for 100,000.00: the total stays, the unit price is put right."""
        lines = (Line("甲", D("1000000.00")), Line("乙", D("20000.00")))
        done = correct(Printed(Amount(D("120000.00")), lines))
        self.assertEqual(done.price, D("120000.00"))
        [one] = done.corrections
        self.assertEqual((one.rule, one.at, one.after), ("decimal", "甲", D("100000")))
        self.assertEqual(sum(line.amount for line in done.lines), D("120000.00"))

    def test_two_candidates_are_not_plain(self):
        lines = (Line("甲", D("100.00")), Line("乙", D("100.00")))
        done = correct(Printed(Amount(D("110.00")), lines))
        self.assertEqual((done.price, self.get_rules(done)), (D("200.00"), ["units"]))

    def test_a_missing_price_is_included(self):
        lines = (Line("甲", D("30.00")), Line("乙", None))
        done = correct(Printed(Amount(D("45.00")), lines))
        self.assertEqual((done.price, self.get_rules(done)), (D("45.00"), ["included"]))
        self.assertFalse(done.is_valid(confirmed=False))
        self.assertTrue(done.is_valid(confirmed=True))

    def test_the_order(self):
        """All at once: the separate list's words decide before the unit prices."""
        printed = Printed(
            Amount(D(1), D(2)),
            (Line("甲", D(7)),),
            Amount(D(5), D(6)),
            Amount(D(3), D(4)),
        )
        done = correct(printed)
        self.assertEqual(done.price, D(7))
        self.assertEqual(
            self.get_rules(done),
            ["separate", "separate", "list", "words", "words", "units"],
        )

    def test_a_price_there_must_be(self):
        with self.assertRaises(PriceError):
            correct(Printed(Amount()))

    @PURE
    @given(st.lists(cents, min_size=1, max_size=5), cents, cents)
    def test_what_was_corrected_needs_no_correction(self, prices, listed, words):
        lines = tuple(Line(str(i), price) for i, price in enumerate(prices))
        done = correct(Printed(Amount(listed, words), lines))
        self.assertEqual(sum(line.amount for line in done.lines), done.price)
        again = correct(
            Printed(Amount(done.price, done.price), done.lines, Amount(done.price))
        )
        self.assertEqual((again.price, again.corrections), (done.price, ()))


rivals = st.lists(
    st.builds(
        Rival,
        st.builds(
            Offer,
            st.integers(1, 400).map(Decimal),
            st.sampled_from(["none", "small"]),
        ),
        st.integers(0, 9000).map(lambda value: Decimal(value) / 100),
        st.integers(0, 70).map(Decimal),
        st.integers(0, 9),
    ),
    max_size=3,
)


@tagged("post_install", "-at_install")
class TestPriceAgainstOthers(BaseCase):
    def test_ties(self):
        """Points, the lower price, technical points, lot (instructions, 22.1)."""
        base = Rival(Offer(D(100)), D(80), D(60), 2)
        cheaper = Rival(Offer(D(50)), D(75), D(60), 2)
        # 10 x 50 / 100 = 5: 85 each, and the cheaper one is first.
        self.assertEqual(rank([base, cheaper], CEILING, FULL), [1, 0])
        technical = replace(base, technical=D(61))
        self.assertEqual(rank([base, technical], CEILING, FULL), [1, 0])
        lucky = replace(base, lot=1)
        self.assertEqual(rank([base, lucky], CEILING, FULL), [1, 0])

    def test_example(self):
        """Ours 84 beside the price, theirs 85 at 60 million: we have to be so cheap
        that their price loses a point against ours."""
        ours, theirs = Rival(Offer(D(1)), D(84)), Rival(Offer(D(60000000)), D(85))
        price = highest_winning(ours, [theirs], CEILING, FULL)
        # With 9.00 for their price both have 94.00, and the cheaper one wins: what is
        # below 9.005 / 10 of their price is rounded to 9.00 at most.
        self.assertEqual(price, D("54029999.99"))
        self.assertEqual(try_price(price, ours, [theirs], CEILING, FULL).place, 1)
        dearer = try_price(price + D("0.01"), ours, [theirs], CEILING, FULL)
        self.assertEqual(dearer.place, 2)

    def test_above_the_ceiling_there_is_no_place(self):
        point = try_price(CEILING + 1, Rival(Offer(D(1)), D(84)), [], CEILING, FULL)
        self.assertEqual((point.place, point.total), (0, 0))

    @settings(PURE, max_examples=30)
    @given(st.integers(0, 9000), rivals)
    def test_the_edge_by_brute_force(self, others, rivals):
        """Whole cents below 3 yuan, each tried."""
        ours = Rival(Offer(D(1)), D(others) / 100, D(30), 5)
        small = [
            replace(one, offer=replace(one.offer, price=one.offer.price / 100))
            for one in rivals
        ]
        ceiling = D("3.00")
        winning = [
            cent
            for cent in range(1, 301)
            if try_price(D(cent) / 100, ours, small, ceiling, FULL).place == 1
        ]
        found = highest_winning(ours, small, ceiling, FULL)
        self.assertEqual(found, D(max(winning)) / 100 if winning else None)

    @PURE
    @given(rivals.filter(bool))
    def test_dearer_is_never_better(self, rivals):
        ours = Rival(Offer(D(1)), D(50))
        curve = price_curve(ours, rivals, D(10), D(300), D(400), FULL, 30)
        for cheap, dear in pairwise(curve):
            self.assertGreaterEqual(cheap.score, dear.score)
            self.assertGreaterEqual(cheap.lead, dear.lead)
