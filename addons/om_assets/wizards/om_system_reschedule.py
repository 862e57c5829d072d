from odoo import fields, models


class OmSystemReschedule(models.TransientModel):
    _name = "om.system.reschedule"
    _description = "Change the Period of Service"

    system_ids = fields.Many2many("om.system", string="Systems", required=True)
    service_start = fields.Date(required=True)
    service_end = fields.Date()
    reason = fields.Text(
        required=True, help="Such as the amendment in which it was agreed."
    )

    def action_confirm(self):
        """Change the days of service; what is owed ahead follows."""
        self.ensure_one()
        self.system_ids._reschedule(self.service_start, self.service_end, self.reason)
        return {"type": "ir.actions.act_window_close"}
