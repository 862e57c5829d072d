from odoo import api, fields, models


class OmRegisterExport(models.TransientModel):
    _name = "om.register.export"
    _description = "Export the Register"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    system_count = fields.Integer("Systems", compute="_compute_system_count")

    @api.depends("company_id")
    def _compute_system_count(self):
        for export in self:
            export.system_count = self.env["om.system"].search_count(
                [("company_id", "=", export.company_id.id)]
            )

    def action_export(self):
        """Return the register of the company as a spreadsheet."""
        self.ensure_one()
        report = self.env.ref("om_assets.om_register_report_xlsx")
        return {
            # Without systems the report takes all of the company: a web address does
            # not hold the numbers of thousands. The client would take the dialog's own
            # number for one.
            **report.report_action([], config=False),
            "context": {"active_ids": False},
        }
