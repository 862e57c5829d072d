from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.terms import end_of_service_months, next_day_of_year
from .agreement import LATE

_lt = LazyTranslate(__name__)


class Kind(NamedTuple):
    """A kind of condition, told once: a new one is a line of ``KINDS``.

    ``label``: its name. ``follows``: paths of the facts from which its day follows; a
    single one is the day itself, of several ``day`` names the method that reckons it.
    Without any, somebody's word meets it: the contractor's, or, of ``by_purchaser``,
    the purchaser's in the portal or by its paper. ``after_service``: it cannot be met
    before the service is over. ``terms``: fields of its own; ``words`` names the method
    that says them.
    """

    label: str
    follows: tuple[str, ...] = ()
    day: str = ""
    by_purchaser: bool = False
    by_contractor: bool = False
    after_service: bool = False
    terms: tuple[str, ...] = ()
    words: str = ""


KINDS = {
    "effective": Kind("Contract in Effect", ("agreement_id.effective_date",)),
    "bond": Kind("Performance Bond Handed In", ("agreement_id.bond_date",)),
    "funds": Kind("Fiscal Funds in Place", by_purchaser=True),
    "service_months": Kind(
        "Months of Service",
        ("agreement_id.start_date", "months"),
        day="_get_end_of_months",
        terms=("months",),
        words="_name_months",
    ),
    "fixed_date": Kind(
        "Fixed Date",
        ("agreement_id.start_date", "fixed_month", "fixed_day"),
        day="_get_fixed_day",
        terms=("fixed_month", "fixed_day"),
        words="_name_fixed_day",
    ),
    "expiry": Kind("Service Period Over", ("agreement_id.end_date",)),
    "assessment": Kind(
        "Assessment Documents Issued", by_purchaser=True, after_service=True
    ),
    "acceptance": Kind(
        "Acceptance Passed", ("agreement_id.acceptance_date",), after_service=True
    ),
    "settlement_review": Kind(
        "Settlement Review Passed",
        ("agreement_id.settlement_date",),
        after_service=True,
    ),
    "application": Kind("Payment Application Confirmed", by_purchaser=True),
    "purchaser_approval": Kind("Purchaser's Approval", by_purchaser=True),
    "document": Kind("Document Handed In", by_contractor=True),
    "invoice": Kind("Invoice Handed In", ("milestone_id.invoice_date",)),
}
FOLLOWED = tuple(dict.fromkeys(path for k in KINDS.values() for path in k.follows))
TERMS = tuple(dict.fromkeys(name for kind in KINDS.values() for name in kind.terms))
# What a template's condition gives to a contract's.
COPIED = ("sequence", "kind", "note", *TERMS, "starts_term", "by_unit")


