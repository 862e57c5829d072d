import re
from io import BytesIO
from urllib.parse import unquote

import openpyxl

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SparesCommon


@tagged("post_install", "-at_install")
class TestSignoffPortal(SparesCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        request = cls._request(cls, cls.camera_quota)
        cls._confirm(cls, request)
        request.with_user(cls.clerk).action_issue(cls.lots[:1])
        request._install()
        cls.request = request
        cls.settlement = cls.env["om.spare.settlement"].create({"list_id": cls.list.id})
        cls.handover = cls.env["om.spare.handover"].create(
            {"agreement_id": cls.contract.id}
        )
        cls.handover.action_load_stock()

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _post(self, path, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, data=data)

    def test_the_supervisor_confirms(self):
        for kind, doc in (
            ("settlements", self.settlement),
            ("handovers", self.handover),
        ):
            path = f"/my/{kind}/{doc.id}"
            self._login(self.overseer)
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                self.assertEqual(self.url_open(path).status_code, 404, "a draft")
            doc.action_submit()
            self._login(self.buyer)
            page = self.url_open(path).text
            self.assertIn(doc.name, page)
            self.assertNotIn("/confirm", page, "the purchaser reads")
            answer = self._post(f"{path}/confirm")
            self.assertIn("alert-danger", answer.text)
            self._login(self.overseer)
            self.assertIn(doc.name, self.url_open(f"/my/{kind}").text)
            self.assertIn("/confirm", self.url_open(path).text)
            page = self._post(f"{path}/confirm").text
            self.assertNotIn("/confirm", page)
            doc.invalidate_recordset()
            self.assertEqual(
                (doc.state, doc.confirmed_by_id), ("confirmed", self.overseer)
            )

    def test_the_page_shows_the_evidence(self):
        self.settlement.action_submit()
        self._login(self.overseer)
        page = self.url_open(f"/my/settlements/{self.settlement.id}").text
        for text in (self.request.name, "NEW-1", "OLD-07", self.buyer.name, "1,500.00"):
            self.assertIn(text, page)
        answer = self.url_open(f"/my/settlements/{self.settlement.id}/xlsx")
        book = openpyxl.load_workbook(BytesIO(answer.content))
        self.assertEqual(len(book.worksheets), 3)

    def test_the_paper_is_downloaded(self):
        self._login(self.overseer)
        for kind, doc in (
            ("settlements", self.settlement),
            ("handovers", self.handover),
        ):
            doc.action_submit()
            answer = self.url_open(f"/my/{kind}/{doc.id}/pdf")
            self.assertEqual(answer.status_code, 200, kind)
            name = unquote(answer.headers["Content-Disposition"])
            self.assertIn(re.sub(r"\W+", "_", doc.name), name)

    def test_sent_back_with_a_reason(self):
        self.settlement.action_submit()
        path = f"/my/settlements/{self.settlement.id}/refuse"
        self._login(self.overseer)
        self.assertIn("alert-danger", self._post(path, reason=" ").text)
        self._post(path, reason="少一台")
        self.settlement.invalidate_recordset()
        self.assertEqual(self.settlement.state, "draft")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_strangers_see_nothing(self):
        self.settlement.action_submit()
        self.handover.action_submit()
        other = self._create_company("别的监理", "supervisor")
        contact = self.env["res.partner"].create(
            {"name": "乙 s", "parent_id": other.id}
        )
        stranger = self._create_login(
            "portal_supervisor_x", "portal_supervisor", contact
        )
        unit_user = self._create_party("portal_user_unit", self.unit)
        for user in (stranger, unit_user):
            self._login(user)
            for kind, doc in (
                ("settlements", self.settlement),
                ("handovers", self.handover),
            ):
                self.assertNotIn(doc.name, self.url_open(f"/my/{kind}").text)
                for tail in ("", "/xlsx", "/pdf"):
                    answer = self.url_open(f"/my/{kind}/{doc.id}{tail}")
                    self.assertEqual(answer.status_code, 404)
                answer = self._post(f"/my/{kind}/{doc.id}/confirm")
                self.assertEqual(answer.status_code, 404)
                self.assertEqual(doc.state, "submitted")

    def _create_login(self, login, role, contact):
        return self.env["res.users"].create(
            {
                "login": login,
                "password": login,
                "partner_id": contact.id,
                "group_ids": [(6, 0, self.env.ref(f"om_base.group_{role}").ids)],
            }
        )
