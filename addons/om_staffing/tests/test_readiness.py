"""The points of a bid on days to come, at their edges; the cheapest measures."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo.tests import BaseCase, tagged

from ..engine.assignment import Seat
from ..engine.curve import HEIGHT, WIDTH, Mark, draw_curve
from ..engine.evaluation import Post
from ..engine.measures import Contest, Measure, Place, cheapest_measures
from ..engine.people import Certificate, Person, Requirement, month_number
from ..engine.readiness import Bid, Rule, readiness, state_on
from ..engine.scoring import Demand, PointsRule, Qualification, Step

PURE = settings(deadline=None, derandomize=True, database=None, max_examples=40)
BID = date(2026, 1, 4)
FIRST, LAST = date(2026, 11, 1), date(2027, 6, 30)
D = Decimal


def one_post(**needs):
    return Post(1, Requirement(**needs), 1, PointsRule((Step(1, D(1)),)))


def steps_of(bid, first=FIRST, last=LAST):
    return {one.day: one.total for one in readiness(bid, first, last)}


@tagged("post_install", "-at_install")
class TestReadiness(BaseCase):
    def test_a_certificate_drops_the_day_after_its_last(self):
        person = Person(7, (Certificate("a", None, date(2027, 3, 31)),))
        bid = Bid(BID, [one_post(all_of=frozenset("a"))], {7: person}, {1: [7]})
        self.assertEqual(steps_of(bid), {FIRST: D(1), date(2027, 4, 1): D(0)})
        [_first, step] = readiness(bid, FIRST, LAST)
        [change] = step.changes
        [(key, [gap])] = change.gone
        self.assertEqual(
            (key, gap.kind, gap.day), (7, "certificate_expired", date(2027, 3, 31))
        )
        self.assertEqual(state_on(bid, date(2027, 3, 31)).total, 1)

    def test_a_renewal_that_is_there_already(self):
        person = Person(
            7,
            (
                Certificate("a", None, date(2027, 3, 31)),
                Certificate("a", date(2027, 4, 10), None),
            ),
        )
        bid = Bid(BID, [one_post(all_of=frozenset("a"))], {7: person}, {1: [7]})
        self.assertEqual(
            steps_of(bid),
            {FIRST: D(1), date(2027, 4, 1): D(0), date(2027, 4, 10): D(1)},
        )

    def test_insurance(self):
        """Who is insured since September has three months in November; who left in
        October counts until November is over."""
        to = month_number(date(2026, 10, 1))
        new = Person(7, insured=frozenset({to - 1, to}), recorded_to=to)
        left = Person(8, insured=frozenset(range(to - 9, to)), recorded_to=to)
        post = Post(
            1,
            Requirement(insurance_months=3),
            2,
            PointsRule(per_head=D(1), maximum=D(2)),
        )
        bid = Bid(BID, [post], {7: new, 8: left}, {1: [7, 8]})
        # Of a bid in November the last month is October (or November, once it is paid).
        self.assertEqual(
            steps_of(bid, date(2026, 10, 1), LAST),
            {
                date(2026, 10, 1): D(1),
                date(2026, 11, 1): D(0),
                date(2026, 12, 1): D(1),
            },
        )

    def test_a_reference_gets_too_old(self):
        """A tender of 2026-01-04 asks for contracts after 2022-11-30: 1131 days. One of
        2023-12-01 counts up to 2027-01-04, as 2027-01-05 less 1131 days is its day."""
        rule = Rule(3, "performance", D(4), D(1), after=date(2022, 11, 30))
        self.assertEqual((BID - date(2022, 11, 30)).days, 1131)
        signed = [date(2023, 12, 1), date(2025, 1, 1)]
        bid = Bid(BID, [], {}, rules=[rule], signed=signed)
        edge = date(2023, 12, 1) + timedelta(days=1131)
        self.assertEqual(edge, date(2027, 1, 5))
        self.assertEqual(steps_of(bid), {FIRST: D(2), edge: D(1)})
        [_first, step] = readiness(bid, FIRST, LAST)
        self.assertEqual(step.changes[0].lost, ("2023-12-01",))

    def test_enterprise_certificates(self):
        demands = (Demand("iso1"), Demand("iso2"))
        held = [
            Qualification("iso1", valid_to=date(2027, 1, 31)),
            Qualification("iso2"),
        ]
        rule = Rule(3, "each", D(2), D("0.5"), demands)
        bid = Bid(BID, [], {}, rules=[rule], held=held)
        self.assertEqual(steps_of(bid), {FIRST: D(2), date(2027, 2, 1): D("1.5")})

    def test_years_ripen(self):
        """Five years since 2022-03-15 are full on 2027-03-15."""
        bid = Bid(
            BID,
            [one_post(years=5)],
            {7: Person(7)},
            {1: [7]},
            support={7: [(date(2022, 3, 15), None)]},
        )
        self.assertEqual(steps_of(bid), {FIRST: D(0), date(2027, 3, 15): D(1)})

    def test_without_names_it_is_the_best_team(self):
        people = {
            7: Person(7, (Certificate("a", None, date(2027, 1, 1)),)),
            8: Person(8, (Certificate("a", None, date(2027, 2, 1)),)),
        }
        bid = Bid(BID, [one_post(all_of=frozenset("a"))], people)
        self.assertEqual(steps_of(bid), {FIRST: D(1), date(2027, 2, 2): D(0)})
        away = Bid(BID, [one_post(all_of=frozenset("a"))], people, away=frozenset({8}))
        self.assertEqual(steps_of(away), {FIRST: D(1), date(2027, 1, 2): D(0)})

    days = st.none() | st.dates(date(2026, 10, 20), date(2027, 1, 20))
    certificates = st.lists(
        st.builds(Certificate, st.sampled_from("ab"), days, days), max_size=2
    ).map(tuple)

    @PURE
    @given(
        st.lists(
            st.builds(
                Person,
                st.just(0),
                certificates,
                st.frozensets(st.integers(24319, 24325)),
                cleared=days,
                recorded_to=st.sampled_from([0, 24321, 24322]),
            ),
            max_size=3,
        ),
        st.lists(st.dates(date(2023, 8, 1), date(2024, 2, 1)), max_size=3),
    )
    def test_between_the_edges_nothing_changes(self, people, signed):
        """Against every single day."""
        people = {
            number: Person(
                number,
                one.certificates,
                one.insured,
                cleared=one.cleared,
                recorded_to=one.recorded_to,
            )
            for number, one in enumerate(people)
        }
        posts = [
            Post(
                key,
                Requirement(
                    all_of=frozenset(kind),
                    insurance_months=insured,
                    clearance_months=cleared,
                ),
                2,
                PointsRule(per_head=D(1), maximum=D(2)),
            )
            for key, kind, insured, cleared in ((1, "a", 2, 0), (2, "b", 0, 1))
        ]
        named = {1: [0, 2], 2: [1]}
        rule = Rule(3, "performance", D(4), D(1), after=date(2022, 11, 30))
        bid = Bid(BID, posts, people, named, [rule], signed=signed)
        first, last = date(2026, 10, 25), date(2027, 1, 10)
        steps = readiness(bid, first, last)
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            told = [one.total for one in steps if one.day <= day][-1]
            self.assertEqual(state_on(bid, day).total, told, day)


@tagged("post_install", "-at_install")
class TestCurve(BaseCase):
    @PURE
    @given(
        st.lists(
            st.tuples(st.integers(0, 10**6), st.integers(0, 100)),
            min_size=1,
            max_size=9,
        ),
        st.text('<&甲"', max_size=4),
        st.booleans(),
    )
    def test_it_stays_inside(self, points, words, is_stepped):
        points = sorted(points)
        drawing = draw_curve(
            points,
            [(points[0][0], words)],
            title=words,
            is_stepped=is_stepped,
            marks=[Mark(points[-1][0], words)],
        )
        line = etree.fromstring(drawing).find("{*}polyline").get("points")
        for corner in line.split():
            x, y = map(float, corner.split(","))
            self.assertTrue(0 <= x <= WIDTH and 0 <= y <= HEIGHT, corner)


def brute_force(contests, places, measures):
    """(most points, least cost) over every choice of measures and people."""
    best = None
    people = sorted({place.person for place in places})
    keys = [contest.key for contest in contests]
    for number in range(len(measures) + 1):
        for chosen in combinations(measures, number):
            given = {(one.person, name) for one in chosen for name in one.gives}
            open_at = {
                (contest, person): [None]
                + [
                    place.post
                    for place in places
                    if (place.contest, place.person) == (contest, person)
                    and all(
                        any((person, name) in given for name in lack)
                        for lack in place.lacks
                    )
                ]
                for contest in keys
                for person in people
            }
            cost = sum(one.cost for one in chosen)
            for team in product(*open_at.values()):
                at = dict(zip(open_at, team, strict=True))
                if any(
                    at[contest.key, person] is not None
                    and at[other, person] is not None
                    for contest in contests
                    for other in contest.clashes
                    for person in people
                ):
                    continue
                points = sum(
                    seat.rule.points(
                        sum(at[contest.key, person] == seat.key for person in people)
                    )
                    for contest in contests
                    for seat in contest.seats
                )
                if best is None or (points, -cost) > best:
                    best = points, -cost
    return best[0], -best[1]


@tagged("post_install", "-at_install")
class TestMeasures(BaseCase):
    SEATS = (
        Seat(1, 1, PointsRule((Step(1, D(1)),))),
        Seat(2, 2, PointsRule((Step(1, D(1)), Step(2, D(2))))),
    )

    def test_paid_once_for_two_bids(self):
        contests = [Contest(1, self.SEATS[:1]), Contest(2, self.SEATS[:1])]
        places = [Place(1, 7, 1, (frozenset("a"),)), Place(2, 7, 1, (frozenset("a"),))]
        plan = cheapest_measures(
            contests, places, [Measure("m", 7, frozenset("a"), 500)]
        )
        self.assertEqual((plan.cost, plan.points), (500, {1: 1, 2: 1}))
        self.assertEqual(plan.before, {1: 0, 2: 0})

    def test_bids_that_clash_need_two_people(self):
        contests = [
            Contest(1, self.SEATS[:1], frozenset({2})),
            Contest(2, self.SEATS[:1], frozenset({1})),
        ]
        lack = (frozenset("a"),)
        places = [Place(bid, who, 1, lack) for bid in (1, 2) for who in (7, 8)]
        measures = [Measure(str(who), who, frozenset("a"), 500) for who in (7, 8)]
        plan = cheapest_measures(contests, places, measures)
        self.assertEqual((plan.cost, plan.points), (1000, {1: 1, 2: 1}))

    def test_nothing_to_do(self):
        plan = cheapest_measures([], [], [])
        self.assertEqual((plan.cost, plan.measures), (0, ()))

    names = st.sampled_from(["a", "b"])
    lacks = st.lists(st.frozensets(names, min_size=1), max_size=2).map(tuple)

    @settings(PURE, max_examples=25)
    @given(
        st.dictionaries(
            st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)),
            lacks,
            max_size=6,
        ),
        st.lists(st.tuples(st.integers(1, 2), names, st.integers(0, 5)), max_size=4),
        st.booleans(),
    )
    def test_against_brute_force(self, wanted, measures, clash):
        contests = [
            Contest(key, self.SEATS, frozenset({3 - key}) if clash else frozenset())
            for key in (1, 2)
        ]
        places = [Place(*at, lacks) for at, lacks in wanted.items()]
        measures = [
            Measure(str(number), person, frozenset(name), cost)
            for number, (person, name, cost) in enumerate(measures)
        ]
        plan = cheapest_measures(contests, places, measures)
        self.assertEqual(
            (sum(plan.points.values()), plan.cost),
            brute_force(contests, places, measures),
        )
