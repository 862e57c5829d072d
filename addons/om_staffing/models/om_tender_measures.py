from odoo import api, models

from odoo.addons.om_base.tools import beijing

from ..engine.evaluation import lacks_only_certificates, standing_of
from ..engine.measures import Contest, Measure, Place
from ..engine.people import month_number
from ..engine.readiness import Bid


class OmTender(models.Model):
    _inherit = "om.tender"

    def action_plan_measures(self):
        """Open the cheapest measures for this bid and the others in preparation."""
        others = self.search(
            [
                ("state", "=", "preparing"),
                ("bid_date", ">=", beijing.today()),
                ("company_id", "=", self.company_id.id),
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cheapest Measures"),
            "res_model": "om.bid.measures",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_tender_ids": (self | others).ids},
        }

    @api.model
    def _get_measures(self, tenders, hire_price):
        """(contests, places, measures) of bids for the programme, and {person: name}.

        Who meets all of a post but certificates could count with those; who has too
        little insurance, experience or degree could not. People whom running contracts
        hold are left out.

        :param hire_price: of one new person, who has what a post asks for; 0: nobody is
            hired. The person needs the months of insurance before the bid, too.
        """
        today = beijing.today()
        contests, places, names = [], [], {}
        wanted, hires = {}, {}
        skills = self.env["hr.skill"]
        for tender in tenders:
            day = tender.bid_date or today
            company = tender.company_id
            # sudo: as for the points of the bid, which those who ask may read.
            employees = (
                self.env["hr.employee"].sudo().search([("company_id", "=", company.id)])
            )
            posts = [post for post in tender.post_ids.get_rules() if not post.besides]
            held = tender.get_held()
            people = employees.get_people(day, company.partner_id)
            bid = Bid(day, posts, people)
            contests.append(
                Contest(
                    tender.id,
                    tuple(post.seat for post in posts),
                    frozenset(
                        other.id for other in tenders - tender if tender._clashes(other)
                    ),
                )
            )
            names |= {one.id: one.name for one in employees}
            for key, person in bid.people_on(day).items():
                if key in held:
                    continue
                standing = standing_of(person, day)
                for post in posts:
                    needs = post.requirement
                    if not lacks_only_certificates(standing, needs):
                        continue
                    lacks = [
                        frozenset({kind}) for kind in needs.all_of - standing.valid
                    ]
                    if needs.any_of and needs.any_of.isdisjoint(standing.valid):
                        lacks.append(needs.any_of)
                    places.append(Place(tender.id, key, post.key, tuple(lacks)))
                    for kind in frozenset().union(*lacks):
                        wanted[key, kind] = max(wanted.get((key, kind), day), day)
            if not hire_price:
                continue
            for post in posts:
                months = post.requirement.insurance_months
                if (
                    post.rule is None
                    or month_number(day) - month_number(today) < months
                ):
                    continue
                for number in range(post.rule.useful):
                    # The same new people serve the posts that are called alike.
                    name = tender.post_ids.browse(post.key).name
                    key = hires.setdefault((name, number), -len(hires) - 1)
                    names[key] = self.env._("new: %s", name)
                    given = frozenset({f"hired {name}"})
                    places.append(Place(tender.id, key, post.key, (given,)))
        kinds = skills.browse(sorted({int(kind) for _key, kind in wanted}))
        prices = {str(skill.id): skill.exam_price for skill in kinds}
        measures = [
            Measure(f"{key}-{kind}", key, frozenset({kind}), int(prices[kind] or 1))
            for key, kind in sorted(wanted)
        ] + [
            Measure(f"hire{key}", key, frozenset({f"hired {name}"}), int(hire_price))
            for (name, _number), key in hires.items()
        ]
        return contests, places, measures, names

    def _clashes(self, other):
        """Whether nobody could serve both contracts: their services overlap, or it is
        not known when they are."""
        known = (
            self.service_start,
            self.service_end,
            other.service_start,
            other.service_end,
        )
        return not all(known) or (
            self.service_start <= other.service_end
            and other.service_start <= self.service_end
        )
