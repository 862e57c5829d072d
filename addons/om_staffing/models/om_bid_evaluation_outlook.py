from decimal import Decimal

from odoo import models

from ..engine.bid_price import Rival
from ..engine.readiness import Bid, Rule
from ..engine.scoring import Qualification


class OmBidEvaluation(models.Model):
    """What lies ahead of a bid: its points on days to come, and its price."""

    _inherit = "om.bid.evaluation"

    def action_view_readiness(self):
        """Open the points of days to come as a curve."""
        return self._open_outlook("om.bid.readiness", self.env._("Readiness"))

    def action_try_prices(self):
        """Open what becomes of our bid at which price."""
        return self._open_outlook("om.bid.price", self.env._("What Price Wins"))

    def action_correct_prices(self):
        """Open how the committee would correct what a bid prints."""
        return self._open_outlook("om.bid.correction", self.env._("Check the Prices"))

    def _open_outlook(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_evaluation_id": self.id},
        }

    def _get_rivals(self):
        """(ours, the others) as the engine of prices sees them."""
        self.ensure_one()
        rivals = [
            (
                line.is_ours,
                Rival(
                    line._get_offer(),
                    Decimal(str(line.other_points)),
                    Decimal(str(line.technical_points)),
                    number,
                ),
            )
            for number, line in enumerate(self.offer_ids)
        ]
        ours = next((rival for is_ours, rival in rivals if is_ours), None)
        return ours, [rival for is_ours, rival in rivals if not is_ours]

    def _get_bid(self, is_best=False):
        """What the points of the bid follow from, for the engine of readiness."""
        self.ensure_one()
        facts = self._get_what_counts({})
        # sudo: as for the points of the bid; experience is personal data.
        employees = self.env["hr.employee"].sudo().browse(facts.people)
        periods = employees._get_experience()
        return Bid(
            bid_day=facts.day,
            posts=facts.posts,
            people=facts.people,
            named={} if is_best else facts.named,
            rules=[
                Rule(
                    rule.id,
                    rule.kind,
                    Decimal(str(rule.points)),
                    Decimal(str(rule.step)),
                    tuple(rule._get_demands()),
                    rule.signed_after or None,
                )
                for rule in self.tender_id.rule_ids
            ],
            held=self._get_held_certificates(),
            signed=[
                one.signed_on
                for one in self.env["om.reference"].search(
                    [("company_id", "=", self.company_id.id), ("is_om", "=", True)]
                )
            ],
            support=periods["support"],
            manager=periods["site_manager"],
            away=frozenset(facts.held),
        )

    def _get_held_certificates(self):
        return [
            Qualification(
                str(one.type_id.id),
                one.grade,
                one.scope or "",
                one.valid_from or None,
                one.valid_to or None,
            )
            for one in self.env["om.qualification"].search(
                [("company_id", "=", self.company_id.id)]
            )
        ]

    def _get_change_words(self, bid, step):
        """What changes on a day and why, a sentence each."""
        words = self._get_words(bid.posts)
        posts = {post.id: post.name for post in self.tender_id.post_ids}
        rules = {rule.id: rule for rule in self.tender_id.rule_ids}
        kinds = {
            str(kind.id): kind.name for kind in rules and self._get_rule_kinds(rules)
        }
        keys = {key for change in step.changes for key, _gaps in change.gone}
        keys |= {key for change in step.changes for key in change.come}
        # Names are known to every colleague.
        names = {
            one.id: one.name for one in self.env["hr.employee"].sudo().browse(keys)
        }
        sentences = []
        for change in step.changes:
            what = (
                posts[change.key] if change.what == "post" else rules[change.key].name
            )
            reasons = [
                " ".join(
                    [names[key], *(self._get_gap_words(gap, words) for gap in gaps)]
                )
                for key, gaps in change.gone
                if gaps
            ]
            reasons += [
                self.env._("%s counts", names[key])
                for key in change.come
                if change.after > change.before
            ]
            reasons += [
                self.env._("%s has ended", kinds[one])
                if one in kinds
                else self.env._("the contract of %s is too old", one)
                for one in change.lost
            ]
            reasons += [
                self.env._("%s counts", kinds[one])
                if one in kinds
                else self.env._("the contract of %s counts", one)
                for one in change.won
            ]
            sentences.append(
                self.env._(
                    "%(what)s: %(before).2f → %(after).2f. %(reasons)s",
                    what=what,
                    before=change.before,
                    after=change.after,
                    reasons=self._om_join_clauses(reasons),
                )
            )
        return sentences

    def _get_rule_kinds(self, rules):
        return self.env["om.tender.rule"].browse(rules).item_ids.type_id
