from odoo import api, fields, models


class OmMlpsSettings(models.TransientModel):
    _name = "om.mlps.settings"
    _description = "MLPS Settings"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    mlps_cap_level2 = fields.Integer(
        "Level 2 Assessments Paid",
        compute="_compute_settings",
        store=True,
        readonly=False,
    )
    mlps_cap_level3 = fields.Integer(
        "Level 3 Assessments Paid",
        compute="_compute_settings",
        store=True,
        readonly=False,
    )
    mlps_user_id = fields.Many2one(
        "res.users",
        string="Responsible for MLPS",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        compute="_compute_settings",
        store=True,
        readonly=False,
    )

    @api.depends("company_id")
    def _compute_settings(self):
        for settings in self:
            company = settings.company_id.sudo()
            settings.mlps_cap_level2 = company.mlps_cap_level2
            settings.mlps_cap_level3 = company.mlps_cap_level3
            settings.mlps_user_id = company.mlps_user_id

    def action_save(self):
        """Store the settings on the company, which O&M managers may not edit itself."""
        self.ensure_one()
        self.check_access("write")
        self.company_id.check_access("read")
        company = self.company_id.sudo()
        former = company.mlps_user_id
        company.write(
            {
                "mlps_cap_level2": self.mlps_cap_level2,
                "mlps_cap_level3": self.mlps_cap_level3,
                "mlps_user_id": self.mlps_user_id.id,
            }
        )
        systems = self.env["om.system"].search(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", False),
                ("mlps_next_due", "!=", False),
            ]
        )
        systems._hand_over_mlps_reminders(dict.fromkeys(systems, former))
        return {"type": "ir.actions.act_window_close"}
