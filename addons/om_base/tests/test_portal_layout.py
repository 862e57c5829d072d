from odoo.tests import HttpCase, tagged

from .common import new_test_user


@tagged("post_install", "-at_install")
class TestPortalLayout(HttpCase):
    def test_a_missing_page_names_no_other_missing_page(self):
        answer = self.url_open("/no-such-page")
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("/contactus", answer.text)
        self.assertNotIn("panic", answer.text)

    def test_a_company_without_a_picture_is_told_by_its_name(self):
        company = self.env.company
        company.logo = False
        self.assertTrue(company.uses_default_logo)
        page = self.url_open("/web/login").text
        self.assertIn(company.name, page)
        self.assertIn(f"<title>{company.name}</title>", page)
        self.assertNotIn("/web/binary/company_logo", page)

    def test_a_party_may_be_notified_by_its_browser(self):
        worker = self.url_open("/my/worker.js")
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/my")
        self.assertIn("showNotification", worker.text)
        user = new_test_user(self.env, "push", groups="om_base.group_portal_user_unit")
        self.authenticate(user.login, user.login)
        self.assertIn("o_om_push", self.url_open("/my").text)
