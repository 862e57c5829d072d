"""What Odoo leaves open to strangers and to every internal user, and is shut here."""

import json
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessDenied, AccessError, UserError
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

    def test_who_writes_contacts_makes_no_login_another_party_s(self):
        """Or somebody of ours would sign for the purchaser, as its own login."""
        partners = self.env["res.partner"]
        payer, unit = partners.create(
            [
                {"name": "示例采购人", "is_company": True, "om_role": "purchaser"},
                {"name": "示例单位", "is_company": True, "om_role": "user_unit"},
            ]
        )
        people = partners.create(
            [
                {"name": "示例甲", "parent_id": payer.id, "email": "a@example.com"},
                {"name": "示例乙", "parent_id": unit.id},
            ]
        )
        logins = self.env["res.users"].create(
            [
                {
                    "login": f"door_{person.id}",
                    "partner_id": person.id,
                    "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                }
                for person in people
            ]
        )
        for role in ("procurement", "manager"):
            ours = new_test_user(
                self.env, f"door_{role}", groups=f"om_base.group_{role}"
            )
            mine = ours.partner_id
            forged = [
                (mine, {"parent_id": payer.id}),
                (mine, {"commercial_partner_id": payer.id}),
                (payer, {"child_ids": [Command.link(mine.id)]}),
                (people[0], {"user_ids": [Command.link(ours.id)]}),
                (people[0], {"email": "mine@example.com"}),
                (people[0], {"name": "示例丙"}),
                (people[1], {"parent_id": payer.id}),
                (unit, {"is_company": False, "parent_id": payer.id}),
            ]
            for partner, values in forged:
                with (
                    self.subTest(role=role, values=values),
                    self.assertRaises(AccessError),
                    self.cr.savepoint(),
                    # Whose request it is, as Odoo asks for lines of a document.
                    patch.object(
                        self.env.transaction, "default_env", self.env(user=ours.id)
                    ),
                ):
                    partner.with_user(ours).write(values)
            with self.assertRaises(AccessError):
                # As an employee's address is copied.
                people[0].with_user(ours).sudo().email = "mine@example.com"
            with self.assertRaises(AccessError):
                partners.with_user(ours).create(
                    {"name": "x", "user_ids": [Command.link(logins[0].id)]}
                )
            for model in ("portal.wizard", "base.partner.merge.automatic.wizard"):
                self.assertFalse(
                    self.env[model].with_user(ours).has_access("create"), model
                )
            # Work goes on.
            people[0].with_user(ours).phone = "010-00000000"
            people[0].with_user(ours).write({"email": "a@example.com"})
            person = partners.with_user(ours).create(
                {"name": "示例丁", "parent_id": unit.id, "email": "d@example.com"}
            )
            person.write({"parent_id": payer.id, "email": "e@example.com"})
            mine.with_user(ours).sudo().email = "own@example.com"
        self.assertEqual(logins.partner_id, people)
        people[1].parent_id = payer
        giver = new_test_user(
            self.env,
            "door_giver",
            groups="base.group_erp_manager,base.group_partner_manager",
        )
        people[1].with_user(giver).write({"parent_id": unit.id})

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
