from odoo import api, fields, models


class OmExpiryFeed(models.TransientModel):
    """The address under which a calendar program reads what ends."""

    _name = "om.expiry.feed"
    _description = "Calendar Feed"

    url = fields.Char("Address", compute="_compute_url")
    is_fixed = fields.Boolean(compute="_compute_url")

    @api.depends_context("uid")
    def _compute_url(self):
        self.url = self.env.user._get_feed_url()
        self.is_fixed = self.env.user._reads_only()

    def action_renew(self):
        """Open the feed, or give it a new address; the old one no longer works."""
        self.env.user._renew_feed()
        return self._get_action()

    def action_close(self):
        """Close the feed."""
        self.env.user._close_feed()
        return self._get_action()

    @api.model
    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calendar Feed"),
            "res_model": self._name,
            # Who reads only has no record made either: the dialog shows the address.
            "res_id": not self.env.user._reads_only() and self.create({}).id,
            "views": [(False, "form")],
            "target": "new",
        }
