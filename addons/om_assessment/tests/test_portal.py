from lxml import html

from odoo.tests import HttpCase, freeze_time, tagged

from .test_assessment import MonthCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02 04:00:00")
class TestPortal(HttpCase, MonthCommon):
    """Unit and purchaser say their word on the page that shows what they sign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scheme = cls._create_scheme(
            {"name": "超时", "source": "missed", "operator": "<=", "target": 0},
            money_rule="point",
            money_value=400,
        )
        cls._create_memorandum(scheme_id=scheme.id)

    def setUp(self):
        super().setUp()
        self.ticket = self._create_tickets(1, fix_status="breached")
        self.sheet = self._draw_again()
        self.sheet.action_submit()

    def _login(self, name):
        # Sessions are dated by the clock of the test, cookies by that of the client.
        self.authenticate(f"om_assessment_{name}", f"{name}-of-the-test")

    def _page(self, path=None):
        answer = self.url_open(path or f"/my/assessments/{self.sheet.id}")
        return answer, html.fromstring(answer.content)

    def _decide(self, decision, **values):
        _answer, page = self._page()
        token = page.xpath("//input[@name='csrf_token']/@value")[0]
        self.url_open(
            f"/my/assessments/{self.sheet.id}/decide",
            data={"csrf_token": token, "decision": decision, **values},
        )
        self.sheet.invalidate_recordset()

    def test_dispute_and_sign(self):
        self._login("unit")
        answer, page = self._page("/my/assessments")
        self.assertIn(self.sheet.name, answer.text)
        answer, page = self._page()
        self.assertIn(self.ticket.number, answer.text, "the very fault")
        words = page.xpath("//button[@name='decision']/@value")
        self.assertEqual(words, ["sign", "dispute", "return"])
        line = self.sheet.line_ids
        self._decide("dispute", reason="未超时", **{f"remark_{line.id}": "见来电记录"})
        self.assertEqual(self.sheet.state, "disputed")
        self.assertEqual(line.remark, "见来电记录")
        self.sheet.action_correct(reason="核实后更正")
        self.sheet.action_submit()
        self._decide("sign")
        self.assertEqual(self.sheet.state, "signed")
        signed = self.sheet.act_ids.filtered(lambda act: act.act == "sign")
        signature = signed.signature_id
        self.assertEqual(signature.way, "login")
        self.assertEqual(signature.party_id, self.unit)
        # Signed, it offers nothing more to the unit.
        _answer, page = self._page()
        self.assertFalse(page.xpath("//button[@name='decision']"))
        self._login("purchaser")
        _answer, page = self._page()
        words = page.xpath("//button[@name='decision']/@value")
        self.assertEqual(words, ["confirm", "contest"])
        self._decide("confirm")
        self.assertEqual(self.sheet.state, "confirmed")

    def test_of_another_unit(self):
        self._login("other")
        answer, _page = self._page()
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn(self.sheet.name, answer.text)

    def test_a_word_that_is_not_the_partys(self):
        """The purchaser does not sign before the unit, nor the unit confirm."""
        self._login("unit")
        self._decide("confirm")
        self.assertEqual(self.sheet.state, "submitted")
        self._decide("dispute")
        self.assertEqual(self.sheet.state, "submitted", "without a reason")
