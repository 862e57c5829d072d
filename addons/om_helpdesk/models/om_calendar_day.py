from odoo import api, models


class OmCalendarDay(models.Model):
    _inherit = "om.calendar.day"

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        self._let_promises_follow()
        return days

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date", "kind"}:
            self._let_promises_follow()
        return result

    def unlink(self):
        result = super().unlink()
        self._let_promises_follow()
        return result

    def _let_promises_follow(self):
        """Working days have changed, so have the deadlines counted with them."""
        # superuser: who publishes working days need not see promises
        policies = self.env["om.sla.policy"].sudo()
        policies.search([("active", "=", True)])._announce_change(
            self.env._("Working-day calendar changed")
        )
