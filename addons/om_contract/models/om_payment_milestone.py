from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact, Opening

from ..engine.milestones import (
    Balance,
    ShareError,
    milestone_state,
    settle,
    share,
)
from .agreement import DEDUCTION_GROUPS
from .om_payment_template_line import BASES, TERM_UNITS

_lt = LazyTranslate(__name__)

# States in which somebody else already has our figures.
BILLED = ("invoiced", "partial", "paid")
# States in which nothing is asked for any more.
SETTLED = ("paid", "ended")
# What the documents of a milestone say, and what they are matched with. Here and in
# what follows from it, one field stands for all that its method computes, and what a
# field follows from is not named beside it: Odoo walks each path from an invoice's
# fields to their followers, and the first invoice in a process waited for that.
BILLING = (
    "invoice_ids.state",
    "invoice_ids.move_type",
    "invoice_ids.currency_id",
    "invoice_ids.amount_total",
    "invoice_ids.reversed_entry_id",
    "invoice_ids.line_ids.matched_debit_ids.om_money",
    "invoice_ids.line_ids.matched_credit_ids.om_money",
)
INVOICE_GROUPS = "account.group_account_invoice,account.group_account_readonly"


def to_decimal(amount):
    """The cents of a monetary field, exactly."""
    return Decimal(f"{amount:.2f}")


