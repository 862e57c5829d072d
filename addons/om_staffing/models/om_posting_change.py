from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.notice import (
    earliest_change,
    qualification_lacks,
    replacement_deadline,
)
from .om_posting import POSTING_ACT

# Set by the acts below only; a client never writes them.
DECISIONS = frozenset(
    (
        "state",
        "decided_by",
        "decided_on",
        "remark",
        "leaver_name",
        "newcomer_name",
        "qualification",
    )
)
# Characters of a remark; a page is enough.
REMARK = 2000
# What the user unit was told: it stays as it was sent.
NOTICE = frozenset(
    ("posting_id", "newcomer_id", "notice_date", "change_date", "reason")
)


class OmPostingChange(models.Model):
    _name = "om.posting.change"
    _inherit = ["mail.thread", "mail.activity.mixin", "portal.mixin"]
    _description = "Change of Posted Staff"
    _order = "id desc"

    posting_id = fields.Many2one(
        "om.posting", required=True, index=True, ondelete="restrict"
    )
    system_id = fields.Many2one(
        related="posting_id.system_id", store=True, index=True, precompute=True
    )
    unit_id = fields.Many2one(
        related="posting_id.unit_id",
        store=True,
        index=True,
        precompute=True,
        string="User Unit",
    )
    company_id = fields.Many2one(
        related="posting_id.company_id", store=True, index=True, precompute=True
    )
    newcomer_id = fields.Many2one(
        "hr.employee", string="Replacement", index=True, ondelete="restrict"
    )
    reason = fields.Text()
    notice_date = fields.Date(
        "Written Notice On",
        tracking=True,
        default=lambda self: self.env["om.posting"]._get_today(),
        copy=False,
    )
    plan_date = fields.Date(
        "Plan Handed In On",
        tracking=True,
        help="The day from which the replacement's period is counted; handed in once"
        " the purchaser agrees. Where no notice is asked for, the demand counts.",
        copy=False,
    )
    change_date = fields.Date("Replacement Begins", tracking=True, copy=False)
    earliest_date = fields.Date("Earliest Change", compute="_compute_bounds")
    deadline = fields.Date("Replacement Until", compute="_compute_bounds")
    replace_value = fields.Integer(
        "Replacement Within", compute="_compute_replace_value", compute_sudo=True
    )
    lacks = fields.Text(
        "Less Than the Person Replaced",
        compute="_compute_lacks",
        groups="hr.group_hr_user,om_base.group_manager,om_base.group_auditor",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Announced"),
            ("consented", "Consented"),
            ("refused", "Refused"),
            ("done", "Carried Out"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
    )
    decided_by = fields.Many2one("res.partner", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    remark = fields.Text(
        "User Unit's Remark", readonly=True, copy=False, help="Why it refused, or asks."
    )
    # What the user unit reads; it has no access to employees.
    leaver_name = fields.Char("Person Replaced", readonly=True, copy=False)
    newcomer_name = fields.Char("Name of the Replacement", readonly=True, copy=False)
    qualification = fields.Text(readonly=True, copy=False)

    _one_open = models.UniqueIndex(
        "(posting_id) WHERE state IN ('sent', 'consented')",
        "A change of this posting has been announced already.",
    )

    @api.depends("posting_id")
    def _compute_replace_value(self):
        for change in self:
            change.replace_value = change.posting_id.tender_id.replace_value

    @api.depends("notice_date", "plan_date", "posting_id")
    def _compute_bounds(self):
        calendar = self.env["om.calendar"]._get_calendar()
        for change in self:
            tender = change.posting_id.tender_id
            notice = change.notice_date
            change.earliest_date = notice and earliest_change(
                notice, tender.notice_days
            )
            # With a term of notice the plan comes after it; without one the purchaser
            # demands the replacement, and its period runs from there.
            plan = change.plan_date or (not tender.notice_days and notice)
            change.deadline = (
                replacement_deadline(
                    plan, tender.replace_value, tender.replace_unit or "day", calendar
                )
                if plan
                else False
            )

    @api.depends("posting_id", "newcomer_id", "change_date")
    def _compute_lacks(self):
        for change in self:
            change.lacks = "\n".join(change._get_lack_words()) or False

    @api.depends("posting_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._(
                "Change at %s", change.system_id.name or ""
            )

    def _compute_access_url(self):
        for change in self:
            change.access_url = f"/my/posting-changes/{change.id}"

    @api.model_create_multi
    def create(self, vals_list):
        if any(DECISIONS & vals.keys() for vals in vals_list):
            raise UserError(self._get_decision_words())
        return super().create(vals_list)

    def write(self, vals):
        acting = self.env.context.get("om_posting_act") is POSTING_ACT
        if DECISIONS & vals.keys() and not acting:
            raise UserError(self._get_decision_words())
        if {"plan_date"} & vals.keys() and any(
            one.state in ("done", "cancelled") for one in self
        ):
            raise UserError(self._get_decision_words())
        if NOTICE & vals.keys() and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._(
                    "What was announced stays as it was sent. Cancel the change and"
                    " announce another one."
                )
            )
        result = super().write(vals)
        if "plan_date" in vals:
            for change in self.filtered(lambda one: one.state != "draft"):
                change._check_deadline()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(change.state != "draft" for change in self):
            raise UserError(self.env._("Changes that were announced stay on record."))

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_send(self):
        """Announce the change to the user unit, once it meets the contract."""
        for change in self:
            change._check_state(("draft",))
            change._check_notice()
            lacks = change._get_lack_words()
            if lacks:
                raise UserError(
                    self.env._(
                        "The replacement is not of the same qualification:\n%s",
                        "\n".join(lacks),
                    )
                )
            consent = change.posting_id.tender_id.needs_consent
            change._act(
                {
                    "state": "sent" if consent else "consented",
                    "leaver_name": change.posting_id.employee_id.display_name,
                    "newcomer_name": change.newcomer_id.display_name,
                    "qualification": change._get_qualification(),
                }
            )
            change._notify_unit()

    def action_cancel(self):
        """Take the announcement back."""
        self._check_state(("draft", "sent", "consented", "refused"))
        self._act({"state": "cancelled"})

    def action_apply(self):
        """Carry out changes that the user unit has consented to."""
        self._check_state(("consented",))
        today = self.env["om.posting"]._get_today()
        early = self.filtered(lambda change: change.change_date > today)
        if early:
            raise UserError(
                self.env._(
                    "The change takes effect on %s; it is carried out by itself then.",
                    ", ".join(str(change.change_date) for change in early),
                )
            )
        self._apply()

    @api.private
    def decide(self, consents, partner, remark=""):
        """Note the user unit's decision; the caller has checked who decides."""
        self.ensure_one()
        if not self.try_lock_for_update():
            raise UserError(
                self.env._("Somebody is deciding on this change. Look again.")
            )
        self.invalidate_recordset(["state"])
        self._check_state(("sent",))
        self._act(
            {
                "state": "consented" if consents else "refused",
                "decided_by": partner.id,
                "decided_on": fields.Datetime.now(),
                "remark": remark.strip()[:REMARK],
            }
        )

    @api.model
    def _apply_due(self, today):
        changes = self.search(
            [("state", "=", "consented"), ("change_date", "<=", today)]
        )
        officers = {
            company: company._get_staffing_officer()
            for company in changes.company_id | self.env.company
        }
        for change in changes:
            officer = officers[change.company_id or self.env.company]
            # A problem is worded where it arises: in the language of who will read it.
            own = change.with_context(lang=officer.lang)
            # One that can no longer be carried out must not hold up the others.
            try:
                with self.env.cr.savepoint():
                    own._apply()
                    own.flush_recordset()
            except (UserError, IntegrityError) as problem:
                own.invalidate_recordset()
                own._report_problem(problem, officer)

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _act(self, vals):
        self.with_context(om_posting_act=POSTING_ACT).write(vals)

    def _apply(self):
        """End the postings, begin the replacements', hand over the posts."""
        changes = self.with_context(om_posting_act=POSTING_ACT)
        for change in changes:
            posting = change.posting_id
            posting.date_to = max(
                fields.Date.subtract(change.change_date, days=1), posting.date_from
            )
        self.env["om.posting"].create(
            [
                {
                    "employee_id": change.newcomer_id.id,
                    "system_id": change.system_id.id,
                    "post_id": change.posting_id.post_id.id,
                    "date_from": change.change_date,
                }
                for change in changes
            ]
        )
        for change in changes:
            posting = change.posting_id
            posting.post_id.assignment_ids.filtered(
                lambda one, leaver=posting.employee_id: one.employee_id == leaver
            ).employee_id = change.newcomer_id
        self._act({"state": "done"})

    def _report_problem(self, problem, officer):
        """Ask the staffing officer to see to a change that could not be carried out."""
        self.ensure_one()
        if self.activity_ids:
            return
        words = (
            str(problem)
            if isinstance(problem, UserError)
            else self.env._("The replacement holds another post or posting already.")
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The change could not be carried out"),
            note=words,
            user_id=officer.id,
        )

    def _check_state(self, allowed):
        if any(change.state not in allowed for change in self):
            raise UserError(
                self.env._("In its present state the change cannot take this step.")
            )

    def _check_notice(self):
        if not (self.newcomer_id and self.change_date and self.notice_date):
            raise UserError(
                self.env._(
                    "Enter the replacement, the day of the notice and the day on"
                    " which the replacement begins."
                )
            )
        if self.change_date < self.earliest_date:
            raise UserError(
                self.env._(
                    "The contract asks for %(days)s days' written notice: announced"
                    " on %(notice)s, the change can begin on %(earliest)s at the"
                    " earliest.",
                    days=self.posting_id.tender_id.notice_days,
                    notice=self.notice_date,
                    earliest=self.earliest_date,
                )
            )
        self._check_deadline()

    def _check_deadline(self):
        """Raise if the replacement would begin later than the contract allows."""
        if self.deadline and self.change_date > self.deadline:
            raise UserError(
                self.env._(
                    "The replacement has to be there by %(deadline)s, but begins on"
                    " %(start)s.",
                    deadline=self.deadline,
                    start=self.change_date,
                )
            )

    def _get_lack_words(self):
        """What the replacement has less of, in words."""
        self.ensure_one()
        if not (self.newcomer_id and self.posting_id and self.change_date):
            return []
        leaver = self.posting_id.employee_id
        people = (leaver | self.newcomer_id).get_people(
            self.change_date, self.company_id.partner_id
        )
        words = self.env["om.bid.evaluation"]
        return [
            words._get_lack_words(lack)
            for lack in qualification_lacks(
                people[leaver.id], people[self.newcomer_id.id], self.change_date
            )
        ]

    def _get_qualification(self):
        """The replacement's valid certificates, for the user unit to read."""
        # The unit is told what the contract obliges us to show it.
        skills = self.newcomer_id.sudo().employee_skill_ids.filtered(
            lambda one: one.is_certification and one._is_valid_on(self.change_date)
        )
        return "\n".join(sorted(set(skills.mapped("skill_id.name")))) or False

    def _notify_unit(self):
        """Tell the user unit's portal users that they are asked."""
        self.ensure_one()
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("partner_id", "child_of", self.unit_id.id),
                    (
                        "all_group_ids",
                        "in",
                        self.env.ref("om_base.group_portal_user_unit").id,
                    ),
                ]
            )
        )
        # The notice is the unit's to read: in its language, whatever ours is.
        lang = next(iter(users.partner_id[:1]._group_by_lang()), self.env.lang)
        notice = self.with_context(lang=lang)
        notice.message_post(
            body=notice.env._(
                "We give notice that on %(day)s %(newcomer)s replaces %(leaver)s at"
                " %(system)s, and ask for your consent.",
                day=self.change_date,
                newcomer=self.newcomer_name,
                leaver=self.leaver_name,
                system=notice.system_id.name,
            ),
            partner_ids=users.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _get_decision_words(self):
        return self.env._(
            "Changes of posted staff are announced, consented to and carried out with"
            " their own buttons."
        )
