from odoo import fields, models


class OmObligationReason(models.TransientModel):
    """The reason of an act of ours: an obligation ends, a hand-in is taken back."""

    _name = "om.obligation.reason"
    _description = "Reason"

    obligation_ids = fields.Many2many("om.obligation", string="Obligations")
    item_ids = fields.Many2many("om.obligation.item", string="Items")
    date = fields.Date(
        "Last Day", default=lambda self: self.env["om.obligation"]._get_local_today()
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Do the act with its reason."""
        self.ensure_one()
        if self.obligation_ids:
            self.obligation_ids.action_end(self.reason, self.date)
        if self.item_ids:
            self.item_ids.action_take_back(self.reason)
        return {"type": "ir.actions.act_window_close"}
