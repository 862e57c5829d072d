from odoo import api, fields, models

# What still serves somebody; what is stopped ends no more.
SERVED = ("in_service", "suspended")


class OmExpiry(models.Model):
    _inherit = "om.expiry"
    _depends = {
        "om.system": [
            "name",
            "state",
            "mlps_next_due",
            "service_end",
            "user_id",
            "company_id",
        ],
        "maintenance.equipment": [
            "name",
            "serial_no",
            "warranty_date",
            "lease_end",
            "system_id",
            "company_id",
            "active",
        ],
        "res.company": ["mlps_user_id"],
    }

    kind = fields.Selection(
        selection_add=[
            ("mlps", "MLPS Assessment"),
            ("service", "Service of a System"),
            ("warranty", "Warranty"),
            ("lease", "Lease or Line"),
        ]
    )

    @api.model
    def _get_sources(self):
        system_users = ("user_id", "company_id.mlps_user_id")
        device = {
            "model": "maintenance.equipment",
            "names": ("name", "serial_no", "system_id.name"),
            "users": ("system_id.user_id",),
        }
        # A device that belongs to a system which is served no more is nobody's task.
        in_use = ["|", ("system_id", "=", False), ("system_id.state", "in", SERVED)]
        return [
            *super()._get_sources(),
            {
                "kind": "mlps",
                "model": "om.system",
                "domain": [("state", "in", SERVED)],
                "date": "mlps_next_due",
                "names": ("name",),
                "users": system_users,
            },
            {
                "kind": "service",
                "model": "om.system",
                "domain": [("state", "in", SERVED)],
                "date": "service_end",
                "names": ("name",),
                "users": ("user_id",),
                "where": self._get_service_condition(),
            },
            {"kind": "warranty", "domain": in_use, "date": "warranty_date", **device},
            {"kind": "lease", "domain": in_use, "date": "lease_end", **device},
        ]

    @api.model
    def _get_service_condition(self):
        """One more condition on the systems whose service ends; none here."""
        return None

    @api.model
    def _get_owed_kinds(self):
        return super()._get_owed_kinds() | {"mlps"}

    @api.model
    def _get_fallback_groups(self):
        manager = "om_base.group_manager"
        return {
            **super()._get_fallback_groups(),
            "service": manager,
            "warranty": manager,
            "lease": manager,
        }

    @api.model
    def _get_activity_types(self):
        return {
            **super()._get_activity_types(),
            "mlps": "om_assets.mail_activity_type_mlps",
        }
