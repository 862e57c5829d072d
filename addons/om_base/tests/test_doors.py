"""What Odoo leaves open to strangers and to every internal user, and is shut here."""

import json

from odoo.exceptions import AccessDenied, UserError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.mail_message import drop_images
from .common import new_test_user


@tagged("post_install", "-at_install")
class TestDoors(TransactionCase):
    def test_aliases_take_mail_from_known_people(self):
        model = self.env["ir.model"]._get("res.partner")
        alias = self.env["mail.alias"].create(
            {"alias_name": "door-test", "alias_model_id": model.id}
        )
        self.assertEqual(alias.alias_contact, "partners")
        public = self.env["mail.alias"]._get_om_public_models()
        self.assertFalse(
            self.env["mail.alias"].search(
                [
                    ("alias_contact", "=", "everyone"),
                    ("alias_model_id.model", "not in", public),
                ]
            )
        )

    def test_a_password_is_not_one_letter(self):
        user = new_test_user(self.env, "door_p", groups="om_base.group_engineer")
        with self.assertRaises(UserError):
            user.password = "a"
        user.password = "eight.or.more"

    @mute_logger("odoo.addons.base.models.res_users")
    def test_guessing_without_an_address_is_slowed_down(self):
        """As through XML-RPC, where the request is not known to the login."""
        user = new_test_user(self.env, "door_g", groups="om_base.group_engineer")
        user.password = "the.right.one"
        self.env["res.users"]._get_om_login_failures().clear()
        self.addCleanup(self.env["res.users"]._get_om_login_failures().clear)
        allowed = int(
            self.env["ir.config_parameter"].get_param("base.login_cooldown_after", 10)
        )

        def login(password):
            return self.env["res.users"].authenticate(
                {"login": "door_g", "password": password, "type": "password"},
                {"interactive": False},
            )

        self.assertEqual(login("the.right.one")["uid"], user.id)
        for _each in range(allowed):
            with self.assertRaises(AccessDenied):
                login("a.wrong.one")
        with self.assertRaisesRegex(AccessDenied, "Too many"):
            login("the.right.one")
        # Somebody else is not locked out by it.
        other = new_test_user(self.env, "door_o", groups="om_base.group_engineer")
        other.password = "another.right.one"
        self.assertTrue(
            self.env["res.users"].authenticate(
                {
                    "login": "door_o",
                    "password": "another.right.one",
                    "type": "password",
                },
                {"interactive": False},
            )
        )

    def test_pictures_of_outsiders_are_dropped(self):
        self.assertEqual(
            drop_images('<p>甲<img src="https://example.com/1.gif">乙</p>'),
            "<p>甲乙</p>",
        )
        self.assertEqual(drop_images("甲 <IMG src='x'> 乙"), "甲  乙")
        self.assertEqual(drop_images("<p>a &lt; b</p>"), "<p>a &lt; b</p>")


@tagged("post_install", "-at_install")
class TestHttpDoors(HttpCase):
    def call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        ).json()

    def test_nobody_registers_alone(self):
        self.assertEqual(self.url_open("/web/signup").status_code, 404)

    @mute_logger("odoo.http")
    def test_the_server_s_insides_are_for_insiders(self):
        for name, groups, told in (
            ("door_in", "om_base.group_engineer", True),
            ("door_out", "base.group_portal", False),
        ):
            new_test_user(self.env, name, groups=groups, password=f"{name}.{name}")
            self.authenticate(name, f"{name}.{name}")
            error = self.call("res.partner", "no_such_method")["error"]["data"]
            self.assertTrue(error["message"])
            self.assertEqual(bool(error["debug"]), told)

    @mute_logger("odoo.http")
    def test_nobody_tries_passwords_by_a_method(self):
        new_test_user(
            self.env, "door_m", groups="base.group_portal", password="door_m.door_m"
        )
        self.authenticate("door_m", "door_m.door_m")
        answer = self.call(
            "res.users",
            "authenticate",
            {"login": "door_m", "password": "door_m.door_m", "type": "password"},
            {},
        )
        self.assertIn("error", answer)
