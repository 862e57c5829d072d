from odoo import api, fields, models


class OmServiceReport(models.TransientModel):
    _inherit = "om.service.report"

    first_day = fields.Date(help="Of a period that is none of the calendar's.")
    last_day = fields.Date()

    @api.depends("first_day", "last_day")
    def _compute_bounds(self):
        """A month of service goes from the 15th to the 14th, as its contract says."""
        result = super()._compute_bounds()
        for wizard in self:
            if wizard.first_day and wizard.last_day:
                wizard.date_from = wizard.first_day
                wizard.date_to = wizard.last_day
        return result
