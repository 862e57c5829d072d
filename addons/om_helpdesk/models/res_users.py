from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_om_landings(self):
        """A dispatcher begins with the board."""
        board = (30, "om_base.group_dispatcher", "om_helpdesk.om_ticket_board_action")
        return [*super()._get_om_landings(), board]
