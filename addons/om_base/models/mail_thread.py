import json
from ast import literal_eval

from markupsafe import Markup

from odoo import Command, api, models
from odoo.exceptions import UserError

# What tells other machines that a machine writes (RFC 3834), so that an absence notice
# is no answer to us, and none of ours to it.
AUTOMATIC = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}


# A message names so many documents and counts the rest.
NAMED = 100


class _Followers:
    """Followers of documents that are just being created; only code of the server can
    make one."""

    def __init__(self, model):
        self.model = model
        self.rows = []
        self.done = False


class _Notes:
    """Notes with tracked values of one batch; only code of the server can make one."""

    def __init__(self, model):
        self.model = model
        self.rows = []


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model_create_multi
    def create(self, vals_list):
        """Leave no note of who created what an add-on brings: nobody did, and words
        that are written before their translation is loaded stay English.

        Followers of a batch are entered together, and told together.
        """
        if self.env.context.get("install_mode"):
            self = self.with_context(mail_create_nolog=True)
        if len(vals_list) < 2 or not self._name.startswith("om."):
            return super().create(vals_list)
        collecting = self._collect_followers()
        threads = super(MailThread, collecting).create(vals_list)
        collecting._enter_followers()
        return threads.with_env(self.env)

    @api.model
    def _collect_followers(self):
        """Return the model in a context that collects followers of new documents."""
        return self.with_context(om_followers=_Followers(self._name))

    def _get_waiting_followers(self):
        """Return what collects the followers of these; None if nothing does."""
        waiting = self.env.context.get("om_followers")
        if not isinstance(waiting, _Followers) or waiting.model != self._name:
            return None
        return None if waiting.done else waiting

    def _enter_followers(self):
        """Enter the followers collected so far, once for all documents that name the
        same people; from now on they are entered as usual."""
        waiting = self._get_waiting_followers()
        if not waiting:
            return
        waiting.done = True
        groups = {}
        for ids, values, args, kwargs in waiting.rows:
            key = tuple(sorted(values.items()))
            groups.setdefault(key, ([], values, args, kwargs))[0].extend(ids)
        for ids, values, args, kwargs in groups.values():
            self.browse(ids)._message_auto_subscribe(values, *args, **kwargs)

    def _get_following_fields(self):
        """Return the fields of which followers come: those that name a person, or a
        document with followers."""
        return {name for name, f in self._fields.items() if f.type == "many2one"}

    def _message_auto_subscribe(self, updated_values, *args, **kwargs):
        waiting = self._get_waiting_followers()
        if waiting:
            names = self._get_following_fields() & updated_values.keys()
            read = {name: updated_values[name] for name in names}
            waiting.rows.append((self.ids, read, args, kwargs))
            return True
        return super()._message_auto_subscribe(updated_values, *args, **kwargs)

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Tell a person of many documents in one message, as a colleague would."""
        if (
            len(self) < 2
            or not self._keeps_messages()
            or self.env.context.get("mail_auto_subscribe_no_notify")
            or not self.env.registry.ready
        ):
            return super()._message_auto_subscribe_notify(partner_ids, template)
        document = self.env["ir.model"]._get(self._name).display_name
        lines = Markup().join(
            Markup('<li><a href="%s">%s</a></li>')
            % (record._notify_get_action_link("view"), record.display_name)
            for record in self[:NAMED]
        )
        body = Markup("<ul>%s</ul>") % lines
        if len(self) > NAMED:
            more = self.env._("and %s more", len(self) - NAMED)
            body += Markup("<p>%s</p>") % more
        self.env["mail.thread"].message_notify(
            subject=self.env._(
                "Assigned to you: %(count)s × %(document)s",
                count=len(self),
                document=document,
            ),
            body=body,
            partner_ids=partner_ids,
            email_layout_xmlid="mail.mail_notification_layout",
            model_description=document,
        )
        return None

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Tell those who chose a channel what goes to the inbox or by mail."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        # What is put off comes here again when it is time.
        is_put_off = self._is_notification_scheduled(kwargs.get("scheduled_date"))
        if not is_put_off and "om_notice_channel_off" not in self.env.context:
            users = [each["uid"] for each in recipients if each.get("uid")]
            self.env["om.notice.channel"]._tell(message, users)
        return recipients

    def _notify_get_recipients_for_extra_notifications(
        self, message, recipients_data, msg_vals=False
    ):
        """Who lets a browser be notified is told there, by whatever way besides: Odoo
        does so for those only who read in the inbox, not by mail nor in the portal."""
        if "om_push_off" in self.env.context:
            # The caller notifies browsers with the document that it is about.
            return set()
        told = set(
            super()._notify_get_recipients_for_extra_notifications(
                message, recipients_data, msg_vals=msg_vals
            )
        )
        vals = msg_vals or {}
        kind = vals.get("message_type") or message.sudo().message_type
        if kind == "user_notification":
            author = vals.get("author_id") or message.sudo().author_id.id
            told |= {
                each["id"]
                for each in recipients_data
                if each["active"] and each["uid"] and each["id"] != author
            }
        return told

    @api.model
    def _push_to_browsers(self, rows):
        """Notify the browsers of people of what no message tells.

        :param rows: [(user, record, title, text)]
        """
        partners = {user.partner_id.id for user, _record, _title, _text in rows}
        devices, _private, _public = self._web_push_get_partners_parameters(
            list(partners)
        )
        by_partner = devices.grouped("partner_id")
        values = [
            {
                "mail_push_device_id": device.id,
                "payload": json.dumps(
                    {
                        "title": title,
                        "options": {
                            "body": text,
                            "data": {"model": record._name, "res_id": record.id},
                        },
                    }
                ),
            }
            for user, record, title, text in rows
            for device in by_partner.get(user.partner_id, ())
        ]
        if values:
            # sudo: the queue is the server's; each goes to its own person's browser.
            self.env["mail.push"].sudo().create(values)
            self.env.ref("mail.ir_cron_web_push_notification")._trigger()

    def _notify_by_email_get_base_mail_values(self, message, *args, **kwargs):
        """Say of every mail that no person wrote that it is automatic."""
        values = super()._notify_by_email_get_base_mail_values(message, *args, **kwargs)
        if message.message_type in ("comment", "email"):
            return values
        headers = {**AUTOMATIC, **literal_eval(values.get("headers") or "{}")}
        if message.message_type == "auto_comment":
            headers["Auto-Submitted"] = "auto-replied"
        return {**values, "headers": repr(headers)}

    def _message_track(self, fields_iter, initial_values_dict):
        """The notes of a batch, a thousand tickets that move, are written together."""
        if len(self) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        notes = _Notes(self._name)
        collecting = self.with_context(om_notes=notes)
        tracking = super(MailThread, collecting)._message_track(
            fields_iter, initial_values_dict
        )
        self._om_write_notes(notes.rows)
        return tracking

    def _message_log(self, **values):
        notes = self.env.context.get("om_notes")
        if (
            isinstance(notes, _Notes)
            and notes.model == self._name
            and values.keys() <= {"body", "author_id", "tracking_value_ids"}
        ):
            notes.rows.append((self.id, values))
            return self.env["mail.message"]
        return super()._message_log(**values)

    def _om_write_notes(self, notes):
        """Write the collected notes with their tracked values."""
        by_author = {}
        for document_id, values in notes:
            by_author.setdefault(values.get("author_id"), []).append(
                (document_id, values)
            )
        rows = []
        for author_id, group in by_author.items():
            messages = self.browse(
                document_id for document_id, _values in group
            )._message_log_batch(
                bodies={document_id: values["body"] for document_id, values in group},
                author_id=author_id,
            )
            for message, (_document_id, values) in zip(messages, group, strict=True):
                rows.extend(
                    {**command[2], "mail_message_id": message.id}
                    for command in values.get("tracking_value_ids") or ()
                    if command[0] == Command.CREATE
                )
        if rows:
            # superuser: as the thread itself writes them
            self.env["mail.tracking.value"].sudo().create(rows)

    def _keeps_messages(self):
        """Whether what is said about these documents is evidence that stays.

        All of ours; foreign models whose documents are facts here say so themselves.
        """
        return self._name.startswith("om.") or hasattr(self, "_get_acts")

    def _check_can_update_message_content(self, messages):
        result = super()._check_can_update_message_content(messages)
        if self._keeps_messages():
            raise UserError(
                self.env._(
                    "What was said here stays on record. Write another message that"
                    " puts it right."
                )
            )
        return result
