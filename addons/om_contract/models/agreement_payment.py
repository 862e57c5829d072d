from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.milestones import split_price
from .agreement import AMOUNT_GROUPS
from .om_payment_milestone import INVOICE_GROUPS, SETTLED, to_decimal


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
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", groups=INVOICE_GROUPS
    )
    bond_date = fields.Date(
        "Bond Handed In On",
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
    is_terminated = fields.Boolean(
        compute="_compute_is_terminated",
        store=True,
        compute_sudo=True,
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
        "state",
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
            # A draft is no money: nothing is owed under it.
            contract.amount_residual = (
                sum(milestones.mapped("amount_residual"))
                if contract.state != "draft"
                else 0.0
            )
            unpaid = milestones.filtered(
                lambda m: m.state not in SETTLED and m.date_due
            )
            contract.next_due = min(unpaid.mapped("date_due"), default=False)

    @api.depends("amount_paid", "amount_residual")
    def _compute_paid_share(self):
        for contract in self:
            whole = contract.amount_paid + contract.amount_residual
            contract.paid_share = 100 * contract.amount_paid / whole if whole else 0.0

    @api.depends("milestone_ids.invoice_ids", "deduction_ids.invoice_ids")
    def _compute_invoice_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"]
            )
        )
        for contract in self:
            contract.invoice_count = counts.get(contract._origin, 0)

    @api.depends("termination_date")
    def _compute_is_terminated(self):
        for contract in self:
            contract.is_terminated = bool(contract.termination_date)

    def _get_measured(self):
        """Return the milestone that the settlement review measures, if one is."""
        last = self.milestone_ids._in_order()[-1:]
        is_so = self.is_terminated or last.basis == "settlement"
        return last if is_so else last.browse()

    def _is_measured(self, milestone):
        """True if the settlement review has fixed the amount of ``milestone``: of the
        last one, where the contract says so or was terminated."""
        self.ensure_one()
        return self.is_settled and milestone == self._get_measured()

    def _compute_bond_date(self):
        """The day on which the whole bond was there: the bonds' own model says it."""
        for contract in self:
            contract.bond_date = False

    # ------------------------------------------------------------
    # Milestones from a template
    # ------------------------------------------------------------

    def action_make_milestones(self):
        """Make the milestones of the payment template, in place of a draft's.

        :raises UserError: no template, one that is no whole, or the contract is signed
        """
        untold = self.filtered(lambda contract: not contract.payment_template_id)
        if untold:
            raise UserError(
                self.env._(
                    "Choose a payment template for these contracts first: %s",
                    format_list(self.env, untold.mapped("display_name")),
                )
            )
        signed = self.filtered(lambda contract: contract.state != "draft")
        if signed:
            raise UserError(
                self.env._(
                    "These contracts are signed, their milestones stay as they are: %s",
                    format_list(self.env, signed.mapped("display_name")),
                )
            )
        self.payment_template_id._check_whole()
        # sudo: taken off as a whole, to be made anew below as the user.
        self.milestone_ids.sudo().unlink()
        self.env["om.payment.milestone"].create(
            [
                {"agreement_id": contract.id, **line._prepare_milestone()}
                for contract in self._in_own_language()
                for line in contract.payment_template_id.line_ids.sorted()
            ]
        )
        return True

    def _split_price(self):
        """Return {milestone: its part of the price}, before any review.

        :raises ShareError: percentages that are no whole, or invoiced parts that do
            not fit into the price
        """
        self.ensure_one()
        milestones = self.milestone_ids._in_order()
        parts = split_price(
            to_decimal(self.amount_total),
            [milestone.exact_percent for milestone in milestones],
            {
                index: to_decimal(milestone.amount_fixed)
                for index, milestone in enumerate(milestones)
                if milestone.is_amount_fixed
            },
        )
        return dict(zip(milestones, parts, strict=True))

    # ------------------------------------------------------------
    # Settlement review
    # ------------------------------------------------------------

    def action_record_settlement(self, amount, date=None, evidence=None, reason=None):
        """Record what the finance bureau's settlement review has fixed.

        The day and the amount decide the final payment; the contract goes on to its
        settlement if it is not there yet.

        :param amount: the reviewed amount, tax included
        :param date: the day on which it passed, default today
        :param evidence: number or title of the review's document, required
        :param reason: required for correcting an amount that is on record
        :raises UserError: a day to come, no reason for a correction, the last
            milestone already invoiced
        """
        self.ensure_one()
        today = self._get_today()
        date = fields.Date.to_date(date) or today
        if date > today:
            raise UserError(
                self.env._("The review cannot have passed on %s, a day to come.", date)
            )
        if self.state not in self._get_acts()["settle"].source:
            raise UserError(
                self.env._(
                    "“%s” cannot be settled before its service period is over.",
                    self.display_name,
                )
            )
        if self.currency_id.compare_amounts(amount, 0.0) < 0:
            raise UserError(self.env._("A reviewed amount cannot be negative."))
        self._check_reason(evidence, self.env._("Name the document of the review."))
        if self.is_settled:
            self._check_reason(
                reason,
                self.env._("A reviewed amount is on record: say why it is corrected."),
            )
        why = ". ".join(text for text in (evidence, reason) if text)
        with self._act(
            "settle", reason=why, happened_at=self._get_moment(date)
        ) as contract:
            contract._settle(amount, date, why)
        return True

    def _settle(self, amount, date, why):
        """Write what the review has fixed; in the act that records it."""
        if any(self._get_measured().mapped("amount_invoiced")):
            raise UserError(
                self.env._(
                    "The final payment is already invoiced: cancel that invoice before"
                    " the reviewed amount is changed."
                )
            )
        self.write(
            {
                "is_settled": True,
                "settlement_amount": amount,
                "settlement_date": date,
                **({"state": "settlement"} if self.state == "accepted" else {}),
            }
        )
        self._log(
            self.env._(
                "Settlement review: %(amount)s, passed on %(date)s",
                amount=self.currency_id.format(amount),
                date=date,
            ),
            why,
        )

    # ------------------------------------------------------------
    # Lists
    # ------------------------------------------------------------

    def action_view_milestones(self):
        """Return the list of the payments of these contracts."""
        is_payable = self[:1].domain == "purchase"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_contract.om_payment_milestone_payable_action"
            if is_payable
            else "om_contract.om_payment_milestone_action"
        )
        action["domain"] = [("agreement_id", "in", self.ids)]
        action["context"] = {}
        return action

    def action_view_invoices(self):
        """Return the list of the invoices of these contracts."""
        moves = self.env["account.move"].search([("agreement_id", "in", self.ids)])
        return moves._view_of_contract()