class OmPaymentMilestone(models.Model):
    """One part of a contract's price: when it is payable, and what became of it."""

    _name = "om.payment.milestone"
    _inherit = ["om.act.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Payment Milestone"
    _order = "agreement_id, sequence, id"
    _rec_names_search = ["name", "agreement_id.code", "agreement_id.name"]
    # What was signed stays as signed: the state that counts is the contract's.
    _state_field = "contract_state"
    _free_fields = {
        "name": None,
        # Conditions have a guard of their own.
        "condition_ids": None,
        **dict.fromkeys(
            (
                "agreement_id",
                "sequence",
                "percent",
                "basis",
                "term_value",
                "term_unit",
            ),
            ("draft",),
        ),
    }
    _shut_hint = _lt(
        "It belongs to a signed contract: the shares stay as signed, and a term changes"
        " with its reason only (“Change the Term”)."
    )
    _acts = {
        "invoice": Act(_lt("Make Invoice")),
        "bill": Act(_lt("Post Invoice")),
        "hand_in": Act(_lt("Hand In the Invoice")),
        "pay": Act(_lt("Money Booked")),
        "take_back": Act(_lt("Booking of Money Taken Back")),
        "change_term": Act(_lt("Change the Term"), reason=True),
    }
    # What follows from invoices, payments and conditions is told as it was at the act.
    _facts = {
        "contract": Fact("agreement_id"),
        "name": Fact("name"),
        "percent": Fact("percent"),
        "basis": Fact("basis"),
        "term": Fact("term_value"),
        "term_unit": Fact("term_unit"),
        "amount_kept": Fact("amount_fixed"),
        "keeps_amount": Fact("is_amount_fixed"),
        "amount": Fact("amount", sealed=()),
        "deducted": Fact("amount_deducted", sealed=()),
        "invoiced": Fact("amount_invoiced", sealed=()),
        "paid": Fact("amount_paid", sealed=()),
        "open": Fact("amount_residual", sealed=()),
        "handed_in_on": Fact("invoice_date", sealed=()),
        "due_on": Fact("date_due", sealed=()),
        "state": Fact("state", sealed=()),
    }

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    partner_id = fields.Many2one(
        related="agreement_id.partner_id", store=True, index=True
    )
    direction = fields.Selection(
        related="agreement_id.domain", string="Direction", store=True
    )
    contract_state = fields.Selection(
        related="agreement_id.state", string="State of the Contract", store=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    percent = fields.Float(digits=(7, 4), required=True, tracking=True)
    basis = fields.Selection(BASES, required=True, default="contract")
    term_value = fields.Integer("Term", tracking=True)
    term_unit = fields.Selection(TERM_UNITS, required=True, default="workday")
    condition_ids = fields.One2many(
        "om.payment.condition", "milestone_id", string="Conditions", copy=True
    )

    paper_ids = fields.One2many(
        "om.unit.paper", "milestone_id", string="Documents of the User Units"
    )

    # Money
    amount = fields.Monetary(
        compute="_compute_amount", store=True, compute_sudo=True, tracking=True
    )
    claim_amount = fields.Monetary(
        "Claimed Back",
        compute="_compute_amount",
        store=True,
        compute_sudo=True,
        help="By how much the other milestones exceed what the review fixed.",
    )
    is_amount_fixed = fields.Boolean(
        copy=False,
        readonly=True,
        help="Was invoiced before an amendment changed the price: keeps its amount.",
    )
    amount_fixed = fields.Monetary(copy=False, readonly=True)
    amount_deducted = fields.Monetary(
        "Deducted", compute="_compute_amount_deducted", store=True, compute_sudo=True
    )
    amount_due = fields.Monetary(
        compute="_compute_balance", store=True, compute_sudo=True
    )
    amount_invoiced = fields.Monetary(
        "Invoiced", compute="_compute_billing", store=True, compute_sudo=True
    )
    amount_paid = fields.Monetary(
        "Paid", compute="_compute_billing", store=True, compute_sudo=True
    )
    amount_residual = fields.Monetary(
        "Open", compute="_compute_balance", store=True, compute_sudo=True
    )
    amount_written_off = fields.Monetary(
        "Closed without Money",
        compute="_compute_billing",
        store=True,
        compute_sudo=True,
        help="What the accounts hold for settled though no money came in: a loss, a"
        " discount, a set-off. It stays open here until a credit note or a deduction"
        " says why it is not asked for any more.",
    )
    paid_share = fields.Float(
        "Paid (%)", compute="_compute_paid_share", aggregator=None
    )
    invoice_ids = fields.One2many(
        "account.move",
        "om_milestone_id",
        string="Invoices",
        copy=False,
        groups=INVOICE_GROUPS,
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", groups=INVOICE_GROUPS
    )
    invoice_date = fields.Date(
        "Invoice Handed In",
        compute="_compute_billing",
        store=True,
        compute_sudo=True,
        help="The day on which the first invoice that stands was handed in.",
    )

    # Time
    date_start = fields.Date(
        "Term Runs From",
        compute="_compute_dates",
        store=True,
        compute_sudo=True,
        help="Day on which the last condition that starts the term is met; lies ahead"
        " where it is known before.",
    )
    date_due = fields.Date(
        compute="_compute_dates",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        tracking=True,
    )
    is_date_provisional = fields.Boolean(
        "Provisional Date",
        compute="_compute_dates",
        store=True,
        compute_sudo=True,
        help="Counted over a year whose holidays the State Council has not published.",
    )
    is_delayed = fields.Boolean(
        "Fiscal Delay",
        compute="_compute_dates",
        store=True,
        compute_sudo=True,
        help="A fiscal delay holds the payment up or has moved its day.",
    )
    date_expected = fields.Date(
        "Expected",
        compute="_compute_dates",
        store=True,
        compute_sudo=True,
        index="btree_not_null",
        help="The due date, and while a condition is open an estimate: the term from"
        " the last day that is known.",
    )
    is_payable = fields.Boolean(
        "Conditions Met",
        compute="_compute_state",
        store=True,
        compute_sudo=True,
        help="All conditions are met, the handing in of the invoice too.",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("ready", "Ready"),
            ("invoiced", "Invoiced"),
            ("partial", "Partly Settled"),
            ("paid", "Settled"),
            ("ended", "Not Asked For"),
        ],
        compute="_compute_state",
        store=True,
        compute_sudo=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_ended = fields.Boolean(
        "Ended by Termination",
        compute="_compute_is_ended",
        store=True,
        compute_sudo=True,
        help="The contract was terminated before this was due: it is not asked for,"
        " unless a settlement says so.",
    )
    why_not = fields.Char("What Is Missing", compute="_compute_why_not")
    is_overdue = fields.Boolean(
        "Overdue",
        compute="_compute_overdue",
        search="_search_is_overdue",
        help="Everything is met, the due date has passed, money is open and no fiscal"
        " delay excuses it.",
    )
    days_overdue = fields.Integer(
        compute="_compute_overdue", help="Calendar days since the due date."
    )

    deduction_line_ids = fields.One2many(
        "om.deduction.line",
        "milestone_id",
        string="Deductions",
        groups=DEDUCTION_GROUPS,
    )
    interest_ids = fields.One2many(
        "om.deduction",
        "late_milestone_id",
        string="Interest on Late Payment",
        groups=DEDUCTION_GROUPS,
    )
    amount_interest = fields.Monetary(
        "Interest",
        compute="_compute_amount_interest",
        groups=DEDUCTION_GROUPS,
        help="Demanded up to today.",
    )

    _percent_range = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)",
        "A milestone has more than 0 and at most 100 percent of the price.",
    )
    _term_not_negative = models.Constraint(
        "CHECK (term_value >= 0)", "A term cannot be negative."
    )
    _open_due_idx = models.Index("(date_due) WHERE state NOT IN ('paid', 'ended')")

    # ------------------------------------------------------------
    # Money
    # ------------------------------------------------------------

    @property
    def exact_percent(self):
        """The percentage as the engine takes it."""
        return Decimal(f"{self.percent:.4f}")

    def _in_order(self):
        """These milestones in the order of payment, unsaved ones too."""
        return self.sorted(lambda m: (m.sequence, m._origin.id or float("inf")))

    @api.depends(
        "percent",
        "sequence",
        "basis",
        "is_amount_fixed",
        "amount_fixed",
        "agreement_id.amount_total",
        "agreement_id.settlement_amount",
        "agreement_id.is_settled",
        "agreement_id.is_terminated",
        "agreement_id.milestone_ids.percent",
        "agreement_id.milestone_ids.sequence",
        "agreement_id.milestone_ids.basis",
        "agreement_id.milestone_ids.is_amount_fixed",
        "agreement_id.milestone_ids.is_ended",
    )
    def _compute_amount(self):
        parts = {}
        for contract in self.agreement_id:
            parts |= contract.milestone_ids._get_parts(contract)
        for milestone in self:
            part = parts.get(milestone)
            milestone.amount = float(part.amount) if part else 0.0
            milestone.claim_amount = float(part.claim) if part else 0.0

    def _get_parts(self, contract):
        """Return {milestone: PricePart} of all milestones of one contract; the key of a
        step is the position of the payment that it names.

        The last one takes what is left of the price; where it is measured by the
        settlement review, what is left of the reviewed amount. The settlement of a
        terminated contract measures the last one in any case: it takes what the
        settlement leaves beside what was due before the termination.
        """
        ordered = self._in_order()
        try:
            parts = contract._split_price()
        except ShareError:
            # A draft whose percentages are still being entered.
            price = to_decimal(contract.amount_total)
            return {m: share(price, m.exact_percent) for m in ordered}
        last = ordered[-1:]
        if contract._is_measured(last):
            others = {
                index: parts[m].amount
                for index, m in enumerate(ordered[:-1])
                if not m.is_ended
            }
            parts[last] = settle(to_decimal(contract.settlement_amount), others)
        return parts

    def _fix_invoiced_amounts(self):
        """Let what is invoiced keep its amount when the price is about to change."""
        for milestone in self.filtered("amount_invoiced"):
            milestone.write({"is_amount_fixed": True, "amount_fixed": milestone.amount})

    @api.depends("amount", "amount_deducted", "amount_invoiced", "is_ended")
    def _compute_balance(self):
        for milestone in self:
            balance = milestone._get_balance()
            milestone.amount_due = float(balance.due)
            milestone.amount_residual = float(balance.residual)

    def _get_balance(self):
        """Return the :class:`Balance` of this milestone."""
        self.ensure_one()
        return Balance(
            amount=to_decimal(0.0 if self.is_ended else self.amount),
            deducted=to_decimal(self.amount_deducted),
            invoiced=to_decimal(self.amount_invoiced),
            cash=to_decimal(self.amount_paid),
        )

    @api.depends("amount_due")
    def _compute_paid_share(self):
        for milestone in self:
            due = milestone.amount_due
            milestone.paid_share = 100 * milestone.amount_paid / due if due else 0.0

    # ------------------------------------------------------------
    # State
    # ------------------------------------------------------------

    @api.depends(
        "amount_due",
        "condition_ids.date_met",
        "condition_ids.kind",
        "contract_state",
    )
    def _compute_state(self):
        today = self.env["agreement"]._get_today()
        for milestone in self:
            ready = milestone._is_ready(today)
            milestone.state = milestone_state(
                milestone._get_balance(), ready, milestone.is_ended
            )
            milestone.is_payable = ready and all(
                condition.date_met and condition.date_met <= today
                for condition in milestone._get_asked_conditions()
            )

    @api.depends(
        *BILLING,
        "condition_ids.date_met",
        "condition_ids.kind",
        "sequence",
        "agreement_id.is_settled",
        "agreement_id.is_terminated",
        "agreement_id.termination_date",
        "agreement_id.milestone_ids.sequence",
    )
    def _compute_is_ended(self):
        for milestone in self:
            contract = milestone.agreement_id
            if not contract.is_terminated or contract._is_measured(milestone):
                milestone.is_ended = False
                continue
            last_day = contract.termination_date - timedelta(days=1)
            books = milestone.invoice_ids._om_get_books()
            milestone.is_ended = (
                bool(milestone._get_open_conditions(last_day))
                and books.invoiced + books.drafts <= 0
            )

    def _is_ready(self, today):
        """True if nothing but our invoice is missing on the day ``today``."""
        self.ensure_one()
        return (
            self.contract_state not in (False, "draft")
            and not self.is_ended
            and not self._get_open_conditions(today)
        )

    def _get_asked_conditions(self):
        """Return the conditions that this payment waits for: what the settlement of a
        terminated contract leaves waits for the invoice only, for nothing else of what
        was agreed can happen any more."""
        contract = self.agreement_id
        if contract.is_terminated and contract._is_measured(self):
            return self.condition_ids.filtered(lambda c: c.kind == "invoice")
        return self.condition_ids

    def _get_open_conditions(self, today):
        """Return the conditions that are not met on the day ``today``; the invoice is
        ours to make and no obstacle to itself. A final payment waits for the review
        that measures it."""
        return self._get_asked_conditions().filtered(
            lambda condition: (
                condition.kind != "invoice"
                and not (condition.date_met and condition.date_met <= today)
            )
        )

    @api.depends(
        "state",
        "date_due",
        "condition_ids.paper_ids.date",
        "hold_ids.date_to",
        "hold_ids.deduction_id.name",
    )
    @api.depends_context("lang")
    def _compute_why_not(self):
        today = self.env["agreement"]._get_today()
        # Read ahead for all of them; sudo as where they are named.
        self.sudo().condition_ids.filtered("by_unit").paper_ids.mapped("date")
        self.sudo().hold_ids.mapped("date_to")
        for milestone in self:
            milestone.why_not = milestone._get_why_not(today)

    def _get_why_not(self, today):
        """Return in one line what keeps this milestone from being paid."""
        self.ensure_one()
        # sudo: whoever reads a payment reads that, and why, it is held.
        hold = self.sudo()._get_hold()
        if not hold or self.state in SETTLED:
            return self._get_next_step(today)
        held = self._name_hold(hold)
        if self.state != "waiting":
            return held
        return self.env._(
            "%(held)s. %(missing)s", held=held, missing=self._get_next_step(today)
        )

    def _get_next_step(self, today):
        """Return what is missing, or what comes next, of a milestone not held."""
        if self.state == "paid":
            return ""
        if self.contract_state in (False, "draft"):
            return self.env._("The contract is not in force yet")
        if self.is_ended:
            return self.env._(
                "The contract was terminated from %s, before this was due: only a"
                " settlement can say what is still owed",
                self.agreement_id.termination_date,
            )
        missing = self._get_open_conditions(today)
        if missing:
            return self.env._("Waiting for: %s", self._name_conditions(missing))
        if self.state == "ready":
            return self.env._("Everything is met: make the invoice")
        if not self.is_payable:
            return self.env._("The invoice is not handed in yet")
        if self.amount_written_off:
            return self.env._(
                "%s was closed in the accounts without money: enter a credit note or a"
                " deduction for it, or take the matching apart",
                self.currency_id.format(self.amount_written_off),
            )
        if self.is_delayed and not self.date_due:
            return self.env._("Held up by a fiscal delay")
        amount = self.currency_id.format(self.amount_residual)
        if not self.date_due:
            return self.env._("%s to be paid", amount)
        return self.env._(
            "%(amount)s to be paid by %(day)s", amount=amount, day=self.date_due
        )

    def _name_conditions(self, conditions):
        """Return the names of ``conditions``, with the day where it is known."""
        return format_list(
            self.env,
            [
                self.env._(
                    "%(condition)s on %(day)s",
                    condition=condition.display_name,
                    day=condition.date_met,
                )
                if condition.date_met
                else self.env._(
                    "%(name)s (%(note)s)", name=condition.display_name, note=missing
                )
                if (missing := condition._name_missing())
                else condition.display_name
                for condition in conditions
            ],
        )

    # ------------------------------------------------------------
    # Overrides
    # ------------------------------------------------------------

    @api.depends("name", "agreement_id.code")
    def _compute_display_name(self):
        for milestone in self:
            milestone.display_name = (
                f"{milestone.agreement_id.code or ''} {milestone.name or ''}".strip()
            )

    @api.constrains("percent", "basis", "sequence", "agreement_id")
    def _check_whole(self):
        for contract in self.agreement_id:
            milestones = contract.milestone_ids._in_order()
            if any(m.basis == "settlement" for m in milestones[:-1]):
                raise ValidationError(
                    self.env._(
                        "Only the last milestone of “%s” can be measured by the"
                        " settlement review.",
                        contract.display_name,
                    )
                )
            total = sum(milestone.exact_percent for milestone in milestones)
            if contract.state != "draft" and total != 100:
                raise ValidationError(
                    self.env._(
                        "The milestones of “%(name)s” add up to %(total)s percent, not"
                        " to 100.",
                        name=contract.display_name,
                        total=f"{total.normalize():f}",
                    )
                )

    def action_change_term(self, value, unit, reason):
        """Change when a payment of a signed contract is due.

        :param reason: why, such as the letter in which the parties agreed on it
        :raises UserError: no reason, or a payment that is paid
        """
        with self._act("change_term", reason=reason) as milestones:
            paid = milestones.filtered(lambda m: m.state == "paid")
            if paid:
                raise UserError(
                    self.env._("“%s” is paid, its term stays.", paid[0].display_name)
                )
            milestones.write({"term_value": value, "term_unit": unit})
        return True

    def action_open_change_term(self):
        """Return the dialog that changes the term."""
        return self.env["om.contract.act"]._open(
            "term",
            milestone_id=self.ensure_one().id,
            term_value=self.term_value,
            term_unit=self.term_unit,
        )

    def action_open_confirm(self):
        """Return the dialog that confirms the open conditions of all these at once:
        one letter of the purchaser's often says so for several contracts. What we hand
        in ourselves is on no such letter, and comes where nothing else is open.

        :raises UserError: nothing is open that is confirmed by hand
        """
        conditions = self.condition_ids.filtered(
            lambda condition: (
                not condition.is_automatic
                and not condition.date_confirmed
                and condition.milestone_id.contract_state != "draft"
                and not condition.milestone_id.is_ended
            )
        )
        conditions = conditions.filtered("by_purchaser") or conditions
        if not conditions:
            raise UserError(
                self.env._("None of these payments has a condition to confirm.")
            )
        return conditions.action_open_confirm()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken_off(self):
        """What a price is split into is seen, and changed, as a whole."""
        opening = self.env.context.get("om_contract_writing")
        is_in_contract = isinstance(opening, Opening) and opening.is_open
        if self and not self.env.su and not is_in_contract:
            raise UserError(
                self.env._(
                    "A payment is taken off on the page of its draft contract, where"
                    " the others are seen with it: %s",
                    format_list(self.env, self.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        signed = self.filtered(lambda m: m.contract_state not in (False, "draft"))
        if signed:
            raise UserError(
                self.env._(
                    "Milestones of a signed contract stay: %s",
                    format_list(self.env, signed.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------
    # What deductions take from a payment, and what its delay costs the payer
    # ------------------------------------------------------------

    @api.depends("deduction_line_ids.amount")
    def _compute_amount_deducted(self):
        sums = dict(
            self.env["om.deduction.line"]._read_group(
                [("milestone_id", "in", self._origin.ids)],
                ["milestone_id"],
                ["amount:sum"],
            )
        )
        for milestone in self:
            milestone.amount_deducted = sums.get(milestone._origin, 0.0)

    @api.depends("interest_ids.amount", "interest_ids.state")
    def _compute_amount_interest(self):
        for milestone in self:
            live = milestone.interest_ids.filtered(lambda d: d.state != "waived")
            milestone.amount_interest = sum(live.mapped("amount_so_far"))

    def _get_deductible(self) -> Decimal:
        """Return what a deduction can still take: what is neither invoiced nor paid."""
        self.ensure_one()
        gone = max(to_decimal(self.amount_invoiced), to_decimal(self.amount_paid))
        return max(to_decimal(self.amount_due) - gone, Decimal(0))

    def _get_payments(self):
        """Return [(day, amount)] of what was paid on the invoices of these: money, no
        credit note and no loss."""
        return self.invoice_ids._om_get_payments()

    def action_demand(self):
        """Demand late payments: from here the days of grace run, then the interest.

        :raises UserError: not overdue, or a contract without such a clause
        """
        self.check_access("write")
        demanded = self.interest_ids.filtered(lambda d: d.state != "waived")
        todo = self - demanded.late_milestone_id
        vals_list = [milestone._prepare_interest() for milestone in todo]
        interests = demanded | self.env["om.deduction"].create(vals_list)
        return interests._get_list_action()

    def _prepare_interest(self):
        self.ensure_one()
        if not self.is_overdue:
            raise UserError(
                self.env._("“%s” is not overdue: nothing to demand.", self.display_name)
            )
        clause = self.agreement_id.clause_ids.filtered(
            lambda c: c.direction == "purchaser" and c.method == "daily"
        )[:1]
        if not clause:
            raise UserError(
                self.env._(
                    "The clauses of contract “%s” name no interest on late payment.",
                    self.agreement_id.display_name,
                )
            )
        today = self.env["agreement"]._get_today()
        return {
            "name": self.env._("Late payment of “%s”", self.name),
            "agreement_id": self.agreement_id.id,
            "clause_id": clause.id,
            "late_milestone_id": self.id,
            "date": today,
            "demand_date": today,
            "base_amount": self.amount_residual,
        }
