from odoo import api, models
from odoo.tools import format_list

from ..engine.people import find_gaps, month_text
from ..engine.scoring import met_kinds

# So many names say who could help; more would only fill the screen.
NAMES = 3


def _span(months):
    """Months in a row as people write them."""
    if len(months) == 1:
        return month_text(months[0])
    return f"{month_text(months[0])} – {month_text(months[-1])}"


class OmBidEvaluation(models.Model):
    """Why points are won or lost, in words."""

    _inherit = "om.bid.evaluation"

    @api.model
    def _get_words(self, posts):
        """{certificate key: name} of all that posts ask for, and {post key: name}."""
        kinds = {
            int(kind)
            for post in posts
            for kind in post.requirement.all_of | post.requirement.any_of
        }
        words = {
            str(skill.id): skill.name
            for skill in self.env["hr.skill"].browse(sorted(kinds))
        }
        for post in self.env["om.post"].browse([post.key for post in posts]):
            words[post.id] = post.name
        return words

    @api.model
    def _get_gap_words(self, gap, words):
        """One thing that keeps a person from counting, in words."""
        labels = self._get_rank_labels()
        name = words.get(gap.certificate, "")
        wordings = {
            "certificate_missing": lambda: self.env._("no %s", name),
            "certificate_expired": lambda: self.env._(
                "%(certificate)s expired on %(day)s", certificate=name, day=gap.day
            ),
            "certificate_not_yet_valid": lambda: self.env._(
                "%(certificate)s is valid from %(day)s only",
                certificate=name,
                day=gap.day,
            ),
            "certificate_any_missing": lambda: self.env._(
                "none of: %s",
                format_list(self.env, (words[kind] for kind in gap.options)),
            ),
            "insurance": lambda: self._get_insurance_words(gap),
            "insurance_open": lambda: self.env._(
                "%(have)s months of social insurance to %(until)s (%(need)s needed);"
                " %(open)s not yet on record",
                have=gap.have,
                until=month_text(gap.until),
                need=gap.need,
                open=_span(gap.open),
            ),
            "degree": lambda: self.env._(
                "degree: %(need)s needed, %(have)s on record",
                need=labels["degree"][gap.need],
                have=labels["degree"][gap.have],
            ),
            "title": lambda: self.env._(
                "professional title: %(need)s needed, %(have)s on record",
                need=labels["title"][gap.need],
                have=labels["title"][gap.have],
            ),
            "years": lambda: self.env._(
                "%(have).1f of %(need).1f years of support work",
                have=gap.have,
                need=gap.need,
            ),
            "manager_years": lambda: self.env._(
                "%(have).1f of %(need).1f years as site manager",
                have=gap.have,
                need=gap.need,
            ),
            "clearance": lambda: self._get_record_words(
                gap, self.env._("criminal record check")
            ),
            "secrecy": lambda: self._get_record_words(
                gap, self.env._("secrecy training")
            ),
            "twice": lambda: self.env._(
                "named for “%s” as well; counts there only", words.get(gap.post, "")
            ),
        }
        return wordings[gap.kind]()

    @api.model
    def _get_insurance_words(self, gap):
        """Too few months of insurance, with the last one if they broke off."""
        if gap.have:
            return self.env._(
                "%(have)s of %(need)s months of social insurance in a row",
                have=gap.have,
                need=gap.need,
            )
        if gap.until:
            return self.env._(
                "social insurance broke off after %(until)s; %(need)s months in a row"
                " are needed",
                until=month_text(gap.until),
                need=gap.need,
            )
        return self.env._(
            "no social insurance with the bidder on record; %s months are needed",
            gap.need,
        )

    @api.model
    def _get_hold_words(self, hold):
        """By what somebody is held elsewhere, and until when; empty if free."""
        if not hold:
            return ""
        values = {"contract": hold.tender.name, "place": hold.place}
        if not hold.until:
            return self.env._("held by %(contract)s (%(place)s)", **values)
        return self.env._(
            "held by %(contract)s (%(place)s) until %(day)s", day=hold.until, **values
        )

    def _get_notes(self, facts):
        """What has to be known to read the score, in words."""
        notes = []
        if facts.open:
            notes.append(
                self.env._(
                    "The records of social insurance end before %s. Proven is what"
                    " they show today; projected is what the bid scores if everybody"
                    " insured now stays insured until then. Import the months as soon"
                    " as the bureau prints them.",
                    _span(facts.open),
                )
            )
        if not (self.tender_id.service_start and self.tender_id.service_end):
            notes.append(
                self.env._(
                    "The tender has no period of service: whoever another running"
                    " contract holds is taken as held. Enter the first and the last"
                    " day of service in the tender."
                )
            )
        return notes

    @api.model
    def _get_ready_words(self, facts, post, team):
        """Who holds every certificate that a post asks for and is not on the team
        there, with the reason: no certificate has to be won for these."""
        at_post = {key for key, at in team.posts.items() if at == post.key}
        at_post.update(team.besides.get(post.key, ()))
        wanted = post.requirement.all_of | post.requirement.any_of
        ready = {}
        for key, person in facts.projected.items():
            if not wanted or key in at_post:
                continue
            gaps = find_gaps(person, post.requirement, facts.day)
            if not any(gap.kind.startswith("certificate") for gap in gaps):
                ready[key] = gaps
        if not ready:
            return ""
        words = self._get_words(facts.posts)
        shown = sorted(ready, key=lambda key: (len(ready[key]), key))[:NAMES]
        parts = []
        # Names are known to every colleague.
        for employee in self.env["hr.employee"].sudo().browse(shown):
            reasons = [self._get_gap_words(gap, words) for gap in ready[employee.id]]
            if employee.id in facts.held:
                reasons.insert(0, self._get_hold_words(facts.held[employee.id]))
            elif employee.id in team.posts:
                reasons.insert(
                    0, self.env._("named for “%s”", words[team.posts[employee.id]])
                )
            if not reasons:
                reasons = [self.env._("free")]
            parts.append(f"{employee.name} ({self._om_join_clauses(reasons)})")
        people = format_list(self.env, parts)
        if rest := len(ready) - len(shown):
            return self.env._(
                "Already with the certificates: %(people)s. And %(count)s more.",
                people=people,
                count=rest,
            )
        return self.env._("Already with the certificates: %s.", people)

    @api.model
    def _get_empty_words(self, facts, team):
        """Which places the best team leaves empty and why, a line for each post."""
        words = self._get_words(facts.posts)
        lines = []
        for post in facts.posts:
            most, heads = post.seat.most, team.heads[post.key]
            if heads >= most:
                continue
            why = self._get_ready_words(facts, post, team) or self.env._(
                "Nobody else meets the demands."
            )
            lines.append(
                self.env._(
                    "%(post)s: %(empty)s of %(most)s places stay empty. %(why)s",
                    post=words[post.key],
                    empty=most - heads,
                    most=most,
                    why=why,
                )
            )
        return lines

    @api.model
    def _get_plan_words(self, plan):
        """Who is named and who is taken off, as lines."""
        if not plan["wanted"]:
            return [
                self.env._(
                    "Nobody can be named: the best team is empty. The present team"
                    " stays as it is."
                )
            ]
        if not plan["new"] and not plan["gone"]:
            return [self.env._("The best team is named already: nothing changes.")]
        lines = [
            self.env._(
                "%(new)s newly named, %(kept)s stay, %(gone)s taken off.",
                new=len(plan["new"]),
                kept=plan["kept"],
                gone=len(plan["gone"]),
            )
        ]
        if plan["gone_names"]:
            lines.append(
                self.env._("Taken off: %s", format_list(self.env, plan["gone_names"]))
            )
        return lines

    @api.model
    def _get_record_words(self, gap, what):
        """A check or training that was not done in time, in words."""
        if gap.day:
            return self.env._(
                "%(what)s of %(day)s is older than %(months)s months",
                what=what,
                day=gap.day,
                months=gap.need,
            )
        return self.env._("no %(what)s on record", what=what)

    @api.model
    def _get_lack_words(self, lack):
        """What a replacement has less of, in words."""
        labels = self._get_rank_labels()
        if lack.kind == "certificate":
            name = self.env["hr.skill"].browse(int(lack.what)).name
            return self.env._("no valid %s", name)
        if lack.kind == "degree":
            return self.env._("degree below: %s", labels["degree"][lack.what])
        return self.env._("professional title below: %s", labels["title"][lack.what])

    @api.model
    def _get_rank_labels(self):
        Post = self.env["om.post"]
        return {name: Post._om_labels(name) for name in ("degree", "title")}

    @api.model
    def _get_demand_words(self, post):
        """What a post asks of each person, in words."""
        labels = self._get_rank_labels()
        parts = post.all_skill_ids.mapped("name")
        if post.any_skill_ids:
            parts.append(
                self.env._(
                    "one of: %s",
                    format_list(self.env, post.any_skill_ids.mapped("name")),
                )
            )
        if post.insurance_months:
            parts.append(
                self.env._("%s months of social insurance", post.insurance_months)
            )
        if post.degree != "none":
            parts.append(self.env._("degree from: %s", labels["degree"][post.degree]))
        if post.title != "none":
            parts.append(
                self.env._("professional title from: %s", labels["title"][post.title])
            )
        if post.years:
            parts.append(self.env._("%.1f years of support work", post.years))
        if post.manager_years:
            parts.append(self.env._("%.1f years as site manager", post.manager_years))
        if post.clearance_months:
            parts.append(
                self.env._(
                    "criminal record checked within %s months", post.clearance_months
                )
            )
        if post.secrecy_months:
            parts.append(
                self.env._("secrecy training within %s months", post.secrecy_months)
            )
        return parts

    @api.model
    def _get_result_words(self, post, result, projected):
        """Why a post does not win everything; empty if it does."""
        if not result.lost and not result.missing:
            return ""
        counted = len(result.counted)
        expected = len(projected.counted)
        if expected > counted:
            return self.env._(
                "%(counted)s count on today's records, %(expected)s once the missing"
                " months of insurance are on record",
                counted=counted,
                expected=expected,
            )
        if result.lost:
            return self.env._(
                "%(counted)s count, %(needed)s win full points: %(lost).2f points lost",
                counted=counted,
                needed=post._get_points_rule().useful,
                lost=result.lost,
            )
        return self.env._(
            "%(counted)s count, %(needed)s are needed",
            counted=counted,
            needed=post.need,
        )

    @api.model
    def _get_rule_words(self, rule, held, signed, day):
        """What the enterprise shows for a rule, and what is missing, in words."""
        if rule.kind == "performance":
            return self.env._(
                "%(count)s contracts signed after %(day)s",
                count=sum(1 for one in signed if one > rule.signed_after),
                day=rule.signed_after,
            )
        met = met_kinds(rule._get_demands(), held, day)
        missing = [
            item._get_words()
            for item in rule.item_ids
            if str(item.type_id.id) not in met
        ]
        if not missing:
            return self.env._("complete")
        return self.env._("missing or not valid: %s", format_list(self.env, missing))
