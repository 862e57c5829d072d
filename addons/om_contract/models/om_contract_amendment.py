from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.milestones import ShareError
from .agreement import LATE

_lt = LazyTranslate(__name__)


class OmContractAmendment(models.Model):
    """A change of a signed contract: what it said, what it says, and why."""

    _name = "om.contract.amendment"
    _inherit = ["om.act.mixin", "mail.thread"]
    _description = "Contract Amendment"
    _order = "date desc, id desc"
    _check_company_auto = True
    _free_fields = dict.fromkeys(
        (
            "agreement_id",
            "name",
            "date",
            "reason",
            "amount_new",
            "start_new",
            "end_new",
            "line_ids",
            "file",
            "file_name",
            "signatory",
        ),
        ("draft",),
    )
    _shut_hint = _lt(
        "An applied amendment stays as it is; make another one to change the contract"
        " again."
    )
    _acts = {
        "apply": Act(
            _lt("Apply the Amendment"),
            source=("draft",),
            target="applied",
            party="_get_other_side",
            locks=("agreement_id", "agreement_id.milestone_ids"),
            late=LATE,
        ),
    }
    _facts = {
        "state": Fact("state"),
        "contract": Fact("agreement_id"),
        "number": Fact("name"),
        "signed_on": Fact("date"),
        "reason": Fact("reason"),
        "price": Fact("amount_new", sealed=("applied",)),
        "price_before": Fact("amount_old"),
        "starts_on": Fact("start_new", sealed=("applied",)),
        "ends_on": Fact("end_new", sealed=("applied",)),
        "starts_before": Fact("start_old"),
        "ends_before": Fact("end_old"),
        "systems": Fact("line_ids", sealed=("applied",)),
    }

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
    signatory = fields.Char(
        "Signed By", copy=False, help="Who signed for the other party."
    )
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

    def copy_data(self, default=None):
        """Copies are told apart by their names."""
        vals_list = super().copy_data(default)
        if "name" in (default or {}):
            return vals_list
        return [
            {**vals, "name": self.env._("%s (copy)", amendment.name)}
            for amendment, vals in zip(self, vals_list, strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(amendment.state == "applied" for amendment in self):
            raise UserError(self.env._("An applied amendment stays on record."))

    def _get_other_side(self):
        """Who has to have signed beside us."""
        contract = self.agreement_id
        is_sale = contract.domain != "purchase"
        return contract.partner_id, "purchaser" if is_sale else "contractor"

    def _get_paper(self):
        """The signed amendment as the act wants it."""
        # sudo: the file of a field is found by its record.
        scan = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", "file"),
                ]
            )
        )
        return Paper(self.signatory, self.date, scan)

    def action_apply(self, paper=None):
        """Change the contract as this amendment says, once.

        :raises UserError: applied already, nothing changed, a draft or ended contract,
            fees that do not add up to the new price, a price below what is invoiced,
            no scan of what the other party has signed
        """
        self.ensure_one()
        self._check_can_apply()
        paper = paper or self._get_paper()
        with self._act(
            "apply",
            reason=self.reason,
            happened_at=self._get_moment(paper.signed_on),
            paper=paper,
        ) as amendment:
            amendment.write(
                {
                    **amendment._get_old_values(),
                    "applied_by_id": self.env.uid,
                    "applied_on": self.env["agreement"]._get_today(),
                }
            )
            with amendment.agreement_id._act("amend", reason=self.reason) as contract:
                contract.milestone_ids._fix_invoiced_amounts()
                contract.write(
                    {
                        "amount_total": amendment.amount_new,
                        "start_date": amendment.start_new,
                        "end_date": amendment.end_new,
                    }
                )
                amendment.line_ids._apply()
                amendment._check_applied()
            amendment.agreement_id._follow_end()
            contract.message_post(
                body=self.env._(
                    "Amendment %(number)s: %(changes)s. Reason: %(reason)s",
                    number=amendment.name,
                    changes=amendment.summary,
                    reason=amendment.reason,
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
