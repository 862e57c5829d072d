from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestContractQueries(OmContractCommon):
    """What holds for one contract holds for many in as many queries."""

    def test_an_invoice_has_few_followers(self):
        """Odoo walks each path from a field to its followers, once in each process: the
        first invoice waits for that."""
        triggers = self.registry._field_triggers

        def count(field, seen=()):
            if field in seen or field not in triggers:
                return 0
            return sum(
                1 + sum(count(follower, (*seen, field)) for follower in followers)
                for followers in triggers[field].values()
            )

        # 135, and 289 where fields of one method were each named.
        self.assertLess(count(self.env["account.move"]._fields["amount_total"]), 200)

    def _create_many(self, count):
        first = self.env["agreement"].search_count([])
        template = self.env.ref("om_contract.om_payment_template_60_40")
        contracts = self.env["agreement"].create(
            [
                {
                    "code": f"甲-{first + number}",
                    "name": "甲合同",
                    "partner_id": self.purchaser.id,
                    "amount_total": 1000.0,
                    "signature_date": "2026-01-20",
                    "start_date": "2026-01-01",
                    "end_date": "2026-12-31",
                    "payment_template_id": template.id,
                }
                for number in range(count)
            ]
        )
        contracts.action_make_milestones()
        contracts.action_activate()
        self.env.flush_all()
        return contracts

    def _count(self, act):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _compare(self, make_act, few=4, many=24):
        """Fail if the queries of an act grow with the number of contracts."""
        counts = [
            self._count(make_act(self._create_many(size))) for size in (few, few, many)
        ]
        # The first warms up what is cached.
        self.assertLessEqual(counts[2], counts[1] + 2, counts)

    def test_conditions_in_bulk(self):
        def make(contracts):
            funds = contracts.milestone_ids.condition_ids.filtered(
                lambda c: c.kind == "funds"
            )
            return lambda: self.confirm(funds, "2026-02-02", "甲批复")

        self._compare(make)

    def test_calendar_change(self):
        def make(contracts):
            contracts.milestone_ids.flush_recordset()
            day = f"2026-04-{len(contracts):02d}"
            values = {"date": day, "kind": "holiday"}
            days = self.env["om.calendar.day"]
            days.search([("date", "=", day)]).unlink()
            return lambda: days.create(values)

        self._compare(make)

    def test_reading(self):
        names = ["state", "amount_due", "amount_paid", "date_due", "why_not"]

        def make(contracts):
            # As a client asks: by ids, without what was read before.
            milestones = contracts.milestone_ids
            milestones = milestones.browse(milestones.ids)
            return lambda: milestones.read([*names, "is_overdue", "display_name"])

        self._compare(make)

    def test_list_of_contracts(self):
        names = [
            "amount_total",
            "amount_paid",
            "next_due",
            "system_count",
            "paid_share",
        ]

        def make(contracts):
            return lambda: contracts.read(names)

        self._compare(make)

    def test_overdue_search_is_one_query(self):
        self._create_many(3)
        milestones = self.env["om.payment.milestone"]
        domain = [("is_overdue", "=", True)]
        milestones.search(domain)
        with self.assertQueryCount(1):
            milestones.search(domain)

    def test_payment_state_follows(self):
        """Amounts and states after a payment, whatever the number of milestones."""

        def make(contracts):
            firsts = contracts.milestone_ids.filtered(lambda m: m.percent == 60)
            funds = firsts.condition_ids.filtered(lambda c: c.kind == "funds")
            self.confirm(funds, "2026-02-02", "甲批复")
            firsts.action_make_invoice()
            firsts.invoice_ids.action_post()
            fields = firsts._fields

            def act():
                for name in ("amount_invoiced", "amount_paid", "state", "date_due"):
                    self.env.add_to_compute(fields[name], firsts)
                firsts._recompute_recordset()

            return act

        self._compare(make, few=2, many=8)

    def test_job_at_night(self):
        def make(contracts):
            # Conditions are agreed on before a contract is signed.
            contracts.action_back_to_draft("付款条件改写")
            contracts.milestone_ids.write(
                {
                    "condition_ids": [
                        Command.clear(),
                        Command.create(
                            {"kind": "fixed_date", "fixed_month": 3, "fixed_day": 1}
                        ),
                    ]
                }
            )
            contracts.action_activate()
            self.env.flush_all()

            def act():
                with freeze_time("2026-03-02"):
                    self.env["om.payment.milestone"]._cron_reach_dates()

            return act

        self._compare(make)
