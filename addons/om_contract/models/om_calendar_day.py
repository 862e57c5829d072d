from odoo import models


class OmCalendarDay(models.Model):
    _inherit = "om.calendar.day"

    def _clear_calendar_cache(self):
        result = super()._clear_calendar_cache()
        self.env["om.payment.milestone"]._recount_dates()
        return result
