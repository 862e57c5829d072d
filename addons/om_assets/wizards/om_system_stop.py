from odoo import fields, models

from odoo.addons.om_base.tools import beijing


class OmSystemStop(models.TransientModel):
    _name = "om.system.stop"
    _description = "Stop the Service of Systems"

    system_ids = fields.Many2many("om.system", string="Systems", required=True)
    date = fields.Date(
        "Stopped On",
        required=True,
        default=lambda self: beijing.today(),
        help="First day without service: no fee is earned from this day on.",
    )
    reason = fields.Text(
        required=True, help="Such as the notice by which the user unit asked for it."
    )

    def action_confirm(self):
        """Stop the systems and leave the reason in their discussion."""
        self.ensure_one()
        self.system_ids._stop(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
