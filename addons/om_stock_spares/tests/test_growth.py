from odoo.tests import HttpCase, tagged

from .common import SparesCommon

FIELDS = [
    "name",
    "system_id",
    "unit_id",
    "quota_id",
    "quantity",
    "purchaser_state",
    "supervisor_state",
    "is_unconfirmed",
    "on_hand",
    "state",
]


@tagged("post_install", "-at_install")
class TestSpareGrowth(SparesCommon):
    """What people open all day costs the same, however much there is."""

    def _ask(self, count):
        requests = self.env["om.spare.request"].union(
            *(self._request() for _number in range(count))
        )
        requests.action_ask()
        return requests

    def _queries(self, job):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        job()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_lists_and_clerk(self):
        self.lamp_quota.cap = 100
        Request = self.env["om.spare.request"].with_user(self.clerk)

        def job():
            Request.search([("quota_id", "=", self.lamp_quota.id)]).read(FIELDS)
            Request.get_clerk_list()

        few = self._ask(3)
        few.with_user(self.buyer).action_confirm()
        few.with_user(self.overseer).action_confirm()
        job()
        first = self._queries(job)
        many = self._ask(20)
        many.with_user(self.buyer).action_confirm()
        many.with_user(self.overseer).action_confirm()
        self.assertLessEqual(self._queries(job), first + 2)

    def test_answers_by_the_batch(self):
        self.lamp_quota.cap = 100
        self._ask(1).with_user(self.buyer).action_confirm()
        few, many = self._ask(3), self._ask(24)
        few_queries = self._queries(few.with_user(self.buyer).action_confirm)
        many_queries = self._queries(many.with_user(self.buyer).action_confirm)
        self.assertLessEqual(many_queries, few_queries + 2)

    def test_issues_by_the_batch(self):
        """Thirty parts leave the store in as many queries as three, with serial
        numbers and without."""
        self.lamp_quota.cap, self.camera_quota.cap = 200, 200
        self._stock(self.lamp, 200)
        lots = self.env["stock.lot"].create(
            [
                {"name": f"BATCH-{number}", "product_id": self.camera.id}
                for number in range(40)
            ]
        )
        for lot in lots:
            self._stock(self.camera, 1, lot)

        def confirmed(count, quota):
            requests = self.env["om.spare.request"].union(
                *(self._request(quota) for _number in range(count))
            )
            self._confirm(requests)
            return requests.with_user(self.clerk)

        confirmed(1, self.lamp_quota).action_issue()
        few, many = confirmed(3, self.lamp_quota), confirmed(30, self.lamp_quota)
        few_queries = self._queries(few.action_issue)
        many_queries = self._queries(many.action_issue)
        self.assertEqual(set(many.mapped("state")), {"issued"})
        self.assertLessEqual(many_queries, few_queries + 2)

        confirmed(1, self.camera_quota).action_issue(lots[:1])
        few, many = confirmed(3, self.camera_quota), confirmed(30, self.camera_quota)
        few_queries = self._queries(lambda: few.action_issue(lots[1:4]))
        many_queries = self._queries(lambda: many.action_issue(lots[4:34]))
        self.assertEqual(many.lot_ids, lots[4:34])
        self.assertLessEqual(many_queries, few_queries + 2)

    def test_reminders(self):
        few = self._ask(3)
        job = self.env["om.spare.request"]._cron_remind
        self._queries(job)
        few.sudo().write({"asked_at": "2020-01-01"})
        first = self._queries(job)
        self.lamp_quota.cap = 100
        many = self._ask(20)
        many.sudo().write({"asked_at": "2020-01-01"})
        # One mail to each party, and an activity for each request.
        self.assertLess(self._queries(job), first + 20)
        self.assertEqual(
            self.env["mail.activity"].search_count(
                [("res_model", "=", "om.spare.request"), ("res_id", "in", many.ids)]
            ),
            20,
        )


@tagged("post_install", "-at_install")
class TestSparePortalGrowth(SparesCommon, HttpCase):
    def test_the_portal_list(self):
        self.lamp_quota.cap = 100

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            page = self.url_open("/my/spares")
            self.assertEqual(page.status_code, 200)
            return self.cr.sql_log_count - before

        self.buyer.password = "spares_portal_purchaser"
        self.authenticate(self.buyer.login, "spares_portal_purchaser")
        for _number in range(3):
            self._request().action_ask()
        queries()
        first = queries()
        for _number in range(12):
            self._request().action_ask()
        self.assertLessEqual(queries(), first + 2)
