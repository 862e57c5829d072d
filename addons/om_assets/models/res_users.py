from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_om_landings(self):
        """Those who direct begin with the overview, engineers with their day. While
        there is no system, there is something to set up and nothing to look over."""
        overview = "om_assets.om_dashboard_action"
        is_empty = not self.env["om.system"].search_count([], limit=1)
        return [
            *super()._get_om_landings(),
            *([(5, "om_base.group_manager", "om_base.om_setup_action")] * is_empty),
            (10, "om_base.group_manager", overview),
            (20, "om_base.group_procurement", overview),
            (60, "om_base.group_engineer", "om_assets.om_day_action"),
            (80, "om_base.group_auditor", "om_assets.om_reading_room_action"),
            (90, "om_base.group_user", "om_assets.om_system_action"),
        ]
