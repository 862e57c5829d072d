import json
import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

# The mail server was not reached: nobody has had any of it yet. What the server itself
# refused is not sent again, it would be doubled for those who have it.
UNREACHED = (False, "mail_smtp")
# For so long an e-mail is tried again.
TRIED_FOR = timedelta(days=1)
# JSON: the e-mails that failed and of which administrators were told.
TOLD = "om_base.told_mails"
# Where they are sent by hand.
LIST = "/odoo/action-mail.action_view_mail_mail"


class MailMail(models.Model):
    """E-mails that found no mail server go out when it is back, or are told of."""

    _inherit = "mail.mail"

    @api.model
    def _om_send_soon(self):
        """Wake the queue when this transaction is through: Odoo's own turn may be an
        hour away, and a warning of a deadline is of no use by then."""
        # superuser: whoever causes an e-mail sets off no other job
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _om_cron_retry(self):
        """Queue again what found no mail server; tell of what is given up."""
        limit = fields.Datetime.now() - TRIED_FOR
        failed = self.search([("state", "=", "exception")], order="id")
        again = failed.filtered(
            lambda mail: mail.failure_type in UNREACHED and mail.create_date > limit
        )
        if again:
            again.mark_outgoing()
            self._om_send_soon()
        settings = self.env["ir.config_parameter"]
        given_up = failed - again
        told = set(json.loads(settings.get_param(TOLD) or "[]"))
        news = given_up.filtered(lambda mail: mail.id not in told)
        if news:
            _logger.warning("e-mails that could not be sent: %s", news.ids)
            news._om_tell_given_up()
        if news or told - set(given_up.ids):
            settings.set_param(TOLD, json.dumps(given_up.ids))

    def _om_tell_given_up(self):
        """Name e-mails that nobody will get, in one message to the administrators."""
        group = self.env.ref("base.group_system")
        # superuser: as any job that tells whoever sets the product up
        for user in group.sudo().all_user_ids.filtered(lambda user: not user.share):
            told = self.env["mail.thread"].with_context(lang=user.lang)
            told.message_notify(
                subject=told.env._("%s e-mails could not be sent", len(self)),
                body=told.env._(
                    "The first: “%(subject)s” (%(reason)s). Put right what is wrong,"
                    " and send them with Retry from the list of e-mails: %(link)s",
                    link=self.get_base_url() + LIST,
                    subject=self[0].subject or self[0].display_name,
                    reason=self[0].failure_reason or self[0].failure_type,
                ),
                partner_ids=user.partner_id.ids,
                force_send=False,
            )
