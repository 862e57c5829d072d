from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools import seal
from odoo.addons.om_base.tools.acts import Act, Fact
from odoo.addons.om_contract.engine.calculation import Step
from odoo.addons.om_contract.models.agreement import LATE

_lt = LazyTranslate(__name__)

OPEN = ("draft", "returned")
# What the unit has still to say its word to.
PENDING = ("submitted", "disputed")
SIGNED = ("signed", "confirmed", "final")
KEEPERS = ("om_base.group_manager", "om_base.group_procurement")


class OmAssessment(models.Model):
    """One month of a user unit, judged by its memorandum's scheme; or of a contract.

    What it is: a sheet with a line for each indicator and the facts that show it. It
    is drawn up from the record and follows it until it is submitted. From then on it
    stays as it is: what is found otherwise later shows as a difference, and leads to a
    correction with its reason, after which the parties sign anew.

    How to use it: drafts are drawn up by themselves; ``action_submit``, then unit and
    purchaser sign with their own login or on paper (``action_sign``,
    ``action_confirm``), or dispute; ``action_finalize`` makes it deduct.

    How it works: a source of figures is a method (``_measure_SOURCE``) over what one
    reading fetched for the batch; ``engine/assessment.py`` makes points, grade and
    money of them, with the way to them.
    """

    _name = "om.assessment"
    _description = "Assessment"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "om.portal.mixin",
        "portal.mixin",
        "om.act.mixin",
    ]
    _order = "period_start desc, unit_id, id"
    _check_company_auto = True
    _portal_path = "/my/assessments"
    # In the order of the buttons: the unit's, then the purchaser's.
    _portal_answers = {
        "sign": Answer("action_sign"),
        "dispute": Answer("action_dispute", "reason"),
        "return": Answer("action_return", "reason"),
        "confirm": Answer("action_confirm"),
        "contest": Answer("action_contest", "reason"),
        "decide": Answer("action_decide", "reason"),
    }

    _free_fields = {"note": None}
    _acts = {
        "submit": Act(
            _lt("Submitted"), source=OPEN, target="submitted", groups=KEEPERS
        ),
        "return": Act(
            _lt("Returned"),
            source=("submitted",),
            target="returned",
            party="_get_unit_side",
            reason=True,
        ),
        "dispute": Act(
            _lt("Disputed by the User Unit"),
            source=("submitted",),
            target="disputed",
            party="_get_unit_side",
            reason=True,
        ),
        "contest": Act(
            _lt("Disputed by the Purchaser"),
            source=("submitted", "signed"),
            target="disputed",
            party="_get_purchaser_side",
            reason=True,
        ),
        "talk": Act(
            _lt("Talk about the Dispute"),
            source=("disputed",),
            groups=KEEPERS,
            reason=True,
        ),
        "refer": Act(
            _lt("Dispute Put to the Purchaser"),
            source=("disputed",),
            groups=KEEPERS,
            reason=True,
        ),
        "decide": Act(
            _lt("Dispute Decided by the Purchaser"),
            source=("disputed",),
            target="submitted",
            party="_get_purchaser_side",
            reason=True,
            late=LATE,
        ),
        "sign": Act(
            _lt("Signed by the User Unit"),
            source=PENDING,
            target="signed",
            party="_get_unit_side",
            late=LATE,
        ),
        "confirm": Act(
            _lt("Confirmed by the Purchaser"),
            source=(*PENDING, "signed"),
            target="confirmed",
            party="_get_purchaser_side",
            late=LATE,
        ),
        "finalize": Act(
            _lt("Made Final"),
            source=("confirmed",),
            target="final",
            groups=KEEPERS,
        ),
        "correct": Act(
            _lt("Corrected"),
            source=("submitted", "disputed", "signed", "confirmed", "final"),
            target="draft",
            groups=KEEPERS,
            reason=True,
        ),
    }
    _facts = {
        "state": Fact("state"),
        "contract": Fact("agreement_id"),
        "unit": Fact("unit_id"),
        "scheme": Fact("scheme_id"),
        "from": Fact("period_start"),
        "to": Fact("period_end"),
        "score": Fact("frozen_score"),
        "amount": Fact("frozen_amount"),
        "fingerprint": Fact("fingerprint"),
        "dispute_at": Fact("dispute_stage"),
        "deduction": Fact("deduction_id"),
    }

    name = fields.Char(compute="_compute_name", store=True, precompute=True)
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        groups="base.group_user",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
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
        readonly=True,
        ondelete="restrict",
        help="Empty: the contract as a whole.",
    )
    user_id = fields.Many2one(
        related="agreement_id.user_id", string="Responsible", groups="base.group_user"
    )
    scheme_id = fields.Many2one(
        "om.assessment.scheme",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    memorandum_ids = fields.Many2many(
        "om.memorandum",
        string="Memoranda",
        readonly=True,
        help="Those in force on the days that are judged.",
    )
    system_ids = fields.Many2many("om.system", string="Systems", readonly=True)
    scope = fields.Json(
        readonly=True,
        copy=False,
        help="Which system was judged on which days, by which memorandum.",
    )
    period_start = fields.Date("From", required=True, readonly=True, index=True)
    period_end = fields.Date("To", required=True, readonly=True)
    line_ids = fields.One2many(
        "om.assessment.line", "assessment_id", string="Indicators"
    )
    fee = fields.Monetary(
        "Fee of the Month",
        readonly=True,
        groups="base.group_user",
        help="By days of each system's service.",
    )
    score = fields.Float(digits=(6, 2), readonly=True, aggregator="avg")
    is_judged = fields.Boolean(
        "Something to Judge", readonly=True, help="Without it there is no score."
    )
    is_complete = fields.Boolean(
        "Complete", readonly=True, help="Nothing that had to be measured is missing."
    )
    grade = fields.Char(readonly=True)
    amount = fields.Monetary("Deducted", readonly=True)
    certain_score = fields.Float(
        digits=(6, 2),
        readonly=True,
        aggregator=None,
        groups="base.group_user",
        help="What it comes to if all that nobody has judged yet was kept.",
    )
    certain_amount = fields.Monetary(
        "Certain",
        readonly=True,
        groups="base.group_user",
        help="What the record costs already, if all that nobody has judged yet was"
        " kept.",
    )
    trace = fields.Json(readonly=True, copy=False)
    why = fields.Text("How It Was Reckoned", compute="_compute_why")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("returned", "Returned"),
            ("disputed", "Disputed"),
            ("signed", "Signed by the Unit"),
            ("confirmed", "Confirmed by the Purchaser"),
            ("final", "Final"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    dispute_stage = fields.Selection(
        [("unit", "With the User Unit"), ("purchaser", "With the Purchaser")],
        string="Dispute",
        readonly=True,
        copy=False,
    )
    waits_for = fields.Selection(
        [
            ("us", "Ourselves"),
            ("unit", "User Unit"),
            ("purchaser", "Purchaser"),
            ("nobody", "Nobody"),
        ],
        compute="_compute_waits_for",
        store=True,
        index=True,
        help="Whose word or act is the next.",
    )
    remark = fields.Text("Last Word of a Party", readonly=True, copy=False)
    frozen = fields.Json("As Submitted", readonly=True, copy=False)
    frozen_score = fields.Char("Score as Submitted", compute="_compute_frozen")
    frozen_amount = fields.Char("Amount as Submitted", compute="_compute_frozen")
    fingerprint = fields.Char(
        readonly=True, copy=False, help="Digest of the sheet as it was submitted."
    )
    submitted_on = fields.Date(readonly=True, copy=False)
    signed_on = fields.Date("Unit Signed On", readonly=True, copy=False)
    confirmed_on = fields.Date("Purchaser Confirmed On", readonly=True, copy=False)
    difference = fields.Text(
        compute="_compute_difference",
        help="What the record says today otherwise than the sheet as submitted.",
    )
    deduction_id = fields.Many2one(
        "om.deduction", readonly=True, copy=False, ondelete="restrict", index=True
    )
    note = fields.Text(groups="base.group_user")
    can_submit = can_act()
    can_return = can_act()
    can_dispute = can_act()
    can_contest = can_act()
    can_talk = can_act()
    can_refer = can_act()
    can_decide = can_act()
    can_sign = can_act()
    can_confirm = can_act()
    can_finalize = can_act()
    can_correct = can_act()

    _once = models.UniqueIndex(
        "(agreement_id, COALESCE(unit_id, 0), scheme_id, period_start)",
        "This month has been drawn up already.",
    )
    _days_in_order = models.Constraint(
        "CHECK (period_end >= period_start)", "It cannot end before it begins."
    )

    @api.depends("unit_id.name", "agreement_id.name", "period_start", "period_end")
    def _compute_name(self):
        for assessment in self:
            first, last = assessment.period_start, assessment.period_end
            whose = assessment.unit_id.name or assessment.sudo().agreement_id.name
            if first and last:
                is_month = first.day == 1 and last == fields.Date.end_of(first, "month")
                words = f"{first:%Y-%m}" if is_month else f"{first} – {last}"
                assessment.name = f"{whose} {words}"
            else:
                assessment.name = whose

    @api.depends("frozen")
    def _compute_frozen(self):
        for assessment in self:
            frozen = assessment.frozen or {}
            assessment.frozen_score = frozen.get("score") or False
            assessment.frozen_amount = frozen.get("amount") or False

    @api.depends("state", "unit_id", "dispute_stage")
    def _compute_waits_for(self):
        for assessment in self:
            state, stage = assessment.state, assessment.dispute_stage
            if state == "final":
                assessment.waits_for = "nobody"
            elif state == "signed" or stage == "purchaser":
                assessment.waits_for = "purchaser"
            elif state == "submitted":
                assessment.waits_for = "unit" if assessment.unit_id else "purchaser"
            else:
                # To submit, to settle with the unit, or to make final.
                assessment.waits_for = "us"

    def _word_systems(self):
        """The names of the systems, as the reader's language lists them."""
        self.ensure_one()
        # sudo: whoever reads a sheet reads which systems it judges.
        return format_list(self.env, self.sudo().system_ids.mapped("name"))

    def _get_report_base_filename(self):
        """What the portal calls the printed sheet."""
        return self.display_name

    def _get_portal_words(self):
        self.ensure_one()
        return {word for word in self._portal_answers if self[f"can_{word}"]}

    @api.depends("trace")
    @api.depends_context("lang")
    def _compute_why(self):
        for assessment in self:
            assessment.why = "\n".join(assessment._word_trace()) or False

    @api.depends("frozen", "state")
    @api.depends_context("uid", "lang")
    def _compute_difference(self):
        frozen = self.filtered(lambda each: each.frozen and each.state not in OPEN)
        found = {}
        if frozen and not self.env.user.share:
            # sudo: the record is read as when the sheet was drawn up.
            found = frozen.sudo()._find_differences()
        for assessment in self:
            assessment.difference = found.get(assessment.id) or False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(assessment.state not in OPEN for assessment in self):
            raise UserError(
                self.env._("What was submitted stays on record; correct it.")
            )

    # ------------------------------------------------------------
    # Whose word it is
    # ------------------------------------------------------------

    def _get_unit_side(self):
        if not self.unit_id:
            return self._get_purchaser_side()
        return self.unit_id, "user_unit"

    def _get_purchaser_side(self):
        return self.sudo().agreement_id.partner_id, "purchaser"  # no secret

    def _can(self, act):
        name = next(key for key, each in self._get_acts().items() if each is act)
        if name in ("sign", "return", "dispute") and not self.unit_id:
            return False
        if name in ("confirm", "decide", "contest"):
            if name == "confirm" and self.unit_id and self.state != "signed":
                return False
            if name == "decide" and self.dispute_stage != "purchaser":
                return False
        if name == "refer" and self.dispute_stage == "purchaser":
            return False
        return super()._can(act)

    def _check_can(self, name):
        """Raise where the order of the parties, or the stage of a dispute, is wrong."""
        for assessment in self:
            wrong = (
                (name == "sign" and not assessment.unit_id)
                or (
                    name == "confirm"
                    and assessment.unit_id
                    and assessment.state != "signed"
                )
                or (name == "decide" and assessment.dispute_stage != "purchaser")
            )
            if wrong:
                raise UserError(
                    self.env._(
                        "“%s”: first the user unit says its word, then the purchaser.",
                        assessment.display_name,
                    )
                )

    def _get_doers(self):
        """Who worked on the month's faults never signs for the unit."""
        return super()._get_doers() | self.sudo().agreement_id.user_id

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def action_submit(self):
        """Put the sheets to the units; from now on they stay as they are."""
        today = self.env["agreement"]._get_today()
        early = self.filtered(lambda each: each.period_end >= today)
        if early:
            raise UserError(
                self.env._(
                    "“%(name)s” is not over before %(day)s.",
                    name=early[0].display_name,
                    day=early[0].period_end,
                )
            )
        # sudo: the figures follow from the record, whoever submits them.
        self.sudo()._reckon()
        with self._act("submit") as assessments:
            for assessment in assessments:
                missing = assessment.line_ids.filtered(
                    lambda line: line.state == "missing"
                )
                if missing:
                    raise UserError(
                        self.env._(
                            "“%(name)s” is not complete. Enter what was found, with"
                            " its evidence: %(lines)s.",
                            name=assessment.display_name,
                            lines=format_list(self.env, missing.mapped("name")),
                        )
                    )
                frozen = assessment.sudo()._pack()
                assessment.write(
                    {
                        "frozen": frozen,
                        "fingerprint": seal.digest(frozen),
                        "submitted_on": today,
                        "dispute_stage": False,
                        "remark": False,
                    }
                )
        return True

    @api.private
    def action_return(self, reason=None, paper=None, remarks=None):
        """The unit sends the sheet back for a correction."""
        with self._act("return", reason=reason, paper=paper) as assessments:
            assessments._put_remarks(reason, remarks)
            assessments.write(self._get_unsigned())
        return True

    @api.private
    def action_dispute(self, reason=None, paper=None, remarks=None):
        """The unit contests the sheet, or lines of it.

        :param remarks: {line's id: what the unit says to it}
        """
        with self._act("dispute", reason=reason, paper=paper) as assessments:
            assessments._put_remarks(reason, remarks)
            assessments.write({"dispute_stage": "unit"})
        return True

    @api.private
    def action_contest(self, reason=None, paper=None, remarks=None):
        """The purchaser contests the sheet; what the unit signed falls away."""
        with self._act("contest", reason=reason, paper=paper) as assessments:
            assessments._put_remarks(reason, remarks)
            assessments.write({"dispute_stage": "purchaser", "signed_on": False})
        return True

    def _put_remarks(self, reason, remarks):
        self.write({"remark": reason})
        for line in self.line_ids:
            text = ((remarks or {}).get(line.id) or "").strip()
            if text:
                line.write({"remark": text})

    def action_talk(self, reason=None):
        """Note what was talked about the dispute, with whom and when."""
        with self._act("talk", reason=reason) as assessments:
            assessments._message_log_batch(
                bodies=dict.fromkeys(assessments.ids, reason)
            )
        return True

    def action_refer(self, reason=None):
        """Put a dispute that was not settled with the unit to the purchaser."""
        with self._act("refer", reason=reason) as assessments:
            assessments.write({"dispute_stage": "purchaser"})
        return True

    @api.private
    def action_decide(self, reason=None, paper=None):
        """The purchaser has settled the dispute: the unit signs what was settled."""
        day = paper and paper.signed_on
        with self._act(
            "decide", reason=reason, paper=paper, happened_at=self._get_moment(day)
        ) as assessments:
            assessments._check_can("decide")
            assessments.write({"remark": reason, "dispute_stage": False})
        return True

    @api.private
    def action_sign(self, paper=None):
        """The user unit signs, by its own login or on paper."""
        day = fields.Date.to_date(paper and paper.signed_on)
        with self._act(
            "sign", paper=paper, happened_at=self._get_moment(day)
        ) as assessments:
            assessments._check_can("sign")
            assessments.write(
                {
                    "signed_on": day or self._get_signing_day(),
                    "dispute_stage": False,
                }
            )
        # sudo: what the payment waits for follows from the unit's word.
        self.sudo()._fill_unit_papers()
        return True

    @api.private
    def action_confirm(self, paper=None):
        """The purchaser confirms what the unit signed."""
        day = fields.Date.to_date(paper and paper.signed_on)
        with self._act(
            "confirm", paper=paper, happened_at=self._get_moment(day)
        ) as assessments:
            assessments._check_can("confirm")
            assessments.write(
                {
                    "confirmed_on": day or self._get_signing_day(),
                    "dispute_stage": False,
                }
            )
        return True

    def action_finalize(self):
        """Sign for the contractor: the sheet is final, and deducts what it says."""
        with self._act("finalize") as assessments:
            for assessment in assessments:
                # sudo: the deduction follows from what the parties signed.
                deduction = assessment.sudo()._make_deduction()
                assessment.write({"deduction_id": deduction.id})
        return True

    def action_correct(self, reason=None):
        """Open a sheet again for a correction: it follows the record, and the parties
        sign anew.

        :raises UserError: its deduction is applied already
        """
        with self._act("correct", reason=reason) as assessments:
            deductions = assessments.sudo().deduction_id
            assessments.write({**self._get_unsigned(), "deduction_id": False})
            deductions._drop_for_correction(reason)
        self.sudo()._reckon()
        return True

    @api.model
    def _get_unsigned(self):
        return {
            "signed_on": False,
            "confirmed_on": False,
            "dispute_stage": False,
            "frozen": False,
            "fingerprint": False,
        }

    # Dialogs

    def action_open_sign(self):
        """Return the dialog for the unit's signed paper."""
        return self._open_paper("sign")

    def action_open_dispute(self):
        """Return the dialog for the paper on which the unit contests."""
        return self._open_paper("dispute")

    def action_open_return(self):
        """Return the dialog for the paper with which the unit sends it back."""
        return self._open_paper("return")

    def action_open_contest(self):
        """Return the dialog for the paper on which the purchaser contests."""
        return self._open_paper("contest")

    def action_open_confirm(self):
        """Return the dialog for the purchaser's signed paper."""
        return self._open_paper("confirm")

    def action_open_decide(self):
        """Return the dialog for the purchaser's decision."""
        return self._open_paper("decide")

    def action_open_talk(self):
        """Ask for the minutes."""
        return self.env["om.assessment.reason"]._open("talk", self)

    def action_open_refer(self):
        """Ask for the reason."""
        return self.env["om.assessment.reason"]._open("refer", self)

    def action_open_correct(self):
        """Ask for the reason."""
        return self.env["om.assessment.reason"]._open("correct", self)

    def action_open_trial(self):
        """Try what this sheet becomes if what is contested is decided so or so."""
        return self.env["om.assessment.dispute"]._open(self.ensure_one())

    def action_refresh(self):
        """Reckon these anew from the record of today."""
        self.check_access("write")
        # sudo: the figures follow from the record; nobody types them.
        self.filtered(lambda each: each.state in OPEN).sudo()._reckon()
        return True

    def action_no_events(self):
        """Enter for all that is judged by hand and wanted none of: nothing known."""
        lines = self.filtered(lambda each: each.state in OPEN).line_ids.filtered(
            lambda line: (
                line.state == "missing"
                and line.scheme_line_id.source == "manual_amount"
                and line.scheme_line_id.operator == "<="
            )
        )
        if lines:
            lines.write(
                {
                    "hand_state": "value",
                    "hand_value": 0.0,
                    "hand_note": self.env._("Nothing of the kind is known."),
                }
            )
        return True

    def action_remind(self):
        """Remind the parties of what waits for their word: one message to each of
        their logins; who has none is named.

        :raises UserError: none of these waits for another party
        """
        self._check_may(self._get_acts()["submit"])
        sides = {
            "unit": lambda each: each._get_unit_side()[0],
            "purchaser": lambda each: each._get_purchaser_side()[0],
        }
        waiting = self.filtered(lambda each: each.waits_for in sides)
        if not waiting:
            raise UserError(self.env._("None of these waits for another party."))
        of_party = waiting.grouped(
            lambda each: sides[each.waits_for](each).commercial_partner_id
        )
        people = self._get_portal_people(self.env["res.partner"].union(*of_party))
        silent = []
        for party, sheets in of_party.items():
            partners = people.get(party)
            if not partners:
                silent.append(party.display_name)
                continue
            own = sheets.with_context(lang=partners[:1].lang or self.env.lang)
            own.env["mail.thread"].message_notify(
                partner_ids=partners.ids,
                subject=own.env._("Score sheets wait for your signature"),
                body=Markup("<ul>%s</ul>")
                % Markup().join(
                    Markup("<li><a href='%s'>%s</a></li>")
                    % (each.get_base_url() + each.access_url, each.name)
                    for each in own
                ),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if silent else "success",
                "message": self.env._(
                    "Without a login in the portal, to be asked on paper: %s",
                    format_list(self.env, silent),
                )
                if silent
                else self.env._("%s parties were reminded.", len(of_party)),
            },
        }

    @api.model
    def _get_portal_people(self, parties):
        """{party: partners of its logins in the portal}"""
        # sudo: whom to remind is no secret to who keeps the sheets.
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                Domain("share", "=", True)
                & (
                    Domain("partner_id.commercial_partner_id", "in", parties.ids)
                    | Domain("om_unit_ids.commercial_partner_id", "in", parties.ids)
                )
            )
        )
        found = {}
        for user in users:
            for party in user.om_party_ids & parties:
                found[party] = found.get(party, user.partner_id) | user.partner_id
        return found

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _read_group_select(self, aggregate_spec, query):
        """A month in which nothing was judged is neither full nor nothing: the mean of
        scores leaves it out."""
        if aggregate_spec != "score:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "AVG(%s) FILTER (WHERE %s)",
            self._field_to_sql(self._table, "score", query),
            self._field_to_sql(self._table, "is_judged", query),
        )

    def _filter_closed_files(self, files):
        """What the parties signed stays."""
        kept = self.browse(set(files.mapped("res_id"))).exists()
        kept = kept.filtered(lambda each: each.state not in OPEN)
        return files.filtered(lambda file: file.res_id in kept.ids)

    def _get_breach(self):
        """The steps of the sheet, for the calculation of its deduction."""
        mark = (self.fingerprint or "")[:12]
        return (
            "assessment",
            self.period_end,
            [
                Step(
                    self.env._("Assessment"),
                    self.display_name,
                    self.env._("fingerprint %s", mark),
                ),
                *(Step(self.env._("Reckoned"), text) for text in self._word_trace()),
            ],
        )

    def _word_trace(self):
        """The sentences of the reckoning, in the reader's language."""
        self.ensure_one()
        return [self._word_step(kind, values) for kind, values in self.trace or ()]

    def _word_step(self, kind, values):
        def figure(name):
            return f"{float(values[name]):,.2f}".rstrip("0").rstrip(".")

        def money(name):
            return self.currency_id.format(float(values[name]))

        words = {
            "nothing": lambda: self.env._(
                "Nothing was to be judged: no score, no deduction."
            ),
            "weights": lambda: self.env._(
                "%(weights)s points apply; they are scaled to %(full)s.",
                weights=figure("weights"),
                full=figure("full"),
            ),
            "veto": lambda: self.env._(
                "A veto item was not kept: all points are lost."
            ),
            "floor": lambda: self.env._(
                "%(lost)s points were lost; the score stops at %(floor)s.",
                lost=figure("lost"),
                floor=figure("floor"),
            ),
            "score": lambda: self.env._(
                "Score: %(full)s − %(lost)s + %(bonus)s = %(score)s.",
                full=figure("full"),
                lost=figure("lost"),
                bonus=figure("bonus"),
                score=figure("score"),
            ),
            "grade": lambda: self.env._(
                "Grade from %(low)s on: %(grade)s.",
                low=figure("low"),
                grade=values["grade"],
            ),
            "no_money": lambda: self.env._("No point was lost: nothing is deducted."),
            "point": lambda: self.env._(
                "%(points)s points (after %(free)s free ones) × %(value)s CNY ="
                " %(amount)s.",
                points=figure("points"),
                free=figure("free"),
                value=figure("value"),
                amount=money("amount"),
            ),
            "fee_point": lambda: self.env._(
                "%(points)s points (after %(free)s free ones) × %(value)s%% of the"
                " month's fee of %(fee)s = %(amount)s.",
                points=figure("points"),
                free=figure("free"),
                value=figure("value"),
                fee=money("fee"),
                amount=money("amount"),
            ),
            "band": lambda: self.env._(
                "%(coefficient)s%% of the month's fee of %(fee)s is paid: less"
                " %(amount)s.",
                coefficient=figure("coefficient"),
                fee=money("fee"),
                amount=money("amount"),
            ),
            "withhold": lambda: self.env._(
                "Below a score of %(threshold)s %(value)s%% of the month's fee of"
                " %(fee)s is withheld: %(amount)s.",
                threshold=figure("threshold"),
                value=figure("value"),
                fee=money("fee"),
                amount=money("amount"),
            ),
            "cap": lambda: self.env._("Most for a month: %s.", money("amount")),
            "cap_fee": lambda: self.env._(
                "Most of the month's fee: %s.", money("amount")
            ),
            "cap_total": lambda: self.env._(
                "What is left of the most in all: %s.", money("amount")
            ),
        }
        return words[kind]()

    @api.model
    def _get_purchaser_waits(self):
        """The domain of what the purchaser has to say its word to."""
        return (
            Domain("state", "=", "signed")
            | (Domain("state", "in", PENDING) & Domain("unit_id", "=", False))
            | Domain("dispute_stage", "=", "purchaser")
        )

    def _get_waiting(self):
        """The domain of what waits for the party whose user asks, in the portal."""
        user = self.env.user.sudo()  # whose person one is is no secret
        mine = user.om_party_ids.ids
        return Domain("state", "in", PENDING) & Domain(
            "unit_id.commercial_partner_id", "in", mine
        ) | self._get_purchaser_waits() & Domain(
            "purchaser_id.commercial_partner_id", "in", mine
        )
