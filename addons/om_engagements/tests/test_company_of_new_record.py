from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestCompanyOfNewRecord(TransactionCase):
    def test_company_comes_from_what_it_does_not_filter(self):
        """A field that gives the record its company offers records of every company
        that the person may see. Filtered by the company of a record that has none yet
        it would offer nothing, and the check would compare the company with itself."""
        found, related = [], 0
        for name, model in self.env.registry.items():
            company = model._fields.get("company_id")
            if not company or not company.related or not name.startswith("om."):
                continue
            related += 1
            source = model._fields[company.related.split(".")[0]]
            if source.check_company:
                found.append(str(source))
        self.assertGreater(related, 30)
        self.assertFalse(found)
