from odoo import api, fields, models

# Those that come every few days need no reminder of their own: the list has them.
RARE = ("month", "quarter", "half_year", "year", "once", "event")
STAGES = (30, 7, 1)


class OmExpiry(models.Model):
    _inherit = "om.expiry"
    _depends = {
        "om.obligation.item": [
            "name",
            "due_date",
            "per",
            "state",
            "unit_id",
            "user_id",
            "company_id",
        ],
        "res.partner": ["name"],
    }

    kind = fields.Selection(selection_add=[("obligation", "Obligation")])

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            {
                "kind": "obligation",
                "model": "om.obligation.item",
                "domain": [
                    ("state", "in", ("owed", "returned")),
                    ("per", "in", RARE),
                ],
                "date": "due_date",
                "names": ("name", "unit_id.name"),
                "users": ("user_id",),
            },
        ]

    @api.model
    def _get_owed_kinds(self):
        return super()._get_owed_kinds() | {"obligation"}

    @api.model
    def _get_stages(self):
        return {**super()._get_stages(), "obligation": STAGES}

    @api.model
    def _get_fallback_groups(self):
        return {**super()._get_fallback_groups(), "obligation": "om_base.group_manager"}

    def _get_summary(self, lang):
        if self.kind != "obligation":
            return super()._get_summary(lang)
        own = self.with_context(lang=lang or self.env.lang)
        return own.env._(
            "%(name)s is due on %(day)s",
            name=own.name,
            day=fields.Date.to_string(self.date),
        )
