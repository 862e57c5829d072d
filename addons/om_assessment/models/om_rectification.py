from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.models.om_signature import INVENTED
from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact
from odoo.addons.om_contract.engine.calculation import Step
from odoo.addons.om_contract.models.agreement import LATE

from .om_assessment import KEEPERS, OPEN

_lt = LazyTranslate(__name__)

DRAFT = ("draft",)
# Demanded, and not put right to the unit's content yet.
OWED = ("issued", "returned")
WORKERS = (
    "om_base.group_engineer",
    "om_base.group_dispatcher",
    *KEEPERS,
)


class OmRectification(models.Model):
    """A demand to put something right by a moment (整改通知), and what came of it.

    A user unit may demand it at any time and reports to the purchaser how it was put
    right; the purchaser may demand it for service that is below what was promised, and
    refusing costs a penalty and may end the contract (Shunyi's contract, articles 6 and
    on penalties, 7). Where a memorandum gives a time for an indicator, ours enter it
    for a line of the score sheet.
    """

    _name = "om.rectification"
    _description = "Rectification"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "om.portal.mixin",
        "portal.mixin",
        "om.deduction.source.mixin",
        "om.act.mixin",
    ]
    _order = "deadline desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True
    _portal_path = "/my/rectifications"
    _portal_answers = {
        "accept": Answer("action_accept"),
        "file": Answer("action_file"),
        "return": Answer("action_return", "reason"),
        "establish": Answer("action_establish", "reason"),
        "withdraw": Answer("action_withdraw", "reason"),
    }

    _free_fields = {
        "note": None,
        "user_id": (*DRAFT, *OWED, "done"),
        **dict.fromkeys(
            (
                "name",
                "agreement_id",
                "unit_id",
                "system_id",
                "issuer",
                "hours",
                "assessment_line_id",
                "repeat_of_id",
            ),
            DRAFT,
        ),
    }
    _shut_hint = _lt("It was issued: it stays as the party demanded it.")
    _acts = {
        "issue": Act(
            _lt("Issued"),
            source=DRAFT,
            target="issued",
            party="_get_issuer_side",
            late=LATE,
        ),
        "report": Act(
            _lt("Put Right"),
            # A refusal stays on record; what is put right after all is still checked.
            source=(*OWED, "refused"),
            target="done",
            groups=WORKERS,
            late=LATE,
        ),
        "accept": Act(
            _lt("Accepted by the User Unit"),
            source=("done",),
            target="accepted",
            party="_get_unit_side",
            late=LATE,
        ),
        "return": Act(
            _lt("Returned: Not Put Right"),
            source=("done",),
            target="returned",
            party="_get_unit_side",
            reason=True,
            late=LATE,
        ),
        "file": Act(
            _lt("Filed with the Purchaser"),
            source=("accepted",),
            target="filed",
            party="_get_purchaser_side",
            late=LATE,
        ),
        "refuse": Act(
            _lt("Refused by Us"),
            source=OWED,
            target="refused",
            groups=KEEPERS,
            reason=True,
        ),
        "establish": Act(
            _lt("Refusal Established by the Purchaser"),
            source=OWED,
            target="refused",
            party="_get_purchaser_side",
            reason=True,
            late=LATE,
        ),
        "withdraw": Act(
            _lt("Withdrawn"),
            source=(*OWED, "done", "refused"),
            target="withdrawn",
            party="_get_issuer_side",
            reason=True,
            late=LATE,
        ),
    }
    _facts = {
        "state": Fact("state"),
        "number": Fact("number"),
        "contract": Fact("agreement_id"),
        "unit": Fact("unit_id"),
        "system": Fact("system_id"),
        "demand": Fact("name"),
        "issued_by": Fact("issuer"),
        "hours": Fact("hours"),
        "issued_at": Fact("issued_at"),
        "deadline": Fact("deadline"),
        "repeats": Fact("repeat_of_id"),
        "result": Fact("result"),
        "done_at": Fact("done_at"),
        "evidence": Fact("evidence_ids"),
        "late": Fact("is_late"),
        "returned": Fact("return_count"),
        "accepted_on": Fact("accepted_on"),
        "filed_on": Fact("filed_on"),
        "refused_on": Fact("refused_on"),
    }

    number = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char("What Is to Be Put Right", required=True, tracking=True)
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('domain', '=', 'sale'), ('is_template', '=', False),"
        " ('state', 'not in', ('draft', 'closed'))]",
        groups="base.group_user",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True, precompute=True
    )
    purchaser_id = fields.Many2one(
        related="agreement_id.partner_id",
        store=True,
        index=True,
        precompute=True,
        string="Purchaser",
    )
    unit_id = fields.Many2one(
        "res.partner",
        string="User Unit",
        index="btree_not_null",
        ondelete="restrict",
        compute="_compute_unit_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('om_acts_as', '=', 'user_unit')]",
        help="It says whether this was put right. Empty: the purchaser does.",
    )
    system_id = fields.Many2one(
        "om.system",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('agreement_id', '=', agreement_id), ('unit_id', '=?', unit_id)]",
    )
    assessment_line_id = fields.Many2one(
        "om.assessment.line",
        string="Line of a Score Sheet",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('assessment_id.agreement_id', '=', agreement_id)]",
        groups="base.group_user",
    )
    issuer = fields.Selection(
        [
            ("unit", "User Unit"),
            ("purchaser", "Purchaser"),
            ("contractor", "Ourselves, by the Memorandum"),
        ],
        string="Demanded By",
        required=True,
        default="unit",
    )
    hours = fields.Integer("Within (hours)", required=True, default=24, aggregator=None)
    issued_at = fields.Datetime(readonly=True, copy=False)
    deadline = fields.Datetime(readonly=True, copy=False, index=True)
    due_date = fields.Date(
        "Last Day", compute="_compute_due_date", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        groups="base.group_user",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("issued", "To Put Right"),
            ("returned", "Returned"),
            ("done", "Put Right, to Be Checked"),
            ("accepted", "Accepted"),
            ("filed", "Filed with the Purchaser"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    result = fields.Text("What Was Done", readonly=True, copy=False)
    done_at = fields.Datetime("Put Right At", readonly=True, copy=False)
    evidence_ids = fields.Many2many(
        "ir.attachment",
        "om_rectification_evidence_rel",
        "rectification_id",
        "attachment_id",
        readonly=True,
        bypass_search_access=True,
        copy=False,
    )
    is_late = fields.Boolean("Put Right Late", readonly=True, copy=False)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    remark = fields.Text("Last Word of a Party", readonly=True, copy=False)
    return_count = fields.Integer("Times Returned", readonly=True, copy=False)
    accepted_on = fields.Date(readonly=True, copy=False)
    filed_on = fields.Date(readonly=True, copy=False)
    refused_on = fields.Date(readonly=True, copy=False)
    repeat_of_id = fields.Many2one(
        "om.rectification",
        string="Repeats",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('agreement_id', '=', agreement_id), ('id', '!=', id),"
        " ('state', 'not in', ('draft', 'withdrawn'))]",
        help="The same had to be put right before.",
    )
    note = fields.Text("Remarks", groups="base.group_user")
    has_breach = fields.Boolean(
        "Penalty Clause", compute="_compute_has_breach", groups="base.group_user"
    )
    clause_id = fields.Many2one(
        "om.deduction.clause", compute="_compute_clause", groups="base.group_user"
    )
    clause_events = fields.Integer(
        "Events of the Clause", compute="_compute_clause", groups="base.group_user"
    )
    clause_serious_after = fields.Integer(
        "Serious from Event", compute="_compute_clause", groups="base.group_user"
    )
    is_serious = fields.Boolean(
        "Termination Possible", compute="_compute_clause", groups="base.group_user"
    )
    can_issue = can_act()
    can_report = can_act()
    can_accept = can_act()
    can_return = can_act()
    can_file = can_act()
    can_refuse = can_act()
    can_establish = can_act()
    can_withdraw = can_act()

    _hours_positive = models.Constraint(
        "CHECK (hours > 0)", "Say within how many hours it is to be put right."
    )
    _repeats_another = models.Constraint(
        "CHECK (repeat_of_id != id)", "Nothing repeats itself: choose an earlier one."
    )

    @api.depends("number", "name")
    def _compute_display_name(self):
        for each in self:
            each.display_name = " ".join(filter(None, [each.number, each.name]))

    @api.depends("system_id")
    def _compute_unit_id(self):
        for each in self:
            each.unit_id = each.system_id.unit_id or each.unit_id

    @api.depends("system_id", "agreement_id")
    def _compute_user_id(self):
        for each in self:
            served = each.system_id.user_id.filtered("active")
            each.user_id = served or each.agreement_id.user_id

    @api.depends("deadline")
    def _compute_due_date(self):
        for each in self:
            each.due_date = each.deadline and beijing.day_of(each.deadline)

    @api.depends("state", "deadline")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for each in self:
            each.is_overdue = each.state in OWED and each.deadline < now

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "in", OWED) & Domain(
            "deadline", "<", fields.Datetime.now()
        )
        return overdue if True in value else ~overdue

    @api.depends("state", "refused_on", "repeat_of_id")
    def _compute_has_breach(self):
        for each in self:
            each.has_breach = bool(each._get_breach_kind())

    @api.depends("state", "refused_on", "repeat_of_id", "agreement_id")
    def _compute_clause(self):
        for each in self:
            kind = each._get_breach_kind()
            # sudo: who reads of the breach reads what the contract says of it.
            clauses = each.sudo().agreement_id.clause_ids
            clause = clauses.filtered(
                lambda one, kind=kind: (
                    kind and one.fact == kind and one.direction == "contractor"
                )
            )[:1]
            each.clause_id = clause
            each.clause_events = clause.event_count
            each.clause_serious_after = clause.serious_after
            each.is_serious = clause.is_serious

    def _get_portal_words(self):
        self.ensure_one()
        return {word for word in self._portal_answers if self[f"can_{word}"]}

    def _get_report_base_filename(self):
        """What the portal calls the printed notice."""
        return self.display_name

    @api.onchange("assessment_line_id")
    def _onchange_assessment_line_id(self):
        """The line says what was missed, of which unit, and the time to rectify it."""
        line = self.assessment_line_id
        if line:
            self.update(self._prepare_from_line(line))

    @api.model
    def _prepare_from_line(self, line):
        """Values of a demand that follows from a line of a score sheet."""
        sheet = line.assessment_id
        systems = line.scheme_line_id.system_ids & sheet.system_ids or sheet.system_ids
        before = self.search(
            [
                ("agreement_id", "=", sheet.agreement_id.id),
                ("unit_id", "=", sheet.unit_id.id),
                ("assessment_line_id.scheme_line_id", "=", line.scheme_line_id.id),
                ("assessment_line_id", "!=", line.id),
                ("state", "not in", ("draft", "withdrawn")),
            ],
            order="issued_at desc, id desc",
            limit=1,
        )
        return {
            "name": self.env._(
                "%(indicator)s, %(period)s: %(found)s (wanted %(wanted)s)",
                indicator=line.name,
                period=f"{sheet.period_start:%Y-%m}",
                found=line.value_text,
                wanted=line.target_text,
            ),
            "agreement_id": sheet.agreement_id.id,
            "unit_id": sheet.unit_id.id,
            "system_id": systems.id if len(systems) == 1 else False,
            "hours": line.scheme_line_id.rectify_hours or 24,
            "repeat_of_id": before.id,
        }

    @api.model
    def _complete_new(self, vals_list):
        numbers = self.env["ir.sequence"]
        return [
            {**vals, "number": vals.get("number") or numbers.next_by_code(self._name)}
            for vals in super()._complete_new(vals_list)
        ]

    @api.constrains("system_id", "unit_id", "agreement_id", "assessment_line_id")
    def _check_system(self):
        # sudo: whose they are is a matter of the register.
        for each in self.sudo():
            system, line = each.system_id, each.assessment_line_id
            if system and (
                system.agreement_id != each.agreement_id
                or (each.unit_id and system.unit_id != each.unit_id)
            ):
                raise UserError(
                    self.env._(
                        "“%(system)s” is no system of this contract and unit.",
                        system=system.display_name,
                    )
                )
            if line and (
                line.agreement_id != each.agreement_id or line.unit_id != each.unit_id
            ):
                raise UserError(
                    self.env._("The score sheet is of another contract or unit.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(each.state != "draft" for each in self):
            raise UserError(
                self.env._("What was demanded stays on record; its party withdraws it.")
            )

    # ------------------------------------------------------------
    # Whose word it is
    # ------------------------------------------------------------

    def _get_issuer_side(self):
        if self.issuer == "contractor":
            return self.company_id.sudo().partner_id, "contractor"  # no secret
        if self.issuer == "unit" and self.unit_id:
            return self.unit_id, "user_unit"
        return self._get_purchaser_side()

    def _get_unit_side(self):
        return (
            (self.unit_id, "user_unit") if self.unit_id else self._get_purchaser_side()
        )

    def _get_purchaser_side(self):
        return self.sudo().purchaser_id, "purchaser"  # no secret

    def _get_doers(self):
        return super()._get_doers() | self.sudo().user_id  # compared, not shown

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    @api.private
    def action_issue(self, paper=None):
        """The party demands it; from now on the hours run.

        A paper that gives its day only counts from the end of that day.
        """
        moment = self._get_moment(paper and paper.signed_on)
        since = moment + timedelta(days=1) if moment else fields.Datetime.now()
        with self._act("issue", paper=paper, happened_at=moment) as demanded:
            for each in demanded:
                if each.issuer == "unit" and not each.unit_id:
                    raise UserError(
                        self.env._(
                            "“%s”: choose the user unit that demands it.",
                            each.display_name,
                        )
                    )
                each.write(
                    {
                        "issued_at": since,
                        "deadline": since + timedelta(hours=each.hours),
                    }
                )
        self.sudo()._tell_responsible()
        return True

    def _tell_responsible(self):
        """Tell who is responsible at once: it may be due tomorrow."""
        if self.env.context.get("om_invented") is INVENTED:
            return
        for each in self:
            partner = each.user_id.partner_id
            own = each.with_context(lang=partner.lang or self.env.lang)
            if partner and each.user_id != self.env.user:
                own.message_notify(
                    partner_ids=partner.ids,
                    subject=own.env._("To put right: %s", own.display_name),
                    body=own.env._(
                        "%(unit)s demands this until %(deadline)s.",
                        unit=own._get_issuer_side()[0].display_name,
                        deadline=own._word_moment(own.deadline),
                    ),
                )

    def action_issue_ours(self):
        """Enter the demand that the memorandum makes for an indicator."""
        if any(each.issuer != "contractor" for each in self):
            raise UserError(
                self.env._("Another party's demand comes from its login or its paper.")
            )
        return self.action_issue()

    @api.private
    def action_report(self, result, files, done_at=None, key=None):
        """Enter what was done, with its evidence.

        :param files: attachments that show it
        :param done_at: the moment at which it was put right; now, if none is given
        """
        result = (result or "").strip()
        now = fields.Datetime.now()
        done_at = fields.Datetime.to_datetime(done_at) or now
        if not result or not files:
            raise UserError(
                self.env._("Say what was done, and add what shows it: photos, records.")
            )
        # Just now, by the clock of who entered it.
        is_now = abs(done_at - now) < timedelta(minutes=1)
        done_at = min(done_at, now) if is_now else done_at
        happened_at = None if is_now else done_at
        with self._act(
            "report", happened_at=happened_at, evidence="evidence_ids", key=key
        ) as reported:
            for each in reported:
                if done_at < each.issued_at - timedelta(minutes=1):
                    raise UserError(
                        self.env._(
                            "“%(name)s” was demanded at %(moment)s only.",
                            name=each.display_name,
                            moment=each._word_moment(each.issued_at),
                        )
                    )
                each.write(
                    {
                        "result": result,
                        "done_at": done_at,
                        "is_late": done_at > each.deadline,
                        "evidence_ids": [
                            fields.Command.link(file.id) for file in files
                        ],
                        "remark": False,
                    }
                )
        return True

    @api.private
    def action_accept(self, paper=None):
        """The unit has checked it: it is put right."""
        day = fields.Date.to_date(paper and paper.signed_on)
        with self._act(
            "accept", paper=paper, happened_at=self._get_moment(day)
        ) as checked:
            checked.write({"accepted_on": day or self._get_signing_day()})
        return True

    @api.private
    def action_return(self, reason=None, paper=None):
        """The unit has checked it: it is not put right. The time that was given runs
        on."""
        with self._act(
            "return",
            reason=reason,
            paper=paper,
            happened_at=self._get_paper_time(paper),
        ) as returned:
            for each in returned:
                each.write({"remark": reason, "return_count": each.return_count + 1})
        return True

    @api.private
    def action_file(self, paper=None):
        """The purchaser has it on file."""
        day = fields.Date.to_date(paper and paper.signed_on)
        with self._act("file", paper=paper, happened_at=self._get_moment(day)) as filed:
            filed.write({"filed_on": day or self._get_signing_day()})
        return True

    def action_refuse(self, reason=None):
        """We do not put it right, and say why; it may cost the clause's penalty."""
        with self._act("refuse", reason=reason) as refused:
            refused.write({"remark": reason, "refused_on": self._get_signing_day()})
        return True

    @api.private
    def action_establish(self, reason=None, paper=None):
        """The purchaser says that we refuse to put it right."""
        day = fields.Date.to_date(paper and paper.signed_on)
        with self._act(
            "establish", reason=reason, paper=paper, happened_at=self._get_moment(day)
        ) as refused:
            refused.write(
                {"remark": reason, "refused_on": day or self._get_signing_day()}
            )
        return True

    @api.private
    def action_withdraw(self, reason=None, paper=None):
        """The party takes its demand back."""
        with self._act(
            "withdraw",
            reason=reason,
            paper=paper,
            happened_at=self._get_paper_time(paper),
        ) as withdrawn:
            withdrawn.write({"remark": reason})
        return True

    @api.model
    def _get_paper_time(self, paper):
        return self._get_moment(paper and paper.signed_on)

    # Dialogs

    def action_open_issue(self):
        """Return the dialog for the party's notice on paper."""
        return self._open_paper("issue")

    def action_open_report(self):
        """Return the dialog for what was done and its evidence."""
        self._check_may(self._get_acts()["report"])
        self._check_source(self._get_acts()["report"])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Put Right"),
            "res_model": "om.rectification.report",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rectification_ids": self.ids},
        }

    def action_open_accept(self):
        """Return the dialog for the unit's acceptance on paper."""
        return self._open_paper("accept")

    def action_open_return(self):
        """Return the dialog for the paper with which the unit returns it."""
        return self._open_paper("return")

    def action_open_file(self):
        """Return the dialog for the purchaser's receipt."""
        return self._open_paper("file")

    def action_open_establish(self):
        """Return the dialog for the purchaser's paper about a refusal."""
        return self._open_paper("establish")

    def action_open_withdraw(self):
        """Return the dialog for the paper with which a demand is taken back; ours give
        their reason."""
        if set(self.mapped("issuer")) == {"contractor"}:
            return self.env["om.assessment.reason"]._open("withdraw", self)
        return self._open_paper("withdraw")

    def action_open_refuse(self):
        """Ask for the reason."""
        return self.env["om.assessment.reason"]._open("refuse", self)

    # ------------------------------------------------------------
    # What a refusal or a repeat costs
    # ------------------------------------------------------------

    def _get_breach_kind(self):
        """The kind of fact that a clause deducts for; none where nothing was broken.

        Refusing is a breach of its own (0.5 % and termination at Shunyi); that the same
        has to be put right again shows insufficient capability (0.1 %, serious when it
        is not put right in spite of the purchaser's demand).
        """
        self.ensure_one()
        if self.state in ("draft", "withdrawn"):
            return False
        if self.refused_on:
            return "rectification"
        return "deadline" if self.repeat_of_id else False

    def _get_breach(self):
        kind = self._get_breach_kind()
        if not kind:
            return super()._get_breach()
        steps = [
            Step(self.env._("Demanded"), self._word_moment(self.issued_at), self.name),
            Step(
                self.env._("To be put right by"),
                self._word_moment(self.deadline),
                self.env._("within %s hours", self.hours),
            ),
        ]
        if self.refused_on:
            steps.append(
                Step(self.env._("Refused on"), str(self.refused_on), self.remark or "")
            )
        if self.repeat_of_id:
            before = self.repeat_of_id
            steps.append(
                Step(
                    self.env._("Repeats"),
                    before.number,
                    self._word_moment(before.issued_at),
                )
            )
        day = self.refused_on if kind == "rectification" else None
        return kind, day or self._get_signing_day(self.issued_at), steps

    def _get_charged_sheet(self):
        """A repeated shortcoming that its own line costs is not deducted for again; to
        refuse is another fact."""
        line = self.sudo().assessment_line_id  # asked of all sheets
        sheet = line.assessment_id
        if (
            self._get_breach_kind() == "deadline"
            and line.amount > 0
            and sheet.state not in OPEN
        ):
            return sheet
        return super()._get_charged_sheet()

    def _word_moment(self, moment):
        return beijing.word(moment)

    def _filter_closed_files(self, files):
        """What was handed in as evidence stays."""
        kept = self.browse(set(files.mapped("res_id"))).exists()
        kept = kept.filtered(lambda each: each.state != "draft")
        return files.filtered(lambda file: file.res_id in kept.ids)

    def _get_waiting(self):
        """The domain of what waits for the party whose user asks, in the portal."""
        user = self.env.user.sudo()  # whose person one is is no secret
        mine = user.om_party_ids.ids
        purchased = Domain("purchaser_id.commercial_partner_id", "in", mine)
        return (
            Domain("state", "=", "done")
            & Domain("unit_id.commercial_partner_id", "in", mine)
        ) | (
            (
                Domain("state", "=", "accepted")
                | (Domain("state", "=", "done") & Domain("unit_id", "=", False))
            )
            & purchased
        )


class OmAssessmentLine(models.Model):
    _inherit = "om.assessment.line"

    rectification_ids = fields.One2many(
        "om.rectification", "assessment_line_id", groups="base.group_user"
    )
    rectification_count = fields.Integer(
        "Rectifications",
        compute="_compute_rectification_count",
        groups="base.group_user",
    )

    @api.depends("rectification_ids")
    def _compute_rectification_count(self):
        for line in self:
            line.rectification_count = len(line.rectification_ids)

    def action_rectify(self):
        """Open a new demand that follows from this line."""
        self.ensure_one()
        values = self.env["om.rectification"]._prepare_from_line(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rectification"),
            "res_model": "om.rectification",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_assessment_line_id": self.id,
                **{f"default_{name}": value for name, value in values.items()},
            },
        }

    def action_view_rectifications(self):
        """Open those that followed from this line."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assessment.om_rectification_action"
        )
        return {
            **action,
            "domain": [("assessment_line_id", "=", self.id)],
            "context": {},
        }
