from odoo import api, fields, models


class OmExpiry(models.Model):
    """What has to be put right stands in the list of what ends, by its last day."""

    _inherit = "om.expiry"
    _depends = {
        "om.rectification": ["number", "name", "due_date", "state", "user_id"],
    }

    kind = fields.Selection(selection_add=[("rectification", "Rectification")])

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            {
                "kind": "rectification",
                "model": "om.rectification",
                "domain": [("state", "in", ("issued", "returned"))],
                "date": "due_date",
                "names": ("number", "name"),
                "users": ("user_id",),
            },
        ]

    @api.model
    def _get_owed_kinds(self):
        return super()._get_owed_kinds() | {"rectification"}

    @api.model
    def _get_stages(self):
        # Most are due within a day of their demand.
        return {**super()._get_stages(), "rectification": (3, 1)}

    @api.model
    def _get_fallback_groups(self):
        return {
            **super()._get_fallback_groups(),
            "rectification": "om_base.group_manager",
        }

    def _get_summary(self, lang):
        if self.kind != "rectification":
            return super()._get_summary(lang)
        own = self.with_context(lang=lang or self.env.lang)
        return own.env._(
            "%(name)s is to be put right by %(day)s",
            name=own.name,
            day=fields.Date.to_string(self.date),
        )
