from odoo.http import Request
from odoo.tests import HttpCase, tagged

from odoo.addons.om_base.tests.common import new_test_user

from .common import PostingCommon


@tagged("post_install", "-at_install")
class TestPortal(PostingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit_user.password = "unit-of-the-test"
        cls.change = cls._announce("2026-03-09")
        cls.change.action_send()

    def _decide(self, decision, remark=""):
        return self.url_open(
            f"/my/posting-changes/{self.change.id}/decide",
            data={
                "decision": decision,
                "remark": remark,
                "csrf_token": Request.csrf_token(self),
            },
        )

    def test_consent(self):
        self.authenticate(self.unit_user.login, "unit-of-the-test")
        page = self.url_open("/my/posting-changes")
        self.assertIn("newcomer", page.text)
        self.assertIn("electrician0", page.text)
        page = self.url_open(f"/my/posting-changes/{self.change.id}")
        self.assertIn("2026", page.text)
        self._decide("consent")
        self.assertEqual(self.change.state, "consented")
        self.assertEqual(self.change.decided_by, self.unit_user.partner_id)
        page = self._decide("refuse")
        self.assertEqual(self.change.state, "consented")

    def test_refuse(self):
        self.authenticate(self.unit_user.login, "unit-of-the-test")
        self._decide("refuse", " 证书不符\n请换人 ")
        self.assertEqual(self.change.state, "refused")
        self.assertEqual(self.change.remark, "证书不符\n请换人")
        page = self.url_open(f"/my/posting-changes/{self.change.id}")
        self.assertIn("请换人", page.text)

    def test_other_unit(self):
        stranger = new_test_user(
            self.env,
            login="om_staffing_stranger",
            password="stranger-of-the-test",
            groups="om_base.group_portal_user_unit",
        )
        self.assertFalse(self.env["om.posting.change"].with_user(stranger).search([]))
        self.authenticate("om_staffing_stranger", "stranger-of-the-test")
        page = self.url_open("/my/posting-changes")
        self.assertNotIn("newcomer", page.text)
        self._decide("consent")
        self.assertEqual(self.change.state, "sent")
