from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.assignment import (
    Candidate,
    NoProofError,
    Team,
    best_team,
    cheapest_remedy,
)
from ..engine.evaluation import (
    Post,
    PostResult,
    evaluate_posts,
    remedy_prices,
    suitable_posts,
)
from ..engine.people import Certificate, Person, find_gaps, open_months, project
from ..engine.scoring import (
    Qualification,
    evaluation_price,
    low_price_alarms,
    price_scores,
)
from .om_tender import Hold

PAGE = 40


@dataclass
class Facts:
    """Everything that an evaluation is worked out from, as of a day.

    ``people`` is what the records prove; ``projected`` the same people if the insurance
    goes on until the bid, which differs only where the records do not reach it yet:
    ``open`` are the months that are missing for everybody.
    """

    day: date
    posts: list[Post]
    people: dict[int, Person]
    projected: dict[int, Person]
    open: tuple[int, ...]
    named: dict[int, list[int]]
    held: dict[int, Hold]

    def get_candidates(self):
        """The people as the assignment sees them; who is held elsewhere is none.

        A team is chosen for the day of the bid, so that people count as they are
        expected to then.
        """
        besides = {post.key for post in self.posts if post.besides}
        present, also = {}, {}
        for post, people in self.named.items():
            for person in people:
                if post in besides:
                    also.setdefault(person, set()).add(post)
                else:
                    present[person] = post
        free = [p for key, p in self.projected.items() if key not in self.held]
        return [
            Candidate(
                person,
                suits,
                present.get(person),
                besides=frozenset(also.get(person, ())),
            )
            for person, suits in suitable_posts(self.posts, free, self.day).items()
        ]


