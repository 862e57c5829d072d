"""A mail server that is away for an hour loses no e-mail."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

QUEUE = "mail.ir_cron_mail_scheduler_action"


@tagged("post_install", "-at_install")
class TestMailsThatFailed(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Those of the database itself are none of these tests'.
        cls.env["mail.mail"].search([]).unlink()

    def fail(self, error):
        """An e-mail on whose way this happened."""
        mail = self.env["mail.mail"].create(
            {"subject": "示例：期限将至", "email_to": "nobody@example.org"}
        )
        servers = self.registry["ir.mail_server"]
        with patch.object(servers, "_connect__", side_effect=error):
            mail.send()
        self.assertEqual(mail.state, "exception")
        return mail

    def retry(self):
        """Return the messages to administrators that the job brings."""
        last = self.env["mail.message"].search([], order="id desc", limit=1)
        self.env["mail.mail"]._om_cron_retry()
        return self.env["mail.message"].search(
            [("id", ">", last.id), ("message_type", "=", "user_notification")]
        )

    def test_it_goes_out_when_the_server_is_back(self):
        mail = self.fail(OSError("no mail server"))
        queue = [("cron_id", "=", self.env.ref(QUEUE).id)]
        before = self.env["ir.cron.trigger"].search_count(queue)
        self.assertFalse(self.retry())
        self.assertEqual(mail.state, "outgoing")
        self.assertGreater(self.env["ir.cron.trigger"].search_count(queue), before)

    @mute_logger("odoo.addons.om_base.models.mail_mail")
    def test_what_never_went_out_is_told_once(self):
        mail = self.fail(OSError("no mail server"))
        long_ago = fields.Datetime.now() - timedelta(days=2)
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = %s WHERE id = %s", [long_ago, mail.id]
        )
        mail.invalidate_recordset()
        told = self.retry()
        self.assertTrue(told)
        for message in told:
            self.assertIn("示例：期限将至", message.body)
            self.assertIn("no mail server", message.body)
        self.assertEqual(mail.state, "exception")
        self.assertFalse(self.retry())

    @mute_logger("odoo.addons.om_base.models.mail_mail")
    def test_what_a_server_refused_is_not_doubled(self):
        mail = self.fail(OSError("no mail server"))
        mail.failure_type = "unknown"
        self.assertTrue(self.retry())
        self.assertEqual(mail.state, "exception")
