from odoo import fields, models
from odoo.tools import SQL


class OmInspectionCompliance(models.Model):
    """A month in which a system went to another contract has a row for each."""

    _inherit = "om.inspection.compliance"
    _depends = {"maintenance.request": ["agreement_id"]}

    agreement_id = fields.Many2one("agreement", string="Contract", readonly=True)

    def _get_dimensions(self):
        return {
            **super()._get_dimensions(),
            "agreement_id": SQL("request.agreement_id"),
        }

    def _get_key(self):
        # Two contracts of one system and month differ in their numbers.
        return SQL(
            "(%s) * 10000 + MOD(COALESCE(counted.agreement_id, 0), 10000)",
            super()._get_key(),
        )

    def action_view_inspections(self):
        action = super().action_view_inspections()
        contracts = [row.agreement_id.id for row in self]
        action["domain"].append(("agreement_id", "in", contracts))
        return action
