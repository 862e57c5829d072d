from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestPublicAddress(TransactionCase):
    """Where links and the QR codes of labels lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parameters = cls.env["ir.config_parameter"]
        cls.parameters.set_param("web.base.url.freeze", False)
        cls.parameters.set_param("web.base.url", "http://localhost:8101")

    def settings(self, **values):
        return self.env["res.config.settings"].create(values)

    def test_asked_for_and_kept(self):
        self.assertFalse(self.settings().om_public_address)
        self.settings(om_public_address=" https://om.example.org:8443/ ").execute()
        self.assertEqual(self.env.company.get_base_url(), "https://om.example.org:8443")
        self.assertEqual(self.parameters.get_param("web.base.url.freeze"), "True")
        self.assertEqual(
            self.settings().om_public_address, "https://om.example.org:8443"
        )

    def test_emptied_follows_the_login_again(self):
        self.settings(om_public_address="https://om.example.org").execute()
        self.settings(om_public_address=False).execute()
        self.assertFalse(self.parameters.get_param("web.base.url.freeze"))

    def test_what_is_no_address(self):
        for wrong in (
            "om.example.org",
            "ftp://om.example.org",
            "https://",
            "https://om.example.org/odoo",
            "https://om.example.org?x=1",
            "https://om.example.org:99999",
            "https://om example.org",
            "https://me@om.example.org",
        ):
            with self.subTest(wrong), self.assertRaisesRegex(ValidationError, "om.exa"):
                self.settings(om_public_address=wrong).execute()
        self.assertEqual(
            self.parameters.get_param("web.base.url"), "http://localhost:8101"
        )
