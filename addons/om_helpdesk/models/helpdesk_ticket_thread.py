from odoo import api, models


class _Waiting:
    """What waits to be written in one go; only code of the server can make one.

    Not a list: two lists that are equal would share one environment, and with it one
    context.
    """

    def __init__(self):
        self.rows = []
        self.done = False


class _Lines(_Waiting):
    """Lines of new tickets: one each, with all that was reported at once."""


class HelpdeskTicket(models.Model):
    """The same discussions as any thread's, written in batches: a thousand tickets
    created leave their followers and lines in a handful of queries."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _om_collect(self):
        """Return the model in a context that collects what new tickets leave."""
        return self._collect_followers().with_context(om_lines=_Lines())

    @api.model
    def _om_write_collected(self):
        """Subscribe who was collected; lines are written as usual from now on."""
        self._enter_followers()
        self.env.context["om_lines"].done = True

    def _note(self, name, before, **how):
        lines = self.env.context.get("om_lines")
        if isinstance(lines, _Lines) and not lines.done:
            return None
        return super()._note(name, before, **how)

    def _get_following_fields(self):
        # Systems and services have no part in it: one entry for a team and a user.
        return {"team_id", "user_id"}

    def _creation_subtype(self):
        """Post the creation only where somebody asked for it, else just log it."""
        # Followers have to be known before anything is posted to them.
        self._enter_followers()
        wanted = self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_mgmt.hlp_tck_team_created"
        )
        # superuser: who follows a team decides about notifications, nothing else
        followers = self.team_id.sudo().message_follower_ids
        if wanted in followers.subtype_ids.ids:
            return super()._creation_subtype()
        return self.env["mail.message.subtype"]
