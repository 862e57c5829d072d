from unittest.mock import patch

from odoo.fields import One2many
from odoo.tests import TransactionCase


class TestDocumentReference(TransactionCase):
    """Lists of messages are right in memory, and nobody looks at those not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"示例单位{number}"} for number in range(20)]
        )
        cls.env.flush_all()

    def post(self, partner, **values):
        return self.env["mail.message"].create(
            {"model": "res.partner", "res_id": partner.id, "body": "示例", **values}
        )

    def test_a_list_that_was_read_gets_its_message(self):
        read, other = self.partners[:2]
        before = read.message_ids
        message = self.post(read)
        unread = self.post(other)
        self.assertEqual(read.message_ids, before | message)
        self.assertEqual(other.message_ids & unread, unread)
        self.env.invalidate_all()
        self.assertEqual(set(read.message_ids), set(before | message))

    def test_a_list_with_a_condition_gets_what_meets_it(self):
        partner = self.partners[0]
        self.assertFalse(partner.website_message_ids)
        note = self.post(partner, message_type="notification")
        comment = self.post(partner, message_type="comment")
        self.assertEqual(partner.website_message_ids, comment)
        self.assertIn(note, partner.message_ids)

    def test_the_same_number_of_another_model_gets_nothing(self):
        partner = self.env["res.partner"].browse(self.env.user.id)
        before = partner.message_ids
        self.env["mail.message"].create(
            {"model": "res.users", "res_id": partner.id, "body": "示例"}
        )
        self.assertEqual(partner.message_ids, before)

    def test_a_follower_is_seen_at_once(self):
        partner = self.partners[0]
        self.assertFalse(partner.message_follower_ids)
        partner.message_subscribe(self.env.user.partner_id.ids)
        self.assertEqual(
            partner.message_follower_ids.partner_id, self.env.user.partner_id
        )

    def test_lists_not_read_are_not_looked_at(self):
        self.env.invalidate_all()
        with patch.object(One2many, "get_comodel_domain", autospec=True) as asked:
            self.env["mail.message"].create(
                [
                    {"model": "res.partner", "res_id": partner.id, "body": "示例"}
                    for partner in self.partners
                ]
            )
        messages = [
            call.args[0].name
            for call in asked.call_args_list
            if call.args[0].comodel_name == "mail.message"
        ]
        self.assertEqual(messages, [])
