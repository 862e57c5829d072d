from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .agreement import AMOUNT_GROUPS


class Agreement(models.Model):
    """Milestones, what was paid, what the settlement review fixed."""

    _inherit = "agreement"

    payment_template_id = fields.Many2one(
        "om.payment.template", index="btree_not_null", ondelete="restrict"
    )
    milestone_ids = fields.One2many(
        "om.payment.milestone",
        "agreement_id",
        string="Milestones",
        groups=AMOUNT_GROUPS,
    )
    delay_ids = fields.One2many(
        "om.fiscal.delay", "agreement_id", string="Fiscal Delays", groups=AMOUNT_GROUPS
    )
    amount_invoiced = fields.Monetary(
        "Invoiced", compute="_compute_paid", store=True, groups=AMOUNT_GROUPS
    )
    amount_paid = fields.Monetary(
        "Paid", compute="_compute_paid", store=True, groups=AMOUNT_GROUPS
    )
    amount_residual = fields.Monetary(
        "Open", compute="_compute_paid", store=True, groups=AMOUNT_GROUPS
    )
    paid_share = fields.Float(
        "Paid (%)", compute="_compute_paid_share", groups=AMOUNT_GROUPS
    )
    next_due = fields.Date(
        "Next Payment Due",
        compute="_compute_paid",
        store=True,
        index="btree_not_null",
        groups=AMOUNT_GROUPS,
    )
    bond_date = fields.Date(
        "Bond Received On",
        compute="_compute_bond_date",
        store=True,
        compute_sudo=True,
        groups=AMOUNT_GROUPS,
    )
    is_settled = fields.Boolean(
        "Reviewed",
        copy=False,
        readonly=True,
        groups=AMOUNT_GROUPS,
        help="The settlement review has fixed the amount.",
    )
    settlement_amount = fields.Monetary(
        "Reviewed Amount",
        copy=False,
        readonly=True,
        tracking=True,
        groups=AMOUNT_GROUPS,
    )
    settlement_date = fields.Date(
        "Review Passed On",
        copy=False,
        readonly=True,
        tracking=True,
        groups=AMOUNT_GROUPS,
    )

    _settlement_not_negative = models.Constraint(
        "CHECK (settlement_amount >= 0)", "A reviewed amount cannot be negative."
    )

    @api.depends(
        "amount_total",
        "milestone_ids.amount_invoiced",
        "milestone_ids.amount_paid",
        "milestone_ids.amount_residual",
        "milestone_ids.date_due",
        "milestone_ids.state",
    )
    def _compute_paid(self):
        for contract in self:
            milestones = contract.milestone_ids
            contract.amount_invoiced = sum(milestones.mapped("amount_invoiced"))
            contract.amount_paid = sum(milestones.mapped("amount_paid"))
            contract.amount_residual = (
                sum(milestones.mapped("amount_residual"))
                if milestones
                else contract.amount_total
            )
            unpaid = milestones.filtered(lambda m: m.state != "paid" and m.date_due)
            contract.next_due = min(unpaid.mapped("date_due"), default=False)

    @api.depends("amount_paid", "amount_residual")
    def _compute_paid_share(self):
        for contract in self:
            whole = contract.amount_paid + contract.amount_residual
            contract.paid_share = 100 * contract.amount_paid / whole if whole else 0.0

    def _compute_bond_date(self):
        """The day on which the whole bond was there; filled by the bonds' own model."""
        for contract in self:
            contract.bond_date = False

    # ------------------------------------------------------------
    # Milestones from a template
    # ------------------------------------------------------------

    def action_make_milestones(self):
        """Make the milestones of the payment template, in place of a draft's.

        :raises UserError: no template, or the contract is signed
        """
        for contract in self:
            if not contract.payment_template_id:
                raise UserError(self.env._("Choose a payment template first."))
            if contract.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is signed: its milestones stay as they are.",
                        contract.display_name,
                    )
                )
        self.milestone_ids.unlink()
        self.env["om.payment.milestone"].create(
            [
                {"agreement_id": contract.id, **line._prepare_milestone()}
                for contract in self
                for line in contract.payment_template_id.line_ids.sorted()
            ]
        )
        return True

    # ------------------------------------------------------------
    # Settlement review
    # ------------------------------------------------------------

    def action_record_settlement(self, amount, date=None, evidence=None, reason=None):
        """Record what the finance bureau's settlement review has fixed.

        :param amount: the reviewed amount, tax included
        :param date: the day on which it passed, default today
        :param evidence: number or title of the review's document
        :param reason: required for correcting an amount that is on record
        :raises UserError: a day to come, no reason for a correction, the last
            milestone already invoiced
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        today = self._get_today()
        date = fields.Date.to_date(date) or today
        if date > today:
            raise UserError(
                self.env._("The review cannot have passed on %s, a day to come.", date)
            )
        if self.state == "draft":
            raise UserError(self.env._("A draft cannot be settled."))
        if self.is_settled and not (reason or "").strip():
            raise UserError(
                self.env._(
                    "A reviewed amount is on record: say why it is corrected."
                )
            )
        measured = self.milestone_ids.filtered(lambda m: m.basis == "settlement")
        if any(m.state in ("invoiced", "partial", "paid") for m in measured):
            raise UserError(
                self.env._(
                    "The final payment is already invoiced: cancel that invoice before"
                    " the reviewed amount is changed."
                )
            )
        self._acting().write(
            {
                "is_settled": True,
                "settlement_amount": amount,
                "settlement_date": date,
            }
        )
        lines = [
            self.env._(
                "Settlement review: %(amount)s, passed on %(date)s",
                amount=self.currency_id.format(amount),
                date=date,
            )
        ]
        lines += [text for text in (evidence, reason) if text]
        self.message_post(body=". ".join(lines))
        return True

    # ------------------------------------------------------------
    # Taxes
    # ------------------------------------------------------------

    def _get_tax(self):
        """Return the tax that is part of the price; made once per company and rate."""
        self.ensure_one()
        use = "purchase" if self.domain == "purchase" else "sale"
        tax = self._find_tax(use)
        if tax or not self.tax_rate:
            return tax
        model = self._find_tax(use, included=False)
        if not model:
            raise UserError(
                self.env._(
                    "There is no tax of %(rate)s%% in the chart of accounts of"
                    " %(company)s: add it in Accounting first.",
                    rate=f"{self.tax_rate:g}",
                    company=self.company_id.name,
                )
            )
        # Accountants keep the taxes; who invoices a contract needs just this one.
        return model.sudo().copy(
            {
                "name": self.env._("%s%% included", f"{self.tax_rate:g}"),
                "price_include_override": "tax_included",
            }
        )

    def _find_tax(self, use, included=True):
        override = ("tax_included",) if included else ("tax_excluded", False)
        return self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(self.company_id),
                ("type_tax_use", "=", use),
                ("amount_type", "=", "percent"),
                ("amount", "=", self.tax_rate),
                ("price_include_override", "in", override),
            ],
            limit=1,
        )

    @api.constrains("milestone_ids")
    def _check_price_covers_billed(self):
        for contract in self.sudo():
            billed = sum(contract.milestone_ids.mapped("amount_invoiced"))
            if contract.currency_id.compare_amounts(billed, contract.amount_total) > 0:
                raise ValidationError(
                    self.env._(
                        "More is invoiced for “%s” than its price.",
                        contract.display_name,
                    )
                )
