from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Opening

from ..engine.invoices import Document, Matching, keep_books
from .account_partial_reconcile import BANKS, COUNTERPARTS
from .agreement import AMOUNT_GROUPS, DEDUCTION_GROUPS
from .om_payment_milestone import INVOICE_GROUPS, to_decimal

# Which debt an invoice is for, and what the accounts say of it: nobody's to write.
CLOSED = frozenset(
    (
        "om_milestone_id",
        "om_deduction_id",
        "agreement_id",
        "payment_state",
        "amount_residual",
        "state",
    )
)
# In the context of Odoo's own buttons. An object: no client can send it.
BUTTON = object()
INVOICES = ("out_invoice", "in_invoice")
CREDITS = ("out_refund", "in_refund")
# A paper or electronic invoice of the old system, and a fully digital one (数电票):
# two digits of the year, two of the region, one of the channel, fifteen of the serial.
LENGTHS = (8, 20)
DIGITAL = 20
# In these forms the tax bureau hands a digital invoice out.
FILES = (".pdf", ".ofd", ".xml")


class AccountMove(models.Model):
    _inherit = "account.move"

    # Of ours, what people enter; the rest follows from what made the invoice.
    _free_fields = dict.fromkeys(
        ("om_handed_in", "om_fapiao_date", "om_fapiao_file_ids")
    )

    om_milestone_id = fields.Many2one(
        "om.payment.milestone",
        string="Payment Milestone",
        compute="_compute_om_debt",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=True,
        # On screen it is read only: it follows from what made the invoice.
        readonly=False,
        check_company=True,
        # Accountants duplicate and credit these invoices: the link goes with them.
        groups=f"{AMOUNT_GROUPS},{INVOICE_GROUPS}",
    )
    om_deduction_id = fields.Many2one(
        "om.deduction",
        string="Claim",
        compute="_compute_om_debt",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=True,
        # On screen it is read only: it follows from what made the invoice.
        readonly=False,
        check_company=True,
        groups=f"{DEDUCTION_GROUPS},{INVOICE_GROUPS}",
        help="What the purchaser bears on top of the price, such as interest.",
    )
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        compute="_compute_agreement_id",
        store=True,
        index="btree_not_null",
        groups=AMOUNT_GROUPS,
    )
    om_handed_in = fields.Date(
        "Handed In On",
        copy=False,
        tracking=True,
        groups=AMOUNT_GROUPS,
        help="The day on which the payer received the invoice: where the contract says"
        " so, the term of payment runs from it. Empty when posting: the invoice date.",
    )

    fapiao = fields.Char(size=DIGITAL)
    om_fapiao_date = fields.Date("Fapiao Date", copy=False, tracking=True)
    om_fapiao_file_ids = fields.Many2many(
        "ir.attachment",
        "om_account_move_fapiao_rel",
        "move_id",
        "attachment_id",
        string="Fapiao Files",
        copy=False,
        bypass_search_access=True,
    )

    @api.depends("reversed_entry_id")
    def _compute_om_debt(self):
        """A credit note belongs to the milestone, or the claim, of what it credits."""
        for move in self:
            credited = move.move_type in CREDITS and move.reversed_entry_id.sudo()
            move.om_milestone_id = (
                credited and credited.om_milestone_id or move.om_milestone_id
            )
            move.om_deduction_id = (
                credited and credited.om_deduction_id or move.om_deduction_id
            )

    @api.depends("om_milestone_id.agreement_id", "om_deduction_id.agreement_id")
    def _compute_agreement_id(self):
        for move in self:
            source = move.om_milestone_id or move.om_deduction_id
            move.agreement_id = source.agreement_id

    @api.constrains("om_handed_in")
    def _check_om_handed_in(self):
        today = self.env["agreement"]._get_today()
        for move in self.filtered("om_handed_in"):
            if move.om_handed_in > today:
                raise UserError(
                    self.env._(
                        "Invoice %(name)s cannot have been handed in on %(date)s, a day"
                        " to come.",
                        name=move.display_name,
                        date=move.om_handed_in,
                    )
                )

    def button_draft(self):
        return super(AccountMove, self.with_context(om_button=BUTTON)).button_draft()

    def button_cancel(self):
        return super(AccountMove, self.with_context(om_button=BUTTON)).button_cancel()

    def write(self, vals):
        if not self.env.su and CLOSED & vals.keys():
            self._om_check_closed(vals)
        fapiao = {}
        if "om_fapiao_file_ids" in vals:
            # sudo: which files they are is compared, not shown.
            posted = self.sudo().filtered(lambda move: move.state == "posted")
            fapiao = {move: move.om_fapiao_file_ids for move in posted}
        if "om_handed_in" in vals:
            # sudo: the term of payment follows from the day, whoever enters it.
            with self.sudo().om_milestone_id._act("hand_in"):
                result = super().write(vals)
        else:
            result = super().write(vals)
        if "om_fapiao_file_ids" in vals:
            self._om_check_fapiao_kept(fapiao)
            self._om_adopt("om_fapiao_file_ids")
        return result

    def _om_check_closed(self, vals):
        """Raise if a client writes what follows from other facts."""
        opening = self.env.context.get("om_act")
        if isinstance(opening, Opening) and opening.is_open:
            return
        closed = CLOSED & vals.keys()
        if self.env.context.get("om_button") is BUTTON:
            closed -= {"state"}
        for name in sorted(closed):
            field = self._fields[name]
            # sudo: compared, not shown.
            if any(
                field.convert_to_write(move[name], move)
                != field.convert_to_write(
                    field.convert_to_record(
                        field.convert_to_cache(vals[name], move), move
                    ),
                    move,
                )
                for move in self.sudo()
            ):
                raise UserError(
                    self.env._(
                        "%s (invoice): this follows from what made the invoice and from"
                        " its payments; it is not written by hand.",
                        self.sudo().fields_get([name], ["string"])[name]["string"],
                    )
                )

    def action_toggle_block_payment(self):
        """Accounting's own button writes the state of payment."""
        opening = Opening()
        try:
            moves = self.with_context(om_act=opening)
            return super(AccountMove, moves).action_toggle_block_payment()
        finally:
            opening.shut()

    def _keeps_messages(self):
        """What was said about an invoice is part of what was asked for."""
        return True

    @contextmanager
    def _om_noting_money(self, act):
        """A block that matches money with these, or takes it apart: the payments on
        which it is booked have it on record."""
        # sudo: whoever works in the accounts moves what was paid.
        milestones = self.sudo().om_milestone_id
        before = {each: each.amount_paid for each in milestones}
        yield
        moved = milestones.filtered(lambda each: each.amount_paid != before[each])
        if moved:
            with moved._act(act):
                pass

    def _post(self, soft=True):
        """Check what is asked for against what is due, and note the handing in."""
        self.sudo()._check_fits_contract()
        # Accountants without a role in contracts post these invoices too.
        own = self.sudo().filtered(lambda move: move.om_milestone_id)
        milestones = own.om_milestone_id
        claims = self.sudo().om_deduction_id
        with milestones._act("bill"), claims._act("bill"):
            moves = self.with_context(om_button=BUTTON)
            posted = super(AccountMove, moves)._post(soft=soft)
            posted = posted.with_env(self.env)
            milestones._check_not_over_invoiced()
            claims._check_not_over_invoiced()
        for move in own.filtered(
            lambda move: (
                move.state == "posted"
                and not move.om_handed_in
                and move.move_type in INVOICES
            )
        ):
            today = self.env["agreement"]._get_today()
            move.om_handed_in = min(move.invoice_date or today, today)
        milestones._bring_invoices_in_step()
        return posted

    def action_view_om_contract(self):
        """Return the form of the contract."""
        self.ensure_one()
        return self.agreement_id._get_records_action()

    def _check_fits_contract(self):
        """Raise if an invoice asks another party, or in other money, than its contract
        says: it would not pay what it was made for."""
        for move in self.filtered("agreement_id"):
            contract = move.agreement_id
            debt = (move.om_milestone_id or move.om_deduction_id).display_name
            if move.currency_id != contract.currency_id:
                raise UserError(
                    self.env._(
                        "“%(debt)s” is asked for in %(right)s, as its contract says,"
                        " not in %(wrong)s: correct the currency of this invoice, or"
                        " delete the draft and make it anew.",
                        debt=debt,
                        right=contract.currency_id.name,
                        wrong=move.currency_id.name,
                    )
                )
            if move.commercial_partner_id != contract.partner_id.commercial_partner_id:
                raise UserError(
                    self.env._(
                        "“%(debt)s” is between us and %(right)s, not %(wrong)s: correct"
                        " the party of this invoice. An invoice for somebody else is"
                        " made new, not from this one.",
                        debt=debt,
                        right=contract.partner_id.display_name,
                        wrong=move.partner_id.display_name or "–",
                    )
                )

    # ------------------------------------------------------------
    # What stands, and what was paid
    # ------------------------------------------------------------

    def _om_is_money(self):
        """True for an entry that a payment, or a line of a statement, has made."""
        return bool(self) and (
            bool(self.origin_payment_id or self.statement_line_id)
            or (self.move_type == "entry" and self.journal_id.type in BANKS)
        )

    def _om_get_money(self):
        """Return what came in, or went out, by this entry of a bank or cash journal,
        in the company's currency: what it books on the accounts of that journal."""
        self.ensure_one()
        journal = self.journal_id
        accounts = (
            journal.default_account_id
            | journal.inbound_payment_method_line_ids.payment_account_id
            | journal.outbound_payment_method_line_ids.payment_account_id
            | self.origin_payment_id.outstanding_account_id
        )
        booked = self.line_ids.filtered(
            lambda line: (
                line.account_id in accounts
                or line.account_type in ("asset_cash", "liability_credit_card")
            )
        )
        return to_decimal(abs(sum(booked.mapped("balance"))))

    def _om_get_matchings(self):
        """Return what the receivables and payables of these entries are matched with,
        in the order in which they were."""
        lines = self.line_ids.filtered(lambda line: line.account_type in COUNTERPARTS)
        return (lines.matched_debit_ids | lines.matched_credit_ids).sorted("id")

    def _om_fetch_matchings(self):
        """Read at once what the books of all these documents need."""
        lines = self.line_ids
        lines.mapped("account_type")
        matches = lines.matched_debit_ids | lines.matched_credit_ids
        faced = matches.debit_move_id | matches.credit_move_id
        faced.mapped("parent_state")
        others = faced.move_id
        others.mapped("statement_line_id")
        others.journal_id.mapped("type")

    def _om_get_books(self):
        """Return the :class:`Books` of one milestone or claim whose documents these
        are; amounts in its contract's currency."""
        live = self.filtered(lambda move: move.state != "cancel")
        documents = [
            Document(
                move._om_to_contract(move.amount_total),
                move.move_type in CREDITS,
                move.state == "posted",
            )
            for move in live
        ]
        matchings = []
        for move in live.filtered(lambda move: move.state == "posted"):
            for match in move._om_get_matchings():
                # What is being corrected keeps its matchings, which count again when
                # it is posted.
                sides = match.debit_move_id, match.credit_move_id
                if any(line.parent_state != "posted" for line in sides):
                    continue
                matchings.append(move._om_read(match))
        return keep_books(documents, matchings)

    def _om_read(self, match):
        """Return a matching of this document as the engine takes it."""
        is_debit = match.debit_move_id.move_id == self
        other = (match.credit_move_id if is_debit else match.debit_move_id).move_id
        amount = (
            match.debit_amount_currency if is_debit else match.credit_amount_currency
        )
        money = match.om_money
        if match.amount and match.amount != amount:
            money = self.currency_id.round(amount * money / match.amount)
        return Matching(
            self._om_to_contract(amount),
            self._om_get_relation(other),
            self.move_type in CREDITS,
            self._om_to_contract(money),
        )

    def _om_get_relation(self, other):
        """Return what ``other`` is to this document, see the engine's ``Other``."""
        if other._om_is_money():
            return "money"
        if not other.is_invoice(include_receipts=True):
            return "entry"
        debt = other.om_milestone_id or other.om_deduction_id
        if debt:
            own = self.om_milestone_id or self.om_deduction_id
            return "own" if debt == own else "other"
        # A credit note by hand that names no invoice credits what it is matched with.
        is_loose = other.move_type in CREDITS and not other.reversed_entry_id
        return "loose" if is_loose else "foreign"

    def _om_to_contract(self, amount):
        """Return ``amount`` of this invoice in the currency of its contract."""
        right = self.agreement_id.currency_id
        if right and self.currency_id != right:
            day = self.invoice_date or self.date or beijing.today()
            amount = self.currency_id._convert(amount, right, self.company_id, day)
        return to_decimal(amount)

    def _om_get_payments(self):
        """Return [(day, amount)] of the money that came in for these invoices, in the
        contract's currency."""
        payments = []
        for move in self.filtered(lambda move: move.state == "posted"):
            for match in move._om_get_matchings():
                is_debit = match.debit_move_id.move_id == move
                line = match.credit_move_id if is_debit else match.debit_move_id
                if line.parent_state != "posted":
                    continue
                found = move._om_read(match)
                if found.other == "money" and found.money:
                    sign = -1 if found.is_credit else 1
                    payments.append((line.date, sign * found.money))
        return payments

    def _view_of_contract(self):
        """Return the action that shows these invoices or bills of one direction."""
        is_purchase = self[:1].move_type in ("in_invoice", "in_refund")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_in_invoice_type"
            if is_purchase
            else "account.action_move_out_invoice_type"
        )
        action["domain"] = [("id", "in", self.ids)]
        action["context"] = {"create": False}
        if len(self) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.id
        return action

    # ------------------------------------------------------------
    # The tax invoice (发票) of an invoice or bill: number, day, files, red letter
    # ------------------------------------------------------------

    def _filter_closed_files(self, files):
        """The files of tax invoices, once the invoice is posted."""
        posted = self.search(
            [("om_fapiao_file_ids", "in", files.ids), ("state", "=", "posted")]
        )
        return files & posted.om_fapiao_file_ids

    @api.constrains("fapiao", "state", "company_id")
    def _check_fapiao(self):
        """In place of the localisation's check, which knows eight digits only."""
        for move in self.filtered("fapiao"):
            number = move.fapiao
            if not (number.isascii() and number.isdigit() and len(number) in LENGTHS):
                raise ValidationError(
                    self.env._(
                        "“%s” is no number of a fapiao: a fully digital one has 20"
                        " digits, an older one 8.",
                        number,
                    )
                )
        self._check_fapiao_once()

    def _check_fapiao_once(self):
        """Refuse a digital invoice that is entered already: it would be paid twice.

        Its number is its own in the whole country; one of 8 digits is so only together
        with its code, which is not kept here.
        """
        numbered = self.filtered(
            lambda move: (
                move.state != "cancel" and move.fapiao and len(move.fapiao) == DIGITAL
            )
        )
        if not numbered:
            return
        # Who enters one need not see the documents of others.
        same = self.sudo().search(
            [
                ("fapiao", "in", numbered.mapped("fapiao")),
                ("company_id", "in", numbered.company_id.ids),
                ("state", "!=", "cancel"),
            ]
        )
        for (number, _company), moves in same.grouped(
            lambda move: (move.fapiao, move.company_id)
        ).items():
            if len(moves) > 1:
                raise ValidationError(
                    self.env._(
                        "Fapiao %(number)s is entered more than once: %(documents)s."
                        " One of them is a duplicate, or its number is wrong.",
                        number=number,
                        documents=format_list(self.env, moves.mapped("display_name")),
                    )
                )

    @api.constrains("om_fapiao_date")
    def _check_om_fapiao_date(self):
        today = self.env["agreement"]._get_today()
        for move in self.filtered("om_fapiao_date"):
            if move.om_fapiao_date > today:
                raise ValidationError(
                    self.env._(
                        "A fapiao cannot have been issued on %s, a day to come.",
                        move.om_fapiao_date,
                    )
                )

    @api.constrains("om_fapiao_file_ids")
    def _check_om_fapiao_files(self):
        for name in self.om_fapiao_file_ids.sudo().mapped("name"):
            if not (name or "").lower().endswith(FILES):
                raise ValidationError(
                    self.env._(
                        "“%s”: a fapiao is kept as the tax bureau hands it out, as a"
                        " PDF, OFD or XML file.",
                        name,
                    )
                )

    @api.constrains("reversed_entry_id")
    def _check_red_letter(self):
        """What a red letter credits is an invoice of the same party."""
        for move in self.filtered(lambda m: m.move_type in CREDITS):
            blue = move.reversed_entry_id
            if blue and (
                blue.move_type != INVOICES[CREDITS.index(move.move_type)]
                or blue.commercial_partner_id != move.commercial_partner_id
            ):
                raise UserError(
                    self.env._(
                        "“%(red)s” can be the red letter of an invoice of its own party"
                        " only, not of “%(blue)s”.",
                        red=move.display_name,
                        blue=blue.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves._om_adopt("om_fapiao_file_ids")
        return moves

    def _om_check_fapiao_kept(self, before):
        """Raise if a client took a fapiao off that a posted invoice had ``before``."""
        if not self.env.su and any(
            files - move.om_fapiao_file_ids for move, files in before.items()
        ):
            raise UserError(
                self.env._(
                    "The fapiao of a posted invoice stays with it: add the right one"
                    " beside it, or credit the invoice."
                )
            )

    def _get_fapiao_number(self):
        """Return the number of the fapiao where it was entered, else our own."""
        self.ensure_one()
        return self.fapiao or self.name
