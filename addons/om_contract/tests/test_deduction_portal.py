import re

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.om_base.tests.common import new_test_user

from .deduction_common import DeductionCase


@tagged("post_install", "-at_install")
class TestDeductionPortal(DeductionCase, HttpCase):
    """The purchaser reads what was put to it, and gives its own word."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract("60_30_10", 1000000.00)
        cls.deduction = cls.deduct(cls.contract, "60_30_10_damages", amount=500.00)
        other = cls._create_partner("乙采购人", "purchaser")
        cls.buyer = cls._create_portal_user("buyer", cls.purchaser)
        cls.stranger = cls._create_portal_user("stranger", other)

    @classmethod
    def _create_portal_user(cls, name, organisation):
        user = new_test_user(
            cls.env,
            login=f"om_deduction_{name}",
            password=f"om_deduction_{name}",
            groups="om_base.group_portal_purchaser",
        )
        user.partner_id.parent_id = organisation
        return user

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _answer(self, decision, **values):
        path = f"/my/deductions/{self.deduction.id}"
        token = re.search(
            r'name="csrf_token" value="([^"]+)"', self.url_open("/my/account").text
        ).group(1)
        return self.url_open(f"{path}/{decision}", data={"csrf_token": token, **values})

    def _put(self):
        """Our side has agreed: from then on it is the purchaser's to answer."""
        self.deduction.action_agree("contractor", "2026-05-07")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_what_we_still_weigh_is_ours(self):
        self._log_in(self.buyer)
        path = f"/my/deductions/{self.deduction.id}"
        self.assertNotIn("甲事件", self.url_open("/my/deductions").text)
        self.assertEqual(self.url_open(path, allow_redirects=False).status_code, 404)
        with self.assertRaises(AccessError):
            self.deduction.with_user(self.buyer)._answer_in_portal("agree")
        self._put()
        self.assertIn("甲事件", self.url_open("/my/deductions").text)
        page = self.url_open(path).text
        self.assertIn("500.00", page)
        self.assertIn(f"{path}/agree", page)
        self._log_in(self.stranger)
        self.assertNotIn("甲事件", self.url_open("/my/deductions").text)
        self.assertEqual(self.url_open(path, allow_redirects=False).status_code, 404)

    def test_agree(self):
        self._put()
        self.deduction.note = "仅供我方"
        self._log_in(self.buyer)
        answer = self._answer("agree")
        self.assertIn("answered=1", answer.url)
        self.assertNotIn(f"/my/deductions/{self.deduction.id}/agree", answer.text)
        self.assertNotIn("仅供我方", answer.text)
        self.assertEqual(self.deduction.state, "agreed")
        line = self.deduction.act_ids[:1]
        self.assertEqual(line.act, "agree_purchaser")
        signature = line.signature_id
        self.assertEqual(signature.way, "login")
        self.assertEqual(signature.party_id, self.purchaser)
        self.assertEqual(signature.person, self.buyer.name)
        with self.assertRaises(AccessError):
            self.deduction.with_user(self.buyer).read(["note"])

    def test_dispute(self):
        self._put()
        self._log_in(self.buyer)
        answer = self._answer("dispute")
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.deduction.state, "proposed")
        self._answer("dispute", reason="当天停电")
        self.assertEqual(self.deduction.state, "disputed")
        self.assertFalse(self.deduction.contractor_agreed_date)
        self.assertEqual(self.deduction.act_ids[:1].reason, "当天停电")
        notes = self.env["mail.message"].search(
            [
                ("model", "=", "om.deduction"),
                ("res_id", "=", self.deduction.id),
                ("notified_partner_ids", "in", self.officer.partner_id.ids),
            ]
        )
        self.assertIn("当天停电", notes.body)
        page = self.url_open(f"/my/deductions/{self.deduction.id}").text
        self.assertIn("当天停电", page)
        # It stays in sight, and may still be agreed to.
        self.assertIn("甲事件", self.url_open("/my/deductions").text)
        self._answer("agree")
        self.assertTrue(self.deduction.purchaser_agreed_date)

    def test_evidence(self):
        files = self.env["ir.attachment"].with_user(self.officer)
        file = files.create({"name": "甲.txt", "raw": b"a"})
        self.deduction.evidence_ids = file
        self._put()
        path = f"/my/deductions/{self.deduction.id}/files/{file.id}"
        self._log_in(self.buyer)
        self.assertEqual(self.url_open(path).content, b"a")
        self._log_in(self.stranger)
        with mute_logger("odoo.addons.base.models.ir_rule"):
            answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, 404)


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestWhoConsented(DeductionCase):
    """A document's discussion says who consented, how, and who entered it."""

    def test_by_login_and_on_paper(self):
        contract = self.make_contract("60_30_10", 1000000.00)
        deduction = self.deduct(contract, "60_30_10_damages", amount=500.00)
        deduction.action_agree("contractor")
        deduction.action_agree("purchaser", paper=self.make_paper("2026-07-01"))
        paper, login = deduction.message_ids.filtered(
            lambda message: "Consent of the" in (message.body or "")
        ).sorted("id", reverse=True)
        self.assertIn(self.officer.name, login.body)
        self.assertIn("Own Login", login.body)
        for part in ("甲经办", self.purchaser.name, "2026-07-01", self.officer.name):
            self.assertIn(part, paper.body)

    def test_on_the_payment(self):
        contract = self.make_contract("50_30_20", 1000000.00)
        first = contract.milestone_ids[0]
        condition = first.condition_ids.filtered(lambda c: c.kind == "funds")
        condition.with_user(self.officer).action_confirm(
            "2026-03-02",
            "甲通知",
            self.make_scan(self.env(user=self.officer)),
            "甲经办",
        )
        note = first.message_ids[0].body
        for part in (condition.display_name, "甲经办", "2026-03-02"):
            self.assertIn(part, note)
