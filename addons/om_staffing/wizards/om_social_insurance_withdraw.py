from odoo import fields, models


class OmSocialInsuranceWithdraw(models.TransientModel):
    _name = "om.social.insurance.withdraw"
    _description = "Withdraw Months of Insurance"

    insurance_ids = fields.Many2many(
        "om.social.insurance", string="Months", required=True
    )
    reason = fields.Text(required=True, help="It stays on record with the months.")

    def action_confirm(self):
        """Let the months count no more."""
        self.ensure_one()
        self.insurance_ids._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
