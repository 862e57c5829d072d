from odoo.tests import TransactionCase, tagged

from odoo.addons.om_base.tests.common import plan_with_only

NEWEST_FAILS = "om_inspection_result_newest_fails"


@tagged("post_install", "-at_install")
class TestQueryPlans(TransactionCase):
    """What is asked of much is found by an index, in the words in which Odoo asks."""

    def _explain(self, index, model, domain, order=None, limit=None):
        query = self.env[model]._search(domain, order=order, limit=limit)
        return plan_with_only(self.env, index, query.select())

    def test_a_month_of_the_compliance_reads_that_month(self):
        plan = self._explain(
            "maintenance_request_of_month",
            "om.inspection.compliance",
            [("month", ">=", "2026-10-01"), ("month", "<=", "2026-10-31")],
        )
        self.assertIn("maintenance_request_of_month", plan)
        self.assertRegex(plan, "inspection_month >= ")

    def test_findings_are_read_from_the_newest(self):
        plan = self._explain(
            NEWEST_FAILS,
            "om.inspection.result",
            [("result", "=", "fail")],
            "inspection_date desc, id desc",
            80,
        )
        self.assertIn(NEWEST_FAILS, plan)
        self.assertNotIn("Sort", plan)