class OmPaymentCondition(models.Model):
    """One thing that has to happen before a milestone is payable."""

    _name = "om.payment.condition"
    _inherit = ["om.act.mixin"]
    _description = "Payment Condition"
    _order = "sequence, id"
    _state_field = "contract_state"
    # Of a template, or of a contract that is not signed yet.
    _free_fields = dict.fromkeys(
        ("milestone_id", "template_line_id", *COPIED),
        ("", "draft"),
    )
    _shut_hint = _lt(
        "It belongs to a signed contract: the conditions of payment stay as signed."
    )
    _acts = {
        "confirm": Act(
            _lt("Confirm a Condition"),
            party="_get_word_side",
            locks=("milestone_id",),
            late=LATE,
        ),
        "withdraw": Act(
            _lt("Take a Confirmation Back"), reason=True, locks=("milestone_id",)
        ),
    }
    _facts = {
        "payment": Fact("milestone_id"),
        "kind": Fact("kind"),
        "details": Fact("note"),
        "months": Fact("months"),
        "starts_term": Fact("starts_term"),
        "by_unit": Fact("by_unit"),
        "met_on": Fact("date_met", sealed=()),
        "confirmed_for": Fact("date_confirmed"),
        "evidence": Fact("evidence"),
        "files": Fact("evidence_ids"),
    }

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
    contract_state = fields.Selection(related="agreement_id.state")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [(value, kind.label) for value, kind in KINDS.items()], required=True
    )
    note = fields.Char("Details", help="The contract's own words or document.")
    months = fields.Integer(help="Months of service from the start of the contract.")
    fixed_month = fields.Integer("Month", aggregator=False)
    fixed_day = fields.Integer("Day", aggregator=False)
    starts_term = fields.Boolean(
        default=True,
        help="The term of payment runs from the day on which this is met. Otherwise it"
        " only keeps the payment back.",
    )
    by_unit = fields.Boolean(
        "From Each User Unit",
        help="Waits for the documents of every user unit of the contract's systems; a"
        " contract without systems for the one confirmation.",
    )
    paper_ids = fields.One2many(
        "om.unit.paper",
        "condition_id",
        string="Documents of the User Units",
        copy=False,
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

    _units_assess = models.Constraint(
        "CHECK (NOT by_unit OR kind = 'assessment')",
        "Only assessment documents come from each user unit.",
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

    @api.depends("kind", "by_unit", "paper_ids")
    def _compute_is_automatic(self):
        for condition in self:
            kind, by_units = condition._get_kind(), condition._is_of_units()
            condition.is_automatic = bool(kind.follows) or by_units
            condition.by_purchaser = kind.by_purchaser and not by_units

    def _get_kind(self):
        """Return the ``Kind`` of this; a bare one while it is still to be chosen."""
        self.ensure_one()
        return KINDS.get(self.kind) or Kind("")

    def _is_of_units(self):
        """True if this is met by the papers of the user units, and not by one word."""
        self.ensure_one()
        # sudo: that there are lines is asked, not what they say.
        return self.by_unit and bool(self.sudo().paper_ids)

    @api.depends("kind", "note", *TERMS)
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = self._om_labels("kind")
        for condition in self:
            words = condition._get_kind().words
            name = getattr(condition, words)() if words else labels.get(condition.kind)
            if condition.note:
                name = self.env._(
                    "%(name)s (%(note)s)", name=name or "", note=condition.note
                )
            condition.display_name = name or ""

    @api.model
    def _search_display_name(self, operator, value):
        """Find what is shown: the kind by its label, and the contract's own words."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        found = Domain("note", operator, value)
        if operator == "ilike" and isinstance(value, str):
            labels = self._om_labels("kind").items()
            kinds = [kind for kind, word in labels if value.lower() in word.lower()]
            found |= Domain("kind", "in", kinds)
        return found

    def _name_months(self):
        return self.env._("%s months of service", self.months)

    def _name_fixed_day(self):
        return self.env._(
            "The day %(month)s-%(day)s",
            month=f"{self.fixed_month:02d}",
            day=f"{self.fixed_day:02d}",
        )

    @api.depends("kind", "date_confirmed", "by_unit", "paper_ids.date", *FOLLOWED)
    def _compute_date_met(self):
        for condition in self:
            condition.date_met = condition._get_date_met()

    def _get_date_met(self):
        """Return the day of this condition: confirmed, or by the contract's facts."""
        self.ensure_one()
        if self._is_of_units():
            days = self.paper_ids.mapped("date")
            return all(days) and max(days)
        kind = self._get_kind()
        if kind.day:
            return getattr(self, kind.day)()
        if not kind.follows:
            return self.date_confirmed
        (path,) = kind.follows
        return next(iter(self.mapped(path)), False)

    def _get_end_of_months(self):
        start = self.agreement_id.start_date
        return start and end_of_service_months(start, self.months)

    def _get_fixed_day(self):
        start = self.agreement_id.start_date
        return start and next_day_of_year(self.fixed_month, self.fixed_day, start)

    # ------------------------------------------------------------
    # Overrides
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        conditions = super().create(vals_list)
        conditions._follow_units()
        return conditions

    def write(self, vals):
        result = super().write(vals)
        if {"kind", "by_unit", "milestone_id"} & vals.keys():
            self._follow_units()
        return result

    @api.constrains("milestone_id")
    def _check_not_signed(self):
        """A condition of payment is agreed on before the contract is signed."""
        signed = self.filtered(lambda c: c._get_state() not in ("", "draft"))
        if signed:
            raise UserError(self.env._(self._shut_hint))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(condition._get_state() not in ("", "draft") for condition in self):
            raise UserError(self.env._(self._shut_hint))

    # ------------------------------------------------------------
    # Papers of the user units
    # ------------------------------------------------------------

    def _follow_units(self):
        """Keep one line for each user unit of the contract's systems.

        A unit that leaves the contract takes its line with it, unless its paper is
        there; what is invoiced asks for nothing new.
        """
        # sudo: whoever changes a contract's systems, the lines follow from them.
        conditions = self.sudo().filtered(
            lambda condition: (
                condition.milestone_id and not condition.milestone_id.amount_invoiced
            )
        )
        asked = conditions.filtered("by_unit")
        units = {
            contract: systems.unit_id.commercial_partner_id
            for contract, systems in self.env["om.system"]
            .sudo()
            .search([("agreement_id", "in", asked.agreement_id.ids)])
            .grouped("agreement_id")
            .items()
        }
        none = self.env["res.partner"]
        new, gone = [], self.env["om.unit.paper"].sudo()
        for condition in conditions:
            wanted = none
            if condition.by_unit:
                wanted = units.get(condition.agreement_id, none)
            lines = condition.paper_ids
            new += [
                {"condition_id": condition.id, "unit_id": unit.id}
                for unit in wanted - lines.unit_id
            ]
            gone |= lines.filtered(
                lambda line, wanted=wanted: not line.date and line.unit_id not in wanted
            )
        gone.unlink()
        gone.create(new)

    def _name_missing(self, limit=3):
        """Return how many units' papers are missing, the first ones by name; "" without
        any.

        :param limit: how many are named, None for all
        """
        self.ensure_one()
        if not self.by_unit:
            return ""
        # sudo: who reads a payment reads for which units it waits.
        lines = self.sudo().paper_ids
        missing = lines.filtered(lambda line: not line.date)
        if not missing:
            return ""
        names = missing[:limit].unit_id.mapped("name")
        return self.env._(
            "%(missing)s of %(all)s missing: %(names)s",
            missing=len(missing),
            all=len(lines),
            names=format_list(self.env, names)
            if len(names) == len(missing)
            else self.env._("%s and others", format_list(self.env, names)),
        )

    def _filter_closed_files(self, files):
        """What shows that a condition was met stays."""
        met = self.search(
            [
                ("date_confirmed", "!=", False),
                ("id", "in", files.mapped("res_id")),
            ]
        )
        return files.filtered(lambda file: file.res_id in met.ids)

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

    def _get_evidence_names(self):
        """Return what the files are called; who may read the paper reads that, too."""
        self.ensure_one()
        # The files themselves are not handed out here.
        return format_list(self.env, self.sudo().evidence_ids.mapped("name"))

    def _get_word_side(self):
        """Whose word it is that this is met: the purchaser's (of our suppliers'
        contracts that is us), but for a document that the contractor hands in."""
        contract = self.sudo().agreement_id
        ours, theirs = contract.company_id.partner_id, contract.partner_id
        is_sale = contract.domain != "purchase"
        if self._get_kind().by_contractor:
            return ours if is_sale else theirs, "contractor"
        return theirs if is_sale else ours, "purchaser"

    @api.private
    def action_confirm(self, date=None, evidence=None, attachments=None, person=None):
        """Note that these conditions are met.

        :param date: the day, default today; never in the future
        :param evidence: where it is written, such as the number of a letter
        :param attachments: files that show it; where ours enter the purchaser's word,
            the first one is the scan of its paper
        :param person: who signed that paper
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
        self._check_can_confirm()
        with self._act(
            "confirm",
            reason=evidence,
            happened_at=self._get_moment(date),
            evidence=attachments,
            paper=Paper(person, date, attachments[:1]),
        ) as conditions:
            conditions._check_can_confirm()
            conditions.write(
                {
                    "date_confirmed": date,
                    "confirmed_by_id": self.env.uid,
                    "evidence": evidence or False,
                    "evidence_ids": [fields.Command.set(attachments.ids)],
                }
            )
            # Files uploaded in a dialog are nobody's else: whoever may read the
            # condition may read its evidence.
            loose = attachments.filtered(
                lambda file: (file.res_model, file.res_id) != (self._name, self[:1].id)
            )
            loose.write({"res_model": self._name, "res_id": self[:1].id})
            conditions._log_on_contracts(self.env._("Confirmed for %s", date), evidence)
        return True

    def _check_can_confirm(self):
        for condition in self:
            if condition._is_of_units():
                raise UserError(
                    self.env._(
                        "“%(condition)s” is met by the papers of the user units, each"
                        " entered on its line. %(missing)s",
                        condition=condition.display_name,
                        missing=condition._name_missing(),
                    )
                )
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
        with self._act("withdraw", reason=reason) as conditions:
            conditions._check_not_billed()
            confirmed = conditions.filtered("date_confirmed")
            confirmed.write(
                {
                    "date_confirmed": False,
                    "confirmed_by_id": False,
                    "evidence": False,
                    "evidence_ids": [fields.Command.clear()],
                }
            )
            confirmed._log_on_contracts(self.env._("Confirmation taken back"), reason)
        return True

    def _get_discussion(self):
        """A condition is read on its payment."""
        return self.milestone_id

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
        return [{name: condition[name] for name in COPIED} for condition in self]
