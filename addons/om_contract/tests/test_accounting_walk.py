import random
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.om_base.tests.common import new_test_user

from .common import OmContractCommon

ZERO = Decimal(0)
# Seeds of the walks, and acts in each.
SEEDS = range(5)
STEPS = 12


def cents(amount):
    return Decimal(f"{amount:.2f}")


class Ledger:
    """What an independent clerk would write down of each act, and what follows.

    It knows nothing of the accounting tables: documents as [milestone, sign, amount,
    state], and for each matching [document, what it faces, amount, money].
    """

    def __init__(self, dues):
        self.dues = dues
        self.documents = {}
        self.matches = []

    def add(self, move, milestone, amount, sign=1, state="draft"):
        self.documents[move] = [milestone, sign, cents(amount), state]

    def set_state(self, move, state):
        self.documents[move][3] = state

    def match(self, move, other, amount, money=ZERO):
        self.matches.append([move, other, cents(amount), cents(money)])

    def _is_in(self, match, move):
        return any(not isinstance(side, str) and side == move for side in match[:2])

    def unmatch(self, move):
        self.matches = [m for m in self.matches if not self._is_in(m, move)]

    def get_open(self, move):
        matched = sum(m[2] for m in self.matches if self._is_in(m, move))
        return self.documents[move][2] - matched

    def get_standing(self):
        """Matchings of documents that are posted; a draft keeps its own for later."""
        return [
            match
            for match in self.matches
            if all(
                isinstance(side, str) or self.documents[side][3] == "posted"
                for side in match[:2]
            )
        ]

    def get_posted(self, sign=1):
        return [
            move
            for move, (_milestone, own, _amount, state) in self.documents.items()
            if own == sign and state == "posted" and self.get_open(move) > 0
        ]

    def _get_owner(self, move):
        return None if isinstance(move, str) else self.documents[move][0]

    def get_posted_amount(self, milestone):
        total = sum(
            sign * amount
            for owner, sign, amount, state in self.documents.values()
            if owner == milestone and state == "posted"
        )
        for move, other, amount, _money in self.get_standing():
            owners = self._get_owner(move), self._get_owner(other)
            if isinstance(other, str) and other == "loose" and owners[0] == milestone:
                total -= amount
            elif None not in owners and owners[0] != owners[1]:
                # A credit note of the one took off the other.
                total -= amount if owners[0] == milestone else 0
                total += amount if owners[1] == milestone else 0
        return total

    def get_cash(self, milestone):
        return sum(
            money * self.documents[move][1]
            for move, _other, _amount, money in self.get_standing()
            if self._get_owner(move) == milestone
        )

    def get_state(self, milestone):
        """(state, invoiced, paid, open), as texts."""
        due = self.dues[milestone]
        posted = max(self.get_posted_amount(milestone), ZERO)
        drafts = sum(
            amount
            for owner, sign, amount, state in self.documents.values()
            if owner == milestone and sign > 0 and state == "draft"
        )
        invoiced = posted + min(drafts, max(due - posted, ZERO))
        paid = max(min(self.get_cash(milestone), invoiced), ZERO)
        if paid:
            state = "paid" if paid >= due else "partial"
        else:
            state = "invoiced" if invoiced else "ready"
        return state, f"{invoiced:.2f}", f"{paid:.2f}", f"{due - paid:.2f}"


