from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.terms import end_of_service_months, next_day_of_year

KINDS = [
    ("effective", "Contract in Effect"),
    ("bond", "Performance Bond Handed In"),
    ("funds", "Fiscal Funds in Place"),
    ("service_months", "Months of Service"),
    ("fixed_date", "Fixed Date"),
    ("expiry", "Service Period Over"),
    ("assessment", "Assessment Documents Issued"),
    ("acceptance", "Acceptance Passed"),
    ("settlement_review", "Settlement Review Passed"),
    ("application", "Payment Application Confirmed"),
    ("purchaser_approval", "Purchaser's Approval"),
    ("invoice", "Invoice Handed In"),
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
        "invoice",
    )
)
# Kinds that are the purchaser's to confirm, also in the portal.
PURCHASER_KINDS = frozenset(
    ("funds", "assessment", "application", "purchaser_approval")
)


class OmPaymentCondition(models.Model):
    """One thing that has to happen before a milestone is payable."""

    _name = "om.payment.condition"
    _inherit = ["om.contract.guard.mixin"]
    _description = "Payment Condition"
    _order = "sequence, id"
    _guarded_fields = frozenset(
        ("date_met", "date_confirmed", "confirmed_by_id", "evidence", "evidence_ids")
    )

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
    fixed_month = fields.Integer("Month", aggregator=False)
    fixed_day = fields.Integer("Day", aggregator=False)
    starts_term = fields.Boolean(
        default=True,
        help="The term of payment runs from the day on which this is met. Otherwise it"
        " only keeps the payment back.",
    )
    is_automatic = fields.Boolean(
        compute="_compute_is_automatic",
        help="Follows from facts of the contract and is not confirmed by hand.",
    )
    by_purchaser = fields.Boolean("The Purchaser's", compute="_compute_is_automatic")
    date_met = fields.Date(
        "Met On",
        compute="_compute_date_met",
        store=True,
        compute_sudo=True,
        help="The day on which it is met; lies ahead where it is known before.",
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
        readonly=True,
        bypass_search_access=True,
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
                    "The day %(month)s-%(day)s",
                    month=f"{condition.fixed_month:02d}",
                    day=f"{condition.fixed_day:02d}",
                )
            if condition.note:
                name = self.env._("%(name)s (%(note)s)", name=name, note=condition.note)
            condition.display_name = name

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
            condition.date_met = condition._get_date_met()

    def _get_date_met(self):
        """Return the day of this condition: confirmed, or by the contract's facts."""
        self.ensure_one()
        contract = self.agreement_id
        if self.kind not in AUTOMATIC:
            return self.date_confirmed
        if self.kind == "invoice":
            return self.milestone_id.invoice_date
        if self.kind == "service_months":
            start = contract.start_date
            return start and end_of_service_months(start, self.months)
        if self.kind == "fixed_date":
            start = contract.start_date
            return start and next_day_of_year(self.fixed_month, self.fixed_day, start)
        fact = {
            "effective": "effective_date",
            "bond": "bond_date",
            "expiry": "end_date",
            "acceptance": "acceptance_date",
            "settlement_review": "settlement_date",
        }
        return contract[fact[self.kind]]

    # ------------------------------------------------------------
    # Overrides
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        conditions = super().create(vals_list)
        conditions._check_not_billed()
        signed = conditions.filtered(
            lambda condition: condition.agreement_id.state not in (False, "draft")
        )
        signed._log_on_contracts(self.env._("Condition added"))
        return conditions

    def write(self, vals):
        if not self._is_acting():
            self._check_not_billed()
        return super().write(vals)

    def unlink(self):
        signed = self.filtered(
            lambda condition: condition.agreement_id.state not in (False, "draft")
        )
        signed._log_on_contracts(self.env._("Condition removed"))
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._check_not_billed()

    def _check_not_billed(self):
        """Refuse to change what an invoice was made on."""
        billed = self.sudo().milestone_id.filtered(
            lambda milestone: milestone.amount_invoiced
        )
        if billed:
            raise UserError(
                self.env._(
                    "“%s” is already invoiced, its conditions stay as they are. Cancel"
                    " or credit the invoice first.",
                    billed[0].display_name,
                )
            )

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_confirm(self, date=None, evidence=None, attachments=None):
        """Note that these conditions are met.

        :param date: the day, default today; never in the future
        :param evidence: where it is written, such as the number of a letter
        :param attachments: files that show it; one of the two is required
        :raises UserError: a condition that follows from facts, a day to come, no
            evidence, a draft contract, or one that somebody confirmed meanwhile
        """
        today = self.env["agreement"]._get_today()
        date = fields.Date.to_date(date) or today
        attachments = attachments or self.env["ir.attachment"]
        if date > today:
            raise UserError(
                self.env._("%s lies ahead: only what has happened is confirmed.", date)
            )
        if not (evidence or "").strip() and not attachments:
            raise UserError(self.env._("Say where it is written, or add the document."))
        self.check_access("write")
        self._lock()
        self._check_can_confirm()
        self._acting().write(
            {
                "date_confirmed": date,
                "confirmed_by_id": self.env.uid,
                "evidence": evidence or False,
                "evidence_ids": [fields.Command.set(attachments.ids)],
            }
        )
        if attachments:
            # Files uploaded in a dialog are nobody's else: whoever may read the
            # condition may read its evidence.
            attachments.write({"res_model": self._name, "res_id": self[:1].id})
        self._log_on_contracts(self.env._("Confirmed for %s", date), evidence)
        return True

    def _check_can_confirm(self):
        for condition in self:
            if condition.is_automatic:
                raise UserError(
                    self.env._(
                        "“%s” follows from the contract's dates and papers and is not"
                        " confirmed by hand.",
                        condition.display_name,
                    )
                )
            if condition.sudo().agreement_id.state in (False, "draft"):
                raise UserError(
                    self.env._(
                        "“%s” belongs to a draft: bring the contract into force first.",
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
                        who=condition.sudo().confirmed_by_id.name,
                    )
                )

    def action_withdraw(self, reason=None):
        """Take confirmations back.

        :param reason: required, kept in the contract's discussion
        :raises UserError: without a reason, or when the milestone is invoiced
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the confirmation is taken back."))
        self.check_access("write")
        self._lock()
        self.milestone_id._lock()
        self._check_not_billed()
        confirmed = self.filtered("date_confirmed")
        confirmed._acting().write(
            {
                "date_confirmed": False,
                "confirmed_by_id": False,
                "evidence": False,
                "evidence_ids": [fields.Command.clear()],
            }
        )
        confirmed._log_on_contracts(self.env._("Confirmation taken back"), reason)
        return True

    def _log_on_contracts(self, act, detail=None):
        """Leave what was done, to which conditions, in the contracts' discussions."""
        bodies = {}
        for contract, conditions in self.grouped("agreement_id").items():
            names = format_list(
                self.env,
                [
                    f"{condition.milestone_id.name}: {condition.display_name}"
                    for condition in conditions
                ],
            )
            body = f"{act} – {names}"
            bodies[contract.id] = f"{body}. {detail}" if detail else body
        self.agreement_id._message_log_batch(bodies=bodies)

    def action_open_confirm(self):
        """Return the dialog that asks for the day and the evidence."""
        return self.env["om.contract.act"]._open("confirm", conditions=self)

    def action_open_withdraw(self):
        """Return the dialog that asks for the reason."""
        return self.env["om.contract.act"]._open("withdraw", conditions=self)

    def _prepare_copies(self):
        """Return the values of the same conditions for a milestone."""
        names = (
            "sequence",
            "kind",
            "note",
            "months",
            "fixed_month",
            "fixed_day",
            "starts_term",
        )
        return [{name: condition[name] for name in names} for condition in self]
