from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.om_base.tools.periods import add_months

KINDS = [
    ("effective", "Contract in Effect"),
    ("invoice", "Invoice Handed In"),
    ("bond", "Performance Bond Received"),
    ("funds", "Fiscal Funds in Place"),
    ("service_months", "Months of Service"),
    ("fixed_date", "Fixed Date"),
    ("expiry", "Service Period Over"),
    ("assessment", "Assessment Documents Issued"),
    ("acceptance", "Acceptance Passed"),
    ("settlement_review", "Settlement Review Passed"),
    ("application", "Application Confirmed"),
    ("approval", "Purchaser's Approval"),
]
# Kinds that follow from facts kept elsewhere; a person confirms the others.
AUTOMATIC = frozenset(
    (
        "effective",
        "bond",
        "service_months",
        "fixed_date",
        "expiry",
        "acceptance",
        "settlement_review",
    )
)
# Kinds that are the purchaser's to confirm, also in the portal.
PURCHASER_KINDS = frozenset(("funds", "assessment", "application", "approval"))


class OmPaymentCondition(models.Model):
    """One thing that has to happen before a milestone is payable."""

    _name = "om.payment.condition"
    _description = "Payment Condition"
    _order = "sequence, id"

    milestone_id = fields.Many2one(
        "om.payment.milestone", index="btree_not_null", ondelete="cascade"
    )
    template_line_id = fields.Many2one(
        "om.payment.template.line", index="btree_not_null", ondelete="cascade"
    )
    agreement_id = fields.Many2one(
        related="milestone_id.agreement_id", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        related="milestone_id.company_id", store=True, index="btree_not_null"
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True)
    note = fields.Char("Details", help="The contract's own words or document.")
    months = fields.Integer(help="Months of service from the start of the contract.")
    fixed_month = fields.Integer("Month")
    fixed_day = fields.Integer("Day")
    starts_term = fields.Boolean(
        default=True,
        help="The term of payment does not run before this is met. Otherwise it only"
        " keeps the payment back.",
    )
    is_automatic = fields.Boolean(compute="_compute_is_automatic")
    by_purchaser = fields.Boolean(
        compute="_compute_is_automatic", help="The purchaser's to confirm."
    )
    date_met = fields.Date(
        "Met On",
        compute="_compute_date_met",
        store=True,
        compute_sudo=True,
        help="The day on which it is met; may lie ahead where it is known.",
    )
    date_confirmed = fields.Date("Confirmed For", copy=False, readonly=True)
    confirmed_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    evidence = fields.Char(copy=False, readonly=True)
    evidence_ids = fields.Many2many(
        "ir.attachment",
        "om_payment_condition_attachment_rel",
        "condition_id",
        "attachment_id",
        string="Evidence Files",
        copy=False,
    )

    _one_owner = models.Constraint(
        "CHECK ((milestone_id IS NULL) <> (template_line_id IS NULL))",
        "A condition belongs to a milestone or to a template.",
    )
    _months_positive = models.Constraint(
        "CHECK (kind != 'service_months' OR months > 0)",
        "Say how many months of service are needed.",
    )
    _fixed_date_complete = models.Constraint(
        "CHECK (kind != 'fixed_date' OR (fixed_month BETWEEN 1 AND 12"
        " AND fixed_day BETWEEN 1 AND 31))",
        "A fixed date needs its month (1 to 12) and day (1 to 31).",
    )

    # ------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------

    @api.depends("kind")
    def _compute_is_automatic(self):
        for condition in self:
            condition.is_automatic = condition.kind in AUTOMATIC
            condition.by_purchaser = condition.kind in PURCHASER_KINDS

    @api.depends("kind", "months", "fixed_month", "fixed_day", "note")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for condition in self:
            name = labels.get(condition.kind, "")
            if condition.kind == "service_months":
                name = self.env._("%s months of service", condition.months)
            elif condition.kind == "fixed_date":
                name = self.env._(
                    "%(month)s-%(day)s reached",
                    month=f"{condition.fixed_month:02d}",
                    day=f"{condition.fixed_day:02d}",
                )
            condition.display_name = (
                f"{name}（{condition.note}）" if condition.note else name
            )

    @api.depends(
        "kind",
        "months",
        "fixed_month",
        "fixed_day",
        "date_confirmed",
        "milestone_id.invoice_date",
        "agreement_id.effective_date",
        "agreement_id.start_date",
        "agreement_id.end_date",
        "agreement_id.acceptance_date",
        "agreement_id.settlement_date",
        "agreement_id.bond_date",
    )
    def _compute_date_met(self):
        for condition in self:
            condition.date_met = condition.date_confirmed or condition._get_fact()

    def _get_fact(self):
        """Return the day on which the contract's own facts meet this; else False."""
        self.ensure_one()
        contract = self.agreement_id
        if self.kind == "service_months":
            start = contract.start_date
            # Nine months from 15 June are complete when 14 March is over.
            return start and add_months(start, self.months) - relativedelta(days=1)
        if self.kind == "fixed_date":
            return self._get_fixed_date()
        if self.kind == "invoice":
            return self.milestone_id.invoice_date
        fact = {
            "effective": "effective_date",
            "bond": "bond_date",
            "expiry": "end_date",
            "acceptance": "acceptance_date",
            "settlement_review": "settlement_date",
        }.get(self.kind)
        return contract[fact] if fact else False

    def _get_fixed_date(self):
        """Return the first such day on or after the start of service."""
        start = self.agreement_id.start_date
        if not start:
            return False
        for year in (start.year, start.year + 1):
            day = start + relativedelta(
                year=year, month=self.fixed_month, day=self.fixed_day
            )
            if day >= start:
                return day
        return False

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_confirm(self, date=None, evidence=None):
        """Note that these conditions are met.

        :param date: the day, default today; never in the future
        :param evidence: where it is written
        :raises UserError: a condition that follows from facts, a day to come, or one
            that somebody confirmed meanwhile
        """
        today = self.env["agreement"]._get_today()
        date = fields.Date.to_date(date) or today
        if date > today:
            raise UserError(
                self.env._("%s lies ahead: only what has happened is confirmed.", date)
            )
        self.check_access("write")
        self.lock_for_update()
        for condition in self:
            if condition.is_automatic:
                raise UserError(
                    self.env._(
                        "“%s” follows from the contract's dates and papers and is not"
                        " confirmed by hand.",
                        condition.display_name,
                    )
                )
            if condition.date_confirmed:
                raise UserError(
                    self.env._(
                        "“%(condition)s” was already confirmed for %(date)s by"
                        " %(who)s.",
                        condition=condition.display_name,
                        date=condition.date_confirmed,
                        who=condition.confirmed_by_id.name,
                    )
                )
        self._set_confirmation(date, evidence)
        self._log_on_contract(self.env._("Confirmed for %s", date), evidence)
        return True

    def action_withdraw(self, reason):
        """Take a confirmation back.

        :raises UserError: without a reason, or when the milestone is invoiced
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the confirmation is taken back."))
        self.check_access("write")
        self.lock_for_update()
        billed = self.milestone_id.filtered(
            lambda m: m.state in ("invoiced", "partial", "paid")
        )
        if billed:
            raise UserError(
                self.env._(
                    "“%s” is already invoiced: cancel the invoice first.",
                    billed[0].display_name,
                )
            )
        self.filtered("date_confirmed")._set_confirmation(False, False)
        self._log_on_contract(self.env._("Confirmation taken back"), reason)
        return True

    def _set_confirmation(self, date, evidence):
        return super().write(
            {
                "date_confirmed": date,
                "confirmed_by_id": self.env.uid if date else False,
                "evidence": evidence or False,
            }
        )

    def _log_on_contract(self, act, detail):
        for contract, conditions in self.grouped("agreement_id").items():
            if contract:
                names = ", ".join(
                    f"{c.milestone_id.name}: {c.display_name}" for c in conditions
                )
                text = f"{act} – {names}"
                contract.message_post(body=f"{text}. {detail}" if detail else text)

    def write(self, vals):
        if vals.keys() & {"date_confirmed", "confirmed_by_id", "evidence"}:
            raise UserError(
                self.env._("Conditions are confirmed and taken back by their buttons.")
            )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.keys() & {"date_confirmed", "confirmed_by_id"}:
                raise ValidationError(
                    self.env._(
                        "Conditions are confirmed and taken back by their buttons."
                    )
                )
        return super().create(vals_list)

    def _prepare_copy(self):
        """Return the values of the same condition for a milestone."""
        self.ensure_one()
        names = (
            "sequence",
            "kind",
            "note",
            "months",
            "fixed_month",
            "fixed_day",
            "starts_term",
        )
        return {name: self[name] for name in names}
