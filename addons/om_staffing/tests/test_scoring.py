from datetime import date
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.scoring import (
    Demand,
    Offer,
    PointsRule,
    Qualification,
    ScoreError,
    Step,
    all_or_nothing,
    evaluation_price,
    grouped_points,
    half_up,
    met_kinds,
    performance_points,
    price_scores,
    rank,
)

BID = date(2025, 12, 3)
ISO = ("9001", "27001", "20000", "45001")
PURE = settings(deadline=None, derandomize=True, database=None, max_examples=200)


def steps(*pairs):
    return PointsRule(steps=tuple(Step(count, D(points)) for count, points in pairs))


@tagged("post_install", "-at_install")
class TestScoring(BaseCase):
    def test_repairers_at_nine_and_ten(self):
        rule = steps((1, 1), (10, 2))
        won = [rule.points(number) for number in (0, 1, 9, 10, 11)]
        self.assertEqual(won, [0, 1, 1, 2, 2])
        self.assertEqual((rule.full, rule.useful), (2, 10))

    def test_electricians_at_three_and_four(self):
        rule = steps((1, 1), (4, 2))
        self.assertEqual([rule.points(number) for number in (3, 4)], [1, 2])

    def test_per_head(self):
        rule = PointsRule(per_head=D("0.4"), maximum=D(1))
        won = [rule.points(number) for number in range(4)]
        self.assertEqual(won, [D(0), D("0.4"), D("0.8"), D(1)])
        self.assertEqual(rule.useful, 3)

    def test_incomplete_rules(self):
        for wrong in (
            {},
            {"per_head": D(1)},
            {"steps": (Step(0, D(1)),)},
            {"steps": (Step(2, D(1)), Step(1, D(2)))},
            {"steps": (Step(1, D(1)),), "per_head": D(1), "maximum": D(1)},
        ):
            with self.assertRaises(ScoreError):
                PointsRule(**wrong)

    def test_iso_certificates(self):
        """All four 2; 0.5 less for each missing one; none 0."""
        for held, expected in ((4, "2"), (3, "1.5"), (2, "1"), (1, "0.5"), (0, "0")):
            won = grouped_points(ISO[:held], ISO, D(2), D("0.5"))
            self.assertEqual(won, D(expected))

    def test_licence_without_contractor_grade(self):
        demands = [Demand("smart", 2), Demand("safety")]
        licence = Qualification("safety")
        for held, expected in (
            ([licence], 0),
            ([Qualification("smart", 2)], 0),
            ([Qualification("smart", 3), licence], 0),
            ([Qualification("smart", 2), licence], 2),
            ([Qualification("smart", 1), licence], 2),
            ([Qualification("smart", 0), licence], 0),
            (
                [Qualification("smart", 1), Qualification("safety", valid_to=BID)],
                2,
            ),
            (
                [
                    Qualification("smart", 1),
                    Qualification("safety", valid_to=date(2025, 12, 2)),
                ],
                0,
            ),
        ):
            met = met_kinds(demands, held, BID)
            self.assertEqual(all_or_nothing(met, ("smart", "safety"), D(2)), expected)

    def test_scope(self):
        demand = [Demand("secret", 2, "运行维护")]
        wide = Qualification("secret", 2, "系统集成、运行维护")
        self.assertTrue(met_kinds(demand, [wide], BID))
        self.assertFalse(met_kinds(demand, [Qualification("secret", 1, "软件")], BID))

    def test_contract_signed_on_the_day(self):
        """Signed after 2022-11-30, strictly; at most 4."""
        after = date(2022, 11, 30)

        def won(*days):
            return performance_points(days, after, D(1), D(4))

        self.assertEqual(won(after), 0)
        self.assertEqual(won(after, date(2022, 12, 1)), 1)
        self.assertEqual(won(*[date(2023, 1, 1)] * 5), 4)

    def test_evaluation_price(self):
        """10 % or 4 % off, never both."""
        price = D(1000000)
        for offer, expected in (
            (Offer(price), 1000000),
            (Offer(price, "small"), 900000),
            (Offer(price, "prison"), 900000),
            (Offer(price, "disabled_welfare"), 900000),
            (Offer(price, "small", D(50)), 900000),
            (Offer(price, "small_partner", D(30)), 960000),
            (Offer(price, "small_partner", D("29.99")), 1000000),
            (Offer(price, "small_partner", D(30), True), 1000000),
        ):
            self.assertEqual(evaluation_price(offer), expected)

    def test_price_scores(self):
        ceiling = D("77133300.00")
        offers = [
            Offer(D("74980000")),
            Offer(D("75600000"), "small"),
            Offer(ceiling),
            Offer(ceiling + D("0.01")),
        ]
        # 68,040,000 is the benchmark: 68.04 / 74.98 and 68.04 / 77.1333 of 10
        self.assertEqual(
            price_scores(offers, ceiling), [D("9.07"), D("10.00"), D("8.82"), None]
        )
        self.assertEqual(price_scores([], ceiling), [])

    def test_half_up(self):
        self.assertEqual(half_up(D("9.075")), D("9.08"))
        self.assertEqual(half_up(D("9.0749")), D("9.07"))

    def test_rank(self):
        """Score, then the lower price."""
        totals = [(D(90), D(5)), (D(91), D(9)), (D(90), D(4))]
        self.assertEqual(rank(totals), [1, 2, 0])

    @PURE
    @given(st.lists(st.integers(1, 10**10), min_size=1, max_size=6))
    def test_lowest_price_wins_everything(self, prices):
        offers = [Offer(D(price) / 100) for price in prices]
        scores = price_scores(offers, D(10) ** 9)
        self.assertEqual(max(scores), scores[prices.index(min(prices))])
        self.assertEqual(max(scores), D("10.00"))
