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

    prices = fields.Boolean(
        "With Contracts and Prices",
        compute="_compute_prices",
        store=True,
        readonly=False,
        help="For a file that stays in the house: each system's contract and yearly"
        " fee, and a sheet for new contracts.",
    )

    @api.depends("company_id")
    def _compute_system_count(self):
        for export in self:
            export.system_count = self.env["om.system"].search_count(
                [("company_id", "=", export.company_id.id)]
            )

    @api.depends("system_count")
    def _compute_prices(self):
        """A register without systems is exported to be filled in, with all there is."""
        for export in self:
            export.prices = not export.system_count

    def action_export(self):
        """Return the register of the company as a spreadsheet."""
        self.ensure_one()
        report = self.env.ref("om_assets.om_register_report_xlsx")
        return {
            # Without systems the report takes all of the company: a web address does
            # not hold the numbers of thousands. The client would take the dialog's own
            # number for one.
            **report.report_action([], data={"prices": self.prices}, config=False),
            "context": {**self.env.context, "active_ids": False},
        }
