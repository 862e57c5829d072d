from odoo.tests import TransactionCase, tagged

# What om_sla_policy_data.xml ships of five engagements.
POLICIES, CALENDARS = 6, 2


@tagged("post_install", "-at_install")
class TestShippedPromises(TransactionCase):
    """A real start holds no engagement's promise; those that follow bring theirs."""

    def test_what_was_forgotten_comes_back(self):
        setup = self.env["om.setup"]
        names = self.env["ir.model.data"].search(
            [
                ("module", "=", "om_helpdesk"),
                ("model", "in", ("om.sla.policy", "om.service.calendar")),
                ("name", "not ilike", "7x"),
                ("name", "not ilike", "5x"),
            ]
        )
        self.assertEqual(len(names), POLICIES + CALENDARS)
        # As after a real start, though here systems are promised them.
        names.unlink()
        setup._bring_examples_back()
        shipped = setup._get_shipped("om_helpdesk", "om.sla.policy")
        self.assertEqual(len(shipped), POLICIES)
        setup._bring_examples_back()
        self.assertEqual(setup._get_shipped("om_helpdesk", "om.sla.policy"), shipped)
        calendars = setup._get_shipped("om_helpdesk", "om.service.calendar")
        self.assertEqual(len(calendars), 3 + CALENDARS)

        setup._forget_examples()
        self.assertFalse(shipped.exists())
        self.assertEqual(len(calendars.exists()), 3, "hours as they are usual stay")

    def test_classes_in_use_stay(self):
        setup = self.env["om.setup"]
        category = self.env.ref("om_assets.om_system_category_office", False)
        if not category:
            self.skipTest("a real start has none")
        unit = self.env["res.partner"].create(
            {"name": "甲单位", "is_company": True, "om_role": "user_unit"}
        )
        system = self.env["om.system"].create(
            {"name": "甲系统", "unit_id": unit.id, "category_id": category.id}
        )
        setup._forget_examples()
        self.assertEqual(system.category_id, category)
        self.assertTrue(category.exists())
