from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SparesCommon


@tagged("post_install", "-at_install")
class TestSparePortal(SparesCommon, HttpCase):
    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _post(self, path, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data)

    def test_both_confirm_in_the_portal(self):
        request = self._request()
        request.action_ask()
        for user in (self.overseer, self.buyer):
            self._login(user)
            self.assertIn(request.name, self.url_open("/my/spares").text)
            page = self.url_open(f"/my/spares/{request.id}")
            self.assertIn("主板击穿", page.text)
            self.assertIn("/confirm", page.text)
            page = self._post(f"/my/spares/{request.id}/confirm")
            self.assertNotIn("/confirm", page.text, "answered once")
        request.invalidate_recordset()
        self.assertEqual(request.state, "confirmed")

    def test_a_refusal_without_reason_changes_nothing(self):
        request = self._request()
        request.action_ask()
        self._login(self.buyer)
        page = self._post(f"/my/spares/{request.id}/refuse", reason=" ")
        self.assertIn("alert-danger", page.text)
        request.invalidate_recordset()
        self.assertEqual(request.state, "asked")
        self._post(f"/my/spares/{request.id}/refuse", reason="还能修")
        request.invalidate_recordset()
        self.assertEqual(request.state, "refused")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_strangers_see_nothing(self):
        request = self._request()
        request.action_ask()
        photo = request.sudo().photo_ids
        other = self._create_company("别的采购人", "purchaser")
        contact = self.env["res.partner"].create(
            {"name": "乙 y", "parent_id": other.id}
        )
        stranger = self.env["res.users"].create(
            {
                "login": "spares_stranger",
                "password": "spares_stranger",
                "partner_id": contact.id,
                "group_ids": [
                    (6, 0, self.env.ref("om_base.group_portal_purchaser").ids)
                ],
            }
        )
        self._login(stranger)
        self.assertNotIn(request.name, self.url_open("/my/spares").text)
        for path in ("", f"/photo/{photo.id}"):
            answer = self.url_open(f"/my/spares/{request.id}{path}")
            self.assertEqual(answer.status_code, 404)
        answer = self._post(f"/my/spares/{request.id}/confirm")
        self.assertEqual(answer.status_code, 404)
        for model in (
            "om.spare.request",
            "om.spare.confirmation",
            "om.spare.quota",
            "om.spare.list",
            "om.dismantled.part",
            "om.spare.swap",
        ):
            self.assertFalse(self.env[model].with_user(stranger).search([]), model)
        self.assertFalse(self.env["om.spare.request"].with_user(stranger).search([]))

    def test_drafts_are_not_shown(self):
        request = self._request()
        self._login(self.buyer)
        self.assertNotIn(request.name, self.url_open("/my/spares").text)
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/my/spares/{request.id}")
        self.assertEqual(answer.status_code, 404)
