from ast import literal_eval

from odoo import api, models
from odoo.exceptions import UserError

# What tells other machines that a machine writes (RFC 3834), so that an absence notice
# is no answer to us, and none of ours to it.
AUTOMATIC = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model_create_multi
    def create(self, vals_list):
        """Leave no note of who created what an add-on brings: nobody did, and words
        that are written before their translation is loaded stay English."""
        if self.env.context.get("install_mode"):
            self = self.with_context(mail_create_nolog=True)
        return super().create(vals_list)

    def _notify_by_email_get_base_mail_values(self, message, *args, **kwargs):
        """Say of every mail that no person wrote that it is automatic."""
        values = super()._notify_by_email_get_base_mail_values(message, *args, **kwargs)
        if message.message_type in ("comment", "email"):
            return values
        headers = {**AUTOMATIC, **literal_eval(values.get("headers") or "{}")}
        if message.message_type == "auto_comment":
            headers["Auto-Submitted"] = "auto-replied"
        return {**values, "headers": repr(headers)}

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
