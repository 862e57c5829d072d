from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import OmContractCommon


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestInvoiceDue(OmContractCommon):
    """An invoice is due when its milestone is, whatever moves that day."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_contract(
            "review", code="甲-到期日", amount_total=100000.0
        )
        self.contract.action_activate()
        self.first = self.contract.milestone_ids[0]
        self.move = self._invoice(self.first)
        self.cr.flush()
        self.assertDue(self.move, "2026-03-09")

    def assertDue(self, move, day):
        """The invoice, and the journal item by which accountants ask for the money."""
        self.assertEqual(str(move.invoice_date_due), day)
        term = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(str(term.date_maturity), day)

    def _get_bodies(self, record):
        return "\n".join(record.message_ids.mapped("body"))

    def _delay(self, start, end=False):
        return (
            self.env["om.fiscal.delay"]
            .with_user(self.officer)
            .create(
                {
                    "agreement_id": self.contract.id,
                    "date_from": start,
                    "date_to": end,
                    "cause": "甲原因",
                }
            )
        )

    def test_fiscal_delay(self):
        """Until 31 March; then seven days, of which the last is a working day."""
        delay = self._delay("2026-02-01")
        self.cr.flush()
        self.assertFalse(self.first.date_due)
        # Nothing can be said before the delay ends, so the invoice keeps its day.
        self.assertDue(self.move, "2026-03-09")
        self.assertIn(self.first.display_name, self._get_bodies(self.move))
        delay.date_to = "2026-03-31"
        self.cr.flush()
        self.assertDue(self.move, "2026-04-07")
        for day in ("2026-03-09", "2026-04-07"):
            self.assertIn(day, self._get_bodies(self.move))
        for what in (self.move.name, "2026-04-07"):
            self.assertIn(what, self._get_bodies(self.first))
        # What changes nothing says nothing.
        count = len(self.move.message_ids)
        delay.cause = "乙原因"
        self.first.term_unit = "workday"
        self.cr.flush()
        self.assertEqual(len(self.move.message_ids), count)

    def test_calendar_change(self):
        """2026-03-09 becomes a day off: partly paid, locked, the rest is due on the
        10th, and what was paid stays matched."""
        self._pay(self.move, 12000.0, "2026-02-02")
        self.env.company.fiscalyear_lock_date = "2026-02-28"
        self.env["om.calendar.day"].create(
            {"date": "2026-03-09", "kind": "holiday", "source": "甲通知"}
        )
        self.cr.flush()
        self.assertDue(self.move, "2026-03-10")
        self.assertEqual(self.move.state, "posted")
        self.assertEqual(f"{self.move.amount_residual:.2f}", "18000.00")
        self.assertBalances(self.first, "partial", paid="12000.00")

    def test_paid_stays(self):
        self._pay(self.move)
        self._delay("2026-03-01", "2026-03-31")
        self.cr.flush()
        self.assertDue(self.move, "2026-03-09")

    def test_known_only_when_handed_in(self):
        """BDA's term begins with the handing in of the invoice that it dates."""
        contract = self._create_contract("60_40", start_date="2026-01-21")
        contract.action_activate()
        first = contract.milestone_ids[0]
        self._confirm(first, "funds", "2026-02-02")
        first.action_make_invoice()
        move = first.invoice_ids
        self.assertFalse(first.date_due)
        move.invoice_date = "2026-02-02"
        move.action_post()
        # 15 days after 2026-02-02 is the Spring Festival; it ends on the 23rd.
        self.assertDue(move, "2026-02-24")

    def test_draft_and_both_of_two(self):
        """Two invoices for two parts of one payment."""
        move = self._invoice_part(20000.0)
        rest = self._invoice_part()
        self._delay("2026-03-01", "2026-03-31")
        self.cr.flush()
        self.assertDue(move, "2026-04-07")
        self.assertDue(rest, "2026-04-07")
        self.assertIn(move.display_name, self._get_bodies(self.first))

    def _invoice_part(self, amount=None):
        """A draft invoice; the one of the set-up is cancelled."""
        if self.move.state == "posted":
            self.move.button_draft()
            self.move.button_cancel()
        before = self.first.invoice_ids
        self.first.action_make_invoice()
        move = self.first.invoice_ids - before
        if amount:
            line = Command.update(move.invoice_line_ids.id, {"price_unit": amount})
            move.invoice_line_ids = [line]
        return move

    def test_payment_term_of_the_accountants(self):
        self.move.button_draft()
        term = self.env.ref("account.account_payment_term_end_following_month")
        self.move.invoice_payment_term_id = term
        self.move.action_post()
        self._delay("2026-03-01", "2026-03-31")
        self.cr.flush()
        self.assertDue(self.move, "2026-03-31")

    def test_whoever_confirms_need_not_keep_accounts(self):
        contract = self._create_contract("50_30_20")
        contract.action_activate()
        contract.bond_ids.action_receive(date="2026-02-02")
        first = contract.milestone_ids[0]
        for kind in ("funds", "purchaser_approval"):
            self._confirm(first, kind, "2026-02-02")
        self._hand_in(first, "2026-02-02")
        move = self._invoice(first)
        self.cr.flush()
        due = first.date_due
        manager = self._create_user("manager")
        self.assertFalse(manager.has_group("account.group_account_invoice"))
        self.env["om.fiscal.delay"].with_user(manager).create(
            {
                "agreement_id": contract.id,
                "date_from": "2026-02-02",
                "date_to": "2026-03-31",
                "cause": "甲原因",
            }
        )
        self.cr.flush()
        self.assertNotEqual(first.date_due, due)
        self.assertDue(move, str(first.date_due))

    def _count(self, act):
        self.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        act()
        self.cr.flush()
        return self.cr.sql_log_count - before

    def test_many_take_few_queries(self):
        """Beside what accounting asks for each posted invoice, nothing grows."""
        growth = []
        for number in (4, 4, 24):
            contracts = self.env["agreement"]
            for _each in range(number):
                contracts |= self._create_contract("review", amount_total=1000.0)
            contracts.action_activate()
            firsts = contracts.milestone_ids.filtered(lambda m: m.state == "ready")
            firsts.action_make_invoice()
            moves = firsts.invoice_ids
            moves.action_post()
            delays = [
                {
                    "agreement_id": contract.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "cause": "甲原因",
                }
                for contract in contracts
            ]
            plain = self._count(
                lambda m=moves: m.write({"invoice_date_due": "2026-03-10"})
            )
            ours = self._count(lambda d=delays: self.env["om.fiscal.delay"].create(d))
            self.assertEqual({str(m.invoice_date_due) for m in moves}, {"2026-04-07"})
            growth.append(ours - plain)
        self.assertLessEqual(growth[2] - growth[1], 20, growth)
