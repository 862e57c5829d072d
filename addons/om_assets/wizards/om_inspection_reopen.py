from odoo import fields, models


class OmInspectionReopen(models.TransientModel):
    _name = "om.inspection.reopen"
    _description = "Reopen Finished Inspections"

    request_ids = fields.Many2many(
        "maintenance.request", string="Inspections", required=True
    )
    reason = fields.Text(required=True, help="What has to be corrected, and why.")

    def action_confirm(self):
        """Reopen the inspections and leave the reason in their discussion."""
        self.ensure_one()
        self.request_ids._reopen_inspection(self.reason)
        return {"type": "ir.actions.act_window_close"}
