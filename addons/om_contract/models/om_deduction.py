from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate, format_date, format_list

from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools.acts import Act, Fact

from .agreement import LATE
from .om_deduction_clause import BASES, DIRECTIONS, KINDS, METHODS, RECKONED, TERMS
from .om_notice_terms import WAYS
from .om_payment_milestone import to_decimal

_lt = LazyTranslate(__name__)

OPEN = ("proposed", "disputed")
# A breach is open until it is given up or paid for.
OPEN_BREACH = (*OPEN, "agreed")
DECIDED = ("agreed", "waived", "applied")


class OmDeduction(models.Model):
    """What an event takes off a contract's price, from proposal to payment."""

    _name = "om.deduction"
    _description = "Deduction"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "om.calculation.mixin",
        "om.portal.mixin",
        "om.act.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _portal_path = "/my/deductions"
    _portal_answers = {
        "agree": Answer("action_agree_purchaser"),
        "dispute": Answer("action_dispute_purchaser", "reason"),
    }

    _free_fields = {
        "note": None,
        "evidence_ids": None,
        "user_id": None,
        **dict.fromkeys(
            (
                "agreement_id",
                "name",
                "date",
                "clause_id",
                *TERMS,
                "system_id",
                "source",
                "source_note",
                "notice_way",
                "notice_date",
                "demand_date",
                "date_end",
                "late_milestone_id",
                "base_amount",
                "amount",
                "in_review",
            ),
            OPEN,
        ),
    }
    _shut_hint = _lt("It is decided: reopen it with the reason before you correct it.")
    _acts = {
        "agree_unit": Act(
            _lt("Consent of the User Unit"),
            source=OPEN,
            party="_get_unit_side",
            late=LATE,
        ),
        "agree_purchaser": Act(
            _lt("Consent of the Purchaser"),
            source=OPEN,
            party="_get_purchaser_side",
            late=LATE,
        ),
        "agree_contractor": Act(
            _lt("Consent of the Contractor"),
            source=OPEN,
            party="_get_contractor_side",
            late=LATE,
        ),
        "dispute": Act(
            _lt("Dispute"), source=("proposed",), target="disputed", reason=True
        ),
        "dispute_purchaser": Act(
            _lt("Dispute of the Purchaser"),
            source=("proposed",),
            target="disputed",
            party="_get_purchaser_side",
            reason=True,
        ),
        "waive": Act(
            _lt("Waive"),
            source=(*OPEN, "agreed"),
            target="waived",
            party="_get_creditor_side",
            reason=True,
            late=LATE,
        ),
        "lapse": Act(
            _lt("Lapse"),
            source=OPEN,
            target="waived",
            reason=True,
        ),
        "void": Act(
            _lt("Void"),
            source=("agreed", "applied"),
            target="waived",
            reason=True,
        ),
        "reopen": Act(
            _lt("Reopen"),
            source=("disputed", *DECIDED),
            target="proposed",
            reason=True,
            locks=(
                "agreement_id",
                "line_ids.milestone_id",
                "line_ids.bond_move_id.bond_id",
            ),
        ),
        "apply": Act(
            _lt("Apply"),
            source=("agreed",),
            locks=(
                "agreement_id",
                "agreement_id.milestone_ids",
                "agreement_id.bond_ids",
            ),
            late=LATE,
        ),
        "release": Act(
            _lt("Free a Part"),
            source=("agreed", "applied"),
            target="agreed",
        ),
        "invoice": Act(_lt("Make Invoice")),
        "bill": Act(_lt("Post Invoice")),
        "settle_claim": Act(_lt("Settle the Claim"), reason=True, late=LATE),
    }
    _facts = {
        "state": Fact("state"),
        "contract": Fact("agreement_id", sealed=DECIDED),
        "event": Fact("name", sealed=DECIDED),
        "event_on": Fact("date", sealed=DECIDED),
        "clause": Fact("clause_id", sealed=DECIDED),
        "borne_by": Fact("direction", sealed=DECIDED),
        "system": Fact("system_id", sealed=DECIDED),
        "percent": Fact("percent", sealed=DECIDED),
        "base": Fact("base_amount", sealed=DECIDED),
        "demanded_on": Fact("demand_date", sealed=DECIDED),
        "days": Fact("days_charged", sealed=DECIDED),
        "amount": Fact("amount", sealed=DECIDED),
        "in_review": Fact("in_review", sealed=DECIDED),
        "evidence": Fact("evidence_ids"),
        "unit_agreed_on": Fact("unit_agreed_date"),
        "purchaser_agreed_on": Fact("purchaser_agreed_date"),
        "contractor_agreed_on": Fact("contractor_agreed_date"),
        "agreed_on": Fact("agreed_date"),
        "parts": Fact("line_ids", sealed=DECIDED),
        "applied": Fact("amount_applied", sealed=DECIDED),
        "claim_settled_on": Fact("claim_settled_date"),
    }

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', 'not in', ('draft', 'closed')),"
        " ('is_template', '=', False)]",
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    partner_id = fields.Many2one(
        related="agreement_id.partner_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    name = fields.Char("What Happened", required=True, tracking=True)
    date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env["agreement"]._get_today(),
        help="Day of the event.",
        copy=False,
    )
    clause_id = fields.Many2one(
        "om.deduction.clause",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('agreement_id', '=', agreement_id)]",
    )
    kind = fields.Selection(
        KINDS,
        compute="_compute_terms",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        tracking=True,
    )
    direction = fields.Selection(
        DIRECTIONS,
        string="Borne By",
        compute="_compute_terms",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    method = fields.Selection(
        METHODS,
        string="Counted",
        compute="_compute_terms",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    percent = fields.Float(
        digits=(7, 4),
        aggregator=None,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    base = fields.Selection(
        BASES,
        string="Of",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    grace_days = fields.Integer(
        "Days of Grace",
        aggregator=None,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    reckoned = fields.Selection(
        RECKONED,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    max_days = fields.Integer(
        "Days Until Termination",
        aggregator=None,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    system_id = fields.Many2one(
        "om.system",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('agreement_id', '=', agreement_id)]",
    )
    unit_id = fields.Many2one(
        related="system_id.unit_id", store=True, index=True, string="User Unit"
    )

    # Where it comes from
    source = fields.Reference(
        selection="_selection_source",
        # A fact is deducted for once; a duplicate is about another one.
        copy=False,
        help="The record that it follows from, such as a maintenance request.",
    )
    source_note = fields.Char(
        "Document", help="Number or title of the memorandum, notice or record."
    )
    evidence_ids = fields.Many2many(
        "ir.attachment",
        "om_deduction_evidence_rel",
        "deduction_id",
        "attachment_id",
        bypass_search_access=True,
        copy=False,
    )
    # Ours to each other; the purchaser reads its deductions in the portal.
    note = fields.Text("Remarks", groups="base.group_user")

    # Days and amounts
    notice_way = fields.Selection(
        WAYS,
        string="Demanded By",
        copy=False,
        help="By its way the contract tells on which day a notice counts as served.",
    )
    notice_date = fields.Date(
        "Notice Sent On", copy=False, help="Handed over, posted or sent."
    )
    demand_date = fields.Date(
        "Demanded On",
        compute="_compute_demand_date",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The day on which the demand was served: the days of grace run from here.",
        copy=False,
    )
    date_end = fields.Date(
        "Default Until",
        tracking=True,
        help="Last day of the default; empty while it lasts.",
        copy=False,
    )
    late_milestone_id = fields.Many2one(
        "om.payment.milestone",
        string="Late Payment",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('agreement_id', '=', agreement_id)]",
    )
    base_amount = fields.Monetary(
        compute="_compute_base_amount",
        store=True,
        readonly=False,
        tracking=True,
    )
    days_charged = fields.Integer(compute="_compute_amount", store=True)
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, tracking=True
    )
    amount_so_far = fields.Monetary(
        "Until Today",
        compute="_compute_amount_so_far",
        help="What a default that lasts has cost up to today.",
    )
    may_terminate = fields.Boolean(
        "Termination Possible", compute="_compute_amount_so_far"
    )
    in_review = fields.Boolean(
        "Part of the Review",
        compute="_compute_in_review",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The settlement review takes it into account: the reviewed amount"
        " contains it, and it is not subtracted a second time.",
    )

    # What became of it
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("disputed", "Disputed"),
            ("agreed", "Agreed"),
            ("waived", "Waived"),
            ("applied", "Applied"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    unit_agreed_date = fields.Date("User Unit Agreed", copy=False, readonly=True)
    unit_signatory_id = fields.Many2one("res.partner", copy=False, readonly=True)
    purchaser_agreed_date = fields.Date("Purchaser Agreed", copy=False, readonly=True)
    purchaser_signatory_id = fields.Many2one("res.partner", copy=False, readonly=True)
    contractor_agreed_date = fields.Date("Contractor Agreed", copy=False, readonly=True)
    contractor_signatory_id = fields.Many2one("res.partner", copy=False, readonly=True)
    agreed_date = fields.Date("Agreed On", copy=False, readonly=True)
    line_ids = fields.One2many(
        "om.deduction.line", "deduction_id", string="Applied To", copy=False
    )
    amount_applied = fields.Monetary("Applied", compute="_compute_applied", store=True)
    amount_open = fields.Monetary(
        "Not Yet Applied", compute="_compute_applied", store=True
    )
    amount_claimed = fields.Monetary("Claimed", compute="_compute_applied", store=True)
    claim_settled_date = fields.Date(
        "Claim Settled On", copy=False, readonly=True, tracking=True
    )
    is_settlement_claim = fields.Boolean(
        readonly=True,
        copy=False,
    )

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "A deduction cannot be negative."
    )
    _not_applied_twice = models.Constraint(
        "CHECK (amount_applied <= amount)",
        "More than the deduction's amount cannot be applied.",
    )
    _days_not_negative = models.Constraint(
        "CHECK (grace_days >= 0 AND max_days >= 0)", "Days cannot be negative."
    )
    _percent_range = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "A percentage lies between 0 and 100.",
    )
    _daily_has_demand = models.Constraint(
        "CHECK (method != 'daily' OR demand_date IS NOT NULL)",
        "A penalty by the day runs from a demand: enter its day.",
    )
    _stop_has_system = models.Constraint(
        "CHECK (method != 'stop' OR system_id IS NOT NULL)",
        "Say which system is without service.",
    )
    _one_reduction_per_stop = models.UniqueIndex(
        "(agreement_id, system_id) WHERE method = 'stop' AND state != 'waived'",
        "The reduction for this stopped system is already on record.",
    )
    _one_settlement_claim = models.UniqueIndex(
        "(agreement_id) WHERE is_settlement_claim AND state != 'waived'",
        "The claim from this contract's settlement is already on record.",
    )

    _once_for_a_fact = models.UniqueIndex(
        "(clause_id, source) WHERE source IS NOT NULL AND state != 'waived'",
        "A deduction by this clause is already on record for this.",
    )

    # ------------------------------------------------------------
    # What the clause says
    # ------------------------------------------------------------

    @api.model
    def _selection_source(self):
        """Return the models a deduction may follow from: systems, and every model that
        can be a breach."""
        sources = self.env.registry.descendants(
            ["om.deduction.source.mixin"], "_inherit"
        )
        names = sorted(name for name in sources if not self.env[name]._abstract)
        known = ("maintenance.request", "om.system")
        names = [*known, *(name for name in names if name not in known)]
        return [(name, self.env["ir.model"]._get(name).name) for name in names]

    @api.depends("clause_id")
    def _compute_terms(self):
        for deduction in self:
            clause = deduction.clause_id
            if clause and not deduction._is_frozen():
                for name in TERMS:
                    deduction[name] = clause[name]
                continue
            deduction.kind = deduction.kind or "other"
            deduction.direction = deduction.direction or "contractor"
            deduction.method = deduction.method or "fixed"
            deduction.base = deduction.base or "price"
            deduction.percent = deduction.percent
            deduction.grace_days = deduction.grace_days
            deduction.reckoned = deduction.reckoned or "grace"
            deduction.max_days = deduction.max_days

    @api.depends("notice_way", "notice_date")
    def _compute_demand_date(self):
        for deduction in self:
            served = deduction._get_served_date()
            if served and not deduction._is_frozen():
                deduction.demand_date = served
            else:
                deduction.demand_date = deduction.demand_date

    def _get_served_date(self):
        """The day on which the contract takes the notice for served; False where
        nothing is known of the notice."""
        self.ensure_one()
        if not (self.notice_way and self.notice_date):
            return False
        return self.agreement_id.sudo()._get_served_date(
            self.notice_date, self.notice_way
        )

    def _is_frozen(self):
        """True if the amount was agreed: it follows nothing any more."""
        self.ensure_one()
        return (self.state or "proposed") not in OPEN

    @api.depends(
        "method",
        "base",
        "agreement_id.amount_total",
        "system_id.annual_fee",
        "late_milestone_id",
    )
    def _compute_base_amount(self):
        for deduction in self:
            if deduction._is_frozen():
                deduction.base_amount = deduction.base_amount
            elif deduction.method == "stop":
                deduction.base_amount = deduction.system_id.sudo().annual_fee
            elif deduction.base == "late":
                # What is late is what was open on the day of the demand.
                deduction.base_amount = deduction.base_amount or (
                    deduction.late_milestone_id.sudo().amount_residual
                )
            else:
                deduction.base_amount = deduction.agreement_id.sudo().amount_total

    @api.depends("method", "agreement_id.milestone_ids.basis")
    def _compute_in_review(self):
        for deduction in self:
            if deduction._is_frozen():
                deduction.in_review = deduction.in_review
                continue
            bases = deduction.agreement_id.sudo().milestone_ids.mapped("basis")
            deduction.in_review = deduction.method == "stop" and "settlement" in bases

    @api.depends("amount", "line_ids.amount", "line_ids.target")
    def _compute_applied(self):
        for deduction in self:
            lines = deduction.line_ids
            applied = sum(to_decimal(line.amount) for line in lines)
            claims = lines.filtered(lambda line: line.target == "claim")
            deduction.amount_applied = float(applied)
            deduction.amount_open = float(to_decimal(deduction.amount) - applied)
            deduction.amount_claimed = float(
                sum(to_decimal(line.amount) for line in claims)
            )

    # ------------------------------------------------------------
    # Checks and overrides
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        deductions = super().create(vals_list)
        deductions._tell_serious()
        return deductions

    def _tell_serious(self):
        """Tell whoever is responsible for a contract of which a case became serious
        with these: the other party may terminate."""
        for clause, new in self.grouped("clause_id").items():
            known = clause.event_count - len(new)
            if clause.is_serious and known < clause.serious_after:
                new[-1:].activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The contract may be terminated"),
                    note=self.env._(
                        "“%(clause)s”: event %(count)s. Serious from event"
                        " %(serious)s on.",
                        clause=clause.display_name,
                        count=clause.event_count,
                        serious=clause.serious_after,
                    ),
                    user_id=(clause.agreement_id.user_id or self.env.user).id,
                )

    @api.constrains("clause_id", "system_id", "late_milestone_id", "agreement_id")
    def _check_same_contract(self):
        for deduction in self:
            contract = deduction.agreement_id
            parts = (
                deduction.clause_id,
                deduction.system_id.sudo(),
                deduction.late_milestone_id.sudo(),
            )
            for part in parts:
                if part and part.agreement_id != contract:
                    raise ValidationError(
                        self.env._(
                            "“%(part)s” does not belong to contract “%(contract)s”.",
                            part=part.display_name,
                            contract=contract.display_name,
                        )
                    )

    @api.constrains("demand_date", "notice_way", "notice_date")
    def _check_demand_served(self):
        """A day that somebody enters does not win over how the notice was served."""
        for deduction in self:
            served = deduction._get_served_date()
            if (
                served
                and not deduction._is_frozen()
                and deduction.demand_date != served
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: by its way the notice counts as served on"
                        " %(day)s.",
                        name=deduction.name,
                        day=format_date(self.env, served),
                    )
                )

    @api.constrains("demand_date", "notice_date", "date_end", "date")
    def _check_days(self):
        today = self.env["agreement"]._get_today()
        for deduction in self:
            # A letter that was posted is served some days later.
            demanded = deduction.notice_date or deduction.demand_date
            for day in (demanded, deduction.date_end, deduction.date):
                if day and day > today:
                    raise ValidationError(
                        self.env._(
                            "“%(name)s”: %(day)s lies ahead; only what has happened is"
                            " entered.",
                            name=deduction.name,
                            day=day,
                        )
                    )
            if (
                deduction.date_end
                and deduction.demand_date
                and deduction.date_end < deduction.demand_date
            ):
                raise ValidationError(
                    self.env._(
                        "“%s”: a default cannot end before it was demanded to end.",
                        deduction.name,
                    )
                )

    @api.constrains("amount", "method")
    def _check_amount_counted(self):
        """An amount that somebody enters does not win over the clause."""
        for deduction in self:
            if deduction._is_frozen() or deduction.method == "fixed":
                continue
            counted, _days = deduction._get_amount()
            if to_decimal(deduction.amount) != counted:
                raise UserError(
                    self.env._(
                        "The amount follows from the clause; change what it is counted"
                        " from, or choose “Amount Entered”."
                    )
                )

    @api.constrains("agreement_id")
    def _check_contract_runs(self):
        for contract in self.agreement_id:
            if contract.state in ("draft", "closed"):
                raise UserError(
                    self.env._(
                        "Contract “%s” is a draft or closed: nothing is deducted.",
                        contract.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        decided = self.filtered(lambda deduction: deduction._is_frozen())
        if decided:
            raise UserError(
                self.env._(
                    "Decided deductions stay on record; waive them: %s",
                    format_list(self.env, decided.mapped("display_name")),
                )
            )

    @api.constrains("evidence_ids")
    def _bind_evidence(self):
        self._om_adopt("evidence_ids")

    def _filter_closed_files(self, files):
        """What a decision rests on stays."""
        decided = self.browse(set(files.mapped("res_id"))).exists()
        decided = decided.filtered(lambda deduction: deduction._is_frozen())
        return files.filtered(lambda file: file.res_id in decided.ids)

    # ------------------------------------------------------------
    # om_deduction_source
    # ------------------------------------------------------------

    def _get_source_steps(self):
        """Return the facts of the breach that this was proposed for."""
        # sudo: who reads a deduction reads what it is for.
        source = self.sudo().source
        if not source or not hasattr(source, "_get_breach") or not source.exists():
            return []
        breach = source._get_breach()
        return breach[2] if breach else []

    # ------------------------------------------------------------
    # A breach that is settled holds no payment any longer
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("waived", "applied"):
            self._release_payments()
        return result

    def _release_payments(self):
        # sudo: it follows from the breach being settled, whoever settled it.
        holds = self.env["om.payment.hold"].sudo()
        holds = holds.search(
            [("deduction_id", "in", self.ids), ("date_to", "=", False)]
        )
        if not holds:
            return
        why = self.env._("The breach is settled.")
        holds._end(self.env["agreement"]._get_today(), why)
        holds.milestone_id._log_hold(self.env._("Released"), why)
