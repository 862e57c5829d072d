from odoo import api, fields, models
from odoo.tools import SQL


class OmExpiry(models.Model):
    _inherit = "om.expiry"
    _depends = {
        "agreement": ["name", "code", "state", "end_date", "user_id", "company_id"],
        "om.bond": ["kind", "state", "date_expiry", "letter_number", "agreement_id"],
        "om.system": ["agreement_id"],
    }

    kind = fields.Selection(
        selection_add=[("contract", "Contract"), ("bond", "Guarantee Letter")]
    )

    @api.model
    def _get_sources(self):
        return [
            *super()._get_sources(),
            {
                "kind": "contract",
                "model": "agreement",
                "domain": [("state", "=", "in_force"), ("is_template", "=", False)],
                "date": "end_date",
                "names": ("name", "code"),
                "users": ("user_id",),
            },
            {
                "kind": "bond",
                "model": "om.bond",
                "domain": [
                    ("kind", "=", "letter"),
                    ("state", "in", ("partial", "held")),
                ],
                "date": "date_expiry",
                "names": ("letter_number", "agreement_id.name"),
                "users": ("agreement_id.user_id", "create_uid"),
            },
        ]

    @api.model
    def _get_service_condition(self):
        """A system that is served to the end of its contract ends with the contract,
        which is told of once, not for every system."""
        return lambda sql: SQL(
            "%s IS DISTINCT FROM %s",
            sql("service_end"),
            sql("agreement_id.end_date"),
        )

    @api.model
    def _get_fallback_groups(self):
        procurement = "om_base.group_procurement"
        return {
            **super()._get_fallback_groups(),
            "contract": procurement,
            "bond": procurement,
        }

    @api.model
    def _get_activity_types(self):
        return {
            **super()._get_activity_types(),
            "bond": "om_contract.mail_activity_type_bond",
        }
