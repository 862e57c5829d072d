from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine.milestones import (
    Balance,
    ShareError,
    milestone_state,
    settle,
    split_price,
)
from ..engine.terms import Delay, days_in_default, due_date, term_start
from .om_payment_template import BASES, TERM_UNITS

# States in which the amount no longer follows the contract's price.
BILLED = ("invoiced", "partial", "paid")


def to_decimal(amount):
    """The cents of a monetary field, exactly."""
    return Decimal(f"{amount:.2f}")


class OmPaymentMilestone(models.Model):
    """One part of a contract's price: when it is payable, and what became of it."""

    _name = "om.payment.milestone"
    _inherit = ["mail.thread", "mail.activity.mixin", "portal.mixin"]
    _description = "Payment Milestone"
    _order = "agreement_id, sequence, id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    partner_id = fields.Many2one(
        related="agreement_id.partner_id", store=True, index=True
    )
    direction = fields.Selection(related="agreement_id.domain", store=True)
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
    amount_deducted = fields.Monetary(
        "Deducted", compute="_compute_amount_deducted", store=True, compute_sudo=True
    )
    amount_due = fields.Monetary(
        "To Pay", compute="_compute_balance", store=True, compute_sudo=True
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
    paid_share = fields.Float(
        "Paid (%)", compute="_compute_paid_share", aggregator=None
    )
    invoice_ids = fields.One2many(
        "account.move", "om_milestone_id", string="Invoices", copy=False
    )
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    invoice_date = fields.Date(
        "Invoice Handed In",
        compute="_compute_billing",
        store=True,
        compute_sudo=True,
        help="Date of the first posted invoice that still stands.",
    )

    # Time
    date_start = fields.Date(
        "Term Runs From",
        compute="_compute_dates",
        store=True,
        compute_sudo=True,
        help="Day on which the last condition is met; may lie ahead.",
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
        compute="_compute_date_expected",
        store=True,
        readonly=False,
        compute_sudo=True,
        help="For the cash forecast: the due date where it is known, else an estimate"
        " that may be corrected.",
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("ready", "Ready"),
            ("invoiced", "Invoiced"),
            ("partial", "Partly Paid"),
            ("paid", "Paid"),
        ],
        compute="_compute_state",
        store=True,
        compute_sudo=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    why_not = fields.Char("What Is Missing", compute="_compute_why_not")
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_overdue", search="_search_is_overdue"
    )
    days_overdue = fields.Integer(compute="_compute_overdue")

    _percent_range = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)",
        "A milestone has more than 0 and at most 100 percent of the price.",
    )
    _term_not_negative = models.Constraint(
        "CHECK (term_value >= 0)", "A term cannot be negative."
    )
    _open_due_idx = models.Index("(date_due) WHERE state != 'paid'")

    # ------------------------------------------------------------
    # Money
    # ------------------------------------------------------------

    @property
    def exact_percent(self):
        """The percentage as the engine takes it."""
        return Decimal(f"{self.percent:.4f}")

    @api.depends(
        "percent",
        "sequence",
        "basis",
        "agreement_id.amount_total",
        "agreement_id.settlement_amount",
        "agreement_id.is_settled",
        "agreement_id.milestone_ids.percent",
        "agreement_id.milestone_ids.sequence",
        "agreement_id.milestone_ids.basis",
    )
    def _compute_amount(self):
        for contract in self.agreement_id:
            milestones = contract.milestone_ids.sorted(
                lambda m: (m.sequence, m._origin.id or 0)
            )
            if milestones:
                milestones._split(contract)
        for milestone in self.filtered(lambda m: not m.agreement_id):
            milestone.amount = milestone.claim_amount = 0.0

    def _split(self, contract):
        """Give these milestones, all of one contract in order, their amounts.

        What is billed keeps the amount it was billed for; the last one takes what is
        left of the price, or of the reviewed amount.
        """
        price = to_decimal(contract.amount_total)
        try:
            parts = split_price(price, [m.exact_percent for m in self])
        except ShareError:
            # A draft whose percentages are still being entered.
            parts = [
                to_decimal(contract.amount_total * m.percent / 100) for m in self
            ]
        amounts = [
            to_decimal(m.amount) if m._origin.state in BILLED else part
            for m, part in zip(self, parts, strict=True)
        ]
        last = self[-1]
        claim = Decimal(0)
        if last._origin.state not in BILLED and sum(parts) == price:
            others = sum(amounts[:-1])
            whole = price
            if last.basis == "settlement" and contract.is_settled:
                whole = to_decimal(contract.settlement_amount)
            amounts[-1], claim = settle(whole, others)
        for milestone, amount in zip(self, amounts, strict=True):
            milestone.amount = float(amount)
            milestone.claim_amount = float(claim) if milestone == last else 0.0

    def _compute_amount_deducted(self):
        """Deductions that were applied; filled by the deductions' own model."""
        for milestone in self:
            milestone.amount_deducted = 0.0

    @api.depends("amount", "amount_deducted", "amount_paid")
    def _compute_balance(self):
        for milestone in self:
            balance = milestone._get_balance()
            milestone.amount_due = float(balance.due)
            milestone.amount_residual = float(balance.residual)

    def _get_balance(self):
        """Return the :class:`Balance` of this milestone."""
        self.ensure_one()
        return Balance(
            amount=to_decimal(self.amount),
            deducted=to_decimal(self.amount_deducted),
            invoiced=to_decimal(self.amount_invoiced),
            paid=to_decimal(self.amount_paid),
        )

    @api.depends("amount_due", "amount_paid")
    def _compute_paid_share(self):
        for milestone in self:
            due = milestone.amount_due
            milestone.paid_share = 100 * milestone.amount_paid / due if due else 0.0

    # ------------------------------------------------------------
    # Time
    # ------------------------------------------------------------

    @api.depends(
        "term_value",
        "term_unit",
        "condition_ids.date_met",
        "condition_ids.starts_term",
        "agreement_id.delay_ids.date_from",
        "agreement_id.delay_ids.date_to",
    )
    def _compute_dates(self):
        calendar = self.env["om.calendar"]
        workdays = calendar._get_calendar()
        for milestone in self:
            conditions = milestone.condition_ids
            start = term_start(
                [
                    condition.date_met or None
                    for condition in conditions.filtered("starts_term")
                ]
            )
            milestone.date_start = start
            due, provisional, delayed = False, False, False
            if start:
                with calendar._counting():
                    result = due_date(
                        start,
                        milestone.term_value,
                        milestone.term_unit,
                        workdays,
                        milestone._get_delays(),
                    )
                due, provisional = result.due or False, result.provisional
                delayed = result.resumed_from is not None
                # What only keeps the payment back cannot put anybody in default.
                held = conditions.filtered(lambda c: not c.starts_term and c.date_met)
                due = due and max([due, *held.mapped("date_met")])
            milestone.date_due = due
            milestone.is_date_provisional = provisional
            milestone.is_delayed = delayed

    def _get_delays(self):
        """Return the contract's fiscal delays as the engine takes them."""
        self.ensure_one()
        return [
            Delay(delay.date_from, delay.date_to or None)
            for delay in self.agreement_id.delay_ids
        ]

    @api.depends("date_due", "agreement_id.end_date", "agreement_id.start_date")
    def _compute_date_expected(self):
        for milestone in self:
            milestone.date_expected = (
                milestone.date_due
                or milestone.date_expected
                or milestone.agreement_id.end_date
                or milestone.agreement_id.start_date
            )

    # ------------------------------------------------------------
    # State
    # ------------------------------------------------------------

    @api.depends(
        "amount_due",
        "amount_invoiced",
        "amount_paid",
        "condition_ids.date_met",
        "contract_state",
    )
    def _compute_state(self):
        today = self.env["agreement"]._get_today()
        for milestone in self:
            milestone.state = milestone_state(
                milestone._get_balance(), milestone._is_payable(today)
            )

    def _is_payable(self, today):
        """True if nothing but our invoice is missing on the day ``today``."""
        self.ensure_one()
        return self.contract_state != "draft" and not self._get_open_conditions(today)

    def _get_open_conditions(self, today):
        """Return the conditions that are not met on the day ``today``; the invoice is
        ours to make and no obstacle."""
        return self.condition_ids.filtered(
            lambda condition: condition.kind != "invoice"
            and not (condition.date_met and condition.date_met <= today)
        )

    @api.depends(
        "state",
        "date_due",
        "amount_residual",
        "condition_ids.date_met",
        "contract_state",
    )
    @api.depends_context("lang")
    def _compute_why_not(self):
        today = self.env["agreement"]._get_today()
        for milestone in self:
            milestone.why_not = milestone._get_why_not(today)

    def _get_why_not(self, today):
        """Return in one line what keeps this milestone from being paid."""
        self.ensure_one()
        if self.state == "paid":
            return ""
        if self.contract_state == "draft":
            return self.env._("The contract is not in force yet")
        missing = self._get_open_conditions(today)
        if missing:
            names = self.env._(", ").join(
                self.env._(
                    "%(condition)s (on %(day)s)",
                    condition=condition.display_name,
                    day=condition.date_met,
                )
                if condition.date_met
                else condition.display_name
                for condition in missing
            )
            return self.env._("Waiting for: %s", names)
        if self.state == "ready":
            return self.env._("Everything is met: the invoice can be made")
        if self.is_delayed and not self.date_due:
            return self.env._("Payment held up by a fiscal delay")
        open_amount = self.currency_id.format(self.amount_residual)
        if self.date_due and self.date_due < today:
            return self.env._(
                "Invoiced; %(amount)s open since %(day)s",
                amount=open_amount,
                day=self.date_due,
            )
        if self.date_due:
            return self.env._(
                "Invoiced; %(amount)s due by %(day)s",
                amount=open_amount,
                day=self.date_due,
            )
        return self.env._("Invoiced; %s open", open_amount)

    @api.depends("date_due", "state", "agreement_id.delay_ids")
    def _compute_overdue(self):
        today = self.env["agreement"]._get_today()
        for milestone in self:
            days = 0
            if milestone._can_be_overdue():
                days = days_in_default(
                    milestone.date_due, today, milestone._get_delays()
                )
            milestone.days_overdue = days
            milestone.is_overdue = days > 0

    def _can_be_overdue(self):
        """True if the payer has everything he needs: without invoice no default."""
        self.ensure_one()
        return (
            bool(self.date_due)
            and self.state in ("invoiced", "partial")
            and bool(self.invoice_date)
        )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["agreement"]._get_today()
        late = (
            Domain("date_due", "<", today)
            & Domain("state", "in", ("invoiced", "partial"))
            & Domain("invoice_date", "!=", False)
        )
        # Delays are few: those that excuse today are looked up, not joined.
        excused = self.env["om.fiscal.delay"]._get_excused_contracts(today)
        late &= Domain("agreement_id", "not in", excused.ids)
        return late if True in value else ~late

    # ------------------------------------------------------------
    # Overrides and jobs
    # ------------------------------------------------------------

    @api.depends("name", "agreement_id.code")
    def _compute_display_name(self):
        for milestone in self:
            milestone.display_name = (
                f"{milestone.agreement_id.code or ''} {milestone.name or ''}".strip()
            )

    def _compute_access_url(self):
        super()._compute_access_url()
        for milestone in self:
            milestone.access_url = f"/my/milestones/{milestone.id}"

    @api.constrains("percent", "agreement_id")
    def _check_whole(self):
        for contract in self.agreement_id.filtered(lambda c: c.state != "draft"):
            total = sum(m.exact_percent for m in contract.milestone_ids)
            if total != 100:
                raise ValidationError(
                    self.env._(
                        "The milestones of “%(name)s” add up to %(total)s percent, not"
                        " to 100.",
                        name=contract.display_name,
                        total=f"{total.normalize():f}",
                    )
                )

    def write(self, vals):
        fixed = {"percent", "basis", "agreement_id"} & vals.keys()
        if fixed and any(milestone.state in BILLED for milestone in self):
            raise UserError(
                self.env._(
                    "An invoiced milestone keeps its share; cancel the invoice first."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        billed = self.filtered(
            lambda m: m.state in BILLED or m.contract_state != "draft"
        )
        if billed:
            raise UserError(
                self.env._(
                    "Milestones of a signed contract stay: %s",
                    ", ".join(billed.mapped("display_name")),
                )
            )

    @api.model
    def _cron_reach_dates(self):
        """Make ready what was waiting for a day that has come; idempotent."""
        today = self.env["agreement"]._get_today()
        waiting = self.search(
            [
                ("state", "=", "waiting"),
                ("contract_state", "!=", "draft"),
                ("condition_ids.date_met", "<=", today),
            ]
        )
        waiting.modified(["contract_state"])

    @api.model
    def _recount_dates(self):
        """Count the due dates of everything unpaid again; the calendar has changed."""
        unpaid = self.sudo().search([("state", "!=", "paid")])
        self.env.add_to_compute(self._fields["date_due"], unpaid)
        unpaid._recompute_recordset(["date_due"])
