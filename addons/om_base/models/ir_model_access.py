from odoo import api, models
from odoo.exceptions import AccessError

# What a reader keeps for himself or says in a conversation: no record of the work.
OWN = frozenset(
    (
        "auth.passkey.key",
        "auth_totp.device",
        "discuss.channel",
        "discuss.channel.member",
        "ir.attachment",
        "ir.filters",
        "mail.message",
        "mail.notification",
        "mail.push.device",
        "res.users.apikeys",
        "res.users.log",
        "res.users.settings",
        "res.users.settings.embedded.action",
        "res.users.settings.volumes",
    )
)


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    @api.model
    def check(self, model, mode="read", raise_exception=True):
        """Let who reads only write nothing, whatever Odoo lets every employee write:
        skills, calendars, templates of mails. Buttons that would create or change
        are not offered then. Messages and files have checks of their own: nobody
        adds them to what he may not change."""
        allowed = super().check(model, mode, raise_exception=raise_exception)
        if (
            allowed
            and mode != "read"
            and not self.env.su
            and model not in OWN
            and model in self.env
            and not self.env[model]._transient
            and self.env.user._reads_only()
        ):
            if raise_exception:
                raise AccessError(
                    self.env._(
                        "You read only: %s are changed by those whose work they are.",
                        self.env["ir.model"]._get(model).name or model,
                    )
                )
            return False
        return allowed
