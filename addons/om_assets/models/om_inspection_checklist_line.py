from odoo import fields, models


class OmInspectionChecklistLine(models.Model):
    _name = "om.inspection.checklist.line"
    _inherit = ["om.inspection.item.mixin", "om.act.mixin"]
    _description = "Checklist Item"
    _order = "checklist_id, sequence, id"
    _free_fields = dict.fromkeys(
        (
            "sequence",
            "name",
            "instruction",
            "measured",
            "bound",
            "value_min",
            "value_max",
            "uom_name",
            "checklist_id",
            "onsite_only",
        )
    )

    checklist_id = fields.Many2one(
        "om.inspection.checklist", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(translate=True)
    instruction = fields.Text(translate=True)
    uom_name = fields.Char(translate=True)
    onsite_only = fields.Boolean(
        "On the Spot Only", help="Left out when the plan is inspected remotely."
    )

    def _prepare_result_values(self):
        """Return the values of an inspection's item that come from the checklist."""
        self.ensure_one()
        return {
            "checklist_line_id": self.id,
            "scope": self.checklist_id.scope,
            "name": self.name,
            "instruction": self.instruction,
            "measured": self.measured,
            "bound": self.bound,
            "value_min": self.value_min,
            "value_max": self.value_max,
            "uom_name": self.uom_name,
        }
