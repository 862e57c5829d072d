from odoo.tests import TransactionCase, tagged

# What om_tender_data.xml ships of the tender of Shunyi.
POSTS, RULES = 6, 5


@tagged("post_install", "-at_install")
class TestShippedTenders(TransactionCase):
    """A real start forgets the tenders; engagements that are added later bring them."""

    def test_what_was_forgotten_comes_back_once(self):
        names = self.env["ir.model.data"].search(
            [
                ("module", "=", "om_staffing"),
                ("model", "in", ("om.tender", "om.post", "om.tender.rule")),
            ]
        )
        old = self.env.ref("om_staffing.tender_shunyi")
        # As after a real start, though here facts may hang on the tenders.
        names.unlink()
        self.env["om.setup"]._bring_examples_back()
        new = self.env.ref("om_staffing.tender_shunyi")
        self.assertNotEqual(new, old)
        for model, count in (("om.post", POSTS), ("om.tender.rule", RULES)):
            found = self.env[model].search_count([("tender_id", "=", new.id)])
            self.assertEqual(found, count, model)
        self.env["om.setup"]._bring_examples_back()
        self.assertEqual(self.env.ref("om_staffing.tender_shunyi"), new)
