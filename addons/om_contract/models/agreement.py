from datetime import timedelta
from itertools import count

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact, Opening

from .om_clause_terms import CLAUSE_TERMS
from .om_notice_terms import NOTICE_TERMS

_lt = LazyTranslate(__name__)

# What was signed on paper, given or taken back is entered as long as it can be claimed
# at all: three years (Civil Code, article 188).
LATE = timedelta(days=3 * 366)
# Who may see what a contract costs; everybody else sees that there is one.
AMOUNT_GROUPS = (
    "om_base.group_procurement,om_base.group_manager,om_base.group_staffing,"
    "om_base.group_auditor,om_base.group_administrator"
)
# Who may see what is taken off it.
DEDUCTION_GROUPS = (
    "om_base.group_procurement,om_base.group_manager,"
    "om_base.group_auditor,om_base.group_administrator"
)
STATES = [
    ("draft", "Draft"),
    ("in_force", "In Force"),
    ("expired", "Expired"),
    ("accepted", "Accepted"),
    ("settlement", "In Settlement"),
    ("closed", "Closed"),
    ("terminated", "Terminated"),
]
# What was signed: after the draft it changes by amendment only.
SIGNED_FIELDS = (
    "code",
    "amount_total",
    "tax_rate",
    "currency_id",
    "company_id",
    "partner_id",
    "domain",
    "agreement_type_id",
    "is_template",
    "start_date",
    "end_date",
    "signature_date",
    "effective_date",
    "payment_template_id",
)


