"""What a system earned, cost and left: each figure is that of its records."""

from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from odoo.addons.om_contract.tests.deduction_common import DeductionCase
from odoo.addons.om_stock_spares.tests.common import SparesCommon

from ..engine.assessment import Served, period_fee

FIGURES = ("earned", "deducted", "people", "parts", "bills", "others", "margin")


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestMargin(DeductionCase):
    """Day 196 of 365; 6 percent of tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(
            "60_40", 1000000.00, fees=(365000.00, 635000.00)
        )
        cls.system, cls.other = cls.contract.system_ids.sorted("annual_fee")
        cls.manager = cls._create_user("manager")
        tender = cls.env["om.tender"].create({"name": "甲招标"})
        cls.post = cls.env["om.post"].create(
            {"tender_id": tender.id, "name": "驻场工程师"}
        )
        cls.person = cls.env["hr.employee"].create({"name": "甲工程师"})

    def _row(self, system=None, contract=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["om.margin"].search(
            [
                ("agreement_id", "=", (contract or self.contract).id),
                ("system_id", "=", system.id if system else False),
            ]
        )

    def assertRow(self, row, **expected):
        self.assertEqual(
            {name: f"{row[name]:.2f}" for name in FIGURES if row[name]},
            expected,
        )

    def _post(self, **values):
        return self.env["om.posting"].create(
            {
                "employee_id": self.person.id,
                "system_id": self.system.id,
                "post_id": self.post.id,
                "date_from": "2026-05-22",
                **values,
            }
        )

    def _cost(self, amount, day="2026-01-01"):
        return (
            self.env["om.post.cost"]
            .with_user(self.manager)
            .create({"post_id": self.post.id, "date_from": day, "amount": amount})
        )

    def test_the_fee_by_days_without_tax(self):
        """365,000.00 of 365 days, 196 served: 196,000.00; 1.06 of it is 184,905.66."""
        self.assertRow(self._row(self.system), earned="184905.66", margin="184905.66")
        # 635,000.00 x 196 / 365 = 340,986.30; without tax 321,685.19
        self.assertRow(self._row(self.other), earned="321685.19", margin="321685.19")
        self.assertFalse(self._row(), "the fees are the whole price")
        gross = period_fee(
            [
                Served(
                    Decimal(str(self.other.annual_fee)),
                    date(2026, 1, 1),
                    date(2026, 12, 31),
                    date(2026, 1, 1),
                    date(2026, 7, 15),
                )
            ]
        )
        self.assertEqual(gross, Decimal("340986.30"))

    def test_what_is_above_the_fees_is_the_contracts(self):
        contract = self.make_contract("single", 365000.00, code="HT-OHNE")
        row = self._row(contract=contract)
        self.assertRow(row, earned="184905.66", margin="184905.66")
        self.assertIn(contract.display_name, row.display_name)

    def test_a_stopped_system_earns_no_more(self):
        """Stopped on 3 July: 183 days, 183,000.00; nothing is taken off twice."""
        self.system._stop("2026-07-03", "书面通知")
        reduction = self.contract.deduction_ids
        self.agree(reduction, "2026-07-10")
        self.assertEqual(reduction.amount, 182000.00)
        # 183,000 / 1.06
        self.assertRow(self._row(self.system), earned="172641.51", margin="172641.51")

    def test_agreed_deductions_are_taken_off(self):
        values = {"kind": "penalty", "direction": "contractor", "method": "fixed"}
        deduction = self.deduct(
            self.contract, system_id=self.system.id, amount=1060.00, **values
        )
        self.assertEqual(self._row(self.system).deducted, 0.0)
        self.agree(deduction, "2026-07-10")
        row = self._row(self.system)
        self.assertRow(row, earned="184905.66", deducted="1000.00", margin="183905.66")
        found = self.env["om.deduction"].search(row.action_open_deducted()["domain"])
        self.assertEqual(found, deduction)
        self.assertIn("1,000.00", row.reason)

    def test_posted_people_cost_by_days(self):
        """3,100.00 a month from 22 May: 1,000.00, 3,100.00 and 15 of 31 days."""
        self._cost(3100)
        posting = self._post()
        lines = posting.analytic_line_ids.sorted("date")
        self.assertEqual(
            [(str(line.date), line.unit_amount, line.amount) for line in lines],
            [
                ("2026-05-31", 10.0, -1000.0),
                ("2026-06-30", 30.0, -3100.0),
                ("2026-07-15", 15.0, -1500.0),
            ],
        )
        row = self._row(self.system)
        self.assertRow(row, earned="184905.66", people="5600.00", margin="179305.66")
        found = self.env["account.analytic.line"].search(
            row.action_open_people()["domain"]
        )
        self.assertEqual(found, lines)

    def test_the_ledger_follows_once(self):
        cost = self._cost(3100)
        posting = self._post()
        before = posting.analytic_line_ids
        self.env["om.margin"]._cron_follow()
        self.assertEqual(posting.analytic_line_ids, before, "nothing twice")
        cost.amount = 6200
        self.assertEqual(sum(before.mapped("amount")), -11200.0)
        posting.date_to = "2026-06-30"
        left = posting.analytic_line_ids
        self.assertEqual(sum(left.mapped("amount")), -8200.0)
        self.assertLess(left, before)
        with freeze_time("2026-08-02 04:00:00"):
            self.env["om.margin"]._cron_follow()
        self.assertEqual(posting.analytic_line_ids, left)
        cost.unlink()
        self.assertFalse(posting.analytic_line_ids)

    def test_a_mistaken_system_takes_its_cost_along(self):
        self._cost(3100)
        posting = self._post()
        posting.system_id = self.other
        self.assertEqual(self._row(self.system).people, 0.0)
        self.assertEqual(self._row(self.other).people, 5600.0)

    def test_a_suppliers_bill_by_the_fees(self):
        """5,000.00 without tax: 36.5 and 63.5 percent."""
        supply = self._create_contract(
            "single",
            partner_id=self.supplier.id,
            domain="purchase",
            amount_total=5300.0,
            end_date="2026-01-31",
            served_system_ids=[(6, 0, self.contract.system_ids.ids)],
        )
        supply.action_activate()
        supply.action_expire()
        supply.action_accept("2026-02-02", "甲验收单", self.make_scan(), "甲经办")
        supply.milestone_ids.action_make_invoice()
        bill = supply.milestone_ids.invoice_ids
        bill.invoice_date = "2026-02-02"
        bill.action_post()
        row = self._row(self.system)
        self.assertEqual(row.bills, 1825.0)
        self.assertEqual(self._row(self.other).bills, 3175.0)
        lines = self.env["account.analytic.line"].search(
            row.action_open_bills()["domain"]
        )
        self.assertEqual(lines.move_line_id.move_id, bill)

    def test_a_review_is_the_contracts(self):
        """Reviewed at 900,000.00: with what the systems earned it is just that."""
        contract = self.make_contract("review", 1000000.00, fees=(1000000.00,))
        with freeze_time("2027-02-15 04:00:00"):
            contract.action_expire()
            contract.action_accept("2027-01-10", "甲验收单", self.make_scan(), "甲经办")
            contract.action_record_settlement(900000.00, "2027-02-10", "甲评审意见")
            rows = self.env["om.margin"].search([("agreement_id", "=", contract.id)])
            # 900,000 / 1.06
            self.assertEqual(f"{sum(rows.mapped('earned')):.2f}", "849056.60")

    def test_rows_are_read_in_a_batch(self):
        def read():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["om.margin"].search_fetch([], list(FIGURES)).mapped("display_name")
            return self.env.cr.sql_log_count - before

        read()
        few = read()
        for number in range(5):
            self.make_contract(
                "single", 10.0, fees=(4.0, 6.0), code=f"HT-MARGE-{number}"
            )
        self.assertLessEqual(read(), few)

    def test_who_reads_it(self):
        self._cost(3100)
        posting = self._post()
        for role in ("manager", "procurement", "auditor"):
            user = self.officer if role == "procurement" else self.manager
            if role == "auditor":
                user = self._create_user(role)
            row = self._row(self.system).with_user(user)
            self.assertEqual(row.people, 5600.0, role)
            self.assertTrue(posting.with_user(user).analytic_line_ids, role)
            self.assertTrue(self.post.with_user(user).cost_ids, role)
        for role in ("staffing", "dispatcher", "engineer", "warehouse"):
            user = self._create_user(role)
            with self.assertRaises(AccessError):
                self.env["om.margin"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["om.post.cost"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["account.analytic.line"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.post.with_user(user).read(["cost_ids"])

    def test_accountants_do_not_rewrite_it(self):
        self._cost(3100)
        line = self._post().analytic_line_ids.with_user(self.officer)[0]
        column = self.env["account.analytic.account"]._get_om_plan()._column_name()
        account = line[column]
        for act in (
            lambda: line.write({"amount": -1.0}),
            lambda: line.write({"om_posting_id": False}),
            lambda: line.copy(),
            lambda: line.unlink(),
            lambda: account.write({"om_system_id": self.other.id}),
            lambda: account.write({"om_agreement_id": False}),
        ):
            with self.assertRaises(UserError):
                act()
        # What they book themselves is theirs.
        own = line.create({"name": "甲差旅", "amount": -10.0, column: account.id})
        own.amount = -20.0
        self.assertEqual(self._row(self.system).others, 20.0)

    def test_people_are_posted_by_who_sees_no_cost(self):
        self._cost(3100)
        staffing = self._create_user("staffing")
        posting = self._post().with_user(staffing)
        posting.date_from = "2026-06-01"
        self.assertEqual(self._row(self.system).people, 4600.0)

    def test_money_at_a_glance_shows_it(self):
        money = self.env["om.money"].get_money(contract=self.contract.id)
        [row] = money["rows"]
        [figure] = row["more"]
        self.assertEqual(figure["count"], 506590.85)
        found = self.env["om.margin"].search(figure["domain"])
        self.assertEqual(found.system_id, self.contract.system_ids)


@tagged("post_install", "-at_install")
class TestMarginOfParts(SparesCommon):
    """What is issued costs what the store values it at, not its price in the list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp.standard_price = 120.0

    def _parts(self):
        self.env.flush_all()
        lines = self.env["account.analytic.line"].search(
            [("category", "=", "om_spare")], order="id"
        )
        return lines.filtered(lambda line: line.product_id == self.lamp)

    def test_issued_and_returned(self):
        request = self._request(quantity=3)
        self._confirm(request)
        self.assertFalse(self._parts(), "nothing has left yet")
        request.with_user(self.clerk).action_issue()
        line = self._parts()
        self.assertEqual(line.amount, -360.0)
        self.assertIn(request.name, line.name)
        request.with_user(self.clerk).action_return(1)
        self.assertEqual(sum(self._parts().mapped("amount")), -240.0)
        account = self.env["account.analytic.account"].search(
            [("om_system_id", "=", self.system.id)]
        )
        self.assertEqual(account.om_agreement_id, self.contract)
        self.assertEqual(account.balance, -240.0)
        # What is booked is booked once.
        self.env["stock.move"]._book_om_spares()
        self.assertEqual(len(self._parts()), 2)


@tagged("post_install", "-at_install")
class TestMarginOfTheLedger(TransactionCase):
    """On whatever the database holds: rows are the ledger's balances to the cent."""

    def test_rows_are_the_balances(self):
        self.env["om.margin"]._cron_follow()
        accounts = self.env["account.analytic.account"].with_context(active_test=False)
        own = [("company_id", "=", self.env.company.id)]
        accounts = accounts.search([*own, ("om_agreement_id", "!=", False)])
        rows = {
            (row.agreement_id, row.system_id): row
            for row in self.env["om.margin"].search(own)
        }
        for account in accounts:
            row = rows.pop((account.om_agreement_id, account.om_system_id), None)
            cost = row.cost if row else 0.0
            self.assertEqual(
                f"{cost:.2f}", f"{-account.balance or 0.0:.2f}", account.display_name
            )
        for row in rows.values():
            self.assertEqual(row.cost, 0.0)
