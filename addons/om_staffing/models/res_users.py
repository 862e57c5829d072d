from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_om_landings(self):
        """A staffing officer begins with what has to be renewed and staffed next."""
        work = (50, "om_base.group_staffing", "om_staffing.om_staffing_work_action")
        return [*super()._get_om_landings(), work]
