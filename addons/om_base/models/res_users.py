from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_om_landings(self):
        """Return the first screens of the roles: [(order, group, action)].

        ``group`` and ``action`` are external ids. Add-ons add theirs; somebody with
        several roles gets the one with the lowest order, so that who directs sees the
        whole before the part.
        """
        return [(100, "om_base.group_user", "om_base.res_partner_action")]

    @api.model
    def _get_om_landing(self):
        """Return the external id of the action with which the user begins the day."""
        return next(
            (
                action
                for _order, group, action in sorted(self._get_om_landings())
                if self.env.user.has_group(group)
            ),
            "om_base.res_partner_action",
        )

    @api.model
    def action_om_home(self):
        """Open the first screen of the user's role."""
        return self.env["ir.actions.actions"]._for_xml_id(self._get_om_landing())
