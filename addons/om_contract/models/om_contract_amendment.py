from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.milestones import ShareError


class OmContractAmendment(models.Model):
    """A change of a signed contract: what it said, what it says, and why."""

    _name = "om.contract.amendment"
    _inherit = ["om.contract.guard.mixin", "mail.thread"]
    _description = "Contract Amendment"
    _order = "date desc, id desc"
    _check_company_auto = True
    _guarded_fields = frozenset(
        (
            "state",
            "amount_old",
            "start_old",
            "end_old",
            "applied_by_id",
            "applied_on",
        )
    )

    agreement_id = fields.Many2one(
        "agreement", string="Contract", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    name = fields.Char("Number", required=True)
    date = fields.Date(
        "Signed On",
        required=True,
        default=lambda self: self.env["agreement"]._get_today(),
        copy=False,
    )
    reason = fields.Text(required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("applied", "Applied")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    amount_old = fields.Monetary("Price Before", readonly=True, copy=False)
    amount_new = fields.Monetary(
        "New Price",
        compute="_compute_new_values",
        store=True,
        readonly=False,
        precompute=True,
    )
    start_old = fields.Date("Start Before", readonly=True, copy=False)
    start_new = fields.Date(
        "New Start",
        compute="_compute_new_values",
        store=True,
        readonly=False,
        precompute=True,
    )
    end_old = fields.Date("End Before", readonly=True, copy=False)
    end_new = fields.Date(
        "New End",
        compute="_compute_new_values",
        store=True,
        readonly=False,
        precompute=True,
    )
    line_ids = fields.One2many(
        "om.contract.amendment.line", "amendment_id", string="Systems", copy=True
    )
    file = fields.Binary("Document", attachment=True, copy=False)
    file_name = fields.Char()
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    applied_on = fields.Date(readonly=True, copy=False)
    summary = fields.Char(compute="_compute_summary")

    _number_unique = models.Constraint(
        "unique(agreement_id, name)",
        "Another amendment of this contract has the same number.",
    )
    _amount_not_negative = models.Constraint(
        "CHECK (amount_new >= 0)", "A price cannot be negative."
    )
    _period_order = models.Constraint(
        "CHECK (end_new >= start_new)", "A contract cannot end before it starts."
    )

    @api.depends("agreement_id")
    def _compute_new_values(self):
        for amendment in self:
            contract = amendment.agreement_id
            amendment.amount_new = contract.amount_total
            amendment.start_new = contract.start_date
            amendment.end_new = contract.end_date

    @api.depends(
        "state", "amount_old", "amount_new", "start_old", "start_new", "end_old"
    )
    @api.depends("end_new", "line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for amendment in self:
            amendment.summary = self.env._("; ").join(amendment._get_changes())

    def _get_changes(self):
        """Return what this amendment changes, each in words."""
        self.ensure_one()
        old = self._get_old_values()
        changes = []
        if self.currency_id.compare_amounts(old["amount_old"], self.amount_new):
            changes.append(
                self.env._(
                    "price %(old)s → %(new)s",
                    old=self.currency_id.format(old["amount_old"]),
                    new=self.currency_id.format(self.amount_new),
                )
            )
        if (old["start_old"], old["end_old"]) != (self.start_new, self.end_new):
            changes.append(
                self.env._(
                    "period %(old_start)s to %(old_end)s → %(start)s to %(end)s",
                    old_start=old["start_old"],
                    old_end=old["end_old"],
                    start=self.start_new,
                    end=self.end_new,
                )
            )
        return changes + self.line_ids.mapped("display_name")

    def _get_old_values(self):
        """Return what the contract said before: on record once this is applied."""
        self.ensure_one()
        if self.state == "applied":
            return {
                "amount_old": self.amount_old,
                "start_old": self.start_old,
                "end_old": self.end_old,
            }
        contract = self.agreement_id
        return {
            "amount_old": contract.amount_total,
            "start_old": contract.start_date,
            "end_old": contract.end_date,
        }

    def write(self, vals):
        applied = self.filtered(lambda amendment: amendment.state == "applied")
        if applied and not self._is_acting():
            raise UserError(
                self.env._(
                    "Amendment %s is applied and stays as it is; make another one to"
                    " change the contract again.",
                    applied[0].name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(amendment.state == "applied" for amendment in self):
            raise UserError(self.env._("An applied amendment stays on record."))

    def action_apply(self):
        """Change the contract as this amendment says, once.

        :raises UserError: applied already, nothing changed, a draft or ended contract,
            fees that do not add up to the new price, a price below what is invoiced
        """
        self.ensure_one()
        self.check_access("write")
        contract = self.agreement_id
        contract._lock()
        self._lock()
        self._check_can_apply()
        self._acting().write(
            {
                **self._get_old_values(),
                "state": "applied",
                "applied_by_id": self.env.uid,
                "applied_on": contract._get_today(),
            }
        )
        contract.milestone_ids._fix_invoiced_amounts()
        contract._acting().write(
            {
                "amount_total": self.amount_new,
                "start_date": self.start_new,
                "end_date": self.end_new,
            }
        )
        self.line_ids._apply()
        self._check_applied()
        contract._follow_end()
        contract.message_post(
            body=self.env._(
                "Amendment %(number)s: %(changes)s. Reason: %(reason)s",
                number=self.name,
                changes=self.summary,
                reason=self.reason,
            )
        )
        return True

    def _check_can_apply(self):
        if self.state == "applied":
            raise UserError(self.env._("Amendment %s is already applied.", self.name))
        if self.agreement_id.state not in ("in_force", "expired"):
            raise UserError(
                self.env._(
                    "Only a contract in force or expired is amended; a draft is simply"
                    " edited, and an accepted one is settled."
                )
            )
        if not self._get_changes():
            raise UserError(self.env._("Amendment %s changes nothing.", self.name))

    def _check_applied(self):
        """Raise if the contract does not add up any more."""
        contract = self.agreement_id
        if contract.fee_total and contract.fee_difference:
            raise UserError(
                self.env._(
                    "After amendment %(number)s the yearly fees of the systems differ"
                    " from the price by %(difference)s: correct the fees or the price.",
                    number=self.name,
                    difference=contract.currency_id.format(contract.fee_difference),
                )
            )
        try:
            contract._split_price()
        except ShareError as error:
            raise UserError(
                self.env._(
                    "The milestones that are invoiced do not fit the new price"
                    " %(price)s of “%(contract)s”: cancel an invoice first.",
                    price=contract.currency_id.format(contract.amount_total),
                    contract=contract.display_name,
                )
            ) from error
