from odoo.tests import Form, TransactionCase

from .common import new_test_user


class TestPartner(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, "par_officer", groups="om_base.group_procurement"
        )
        cls.Partner = cls.env["res.partner"].with_user(cls.officer)

    def test_role_is_set_and_traced(self):
        with Form(self.Partner.with_context(default_is_company=True)) as form:
            form.name = "单位甲"
            form.om_role = "user_unit"
        partner = form.record
        self.env.flush_all()
        self.cr.precommit.run()
        partner.om_role = "purchaser"
        self.env.flush_all()
        self.cr.precommit.run()
        tracking = partner.message_ids.sudo().tracking_value_ids
        self.assertIn("om_role", tracking.field_id.mapped("name"))

    def test_action_lists_parties_only(self):
        unit, other = self.Partner.create(
            [{"name": "单位乙", "om_role": "user_unit"}, {"name": "其他"}]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_base.res_partner_action"
        )
        found = self.Partner.search([("om_role", "!=", False)])
        self.assertEqual(action["domain"], "[('om_role', '!=', False)]")
        self.assertIn(unit, found)
        self.assertNotIn(other, found)

    def test_short_tags(self):
        town = self.env.ref("om_base.partner_category_town")
        parent = self.env.ref("om_base.partner_category_user_unit")
        self.assertEqual(town.parent_id, parent)
        self.assertEqual(town.display_name, f"{parent.name} / {town.name}")
        short = town.with_context(partner_category_display="short")
        self.assertEqual(short.display_name, town.name)