class OmBidEvaluation(models.Model):
    _inherit = "om.bid.evaluation"

    # ------------------------------------------------------------
    # For the compliance view
    # ------------------------------------------------------------

    @api.readonly
    def get_compliance(self, what_if=None):
        """Points won and lost with their reasons, as plain values.

        :param what_if: changes that are tried and not saved: ``date``, ``added``
            [[employee id, certificate id]], ``dropped`` [employee id], ``best`` (the
            best team instead of the people named)
        """
        self.ensure_one()
        self.check_access("read")
        if self.state == "frozen" and not what_if:
            return self.snapshot["compliance"]
        what_if = what_if or {}
        facts = self._get_what_counts(what_if)
        named = facts.named
        if what_if.get("best"):
            named = self._get_named(self._get_best_team(facts))
        results = evaluate_posts(facts.posts, facts.people, named, facts.day)
        projected = results
        if facts.open:
            projected = evaluate_posts(facts.posts, facts.projected, named, facts.day)
        return self._prepare_compliance(facts, results, projected, what_if)

    @api.readonly
    def get_advice(self, what_if=None):
        """The cheapest way to each point that even the best team loses."""
        self.ensure_one()
        self.check_access("read")
        facts = self._get_what_counts(what_if or {})
        candidates = facts.get_candidates()
        team = self._get_best_team(facts, candidates)
        prices = self._get_prices(facts)
        seats = [post.seat for post in facts.posts]
        free = [p for key, p in facts.projected.items() if key not in facts.held]
        advice = []
        for post in facts.posts:
            if not post.rule or team.points[post.key] >= post.rule.full:
                continue
            costs = remedy_prices(post, free, facts.day, prices)
            remedy = cheapest_remedy(seats, candidates, team, post.key, costs)
            advice.append(self._prepare_advice(facts, post, team, remedy))
        return {"total": _plain(team.total), "advice": advice}

    @api.readonly
    def get_people(self, what_if=None, search="", offset=0):
        """A page of people with what keeps each from each post."""
        self.ensure_one()
        self.check_access("read")
        facts = self._get_what_counts(what_if or {})
        # Names are known to every colleague.
        employees = self.env["hr.employee"].sudo()
        domain = [("id", "in", list(facts.people))]
        if search:
            domain.append(("name", "ilike", search))
        found = employees.search_fetch(domain, ["name"], order="name, id")
        words = self._get_words(facts.posts)
        page = found[offset : offset + PAGE]
        return {
            "total": len(found),
            "page": PAGE,
            "people": [
                {
                    "id": employee.id,
                    "name": employee.name,
                    "held": self._get_hold_words(facts.held.get(employee.id)),
                    "cells": [
                        self._prepare_cell(facts, post, employee.id, words)
                        for post in facts.posts
                    ],
                }
                for employee in page
            ],
        }

    @api.readonly
    def get_best_plan(self):
        """What naming the best team would change, before anything is changed: who is
        newly named, who is taken off, and which places stay empty for what reason."""
        self.ensure_one()
        self.check_access("read")
        return self._prepare_plan(self._get_plan())

    def action_apply_best(self):
        """Name the best team for the tender, in place of the present one.

        A team that would be empty replaces nobody.

        :return: what was really done, as ``get_best_plan``
        """
        self.ensure_one()
        self.check_access("write")
        tender = self.tender_id
        tender.check_access("write")
        if not tender.try_lock_for_update():
            raise UserError(
                self.env._("Somebody is changing this tender's team. Try again.")
            )
        plan = self._get_plan()
        if plan["wanted"]:
            plan["gone"].unlink()
            self.env["om.post.assignment"].create(
                [
                    {"post_id": post, "employee_id": person}
                    for post, person in plan["new"]
                ]
            )
        return self._prepare_plan(plan)

    def _get_plan(self):
        facts = self._get_what_counts({})
        team = self._get_best_team(facts)
        wanted = {
            (post, person)
            for post, people in self._get_named(team).items()
            for person in people
        }
        present = self._get_assignments()
        keys = {(one.post_id.id, one.employee_id.id) for one in present}
        gone = present.filtered(
            lambda one: (one.post_id.id, one.employee_id.id) not in wanted
        )
        return {
            "facts": facts,
            "team": team,
            "wanted": wanted,
            "new": sorted(wanted - keys),
            # An empty team replaces nobody.
            "gone": gone if wanted else gone.browse(),
            # Names are known to every colleague.
            "gone_names": gone.employee_id.sudo().mapped("name") if wanted else [],
            "kept": len(wanted & keys),
        }

    def _prepare_plan(self, plan):
        empty = self._get_empty_words(plan["facts"], plan["team"])
        lines = self._get_plan_words(plan)
        kind = "success"
        if empty or not plan["wanted"]:
            kind = "warning"
        elif not plan["new"] and not plan["gone"]:
            kind = "info"
        return {
            "named": len(plan["wanted"]),
            "new": len(plan["new"]),
            "gone": len(plan["gone"]),
            "kept": plan["kept"],
            "empty": len(empty),
            "type": kind,
            "lines": lines + empty,
        }

    # ------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------

    def _get_what_counts(self, what_if):
        day = fields.Date.to_date(what_if.get("date")) or self.date
        tender = self.tender_id
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search([("company_id", "=", self.company_id.id)])
        )
        people = employees.get_people(day, self.company_id.partner_id)
        for key, skill in what_if.get("added") or []:
            if key in people:
                person = people[key]
                added = Certificate(str(int(skill)))
                people[key] = replace(
                    person, certificates=(*person.certificates, added)
                )
        for key in what_if.get("dropped") or []:
            people.pop(key, None)
        named = {post.id: [] for post in tender.post_ids}
        for one in self._get_assignments():
            if one.employee_id.id in people:
                named[one.post_id.id].append(one.employee_id.id)
        held = {key: hold for key, hold in tender.get_held().items() if key in people}
        posts = tender.post_ids.get_rules()
        coming = ()
        if any(post.requirement.insurance_months for post in posts):
            # The records reach as far for everybody.
            person = next(iter(people.values()), None)
            coming = open_months(person.recorded_to, day) if person else ()
        projected = people
        if coming:
            projected = {key: project(one, day) for key, one in people.items()}
        return Facts(day, posts, people, projected, coming, named, held)

    def _get_assignments(self):
        return self.env["om.post.assignment"].search(
            [("tender_id", "=", self.tender_id.id)]
        )

    @api.model
    def _get_best_team(self, facts, candidates=None):
        seats = [post.seat for post in facts.posts]
        try:
            return best_team(seats, candidates or facts.get_candidates())
        except NoProofError as error:
            raise UserError(
                self.env._(
                    "No team could be proven to be the best one; none is proposed."
                )
            ) from error

    @api.model
    def _get_named(self, team: Team):
        """{post: people} of a team."""
        named = {post: list(people) for post, people in team.besides.items()}
        for person, post in sorted(team.posts.items()):
            named.setdefault(post, []).append(person)
        return named

    @api.model
    def _get_prices(self, facts):
        kinds = {
            int(kind)
            for post in facts.posts
            for kind in post.requirement.all_of | post.requirement.any_of
        }
        skills = self.env["hr.skill"].browse(sorted(kinds))
        return {str(skill.id): skill.exam_price for skill in skills}

    # ------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------

    def _prepare_compliance(self, facts, results, projected, what_if):
        rules = self._prepare_rules(facts.day)
        price = self._prepare_price()
        posts = self._prepare_posts(facts, results, projected)
        more = sum((result.points for result in projected), Decimal("0.00"))
        team = sum((result.points for result in results), Decimal("0.00"))
        full = sum((result.full for result in results), Decimal("0.00"))
        total = team + sum((Decimal(str(rule["points"])) for rule in rules), Decimal(0))
        everything = full + sum(
            (Decimal(str(rule["full"])) for rule in rules), Decimal(0)
        )
        if price["points"] is not None:
            total += Decimal(str(price["points"]))
        everything += Decimal(str(price["full"]))
        return {
            "evaluation": {
                "id": self.id,
                "name": self.name,
                "state": self.state,
                "tender": self.tender_id.name,
                "editable": self.has_access("write")
                and self.tender_id.state in ("preparing", "running"),
            },
            "date": fields.Date.to_string(facts.day),
            "what_if": bool(what_if),
            "total": _plain(total),
            "full": _plain(everything),
            "team": {"points": _plain(team), "full": _plain(full)},
            "projected": {
                "total": _plain(total - team + more),
                "team": _plain(more),
            }
            if facts.open
            else None,
            "notes": self._get_notes(facts),
            "posts": posts,
            "rules": rules,
            "price": price,
            "expiring": self._prepare_expiring(facts, results),
        }

    def _prepare_posts(self, facts, results: list[PostResult], projected):
        words = self._get_words(facts.posts)
        keys = {key for result in results for key in result.counted}
        keys |= {key for result in results for key, _gaps in result.failing}
        # Names are known to every colleague.
        names = {e.id: e.name for e in self.env["hr.employee"].sudo().browse(keys)}
        posts = {post.id: post for post in self.tender_id.post_ids}
        answer = []
        for result, expected in zip(results, projected, strict=True):
            coming = set(expected.counted) - set(result.counted)
            people = [(key, "counts", ()) for key in result.counted]
            people += [
                (key, "projected" if key in coming else "fails", gaps)
                for key, gaps in result.failing
            ]
            answer.append(
                {
                    "id": result.key,
                    "name": posts[result.key].name,
                    "need": posts[result.key].need,
                    "besides": posts[result.key].besides,
                    "demands": self._get_demand_words(posts[result.key]),
                    "points": _plain(result.points),
                    "projected": _plain(expected.points),
                    "full": _plain(result.full),
                    "lost": _plain(result.lost),
                    "missing": result.missing,
                    "words": self._get_result_words(
                        posts[result.key], result, expected
                    ),
                    "people": [
                        {
                            "id": key,
                            "name": names[key],
                            "counts": status == "counts",
                            "status": status,
                            "reasons": [
                                self._get_gap_words(gap, words) for gap in gaps
                            ],
                            "held": self._get_hold_words(facts.held.get(key)),
                        }
                        for key, status, gaps in people
                    ],
                }
            )
        return answer

    def _prepare_cell(self, facts, post, key, words):
        gaps = find_gaps(facts.people[key], post.requirement, facts.day)
        status = "fails" if gaps else "counts"
        if gaps and not find_gaps(facts.projected[key], post.requirement, facts.day):
            status = "projected"
        return {
            "post": post.key,
            "named": key in facts.named[post.key],
            "counts": not gaps,
            "status": status,
            "reasons": [self._get_gap_words(gap, words) for gap in gaps],
        }

    def _prepare_rules(self, day):
        company = self.company_id
        held = self.env["om.qualification"].search([("company_id", "=", company.id)])
        facts = [
            Qualification(
                str(one.type_id.id),
                one.grade,
                one.scope or "",
                one.valid_from or None,
                one.valid_to or None,
            )
            for one in held
        ]
        signed = [
            one.signed_on
            for one in self.env["om.reference"].search(
                [("company_id", "=", company.id), ("is_om", "=", True)]
            )
            # A contract that is signed after the bid is no reference of it.
            if one.signed_on <= day
        ]
        rules = []
        for rule in self.tender_id.rule_ids:
            points = rule.get_points(facts, signed, day)
            rules.append(
                {
                    "id": rule.id,
                    "name": rule.name,
                    "kind": rule.kind,
                    "points": _plain(points),
                    "full": rule.points,
                    "lost": _plain(Decimal(str(rule.points)) - points),
                    "words": self._get_rule_words(rule, facts, signed, day),
                }
            )
        return rules

    def _prepare_price(self):
        full = Decimal(str(self.tender_id.price_points))
        ceiling = Decimal(str(self.tender_id.ceiling)) or Decimal("Infinity")
        offers = [line._get_offer() for line in self.offer_ids]
        scores = price_scores(offers, ceiling, full)
        lines = [
            {
                "name": line.name,
                "ours": line.is_ours,
                "price": line.price,
                "evaluated": _plain(evaluation_price(offer)),
                "points": None if score is None else _plain(score),
            }
            for line, offer, score in zip(self.offer_ids, offers, scores, strict=True)
        ]
        ours = [line for line in lines if line["ours"]]
        points = ours[0]["points"] if ours else None
        return {
            "full": _plain(full),
            "points": points,
            "invalid": bool(ours) and points is None,
            "lines": lines,
            "words": self._get_schedule_words(ours[0]["price"]) if ours else "",
            "alarms": self._get_alarm_words(offers) if ours else [],
        }

    def _get_alarm_words(self, offers):
        """Why the committee would ask us to justify a low price, in sentences: of the
        bids on the list those that are valid are taken for those that passed."""
        ceiling = Decimal(str(self.tender_id.ceiling))
        passed = [
            offer.price
            for offer in offers
            if offer.price > 0 and (not ceiling or offer.price <= ceiling)
        ]
        own = next(
            offer.price
            for line, offer in zip(self.offer_ids, offers, strict=True)
            if line.is_ours
        )
        return [
            self._get_alarm_text(alarm.kind, f"{alarm.threshold:,.2f}")
            for alarm in low_price_alarms(own, passed, ceiling)
        ]

    def _get_alarm_text(self, kind, threshold):
        if kind == "mean":
            return self.env._(
                "Our price is below 50 %% of the mean of the bids (%s): the committee"
                " asks for reasons, and without them the bid is invalid.",
                threshold,
            )
        if kind == "second":
            return self.env._(
                "Our price is below 50 %% of the second lowest bid (%s): the committee"
                " asks for reasons, and without them the bid is invalid.",
                threshold,
            )
        return self.env._(
            "Our price is below 45 %% of the ceiling (%s): the committee asks for"
            " reasons, and without them the bid is invalid.",
            threshold,
        )

    @api.model
    def _get_schedule_words(self, price):
        """That the price schedule adds up to something else than our bid, in words;
        unit prices win over a wrong total (Shunyi's tender, chapter 4)."""
        schedule = self._get_price_rows()
        if not schedule["rows"] or not self.currency_id.compare_amounts(
            schedule["total"], price
        ):
            return ""
        return self.env._(
            "The price schedule adds up to %(total)s, which would win over our bid of"
            " %(price)s.",
            total=f"{schedule['total']:,.2f}",
            price=f"{price:,.2f}",
        )

    def _prepare_expiring(self, facts, results):
        """Certificates that count and end before the contract does, soonest first."""
        end = self.tender_id.service_end
        if not end:
            return []
        needs = {post.key: post.requirement for post in facts.posts}
        names = self._get_words(facts.posts)
        rows = {}
        for result in results:
            wanted = needs[result.key].all_of | needs[result.key].any_of
            for key in result.counted:
                for kind in wanted:
                    held = [
                        one.valid_to or date.max
                        for one in facts.people[key].certificates
                        if one.kind == kind and (one.valid_to or date.max) >= facts.day
                    ]
                    if held and max(held) <= end:
                        rows[key, kind] = max(held)
        people = self.env["hr.employee"].sudo().browse({key for key, _kind in rows})
        who = {employee.id: employee.name for employee in people}
        ending = [
            (day, who[key], names[kind]) for (key, kind), day in rows.items()
        ] + self._get_expiring_qualifications(facts.day, end)
        return [
            {
                "name": name,
                "certificate": certificate,
                "valid_to": fields.Date.to_string(day),
            }
            for day, name, certificate in sorted(ending)
        ]

    def _get_expiring_qualifications(self, day, end):
        """[(last day, company, certificate)] of the enterprise's certificates that the
        tender asks for and of which no version lasts longer than ``end``."""
        Qualification = self.env["om.qualification"]
        last = {}
        for one in Qualification.search(
            fields.Domain("company_id", "=", self.company_id.id)
            & fields.Domain(
                "type_id", "in", self.tender_id.rule_ids.item_ids.type_id.ids
            )
            & (
                fields.Domain("valid_to", "=", False)
                | fields.Domain("valid_to", ">=", day)
            )
        ):
            valid_to = one.valid_to or date.max
            last[one.type_id] = max(last.get(one.type_id, valid_to), valid_to)
        return [
            (valid_to, self.company_id.name, kind.name)
            for kind, valid_to in last.items()
            if valid_to <= end
        ]

    def _prepare_advice(self, facts, post, team, remedy):
        name = self.env["om.post"].browse(post.key).name
        advice = {
            "post": post.key,
            "name": name,
            "lost": _plain(post.rule.full - team.points[post.key]),
            "found": bool(remedy),
            "added": [],
        }
        if not remedy:
            ready = self._get_ready_words(facts, post, team)
            advice["words"] = " ".join(
                filter(
                    None,
                    [
                        self.env._(
                            "%s: no certificate alone would win the missing points;"
                            " people are missing who meet the other demands.",
                            name,
                        ),
                        ready,
                    ],
                )
            )
            return advice
        words = self._get_words(facts.posts)
        prices = self._get_prices(facts)
        people = self.env["hr.employee"].sudo().browse(remedy.people)
        lines = []
        for employee in people:
            kinds = [
                gap.certificate
                or min(gap.options, key=lambda kind: (prices[kind], kind))
                for gap in find_gaps(
                    facts.projected[employee.id], post.requirement, facts.day
                )
            ]
            advice["added"] += [[employee.id, int(kind)] for kind in kinds]
            lines.append(" ".join([employee.name, *(words[kind] for kind in kinds)]))
        advice["words"] = self.env._(
            "%(post)s: +%(gain)s points for about %(cost)s yuan. %(who)s",
            post=name,
            gain=_plain(remedy.gain),
            cost=remedy.cost,
            who=" · ".join(lines),
        )
        ready = self._get_ready_words(facts, post, team)
        if ready:
            advice["words"] = f"{advice['words']} {ready}"
        return advice


def _plain(value):
    """A figure of two decimals that JSON can carry."""
    return float(value)
