"""Time the best team and the compliance view; reports one JSON line."""

import json
import random
import time
from datetime import date
from decimal import Decimal

from odoo.addons.om_staffing.engine.assignment import Candidate, Seat, best_team
from odoo.addons.om_staffing.engine.scoring import PointsRule, Step

ENV = env  # noqa: F821  (the shell provides it)
POSTS, KINDS = 60, 30
DRAW = random.Random(2026)
# How often a certificate is held: the driving licence by half of all, rare ones by few.
SHARES = [0.5, 0.3, 0.2, 0.15, 0.1] + [0.05] * 10 + [0.01] * 15
# A post asks for one or two kinds of certificate and for one to ten heads.
DEMANDS = [
    (
        frozenset(DRAW.sample(range(KINDS), DRAW.choice((1, 1, 2)))),
        DRAW.randint(1, 10),
    )
    for _post in range(POSTS)
]


def draw_kinds(shares):
    return {kind for kind, share in enumerate(shares) if DRAW.random() < share}


def time_engine(what, shares):
    seats = [
        Seat(
            key,
            heads,
            PointsRule(
                steps=(Step(1, Decimal(1)), Step(heads, Decimal(2)))
                if heads > 1
                else (Step(1, Decimal(1)),)
            ),
        )
        for key, (_kinds, heads) in enumerate(DEMANDS)
    ]
    people = []
    for person in range(2000):
        held = draw_kinds(shares)
        suits = frozenset(
            key for key, (kinds, _heads) in enumerate(DEMANDS) if kinds <= held
        )
        if DRAW.random() < 0.1:
            suits = frozenset()
        present = DRAW.choice(sorted(suits)) if suits and DRAW.random() < 0.2 else None
        people.append(Candidate(person, suits, present))
    started = time.monotonic()
    team = best_team(seats, people)
    return {
        "what": what,
        "people": 2000,
        "posts": POSTS,
        "points": float(team.total),
        "seconds": time.monotonic() - started,
        "queries": None,
    }


def make_tender():
    kind = ENV.ref("om_staffing.skill_type_certificate")
    skills = ENV["hr.skill"].create(
        [
            {"name": f"Certificate {number}", "skill_type_id": kind.id}
            for number in range(KINDS)
        ]
    )
    tender = ENV["om.tender"].create(
        {
            "name": "Bench",
            "bid_date": date(2025, 12, 3),
            "post_ids": [
                (
                    0,
                    0,
                    {
                        "name": f"Post {key}",
                        "need": heads,
                        "insurance_months": 3,
                        "points_rule": "all",
                        "points": 1,
                        "all_skill_ids": [(6, 0, [skills[kind].id for kind in kinds])],
                    },
                )
                for key, (kinds, heads) in enumerate(DEMANDS)
            ],
        }
    )
    return tender, skills


def hire(number, skills):
    level = ENV.ref("om_staffing.skill_level_held")
    employees = ENV["hr.employee"].create(
        [{"name": f"Bench {index:04d}"} for index in range(number)]
    )
    ENV["hr.employee.skill"].create(
        [
            {
                "employee_id": employee.id,
                "skill_type_id": level.skill_type_id.id,
                "skill_id": skills[kind].id,
                "skill_level_id": level.id,
                "valid_from": date(2024, 1, 1),
            }
            for employee in employees
            for kind in draw_kinds(SHARES)
        ]
    )
    ENV["om.social.insurance"].create(
        [
            {"employee_id": employee.id, "month": date(2025, month, 1)}
            for employee in employees
            for month in (9, 10, 11)
            if DRAW.random() > 0.03
        ]
    )


def time_view(what, evaluation, what_if, people):
    ENV.flush_all()
    ENV.invalidate_all()
    queries, started = ENV.cr.sql_log_count, time.monotonic()
    answer = evaluation.get_compliance(what_if)
    return {
        "what": what,
        "people": people,
        "posts": POSTS,
        "points": answer["team"]["points"],
        "seconds": time.monotonic() - started,
        "queries": ENV.cr.sql_log_count - queries,
    }


def main():
    ENV.company.partner_id.name = "Bench"
    results = [
        time_engine("engine, certificates as in the trade", SHARES),
        time_engine("engine, every certificate held by 15 %", [0.15] * KINDS),
    ]
    tender, skills = make_tender()
    evaluation = ENV["om.bid.evaluation"].create({"tender_id": tender.id})
    for more, total in ((500, 500), (1500, 2000)):
        hire(more, skills)
        time_view("", evaluation, None, total)
        for what, what_if in (("people named", None), ("best team", {"best": True})):
            results.append(
                time_view(f"compliance view, {what}", evaluation, what_if, total)
            )
    print("BENCH " + json.dumps(results))
    ENV.cr.rollback()


main()
