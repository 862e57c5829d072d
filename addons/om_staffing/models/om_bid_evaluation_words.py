from odoo import api, models

from ..engine.scoring import met_kinds


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
                "none of: %s", ", ".join(words[kind] for kind in gap.options)
            ),
            "insurance": lambda: self.env._(
                "%(have)s of %(need)s months of social insurance in a row",
                have=gap.have,
                need=gap.need,
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
        return {
            name: dict(Post._fields[name]._description_selection(self.env))
            for name in ("degree", "title")
        }

    @api.model
    def _get_demand_words(self, post):
        """What a post asks of each person, in words."""
        labels = self._get_rank_labels()
        parts = post.all_skill_ids.mapped("name")
        if post.any_skill_ids:
            parts.append(
                self.env._("one of: %s", ", ".join(post.any_skill_ids.mapped("name")))
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
    def _get_result_words(self, post, result):
        """Why a post does not win everything; empty if it does."""
        if not result.lost and not result.missing:
            return ""
        counted = len(result.counted)
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
        return self.env._("missing or not valid: %s", ", ".join(missing))
