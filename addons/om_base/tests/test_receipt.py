from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

CALL = "/web/dataset/call_kw/res.partner/create"


@tagged("post_install", "-at_install")
class TestReceipt(HttpCase):
    """A request that is sent again under its token is done once."""

    def _create(self, name, token=None):
        answer = self.url_open(
            CALL,
            json={
                "jsonrpc": "2.0",
                "params": {
                    "model": "res.partner",
                    "method": "create",
                    "args": [{"name": name}],
                    "kwargs": {},
                },
            },
            headers={"X-Om-Once": token} if token else {},
        ).json()
        return answer.get("result") or answer["error"]

    def _count(self, name):
        return self.env["res.partner"].search_count([("name", "=", name)])

    def test_once_under_one_token(self):
        self.authenticate("admin", "admin")
        first = self._create("甲收据", "token-1")
        self.assertEqual(self._create("甲收据", "token-1"), first)
        self.assertEqual(self._count("甲收据"), 1)
        self.assertNotEqual(self._create("甲收据", "token-2"), first)
        self._create("甲收据")
        self._create("甲收据")
        self.assertEqual(self._count("甲收据"), 4, "without a token: as ever")

    def test_a_refusal_is_no_receipt(self):
        self.authenticate("admin", "admin")
        with mute_logger("odoo.sql_db", "odoo.http"):
            refused = self._create(False, "token-3")
        self.assertIn("message", refused)
        self.assertTrue(self._create("乙收据", "token-3"))
        self.assertEqual(self._count("乙收据"), 1)

    def test_a_token_of_any_length_does_no_harm(self):
        self.authenticate("admin", "admin")
        self._create("丙收据", "x" * 5000)
        self._create("丙收据", "x" * 5000)
        self.assertEqual(self._count("丙收据"), 2, "it is none of ours")


@tagged("post_install", "-at_install")
class TestReceiptKept(TransactionCase):
    def test_receipts_are_forgotten(self):
        Receipt = self.env["om.request.receipt"].sudo()
        old, new = Receipt.create(
            [
                {
                    "token": name,
                    "user_id": self.env.uid,
                    "received_on": fields.Datetime.now() - timedelta(days=days),
                }
                for name, days in (("old", 31), ("new", 1))
            ]
        )
        Receipt._gc_receipts()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())
