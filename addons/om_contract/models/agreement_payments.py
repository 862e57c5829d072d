from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.milestones import split_price
from .agreement import AMOUNT_GROUPS, DEDUCTION_GROUPS
from .om_clause_terms import CLAUSE_TERMS
from .om_notice_terms import NOTICE_TERMS
from .om_payment_milestone import INVOICE_GROUPS, SETTLED, to_decimal


class Agreement(models.Model):
    """The money of a contract: milestones, bonds, deductions, what the settlement
    review fixed."""

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

    bond_ids = fields.One2many(
        "om.bond", "agreement_id", string="Bonds", groups=DEDUCTION_GROUPS
    )
    bond_balance = fields.Monetary(
        "Bonds Held", compute="_compute_bond_balance", groups=DEDUCTION_GROUPS
    )
    clause_ids = fields.One2many(
        "om.deduction.clause",
        "agreement_id",
        string="Deduction Clauses",
        groups=DEDUCTION_GROUPS,
    )
    deduction_ids = fields.One2many(
        "om.deduction",
        "agreement_id",
        string="Deductions",
        groups=DEDUCTION_GROUPS,
    )
    deduction_count = fields.Integer(
        compute="_compute_deduction_figures", groups=DEDUCTION_GROUPS
    )
    amount_deducted = fields.Monetary(
        "Deducted",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="Taken from payments and bonds.",
    )
    amount_to_deduct = fields.Monetary(
        "Agreed, Not Yet Applied",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
    )
    amount_in_review = fields.Monetary(
        "Shown to the Review",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="Reductions that the reviewed amount contains; they are not subtracted a"
        " second time.",
    )
    amount_claimed = fields.Monetary(
        "Claimed by the Purchaser",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="What neither payments nor bonds could cover.",
    )
    amount_our_claims = fields.Monetary(
        "Claimed from the Purchaser",
        compute="_compute_deduction_figures",
        groups=DEDUCTION_GROUPS,
        help="Agreed interest and other amounts that the purchaser bears.",
    )

    _settlement_not_negative = models.Constraint(
        "CHECK (settlement_amount >= 0)", "A reviewed amount cannot be negative."
    )

    @api.depends(
        "state",
        "milestone_ids.date_due",
        # With it come the amounts that it follows from.
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

    @api.depends("amount_paid")
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
        self._copy_clauses()
        self._copy_notice_terms()
        self._copy_clause_terms()
        self._make_bonds()
        return True

    def _follow_units(self):
        """Let the payments that wait for each user unit follow the systems' units."""
        # sudo: whoever changes the register need not see payments.
        conditions = self.sudo().milestone_ids.condition_ids
        conditions.filtered("by_unit")._follow_units()

    def _split_price(self):
        """Return {milestone: its ``PricePart``}, before any review; the key of a step
        is the position of the payment that it names.

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
        self.env["om.deduction"]._release_excess(self._get_measured())
        self._update_settlement_claim()

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

    # ------------------------------------------------------------
    # Bonds and deductions of a contract
    # ------------------------------------------------------------

    @api.depends(
        "bond_ids.amount",
        "bond_ids.date_received",
        "bond_ids.replaces_id",
        "effective_date",
    )
    def _compute_bond_date(self):
        for contract in self:
            # A letter that replaces another asks for nothing new.
            bonds = contract.bond_ids.filtered(lambda bond: not bond.replaces_id)
            # A bond of nothing is there as soon as the contract is.
            days = [
                bond.date_received if bond.amount else contract.effective_date
                for bond in bonds
            ]
            contract.bond_date = bool(days) and all(days) and max(days)

    @api.depends("bond_ids.balance")
    def _compute_bond_balance(self):
        for contract in self:
            contract.bond_balance = sum(contract.bond_ids.mapped("balance"))

    @api.depends(
        "deduction_ids.state",
        "deduction_ids.amount",
        "deduction_ids.line_ids.amount",
        "deduction_ids.line_ids.target",
        "deduction_ids.direction",
        "deduction_ids.in_review",
    )
    def _compute_deduction_figures(self):
        counts = dict(
            self.env["om.deduction"]._read_group(
                [("agreement_id", "in", self._origin.ids)],
                ["agreement_id"],
                ["__count"],
            )
        )
        taken = {
            (contract, direction): amount
            for contract, direction, amount in self.env["om.deduction"]._read_group(
                [("agreement_id", "in", self._origin.ids)],
                ["agreement_id", "direction"],
                ["amount_claimed:sum"],
            )
        }
        targets = {
            (contract, target): amount
            for contract, target, amount in self.env["om.deduction.line"]._read_group(
                [("agreement_id", "in", self._origin.ids)],
                ["agreement_id", "target"],
                ["amount:sum"],
            )
        }
        waiting = dict(
            self.env["om.deduction"]._read_group(
                [
                    ("agreement_id", "in", self._origin.ids),
                    ("state", "=", "agreed"),
                    ("in_review", "=", False),
                    ("direction", "=", "contractor"),
                ],
                ["agreement_id"],
                ["amount_open:sum"],
            )
        )
        shown = dict(
            self.env["om.deduction"]._read_group(
                [
                    ("agreement_id", "in", self._origin.ids),
                    ("state", "!=", "waived"),
                    ("in_review", "=", True),
                ],
                ["agreement_id"],
                ["amount:sum"],
            )
        )
        for contract in self:
            own = contract._origin
            contract.deduction_count = counts.get(own, 0)
            contract.amount_deducted = targets.get((own, "milestone"), 0) + targets.get(
                (own, "bond"), 0
            )
            contract.amount_to_deduct = waiting.get(own, 0.0)
            contract.amount_in_review = shown.get(own, 0.0)
            contract.amount_claimed = taken.get((own, "contractor"), 0.0)
            contract.amount_our_claims = taken.get((own, "purchaser"), 0.0)

    # ------------------------------------------------------------
    # From the template
    # ------------------------------------------------------------

    def action_copy_clauses(self):
        """Take the deduction clauses of the payment template over into contracts that
        have none.

        :raises UserError: no template, or one without clauses
        """
        for contract in self:
            if not contract.payment_template_id.clause_ids:
                raise UserError(
                    self.env._(
                        "“%s” has no payment template with deduction clauses: choose"
                        " one, or enter the clauses of the contract.",
                        contract.display_name,
                    )
                )
        self._copy_clauses()
        return True

    def _copy_clauses(self):
        bare = self.filtered(lambda contract: not contract.clause_ids)
        bare = bare._in_own_language()
        self.env["om.deduction.clause"].create(
            [
                {"agreement_id": contract.id, **clause._prepare_copy()}
                for contract in bare
                for clause in contract.payment_template_id.clause_ids
            ]
        )

    def _copy_notice_terms(self):
        for contract in self:
            if not any(contract[name] for name in NOTICE_TERMS):
                template = contract.payment_template_id
                contract.write({name: template[name] for name in NOTICE_TERMS})

    def _copy_clause_terms(self):
        for contract in self:
            template = contract.payment_template_id
            new = {
                name: template[name]
                for name in CLAUSE_TERMS
                if template[name] and not contract[name]
            }
            if new:
                contract.write(new)

    def _make_bonds(self):
        """Expect the bond that the payment template asks for."""
        self.env["om.bond"].create(
            [
                {
                    "agreement_id": contract.id,
                    "percent": template.bond_percent,
                    "term_value": template.bond_term_value,
                    "term_unit": template.bond_term_unit,
                }
                for contract in self
                if (template := contract.payment_template_id).bond_percent
                and not contract.bond_ids
            ]
        )

    def _is_bond_received(self):
        """True if every bond that the contract asks for was received in full."""
        self.ensure_one()
        return bool(self.bond_date)

    def action_view_deductions(self):
        """Return the list of the deductions of these contracts."""
        return self.deduction_ids._get_list_action(
            domain=[("agreement_id", "in", self.ids)],
            context={"default_agreement_id": self.id} if len(self) == 1 else {},
        )

    def action_view_bonds(self):
        """Return the bonds of these contracts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_contract.om_bond_action"
        )
        action["domain"] = [("agreement_id", "in", self.ids)]
        if len(self) == 1:
            action["context"] = {"default_agreement_id": self.id}
        return action
