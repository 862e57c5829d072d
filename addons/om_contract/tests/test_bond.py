from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .deduction_common import DeductionCase


@tagged("post_install", "-at_install")
@freeze_time("2026-07-15 04:00:00")
class TestBond(DeductionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract("60_30_10", 1000000.01)
        cls.bond = cls.contract.bond_ids.with_user(cls.officer)

    def test_ten_percent_of_the_price(self):
        """10 % of 1,000,000.01 is 100,000.001: half up to the cent."""
        self.assertEqual(len(self.bond), 1)
        self.assertEqual(self.bond.amount, 100000.00)
        self.assertEqual(self.bond.state, "pending")

    def test_a_bond_of_nothing_asks_for_nothing(self):
        """Waived to 0.00, it holds no payment up: it is there as the contract is."""
        first = self.contract.milestone_ids.sorted()[0]
        condition = first.condition_ids.filtered(lambda c: c.kind == "bond")
        self.assertFalse(condition.date_met)
        self.bond.amount = 0.0
        self.assertEqual(self.bond.state, "none")
        self.assertEqual(condition.date_met, self.contract.effective_date)
        self.bond.amount = 100000.0
        self.assertEqual(self.bond.state, "pending")
        self.assertFalse(condition.date_met)

    def test_the_first_payment_waits_for_it(self):
        first = self.contract.milestone_ids.sorted()[0]
        self.assertEqual(first.state, "waiting")
        self.bond.action_receive(60000.00, "2026-01-20")
        self.assertFalse(self.contract._is_bond_received())
        self.assertEqual(self.bond.state, "partial")
        self.bond.action_receive(date="2026-02-02")
        self.assertTrue(self.contract._is_bond_received())
        self.assertEqual(str(self.contract.bond_date), "2026-02-02")
        self.assertEqual(self.bond.state, "held")
        condition = first.condition_ids.filtered(lambda c: c.kind == "bond")
        self.assertEqual(str(condition.date_met), "2026-02-02")

    def test_payments_do_not_wait_for_a_replacement(self):
        self.bond.action_receive(date="2026-02-02")
        letter = self._letter("2027-01-31", received=False)
        self.assertFalse(self.contract.bond_date)
        letter.replaces_id = self.bond
        self.assertEqual(str(self.contract.bond_date), "2026-02-02")
        with self.assertRaisesRegex(ValidationError, "earlier bond"):
            self.bond.replaces_id = letter

    def test_ledger(self):
        self.bond.action_receive(date="2026-02-02")
        self.bond.action_draw(30000.00, "2026-03-03", "函001")
        self.bond.action_return(20000.00, "2026-04-04")
        self.assertEqual(self.bond.balance, 50000.00)
        self.assertEqual(self.bond.state, "held")
        self.bond.action_return()
        self.assertEqual((self.bond.balance, self.bond.state), (0.0, "released"))
        self.assertEqual(str(self.contract.bond_date), "2026-02-02")
        self.assertEqual(
            self.bond.move_ids.mapped("amount"), [100000, 30000, 20000, 50000]
        )

    def test_never_below_zero(self):
        self.bond.action_receive(40000.00)
        for act in (self.bond.action_draw, self.bond.action_return):
            with self.assertRaisesRegex(UserError, "holds"):
                act(40000.01)
        with self.assertRaisesRegex(UserError, "lacks"):
            self.bond.action_receive(60000.01)
        with self.assertRaisesRegex(UserError, "above zero"):
            self.bond.action_draw(0)
        with self.assertRaisesRegex(UserError, "lies ahead"):
            self.bond.action_draw(1, "2026-07-16")

    def test_the_database_refuses_it_too(self):
        move = self.bond.action_receive(40000.00)
        with (
            self.assertRaisesRegex(IntegrityError, "balance_not_negative"),
            mute_logger("odoo.sql_db"),
        ):
            move.sudo().copy(
                {
                    "bond_id": self.bond.id,
                    "kind": "drawn",
                    "amount": 50000.00,
                    "date": move.date,
                }
            )
            self.env.flush_all()

    def test_nobody_writes_the_ledger_by_hand(self):
        move = self.bond.action_receive(40000.00)
        with self.assertRaises(UserError):
            move.amount = 1
        with self.assertRaises(UserError):
            move.copy()
        with self.assertRaises(UserError):
            move.unlink()
        for values in (
            {"balance": 9},
            {"state": "held"},
            {"date_received": "2026-07-01"},
        ):
            with self.assertRaises(UserError):
                self.bond.write(values)
        for values in ({"amount": 1}, {"percent": 5}, {"kind": "letter"}):
            with self.assertRaisesRegex(UserError, "keeps its contract"):
                self.bond.write(values)
        with self.assertRaisesRegex(UserError, "stay on record"):
            self.bond.unlink()

    def test_a_wrong_entry_is_cancelled_with_its_reason(self):
        first = self.bond.action_receive(40000.00)
        drawn = self.bond.action_draw(10000.00)
        with self.assertRaisesRegex(UserError, "reason"):
            drawn.action_cancel(" ")
        with self.assertRaisesRegex(UserError, "less than nothing"):
            first.action_cancel("误录")
        drawn.action_cancel("误录")
        self.assertEqual(self.bond.balance, 40000.00)
        self.assertTrue(drawn.exists().is_cancelled)
        self.assertIn("误录", self.bond.message_ids[0].body)

    def test_wizard(self):
        act = (
            self.env["om.bond.act"]
            .with_user(self.officer)
            .create({"bond_id": self.bond.id, "act": "receive"})
        )
        self.assertEqual(act.amount, 100000.00)
        act.action_confirm()
        self.assertEqual(self.bond.state, "held")
        act = act.create({"bond_id": self.bond.id, "act": "cancel", "note": "误录"})
        with self.assertRaisesRegex(UserError, "Choose"):
            act.action_confirm()
        act.move_id = self.bond.move_ids
        act.action_confirm()
        self.assertEqual(self.bond.state, "pending")

    def test_percent_has_bounds(self):
        with (
            self.assertRaisesRegex(IntegrityError, "percent_range"),
            mute_logger("odoo.sql_db"),
        ):
            self.bond.percent = 101
            self.bond.flush_recordset()

    # Expiry

    def _letter(self, expiry, received=True):
        bond = (
            self.env["om.bond"]
            .with_user(self.officer)
            .create(
                {
                    "agreement_id": self.contract.id,
                    "kind": "letter",
                    "letter_number": "保函01",
                    "issuer": "甲银行",
                    "date_expiry": expiry,
                }
            )
        )
        if received:
            bond.action_receive()
        return bond

    def _warnings(self, bonds):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_model", "=", "om.bond"), ("res_id", "in", bonds.ids)])
        )

    def test_expiry_is_warned_of_once(self):
        near = self._letter("2026-10-13")
        far = self._letter("2026-10-14")
        missing = self._letter("2026-08-01", received=False)
        self.env["om.expiry"]._cron_remind()
        warning = self._warnings(near | far | missing)
        self.assertEqual(warning.res_id, near.id)
        self.assertEqual(warning.user_id, self.officer)
        self.assertEqual(warning.date_deadline, near.date_expiry)
        self.env["om.expiry"]._cron_remind()
        warning.action_feedback("已联系银行")
        self.env["om.expiry"]._cron_remind()
        self.assertLessEqual(len(self._warnings(near)), 1)
        # The letter was extended: its new day is warned of anew.
        near.date_expiry = "2026-08-10"
        self.env["om.expiry"]._cron_remind()
        self.assertEqual(len(self._warnings(near).filtered("active")), 1)

    def test_returned_letters_need_no_warning(self):
        bond = self._letter("2026-08-01")
        bond.action_return()
        self.env["om.expiry"]._cron_remind()
        self.assertFalse(self._warnings(bond))

    def test_warning_many_takes_no_more_queries(self):
        self.env["om.expiry"]._cron_remind()
        counts = []
        for number in (5, 50):
            for _each in range(number):
                self._letter("2026-08-01")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["om.expiry"]._cron_remind()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5, counts)
