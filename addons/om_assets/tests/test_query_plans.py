from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL


@tagged("post_install", "-at_install")
class TestQueryPlans(TransactionCase):
    """What is asked of much is found by an index, in the words in which Odoo asks."""

    def _explain(self, model, domain, order=None, limit=None):
        self.env.flush_all()
        # With a test's few rows reading all of them is cheaper.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = self.env[model]._search(domain, order=order, limit=limit)
        found = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in found)

    def test_a_month_of_the_compliance_reads_that_month(self):
        plan = self._explain(
            "om.inspection.compliance",
            [("month", ">=", "2026-10-01"), ("month", "<=", "2026-10-31")],
        )
        self.assertIn("maintenance_request_of_month", plan)
        self.assertRegex(plan, "inspection_month >= ")

    def test_findings_are_read_from_the_newest(self):
        plan = self._explain(
            "om.inspection.result",
            [("result", "=", "fail")],
            "inspection_date desc, id desc",
            80,
        )
        self.assertIn("newest_fails", plan)
        self.assertNotIn("Sort", plan)
