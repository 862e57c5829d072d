from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.om_base.tools.acts import Fact


class OmSystem(models.Model):
    _inherit = "om.system"

    _free_fields = {"spare_hours": None}
    _reasoned_fields = {"spare_hours": ("in_service", "suspended")}
    _facts = {"spare_hours": Fact("spare_hours")}

    spare_hours = fields.Integer(
        "Spare Parts on the Spot Within (h)",
        tracking=True,
        help="What the contract promises, such as 24 or 72. Zero: nothing is promised.",
    )

    spare_quota_ids = fields.One2many(
        "om.spare.quota", "system_id", "Parts of Spare Lists"
    )
    has_spare_quota = fields.Boolean(
        compute="_compute_has_spare_quota",
        search="_search_has_spare_quota",
        help="A spare list in force has parts for it, or for all of its contract.",
    )

    _spare_hours_not_negative = models.Constraint(
        "CHECK (spare_hours >= 0)", "A promise in hours is not negative."
    )

    @api.depends("spare_quota_ids.list_state", "agreement_id")
    def _compute_has_spare_quota(self):
        having = self.search([("id", "in", self.ids), ("has_spare_quota", "=", True)])
        for system in self:
            system.has_spare_quota = system in having

    @api.model
    def _search_has_spare_quota(self, operator, value):
        if operator != "in":
            return NotImplemented
        quotas = self.env["om.spare.quota"]
        active = Domain("list_state", "=", "active")
        own = quotas._search(active & Domain("system_id", "!=", False))
        common = quotas._search(
            active
            & Domain("system_id", "=", False)
            & Domain("agreement_id", "!=", False)
        )
        found = Domain("id", "in", own.subselect("system_id")) | Domain(
            "agreement_id", "in", common.subselect("agreement_id")
        )
        return found if True in value else ~found
