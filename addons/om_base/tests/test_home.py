from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from .common import new_test_user

ROOT = "om_base.om_menu_root"


@tagged("post_install", "-at_install")
class TestHome(TransactionCase):
    """What the app opens with; the roles' own screens are tested with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "om_home_user", groups="om_base.group_user")

    def test_app_opens_with_the_first_screen(self):
        menus = self.env["ir.ui.menu"].with_user(self.user).load_web_menus(False)
        home = self.env.ref("om_base.om_home_action")
        self.assertEqual(menus[self.env.ref(ROOT).id]["actionID"], home.id)
        action = home.with_user(self.user).run()
        self.assertIn(action["type"], ("ir.actions.act_window", "ir.actions.client"))

    def test_everybody_with_a_role_gets_a_screen_that_is_there(self):
        for _order, group, action in self.env["res.users"]._get_om_landings():
            self.assertTrue(self.env.ref(group))
            self.assertTrue(self.env.ref(action))

    def test_of_several_roles_the_first_in_order_counts(self):
        landings = self.env["res.users"]._get_om_landings()
        orders = [order for order, _group, _action in landings]
        self.assertEqual(len(set(orders)), len(orders), "which one would it be?")

    def test_not_for_others(self):
        other = new_test_user(self.env, "om_home_other", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env.ref("om_base.om_home_action").with_user(other).run()

    def test_own_start_page_stays(self):
        own = self.env.ref("base.action_partner_form", raise_if_not_found=False)
        own = own or self.env["ir.actions.act_window"].search([], limit=1)
        self.user.action_id = own.id
        self.env.ref("om_base.om_home_action").with_user(self.user).run()
        self.assertEqual(self.user.action_id.id, own.id)
