from ast import literal_eval

from odoo import models

# What tells other machines that a machine writes (RFC 3834), so that an absence notice
# is no answer to us, and none of ours to it.
AUTOMATIC = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_by_email_get_base_mail_values(self, message, *args, **kwargs):
        """Say of every mail that no person wrote that it is automatic."""
        values = super()._notify_by_email_get_base_mail_values(message, *args, **kwargs)
        if message.message_type in ("comment", "email"):
            return values
        headers = {**AUTOMATIC, **literal_eval(values.get("headers") or "{}")}
        if message.message_type == "auto_comment":
            headers["Auto-Submitted"] = "auto-replied"
        return {**values, "headers": repr(headers)}
