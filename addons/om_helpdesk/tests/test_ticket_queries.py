from datetime import timedelta

from odoo.fields import Domain
from odoo.tests import freeze_time, tagged, warmup
from odoo.tools import SQL

from odoo.addons.om_base.tests.common import plan_with_only

from .ticket_common import REPORTED, TicketCommon

# What helpdesk_mgmt with helpdesk_mgmt_sla needs for each ticket, measured.
STOCK_CREATE, STOCK_MOVE = 17, 6


@tagged("post_install", "-at_install")
class TestTicketQueries(TicketCommon):
    """A thousand tickets cost what their rows cost, not a query each."""

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.precommit.run()
        before = self.env.cr.sql_log_count
        result = function()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.env.cr.sql_log_count - before, result

    def _create(self, count, **values):
        return (
            self.env["helpdesk.ticket"]
            .with_user(self.dispatcher)
            .with_context(tracking_disable=False)
            .create(
                [
                    {
                        "name": f"Fault {number}",
                        "description": "Test",
                        "system_id": (self.system, self.other_system)[number % 2].id,
                        "team_id": self.team.id,
                        "severity": ("general", "serious", "urgent")[number % 3],
                        **values,
                    }
                    for number in range(count)
                ]
            )
        )

    @warmup
    def test_create_and_move(self):
        stages = self.env["helpdesk.ticket"]._om_stages(self.env.company.id)
        with freeze_time(REPORTED):
            self._create(3)
            small, _tickets = self._count(lambda: self._create(10))
            large, tickets = self._count(lambda: self._create(100))
        self.assertLessEqual(large, small + 20)
        self.assertLessEqual(large, 100 * STOCK_CREATE / 10)
        with freeze_time(REPORTED + timedelta(minutes=5)):

            def move():
                tickets.write({"stage_id": stages["progress"]})

            moved, _result = self._count(move)
        self.assertLessEqual(moved, 100 * STOCK_MOVE / 10)
        self.assertEqual(set(tickets.mapped("state")), {"progress"})
        with freeze_time(REPORTED + timedelta(minutes=5)):
            fixed, _result = self._count(
                lambda: tickets.write({"stage_id": stages["fixed"]})
            )
        self.assertLessEqual(fixed, 100 * STOCK_MOVE / 10)

    @warmup
    def test_assigning(self):
        """A morning's faults given to an engineer are one message and few queries."""
        with freeze_time(REPORTED):
            few, many = self._create(10), self._create(100)
        told = Domain("partner_ids", "in", self.engineer.partner_id.ids) & Domain(
            "message_type", "=", "user_notification"
        )
        messages = self.env["mail.message"]
        before = messages.search(told)

        def assign(tickets):
            tickets.with_user(self.dispatcher).write({"user_id": self.engineer.id})

        small, _result = self._count(lambda: assign(few))
        large, _result = self._count(lambda: assign(many))
        self.assertLessEqual(large, small + 20)
        new = messages.search(told, order="id") - before
        self.assertEqual(len(new), 2)
        self.assertIn("10 ", new[0].subject)
        self.assertIn("100 ", new[1].subject)
        for ticket in few:
            self.assertIn(ticket.display_name, new[0].body)
        self.assertIn(self.engineer.partner_id, many[-1].message_partner_ids)

    @warmup
    def test_created_with_an_engineer(self):
        def create(count):
            with freeze_time(REPORTED):
                return self._create(count, user_id=self.engineer.id)

        create(3)
        small, _result = self._count(lambda: create(10))
        large, tickets = self._count(lambda: create(100))
        self.assertLessEqual(large, small + 20)
        self.assertIn(self.engineer.partner_id, tickets[-1].message_partner_ids)

    @warmup
    def test_list(self):
        with freeze_time(REPORTED):
            tickets = self._create(100)
        fields = {
            name: {}
            for name in (
                "number",
                "name",
                "severity",
                "reported_at",
                "next_deadline",
                "respond_status_now",
                "fix_status_now",
                "urgency",
                "twin_count",
                "state",
            )
        }
        fields["system_id"] = {"fields": {"display_name": {}}}
        fields["unit_id"] = {"fields": {"display_name": {}}}

        def read(count):
            self.env["helpdesk.ticket"].with_user(self.dispatcher).web_search_read(
                [("id", "in", tickets[:count].ids)], fields
            )

        read(2)
        small, _result = self._count(lambda: read(10))
        large, _result = self._count(lambda: read(100))
        self.assertLessEqual(large, small + 2)

    @warmup
    def test_recomputing_promises(self):
        with freeze_time(REPORTED):
            tickets = self._create(110)

        def recompute(batch):
            self.env["helpdesk.ticket"]._recompute_promises(
                [("id", "in", batch.ids)], "Test"
            )

        with freeze_time(REPORTED + timedelta(days=1)):
            recompute(tickets[:2])
            small, _result = self._count(lambda: recompute(tickets[:10]))
            large, _result = self._count(lambda: recompute(tickets[10:]))
        self.assertLessEqual(large, small + 10)

    @warmup
    def test_breached_list_uses_its_indexes(self):
        """With many rows the database finds breaches by partial indexes."""
        with freeze_time(REPORTED):
            self._create(20)
        query = self.env["helpdesk.ticket"]._search(
            [("respond_status", "=", "running"), ("respond_deadline", "<", REPORTED)]
        )
        index = "helpdesk_ticket_respond_running"
        self.assertIn(index, plan_with_only(self.env, index, query.select()))

    def test_tables_are_counted_without_a_look_at_a_fault(self):
        """All that counts by state and tables of deadlines ask stands in one index."""
        with freeze_time(REPORTED):
            self._create(20)
        # Whether the index alone answers; that few rows are as well read another way.
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        faults = Domain("kind", "=", "fault")
        since = faults & Domain("reported_at", ">=", REPORTED)
        for name, domain, groups in (
            ("counted_by_state", faults, ("state",)),
            ("counted_by_unit", faults, ("unit_id", "fix_status")),
            ("counted_by_unit", since, ("unit_id", "fix_status")),
            ("counted_by_unit", since, ()),
        ):
            with self.subTest(index=name, groups=groups):
                tickets = self.env["helpdesk.ticket"].with_user(self.dispatcher)
                query = tickets._search(domain)
                columns = [SQL.identifier(each) for each in groups]
                if columns:
                    query.groupby = SQL(", ").join(columns)
                asked = query.select(*columns, SQL("COUNT(*)"))
                index = f"helpdesk_ticket_{name}"
                self.assertIn(
                    f"Index Only Scan using {index}",
                    plan_with_only(self.env, index, asked),
                )

    def test_numbers_and_names_are_searched_by_an_index(self):
        if not self.env.registry.has_trigram:
            self.skipTest("this PostgreSQL has no pg_trgm")
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'helpdesk_ticket'"
        )
        found = " ".join(row[0] for row in self.env.cr.fetchall())
        for name in ("number", "name"):
            self.assertIn(f"gin ({name} gin_trgm_ops)", found)