class Agreement(models.Model):
    """A contract: with the purchaser who pays us, or with a supplier whom we pay.

    What it is: OCA's agreement with its systems, payments (``om.payment.milestone``),
    bonds, deductions and amendments. ``domain`` tells the direction: ``sale`` (the
    purchaser owes us) or ``purchase``.

    How to use it: choose a payment template, ``action_make_milestones``, then
    ``action_activate``; from then on what is signed changes by acts only (amendment,
    acceptance, settlement review, termination).

    How it works: amounts are split by ``engine/milestones.py``, days reckoned by
    ``engine/terms.py``, what a breach costs by ``engine/penalties.py``; each returns
    the steps that a calculation sheet words (``om.calculation.mixin``). Its rooms:
    this file (the contract), ``agreement_life`` (states and settlement),
    ``agreement_payments`` (money).
    """

    _name = "agreement"
    _inherit = [
        "agreement",
        "om.act.mixin",
        "om.calculation.mixin",
        "om.notice.terms",
        "om.clause.terms",
    ]
    _order = "start_date desc, code"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    _free_fields = {
        **dict.fromkeys((*SIGNED_FIELDS, *NOTICE_TERMS, *CLAUSE_TERMS), ("draft",)),
        **dict.fromkeys(
            (
                "name",
                # Archiving has a guard of its own.
                "active",
                "tender_number",
                "supervisor_id",
                "user_id",
                # These have guards of their own.
                "system_ids",
                "document_ids",
                "amendment_ids",
                "milestone_ids",
                "delay_ids",
                "bond_ids",
                "clause_ids",
                "deduction_ids",
            )
        ),
    }
    _shut_hint = _lt(
        "It is signed: what it says can be changed by an amendment only (page"
        " Amendments)."
    )
    _acts = {
        "activate": Act(_lt("Bring into Force"), source=("draft",), target="in_force"),
        "redraft": Act(
            _lt("Back to Draft"), source=("in_force",), target="draft", reason=True
        ),
        "expire": Act(_lt("End of Service"), source=("in_force",), target="expired"),
        "prolong": Act(_lt("Prolong"), source=("expired",), target="in_force"),
        "accept": Act(
            _lt("Accept"),
            source=("expired",),
            target="accepted",
            party="_get_purchaser_side",
            late=LATE,
        ),
        "submit": Act(
            _lt("Submit for Settlement"), source=("accepted",), target="settlement"
        ),
        "settle": Act(
            _lt("Settlement Review"),
            source=("expired", "accepted", "settlement", "terminated"),
            reason=True,
            locks=("milestone_ids",),
            late=LATE,
        ),
        "close": Act(_lt("Close"), source=("accepted", "settlement"), target="closed"),
        "terminate": Act(
            _lt("Terminate"),
            source=("in_force", "expired"),
            target="terminated",
            reason=True,
        ),
        "amend": Act(_lt("Amend"), source=("in_force", "expired"), reason=True),
    }
    _facts = {
        "state": Fact("state"),
        "number": Fact("code"),
        "name": Fact("name"),
        "direction": Fact("domain", sealed=()),
        "party": Fact("partner_id"),
        "supervisor": Fact("supervisor_id"),
        "price": Fact("amount_total"),
        "tax_rate": Fact("tax_rate"),
        "currency": Fact("currency_id"),
        "signed_on": Fact("signature_date"),
        "effective_on": Fact("effective_date"),
        "starts_on": Fact("start_date"),
        "ends_on": Fact("end_date"),
        "accepted_on": Fact("acceptance_date"),
        "terminated_on": Fact("termination_date"),
        "reviewed": Fact("is_settled"),
        "reviewed_amount": Fact("settlement_amount"),
        "reviewed_on": Fact("settlement_date"),
        **{name: Fact(name) for name in (*NOTICE_TERMS, *CLAUSE_TERMS)},
    }

    state = fields.Selection(
        STATES,
        required=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
        readonly=True,
        group_expand=True,
    )
    company_id = fields.Many2one(required=True, index=True)
    partner_id = fields.Many2one(index=True)
    signature_date = fields.Date(copy=False)
    tender_number = fields.Char(
        tracking=True, help="Number of the procurement.", copy=False
    )
    supervisor_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        domain="[('om_acts_as', '=', 'supervisor')]",
        help="Checks on the purchaser's behalf and confirms spare parts.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the reminders of this contract.",
    )
    effective_date = fields.Date(
        tracking=True,
        copy=False,
        help="Day on which the contract takes effect; terms of payment start here.",
    )
    acceptance_date = fields.Date(tracking=True, copy=False, readonly=True)
    termination_date = fields.Date(tracking=True, copy=False, readonly=True)
    termination_reason = fields.Text(copy=False, readonly=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount_total = fields.Monetary(
        "Price, Tax Included", tracking=True, groups=AMOUNT_GROUPS
    )
    tax_rate = fields.Float(
        "Tax Rate (%)",
        default=6.0,
        digits=(5, 2),
        tracking=True,
        groups=AMOUNT_GROUPS,
    )
    amount_untaxed = fields.Monetary(
        "Price before Tax",
        compute="_compute_tax",
        groups=AMOUNT_GROUPS,
    )
    amount_tax = fields.Monetary("Tax", compute="_compute_tax", groups=AMOUNT_GROUPS)
    amount_in_words = fields.Char(
        compute="_compute_amount_in_words", groups=AMOUNT_GROUPS
    )

    # The systems and their prices
    system_ids = fields.One2many("om.system", "agreement_id", string="Systems")
    system_count = fields.Integer(compute="_compute_system_figures")
    user_unit_ids = fields.Many2many(
        "res.partner", string="User Units", compute="_compute_system_figures"
    )
    fee_total = fields.Monetary(
        "Sum of the Yearly Fees",
        compute="_compute_fee_total",
        groups=AMOUNT_GROUPS,
    )
    fee_difference = fields.Monetary(
        "Price Less Fees",
        compute="_compute_fee_total",
        groups=AMOUNT_GROUPS,
        help="Anything but zero keeps the contract a draft.",
    )
    document_ids = fields.One2many(
        "om.contract.document", "agreement_id", string="Documents"
    )
    amendment_ids = fields.One2many(
        "om.contract.amendment", "agreement_id", string="Amendments"
    )
    amendment_count = fields.Integer(compute="_compute_amendment_count")

    _amount_not_negative = models.Constraint(
        "CHECK (amount_total >= 0)", "A price cannot be negative."
    )
    _tax_rate_range = models.Constraint(
        "CHECK (tax_rate >= 0 AND tax_rate < 100)",
        "A tax rate lies between 0 and 100 percent.",
    )
    _period_order = models.Constraint(
        "CHECK (start_date IS NULL OR end_date IS NULL OR start_date <= end_date)",
        "A contract cannot end before it starts.",
    )

    @api.model
    def _domain_selection(self):
        """The two directions in the words of procurement."""
        receiving = self.env._("With a Purchaser")
        paying = self.env._("With a Supplier")
        return [("sale", receiving), ("purchase", paying)]

    # ------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------

    @api.depends("amount_total", "tax_rate", "currency_id")
    def _compute_tax(self):
        for contract in self:
            untaxed = contract.amount_total / (1 + contract.tax_rate / 100)
            contract.amount_untaxed = contract.currency_id.round(untaxed)
            contract.amount_tax = contract.amount_total - contract.amount_untaxed

    @api.depends("amount_total", "currency_id")
    def _compute_amount_in_words(self):
        for contract in self:
            contract.amount_in_words = contract._get_words(contract.amount_total)

    def _get_words(self, amount):
        """Return ``amount`` in the words that contracts and invoices want: Chinese,
        whatever the user's language."""
        currency = self.currency_id or self.company_id.currency_id
        return currency.with_context(lang="zh_CN").amount_to_text(amount)

    @api.depends("system_ids.unit_id")
    def _compute_system_figures(self):
        for contract in self:
            contract.system_count = len(contract.system_ids)
            contract.user_unit_ids = contract.system_ids.unit_id

    @api.depends("system_ids.annual_fee", "amount_total", "currency_id")
    def _compute_fee_total(self):
        for contract in self:
            currency = contract.currency_id or contract.company_id.currency_id
            fees = currency.round(sum(contract.system_ids.mapped("annual_fee")))
            contract.fee_total = fees
            contract.fee_difference = currency.round(contract.amount_total - fees)

    @api.depends("amendment_ids")
    def _compute_amendment_count(self):
        for contract in self:
            contract.amendment_count = len(contract.amendment_ids)

    @api.constrains("signature_date", "effective_date")
    def _check_effect_after_signature(self):
        for contract in self:
            signed, effective = contract.signature_date, contract.effective_date
            if signed and effective and effective < signed:
                raise ValidationError(
                    self.env._(
                        "Contract “%(name)s” cannot take effect on %(effective)s,"
                        " before it was signed on %(signed)s.",
                        name=contract.name,
                        effective=effective,
                        signed=signed,
                    )
                )

    # ------------------------------------------------------------
    # Overrides
    # ------------------------------------------------------------

    def write(self, vals):
        # Its payments are taken off here only; no client can send an opening.
        opening = Opening()
        writing = self.with_context(om_contract_writing=opening)
        try:
            result = super(Agreement, writing).write(vals)
        finally:
            opening.shut()
        if vals.keys() & {"partner_id", "supervisor_id"}:
            self.system_ids._follow_contract()
        if "amount_total" in vals:
            # A lower price may leave a payment less than was taken from it.
            self.env["om.deduction"]._release_excess(self.sudo().milestone_ids)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        signed = self.filtered(lambda contract: contract.state != "draft")
        if signed:
            raise UserError(
                self.env._(
                    "Signed contracts stay on record; terminate them: %s",
                    format_list(self.env, signed.mapped("display_name")),
                )
            )

    @api.depends("code", "name")
    def _compute_display_name(self):
        unnamed = self.filtered(lambda contract: not (contract.code or contract.name))
        result = super(Agreement, self - unnamed)._compute_display_name()
        # The form of a new contract has no number to show yet.
        unnamed.display_name = False
        return result

    def copy(self, default=None):
        default = dict(default or {})
        if not default.get("code"):
            default["code"] = self._get_free_code()
        return super().copy(default)

    def _get_free_code(self):
        """This contract's number with the first suffix that no other has: -2, -3, …"""
        self.ensure_one()
        contracts = self.with_context(active_test=False)
        taken = set(
            contracts.search([("code", "=like", f"{self.code}-%")]).mapped("code")
        )
        return next(
            code
            for number in count(2)
            if (code := f"{self.code}-{number}") not in taken
        )

    def copy_data(self, default=None):
        """Copies are told apart by their names."""
        vals_list = super().copy_data(default)
        if "name" in (default or {}):
            return vals_list
        return [
            {**vals, "name": self.env._("%s (copy)", contract.name)}
            for contract, vals in zip(self, vals_list, strict=True)
        ]

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _in_own_language(self):
        """These contracts in the user's language, and where nobody is there to have one
        (a data load, a job) in their company's: for names that are kept."""
        language = self.env.lang or self.company_id[:1].partner_id.lang
        return self.with_context(lang=language)

    @api.model
    def _get_today(self):
        """Today's date in Asia/Shanghai, where the contracts count their days."""
        return beijing.today()

    def action_view_systems(self):
        """Return the list of the systems of these contracts."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_system_action"
        )
        action["domain"] = [("agreement_id", "in", self.ids)]
        if len(self) == 1:
            action["context"] = {"default_agreement_id": self.id}
        return action

    def _get_seal_keepers(self):
        """Who keeps the paper of a seal: the supervisor, the purchaser without one."""
        self.ensure_one()
        return self.supervisor_id or self.partner_id

    # ------------------------------------------------------------
    # The tax that is part of a contract's price
    # ------------------------------------------------------------

    def _get_taxes(self):
        """Return {contract: its tax}, made once per company, direction and rate.

        Prices of contracts contain the tax: an invoice then is the milestone's amount
        to the cent, whatever the rate.
        """
        found = {}
        taxes = {}
        for contract in self:
            key = (
                contract.company_id,
                contract.domain == "purchase",
                contract.tax_rate,
            )
            if key not in found:
                found[key] = contract._get_tax()
            taxes[contract] = found[key]
        return taxes

    def _get_tax(self):
        self.ensure_one()
        if not self.tax_rate:
            return self.env["account.tax"]
        included = self._find_taxes(included=True)
        if included:
            return included[0]
        model = self._find_taxes(included=False)[:1] or self._find_taxes()[:1]
        if not model:
            raise UserError(
                self.env._(
                    "The chart of accounts of %s has no tax to begin with: set it up in"
                    " Accounting first.",
                    self.company_id.name,
                )
            )
        rate = f"{self.tax_rate:g}"
        values = {
            "name": self.env._("%s%% included", rate),
            "amount": self.tax_rate,
            "price_include_override": "tax_included",
        }
        if model.amount != self.tax_rate:
            values |= {
                "tax_group_id": self._get_tax_group(model, rate).id,
                "description": self.env._("VAT %s%%", rate),
                "invoice_label": f"{rate}%",
            }
        # Accountants keep the taxes; who invoices a contract needs just this one.
        return model.sudo().copy(values)

    def _find_taxes(self, included=None):
        """Return the percentage taxes of the contract's company and direction.

        :param included: True or False: of the contract's rate, with the price in it or
            not; None: of any rate
        """
        domain = [
            *self.env["account.tax"]._check_company_domain(self.company_id),
            ("type_tax_use", "=", "purchase" if self.domain == "purchase" else "sale"),
            ("amount_type", "=", "percent"),
        ]
        if included is not None:
            override = ("tax_included",) if included else ("tax_excluded", False)
            domain += [
                ("amount", "=", self.tax_rate),
                ("price_include_override", "in", override),
            ]
        # Who prepares a contract need not be an accountant to know its tax.
        return self.env["account.tax"].sudo().search(domain, order="sequence, id")

    def _get_tax_group(self, model, rate):
        """Return the group under which invoices print a tax of this rate."""
        name = self.env._("VAT %s%%", rate)
        groups = model.sudo().tax_group_id
        same = groups.search(
            [("company_id", "=", groups.company_id.id), ("name", "=", name)], limit=1
        )
        return same or groups.copy({"name": name})

    # ------------------------------------------------------------
    # The payment ledger of contracts
    # ------------------------------------------------------------

    def _get_ledger_file_name(self):
        """The name of the exported file."""
        return self.env._("Payment Ledger %s", self._get_today())
