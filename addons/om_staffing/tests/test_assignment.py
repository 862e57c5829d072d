from decimal import Decimal as D
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.assignment import Candidate, Seat, best_team, cheapest_remedy
from ..engine.scoring import PointsRule, Step

PURE = settings(deadline=None, derandomize=True, database=None, max_examples=60)
RULES = (
    None,
    PointsRule(steps=(Step(1, D(1)),)),
    PointsRule(steps=(Step(1, D(1)), Step(3, D(2)))),
    PointsRule(per_head=D("0.5"), maximum=D("1.5")),
)
POSTS = range(3)


def worth(seats, candidates, posts):
    """The four aims of an assignment, smaller is better; None if it is not allowed."""
    heads = {seat.key: 0 for seat in seats}
    for post in posts.values():
        heads[post] += 1
    if any(heads[seat.key] > seat.most for seat in seats):
        return None
    people = {one.key: one for one in candidates}
    suits = {
        one.key: frozenset((one.present,)) if one.locked else one.suits
        for one in candidates
    }
    return (
        -sum((seat.rule.points(heads[seat.key]) for seat in seats if seat.rule), D(0)),
        sum(max(0, seat.need - heads[seat.key]) for seat in seats),
        sum(len(suits[person]) for person in posts),
        sum(people[person].present != post for person, post in posts.items()),
    )


def brute_force(seats, candidates):
    """The best worth of all assignments there are."""
    choices = []
    for one in candidates:
        suits = {one.present} if one.locked else one.suits
        choices.append([None, *sorted(suits & {seat.key for seat in seats})])
    found = []
    for combination in product(*choices):
        posts = {
            one.key: post
            for one, post in zip(candidates, combination, strict=True)
            if post is not None
        }
        found.append(worth(seats, candidates, posts))
    return min(one for one in found if one is not None)


@tagged("post_install", "-at_install")
class TestAssignment(BaseCase):
    @PURE
    @given(st.data())
    def test_equals_brute_force(self, data):
        seats = [
            Seat(key, data.draw(st.integers(0, 2)), data.draw(st.sampled_from(RULES)))
            for key in POSTS
        ]
        candidates = []
        for key in range(5):
            present = data.draw(st.sampled_from((None, *POSTS)))
            candidates.append(
                Candidate(
                    key,
                    data.draw(st.frozensets(st.sampled_from(POSTS))),
                    present,
                    present is not None and data.draw(st.booleans()),
                )
            )
        team = best_team(seats, candidates)
        self.assertEqual(
            worth(seats, candidates, team.posts), brute_force(seats, candidates)
        )
        for one in candidates:
            if one.key in team.posts:
                self.assertIn(
                    team.posts[one.key], {one.present} if one.locked else one.suits
                )

    def test_one_person_with_all_certificates(self):
        """Holds one post only, however many would suit."""
        one_point = PointsRule(steps=(Step(1, D(1)),))
        seats = [Seat(key, 1, one_point) for key in range(6)]
        team = best_team(seats, [Candidate(1, frozenset(range(6)))])
        self.assertEqual((len(team.posts), team.total), (1, D(1)))

    def test_scarce_person_is_spared(self):
        one_point = PointsRule(steps=(Step(1, D(1)),))
        team = best_team(
            [Seat(0, 1, one_point)],
            [Candidate(1, frozenset((0, 1, 2))), Candidate(2, frozenset((0,)))],
        )
        self.assertEqual(team.posts, {2: 0})

    def test_present_assignment_is_kept(self):
        seats = [Seat(0, 2), Seat(1, 2)]
        people = [
            Candidate(key, frozenset((0, 1)), present)
            for key, present in ((1, 1), (2, 0), (3, 1), (4, 0))
        ]
        team = best_team(seats, people)
        self.assertEqual(team.posts, {1: 1, 2: 0, 3: 1, 4: 0})

    def test_manager_is_one_of_the_nine(self):
        """The emergency centre: who manages is one of the engineers."""
        seats = [Seat(0, 6), Seat(1, 3), Seat(2, 1, besides=True)]
        people = [Candidate(key, frozenset((0,))) for key in range(6)]
        people += [Candidate(key, frozenset((1,))) for key in range(6, 10)]
        people.append(Candidate(10, frozenset((1, 2))))
        team = best_team(seats, people)
        self.assertEqual(team.heads, {0: 6, 1: 3, 2: 1})
        self.assertEqual(len(team.posts), 9)
        self.assertEqual(team.besides[2], (10,))
        self.assertEqual(team.posts[10], 1)

    def test_manager_alone_is_none(self):
        seats = [Seat(0, 1), Seat(1, 1, besides=True)]
        people = [Candidate(1, frozenset((0,))), Candidate(2, frozenset((1,)))]
        self.assertEqual(best_team(seats, people).heads, {0: 1, 1: 0})

    def test_nobody(self):
        team = best_team([Seat(0, 1, RULES[1])], [])
        self.assertEqual((team.posts, team.total, team.heads), ({}, 0, {0: 0}))

    def test_cheapest_remedy(self):
        rule = PointsRule(steps=(Step(1, D(1)), Step(3, D(2))))
        seats = [Seat(0, 3, rule)]
        people = [Candidate(1, frozenset((0,)))]
        people += [Candidate(key, frozenset()) for key in (2, 3, 4)]
        team = best_team(seats, people)
        remedy = cheapest_remedy(seats, people, team, 0, {2: 900, 3: 300, 4: 500})
        self.assertEqual((remedy.gain, remedy.cost), (D(1), 800))
        self.assertEqual(remedy.people, (3, 4))
        self.assertIsNone(cheapest_remedy(seats, people, team, 0, {2: 900}))
        self.assertIsNone(cheapest_remedy(seats, people, team, 0, {}))