@freeze_time("2026-02-02")
@tagged("post_install", "-at_install")
class TestAccountingWalk(OmContractCommon):
    """Whatever an accountant does with Odoo's own buttons, a milestone stays true."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            login="om_contract_accountant",
            groups="account.group_account_user,base.group_partner_manager",
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.general = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.env.company.id)],
            limit=1,
        )
        cls.expense = cls.env["account.account"].search(
            [
                ("account_type", "=", "expense"),
                ("company_ids", "in", cls.env.company.ids),
            ],
            limit=1,
        )

    def setUp(self):
        super().setUp()
        self.milestones = self._make_milestones()
        self.ledger = Ledger(
            dict(zip(self.milestones, (Decimal(300000), Decimal(700000)), strict=True))
        )

    def _make_milestones(self, **values):
        """Two payments, 300,000.00 and 700,000.00, that may be invoiced at once."""
        contract = self._create_contract(**values)
        milestones = self.env["om.payment.milestone"].with_user(self.officer)
        for number, percent in enumerate((30, 70)):
            milestones |= milestones.create(
                {
                    "agreement_id": contract.id,
                    "name": f"甲款{number}",
                    "percent": percent,
                    "sequence": number,
                    "condition_ids": [Command.create({"kind": "effective"})],
                }
            )
        contract.action_activate()
        return milestones

    # ------------------------------------------------------------
    # Acts, as the accountant does them
    # ------------------------------------------------------------

    def _as_accountant(self, move):
        return move.with_user(self.accountant)

    def _add_invoice(self, milestone):
        before = milestone.invoice_ids
        milestone.action_make_invoice()
        move = (milestone.invoice_ids - before).with_user(self.accountant)
        self.ledger.add(move, milestone, move.amount_total)
        return move

    def _post_one(self, move):
        milestone, sign, amount, _state = self.ledger.documents[move]
        due = self.ledger.dues[milestone]
        if sign > 0 and self.ledger.get_posted_amount(milestone) + amount > due:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                move.action_post()
            return
        if not move.invoice_date:
            move.invoice_date = "2026-02-02"
        move.action_post()
        self.ledger.set_state(move, "posted")

    def _register(self, moves, **values):
        self.env["account.payment.register"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({"payment_date": "2026-02-02", **values})._create_payments()

    def _act_invoice(self, dice):
        milestone = dice.choice(self.milestones)
        due = self.ledger.dues[milestone]
        if Decimal(self.ledger.get_state(milestone)[1]) >= due:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                milestone.action_make_invoice()
            return
        move = self._add_invoice(milestone)
        self.assertEqual(
            cents(move.amount_total),
            due - max(self.ledger.get_posted_amount(milestone), ZERO),
        )

    def _act_post(self, dice):
        drafts = [m for m, d in self.ledger.documents.items() if d[3] == "draft"]
        if drafts:
            self._post_one(dice.choice(drafts))

    def _act_pay(self, dice):
        if moves := self.ledger.get_posted():
            move = dice.choice(moves)
            amount = self.ledger.get_open(move) * dice.choice((1, 2, 5)) / 5
            amount = amount.quantize(Decimal("0.01"))
            self._register(move, amount=float(amount))
            self.ledger.match(move, "money", amount, amount)

    def _pay_all(self, milestone):
        for move in self.ledger.get_posted():
            if self.ledger.documents[move][0] == milestone:
                amount = self.ledger.get_open(move)
                self._register(move)
                self.ledger.match(move, "money", amount, amount)

    def _act_pay_several(self, dice):
        moves = self.ledger.get_posted()
        if len(moves) > 1:
            both = self.env["account.move"].union(*moves)
            amounts = {move: self.ledger.get_open(move) for move in moves}
            self._register(both.with_user(self.accountant), group_payment=True)
            for move, amount in amounts.items():
                self.ledger.match(move, "money", amount, amount)

    def _act_write_off(self, dice):
        if moves := self.ledger.get_posted():
            move = dice.choice(moves)
            whole = self.ledger.get_open(move)
            money = (whole / 4).quantize(Decimal("0.01"))
            self._register(
                move,
                amount=float(money),
                payment_difference_handling="reconcile",
                writeoff_account_id=self.expense.id,
            )
            self.ledger.match(move, "money", whole, money)

    def _act_bank_line(self, dice):
        if moves := self.ledger.get_posted():
            move = dice.choice(moves)
            amount = self.ledger.get_open(move)
            self._match_bank_line(move, amount)
            self.ledger.match(move, "money", amount, amount)

    def _match_bank_line(self, move, amount):
        """A line of the bank's statement, matched with the invoice."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-02-02",
                "payment_ref": "甲来款",
                "partner_id": move.partner_id.id,
                "amount": float(amount),
            }
        )
        own = self._get_debt_line(move)
        suspense = line._seek_for_lines()[1]
        suspense.account_id = own.account_id
        (own + suspense).reconcile()

    def _get_debt_line(self, move):
        return (
            move.sudo()
            .with_user(self.env.ref("base.user_root"))
            .line_ids.filtered(lambda line: line.display_type == "payment_term")
        )

    def _act_set_off(self, dice):
        """A journal entry sets the invoice off against something else: no money."""
        if moves := self.ledger.get_posted():
            move = dice.choice(moves)
            amount = float(self.ledger.get_open(move))
            own = self._get_debt_line(move)
            entry = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": self.general.id,
                    "date": "2026-02-02",
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": own.account_id.id,
                                "partner_id": own.partner_id.id,
                                "credit": amount,
                            }
                        ),
                        Command.create(
                            {"account_id": self.expense.id, "debit": amount}
                        ),
                    ],
                }
            )
            entry.action_post()
            other = entry.line_ids.filtered("account_id.reconcile")
            (own + other).reconcile()
            self.ledger.match(move, "entry", amount)

    def _act_credit(self, dice, anew=False):
        posted = [
            move
            for move, d in self.ledger.documents.items()
            if d[1] > 0 and d[3] == "posted"
        ]
        if not posted:
            return
        move = dice.choice(posted)
        milestone, _sign, amount, _state = self.ledger.documents[move]
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "reason": "甲原因"})
        )
        before = milestone.sudo().invoice_ids
        (wizard.modify_moves if anew else wizard.refund_moves)()
        milestone.invalidate_recordset(["invoice_ids"])
        made = milestone.sudo().invoice_ids - before
        note = made.filtered(lambda m: m.move_type == "out_refund")
        note = note.with_user(self.accountant)
        if note.state == "draft":
            amount = (amount / dice.choice((1, 2))).quantize(Decimal("0.01"))
            note.invoice_line_ids = [
                Command.update(note.invoice_line_ids.id, {"price_unit": float(amount)})
            ]
            note.action_post()
        self.ledger.add(note, milestone, amount, -1, "posted")
        if anew:
            # The wizard takes the invoice's matchings apart: the note takes it whole.
            self.ledger.unmatch(move)
        if opened := self.ledger.get_open(move):
            self.ledger.match(move, note, min(opened, amount))
        for fresh in made.with_user(self.accountant) - note:
            self.ledger.add(fresh, milestone, fresh.amount_total)

    def _act_credit_anew(self, dice):
        # Whether it credits in full is the wizard's choice: only what is not paid.
        self._act_credit(dice, anew=True)

    def _act_credit_by_hand(self, dice):
        """Customers, Credit Notes, New; then Add on the invoice."""
        if moves := self.ledger.get_posted():
            move = dice.choice(moves)
            amount = self.ledger.get_open(move) / dice.choice((1, 2))
            amount = amount.quantize(Decimal("0.01"))
            note = self._create_note(move, amount)
            note.action_post()
            (self._get_debt_line(move) + self._get_debt_line(note)).reconcile()
            self.ledger.match(move, "loose", amount)

    def _create_note(self, move, amount, **values):
        line = move.invoice_line_ids
        return (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "move_type": "out_refund",
                    "partner_id": move.partner_id.id,
                    "invoice_date": "2026-02-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "红字",
                                "quantity": 1,
                                "price_unit": float(amount),
                                "tax_ids": [Command.set(line.tax_ids.ids)],
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    def _act_use_credit(self, dice):
        """An open credit note is used for an open invoice, of either milestone."""
        notes, moves = self.ledger.get_posted(-1), self.ledger.get_posted()
        if notes and moves:
            note, move = dice.choice(notes), dice.choice(moves)
            amount = min(self.ledger.get_open(note), self.ledger.get_open(move))
            (self._get_debt_line(move) + self._get_debt_line(note)).reconcile()
            self.ledger.match(move, note, amount)

    def _act_duplicate(self, dice):
        moves = [m for m, d in self.ledger.documents.items() if d[1] > 0]
        if moves:
            move = dice.choice(moves)
            copy = move.copy()
            milestone = self.ledger.documents[move][0]
            self.assertEqual(copy.sudo().om_milestone_id, milestone)
            self.ledger.add(copy, milestone, copy.amount_total)

    def _act_unmatch(self, dice):
        matched = [m[0] for m in self.ledger.matches]
        if matched:
            move = dice.choice(matched)
            self._get_debt_line(move).remove_move_reconcile()
            self.ledger.unmatch(move)

    def _act_cancel(self, dice):
        moves = [
            m for m, d in self.ledger.documents.items() if d[3] in ("draft", "posted")
        ]
        if moves:
            move = dice.choice(moves)
            if self.ledger.documents[move][3] == "posted":
                move.button_draft()
                self.ledger.set_state(move, "draft")
                if dice.random() < 0.5:
                    return
            move.button_cancel()
            self.ledger.unmatch(move)
            self.ledger.set_state(move, "cancel")

    # ------------------------------------------------------------
    # Walks
    # ------------------------------------------------------------

    def _compare(self, what):
        self.env.flush_all()
        for milestone in self.milestones:
            found = (
                milestone.state,
                *(
                    f"{milestone[f'amount_{name}']:.2f}"
                    for name in ("invoiced", "paid", "residual")
                ),
            )
            self.assertEqual(found, self.ledger.get_state(milestone), what)
        received = self.env["om.cash.forecast"]._read_group(
            [("milestone_id", "in", self.milestones.ids), ("kind", "=", "received")],
            [],
            ["amount:sum"],
        )[0][0]
        cash = sum(self.ledger.get_cash(milestone) for milestone in self.milestones)
        self.assertEqual(cents(received or 0.0), cash, what)

    def test_random_walks(self):
        acts = sorted(name for name in dir(self) if name.startswith("_act_"))
        done = dict.fromkeys(acts, 0)
        for seed in SEEDS:
            dice = random.Random(seed)
            self.milestones = self._make_milestones()
            self.ledger = Ledger(
                dict(
                    zip(
                        self.milestones,
                        (Decimal(300000), Decimal(700000)),
                        strict=True,
                    )
                )
            )
            for milestone in self.milestones:
                self._post_one(self._add_invoice(milestone))
            trail = []
            if seed % 2:
                # Money and a credit note that are free for something else.
                self._pay_all(self.milestones[0])
                self._act_credit(dice)
            while len(trail) < STEPS:
                # What was seldom done comes more often.
                weights = [1 / (1 + done[act]) for act in acts]
                act = dice.choices(acts, weights)[0]
                before = repr((self.ledger.documents, self.ledger.matches))
                getattr(self, act)(dice)
                after = repr((self.ledger.documents, self.ledger.matches))
                if before == after:
                    # Nothing there to do it with: something new to work on.
                    self._act_invoice(dice)
                    self._act_post(dice)
                # A refusal is an act, too, where the clerk expects it.
                done[act] += before != after or act in ("_act_invoice", "_act_post")
                trail.append(act)
                self._compare(f"seed {seed}: {trail}")
        # Paying several at once has a test of its own.
        done["_act_pay_several"] += 1
        never = [act for act, times in done.items() if not times]
        self.assertFalse(never, "acts that no walk has come to")

    # ------------------------------------------------------------
    # Single acts
    # ------------------------------------------------------------

    def test_several_at_once(self):
        for milestone in self.milestones:
            self._post_one(self._add_invoice(milestone))
        self._act_pay_several(random.Random(0))
        self._compare("one payment for both")
        self.assertEqual(self.milestones.mapped("state"), ["paid"] * 2)

    def _get_first(self):
        first = self.milestones[0]
        move = first.sudo().invoice_ids or self._add_invoice(first)
        if move.state == "draft":
            move.action_post()
        return first, move.with_user(self.accountant)

    def test_money_of_a_payment_that_writes_off(self):
        """One payment for two invoices, short by 100,000.00: what was matched first
        has its money, the last one the loss; taken apart, the other one has it."""
        first, move = self._get_first()
        second = self.milestones[1]
        other = self._add_invoice(second)
        other.action_post()
        self._register(
            move + other,
            group_payment=True,
            amount=900000.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.expense.id,
        )
        both = first | second
        self.assertEqual(sum(both.mapped("amount_paid")), 900000.0)
        self.assertEqual(sum(both.mapped("amount_written_off")), 100000.0)
        short = both.filtered("amount_written_off")
        self.assertEqual(short.state, "partial")
        self.assertIn("without money", short.why_not)
        whole = both - short
        self.assertEqual(whole.state, "paid")
        self._get_debt_line(whole.sudo().invoice_ids).remove_move_reconcile()
        self.assertBalances(whole, "invoiced", paid="0.00")
        self.assertBalances(short, "paid", written_off="0.00", residual="0.00")

    def test_red_letter_by_hand(self):
        """A credit note that names its blue invoice belongs to the same payment, even
        if nothing is left to match it with."""
        first, move = self._get_first()
        self._register(move)
        self.assertEqual(first.state, "paid")
        note = self._create_note(move, 300000, reversed_entry_id=move.id)
        self.assertEqual(note.sudo().om_milestone_id, first)
        self.assertBalances(first, "paid", invoiced="300000.00")
        note.action_post()
        self.assertBalances(first, "ready", invoiced="0.00", paid="0.00")

    def test_money_paid_back(self):
        first, move = self._get_first()
        self._register(move)
        self._credit(move.with_user(self.officer), 100000.0)
        note = first.sudo().invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertBalances(first, "partial", invoiced="200000.00", paid="200000.00")
        self._register(note.with_user(self.accountant))
        self.assertBalances(first, "partial", invoiced="200000.00", paid="200000.00")
        payments = sorted(amount for _day, amount in first._get_payments())
        self.assertEqual(payments, [Decimal("-100000.00"), Decimal("300000.00")])

    def test_debit_note(self):
        """As the wizard makes it: a copy whose lines are entered anew."""
        first, move = self._get_first()
        note = move.copy({"line_ids": [Command.clear()], "ref": "甲补充"})
        line = {"name": "甲", "quantity": 1, "price_unit": 1.0}
        note.write({"invoice_date": "2026-02-02"})
        note.invoice_line_ids = [Command.create(line)]
        self.assertEqual(note.sudo().om_milestone_id, first)
        with self.assertRaisesRegex(UserError, "would be invoiced"):
            note.action_post()

    def test_other_currency_or_party(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2026-01-01",
                "inverse_company_rate": 8.0,
                "company_id": self.env.company.id,
            }
        )
        first = self.milestones[0]
        move = self._add_invoice(first)
        move.currency_id = euro
        self.assertBalances(first, "invoiced", invoiced="300000.00")
        with self.assertRaisesRegex(UserError, "not in EUR"), self.env.cr.savepoint():
            move.action_post()
        move.currency_id = first.currency_id
        move.partner_id = self.supplier
        with self.assertRaisesRegex(UserError, "甲供应商"), self.env.cr.savepoint():
            move.action_post()
        move.partner_id = self.purchaser
        move.action_post()
        self.assertBalances(first, "invoiced", invoiced="300000.00")

    def test_contract_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2026-01-01",
                "inverse_company_rate": 8.0,
                "company_id": self.env.company.id,
            }
        )
        first = self._make_milestones(currency_id=euro.id, amount_total=1000001.01)[0]
        move = self._invoice(first)
        self.assertEqual(move.currency_id, euro)
        # The customer pays in yuan.
        self._register(
            move.with_user(self.accountant),
            amount=800000.0,
            currency_id=self.env.company.currency_id.id,
        )
        self.assertBalances(first, "partial", paid="100000.00", residual="200000.30")
