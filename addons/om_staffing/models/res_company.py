from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    om_staffing_user_id = fields.Many2one(
        "res.users",
        string="Staffing Officer",
        domain="[('share', '=', False)]",
        help="Is reminded of certificates that expire; empty: whoever has that role.",
    )

    def _get_staffing_officer(self):
        """Who is reminded: the officer named here, else anybody in that role."""
        self.ensure_one()
        if self.om_staffing_user_id:
            return self.om_staffing_user_id
        # Whom to notify is no secret to whoever starts the reminders.
        return self.env["res.users"].sudo().search(
            [
                ("all_group_ids", "in", self.env.ref("om_base.group_staffing").id),
                ("company_ids", "in", self.id),
            ],
            order="id",
            limit=1,
        ) or self.env.ref("base.user_root")
