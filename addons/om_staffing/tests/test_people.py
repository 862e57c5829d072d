from dataclasses import replace
from datetime import date, timedelta
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.evaluation import Post, meets, standing_of, suitable_posts
from ..engine.people import (
    Certificate,
    Person,
    Requirement,
    counts,
    find_gaps,
    insurance_gaps,
    insured_months,
    known_run,
    month_number,
    open_months,
    project,
    record_age,
    worked_years,
)

BID = date(2025, 12, 3)
PURE = settings(deadline=None, derandomize=True, database=None, max_examples=200)


def months(*numbers, year=2025):
    return frozenset(month_number(date(year, number, 1)) for number in numbers)


@tagged("post_install", "-at_install")
class TestPeople(BaseCase):
    def test_certificate_on_its_edges(self):
        """Valid on the first and the last day, the bid's day included."""
        one = Certificate("c", date(2023, 12, 3), BID)
        self.assertTrue(one.is_valid(BID))
        self.assertFalse(one.is_valid(BID + timedelta(days=1)))
        self.assertTrue(one.is_valid(date(2023, 12, 3)))
        self.assertFalse(one.is_valid(date(2023, 12, 2)))
        self.assertTrue(Certificate("c").is_valid(BID))

    def test_insurance_two_and_three_months(self):
        self.assertEqual(insured_months(months(9, 10, 11), BID), 3)
        self.assertEqual(insured_months(months(10, 11), BID), 2)
        self.assertEqual(insured_months(months(10, 11, 12), BID), 3)

    def test_insurance_has_to_reach_the_bid(self):
        self.assertEqual(insured_months(months(7, 8, 9, 10), BID), 0)
        self.assertEqual(insured_months(months(8, 9, 11), BID), 1)

    def test_insurance_over_new_year(self):
        paid = months(11, 12) | months(1, year=2026)
        self.assertEqual(insured_months(paid, date(2026, 2, 10)), 3)

    def test_records_that_end_before_the_bid(self):
        """15 months to 2026-10, bid on 2026-12-10: November is not known yet, which is
        something else than a month that was not paid."""
        bid = date(2026, 12, 10)
        last = month_number(date(2026, 10, 1))
        asked = Requirement(insurance_months=3)
        person = Person(1, insured=frozenset(range(last - 14, last + 1)))
        [gap] = find_gaps(person, asked, bid)
        self.assertEqual((gap.kind, gap.have, gap.until), ("insurance", 0, last))
        known = replace(person, recorded_to=last)
        [gap] = find_gaps(known, asked, bid)
        self.assertEqual(
            (gap.kind, gap.have, gap.need, gap.until, gap.open),
            ("insurance_open", 15, 3, last, (last + 1,)),
        )
        self.assertTrue(counts(project(known, bid), asked, bid))
        self.assertEqual(len(known_run(known, bid)), 15)
        # Others are on record to November: this one was not paid.
        left = replace(person, recorded_to=last + 1)
        [gap] = find_gaps(left, asked, bid)
        self.assertEqual(gap.kind, "insurance")
        self.assertIs(project(left, bid), left)
        # The run broke off before the records end: nothing goes on.
        broken = replace(known, insured=person.insured - {last})
        self.assertFalse(counts(project(broken, bid), asked, bid))

    def test_projection_invents_no_month_of_the_bid(self):
        bid = date(2026, 12, 10)
        last = month_number(date(2026, 11, 1))
        self.assertEqual(open_months(last, bid), ())
        two = Person(1, insured=frozenset((last - 1, last)), recorded_to=last)
        self.assertEqual(insured_months(project(two, bid).insured, bid), 2)

    @PURE
    @given(st.data())
    def test_projection(self, data):
        """It proves nothing, takes nothing away and needs a run that goes on."""
        bid = month_number(BID)
        insured = data.draw(st.frozensets(st.integers(bid - 8, bid)))
        recorded = data.draw(st.integers(max(insured, default=bid - 8), bid))
        person = Person(1, insured=insured, recorded_to=recorded)
        projected = project(person, BID)
        have = insured_months(insured, BID)
        expected = insured_months(projected.insured, BID)
        self.assertLessEqual(insured, projected.insured)
        self.assertLessEqual(have, expected)
        if recorded not in insured or recorded >= bid - 1:
            self.assertEqual(projected, person)
        else:
            run = known_run(person, BID)
            self.assertEqual(run[-1], recorded)
            self.assertEqual(expected, len(run) + bid - 1 - recorded)
        self.assertEqual(project(projected, BID), projected)
        need = data.draw(st.integers(1, 6))
        gaps = find_gaps(person, Requirement(insurance_months=need), BID)
        self.assertEqual(bool(gaps), have < need)
        if gaps and gaps[0].kind == "insurance_open":
            self.assertTrue(gaps[0].open)
            self.assertGreater(gaps[0].have, 0)

    def test_insurance_gaps(self):
        first, last = month_number(date(2025, 8, 1)), month_number(date(2025, 12, 1))
        missing = insurance_gaps(months(8, 9, 11), first, last)
        self.assertEqual(missing, sorted(months(10, 12)))

    def test_words_of_every_gap(self):
        person = Person(
            1,
            (Certificate("old", None, date(2025, 11, 30)),)
            + (Certificate("new", date(2026, 1, 1)),),
            months(10, 11),
            degree="college",
            title="assistant",
            years=4,
            years_as_manager=0.5,
            cleared=date(2025, 6, 2),
        )
        asked = Requirement(
            frozenset(("old", "new", "none")),
            frozenset(("x", "y")),
            3,
            "bachelor",
            "intermediate",
            5,
            1,
            6,
            12,
        )
        kinds = [gap.kind for gap in find_gaps(person, asked, BID)]
        self.assertCountEqual(
            kinds,
            [
                "certificate_expired",
                "certificate_not_yet_valid",
                "certificate_missing",
                "certificate_any_missing",
                "insurance",
                "degree",
                "title",
                "years",
                "manager_years",
                "clearance",
                "secrecy",
            ],
        )

    def test_any_of(self):
        person = Person(1, (Certificate("y"),))
        self.assertTrue(counts(person, Requirement(any_of=frozenset("xy")), BID))
        self.assertFalse(counts(person, Requirement(any_of=frozenset("x")), BID))

    def test_years(self):
        """Five years, of them one as site manager: the emergency centre's figures."""
        first = date(2021, 6, 15)
        self.assertEqual(worked_years([(first, None)], date(2026, 6, 15)), 5)
        self.assertLess(worked_years([(first, None)], date(2026, 6, 14)), 5)
        twice = [(first, date(2023, 6, 14)), (date(2022, 1, 1), date(2024, 6, 14))]
        self.assertEqual(worked_years(twice, BID), 3)
        parts = [(first, date(2022, 6, 14)), (date(2024, 1, 1), date(2024, 12, 31))]
        self.assertEqual(worked_years(parts, BID), 2)
        self.assertEqual(worked_years([], BID), 0)
        self.assertEqual(worked_years([(date(2026, 1, 1), None)], BID), 0)

    def test_age_of_a_check(self):
        """Six months back from 3 December reach to 3 June."""
        self.assertEqual(record_age(date(2025, 6, 3), BID), 6)
        self.assertEqual(record_age(date(2025, 6, 2), BID), 7)
        self.assertEqual(record_age(BID, BID), 0)
        self.assertEqual(record_age(date(2025, 8, 31), date(2026, 2, 28)), 6)
        self.assertEqual(record_age(date(2025, 12, 4), BID), inf)
        self.assertEqual(record_age(None, BID), inf)
        asked = Requirement(clearance_months=6)
        self.assertTrue(counts(Person(1, cleared=date(2025, 6, 3)), asked, BID))
        [gap] = find_gaps(Person(1, cleared=date(2025, 6, 2)), asked, BID)
        self.assertEqual((gap.day, gap.need), (date(2025, 6, 2), 6))
        [gap] = find_gaps(Person(1, cleared=date(2025, 12, 4)), asked, BID)
        self.assertIsNone(gap.day)

    @PURE
    @given(st.data())
    def test_fast_answer_equals_the_long_one(self, data):
        kinds = st.sampled_from("abc")
        day = st.one_of(st.none(), st.dates(BID - timedelta(9), BID + timedelta(9)))
        person = Person(
            1,
            tuple(data.draw(st.lists(st.builds(Certificate, kinds, day, day)))),
            frozenset(
                data.draw(
                    st.sets(st.integers(month_number(BID) - 5, month_number(BID)))
                )
            ),
            data.draw(st.sampled_from(("none", "college", "bachelor"))),
            data.draw(st.sampled_from(("none", "assistant", "senior"))),
            data.draw(st.integers(0, 6)),
            data.draw(st.integers(0, 2)),
            data.draw(day),
            data.draw(day),
        )
        asked = Requirement(
            frozenset(data.draw(st.sets(kinds, max_size=2))),
            frozenset(data.draw(st.sets(kinds, max_size=2))),
            data.draw(st.integers(0, 4)),
            data.draw(st.sampled_from(("none", "college"))),
            data.draw(st.sampled_from(("none", "senior"))),
            data.draw(st.integers(0, 5)),
            data.draw(st.integers(0, 2)),
            data.draw(st.integers(0, 1)),
            data.draw(st.integers(0, 1)),
        )
        expected = counts(person, asked, BID)
        self.assertEqual(meets(standing_of(person, BID), asked), expected)
        suits = suitable_posts([Post(7, asked)], [person], BID)
        self.assertEqual(suits, {1: frozenset({7} if expected else ())})
