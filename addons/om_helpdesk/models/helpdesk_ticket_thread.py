from odoo import Command, api, models


class _Waiting:
    """What waits to be written in one go; only code of the server can make one.

    Not a list: two lists that are equal would share one environment, and with it one
    context.
    """

    def __init__(self):
        self.rows = []
        self.done = False


class _Notes(_Waiting):
    """Notes with tracked values."""


class _Lines(_Waiting):
    """Lines of new tickets: one each, with all that was reported at once."""


class HelpdeskTicket(models.Model):
    """The same discussions as any thread's, written in batches: a thousand tickets
    created or moved leave a thousand notes in a handful of queries."""

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

    def _message_track(self, fields_iter, initial_values_dict):
        notes = _Notes()
        collecting = self.with_context(om_notes=notes)
        tracking = super(HelpdeskTicket, collecting)._message_track(
            fields_iter, initial_values_dict
        )
        self._om_write_notes(notes.rows)
        return tracking

    def _message_log(self, **values):
        notes = self.env.context.get("om_notes")
        if isinstance(notes, _Notes) and values.keys() <= {
            "body",
            "author_id",
            "tracking_value_ids",
        }:
            notes.rows.append((self.id, values))
            return self.env["mail.message"]
        return super()._message_log(**values)

    def _om_write_notes(self, notes):
        """Write the collected notes with their tracked values."""
        by_author = {}
        for ticket_id, values in notes:
            by_author.setdefault(values.get("author_id"), []).append(
                (ticket_id, values)
            )
        rows = []
        for author_id, group in by_author.items():
            messages = self.browse(
                ticket_id for ticket_id, _values in group
            )._message_log_batch(
                bodies={ticket_id: values["body"] for ticket_id, values in group},
                author_id=author_id,
            )
            for message, (_ticket_id, values) in zip(messages, group, strict=True):
                rows.extend(
                    {**command[2], "mail_message_id": message.id}
                    for command in values.get("tracking_value_ids") or ()
                    if command[0] == Command.CREATE
                )
        if rows:
            # superuser: as the thread itself writes them
            self.env["mail.tracking.value"].sudo().create(rows)
