from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.models.om_act_mixin import can_act
from odoo.addons.om_base.models.om_portal_mixin import Answer
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.notice import (
    earliest_change,
    qualification_lacks,
    replacement_deadline,
)

_lt = LazyTranslate(__name__)
# Characters of a remark; a page is enough.
REMARK = 2000
TOLD = ("sent", "consented", "refused", "done", "cancelled")


class OmPostingChange(models.Model):
    _name = "om.posting.change"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "om.portal.mixin",
        "portal.mixin",
        "om.act.mixin",
    ]
    _description = "Change of Posted Staff"
    _order = "id desc"
    _portal_path = "/my/posting-changes"
    _portal_answers = {
        "consent": Answer("action_consent", "remark"),
        "refuse": Answer("action_refuse", "remark"),
    }
    # What the user unit was told stays as it was sent.
    _free_fields = {
        **dict.fromkeys(
            ("change_date", "newcomer_id", "notice_date", "posting_id", "reason"),
            ("draft",),
        ),
        "plan_date": ("draft", "sent", "consented", "refused"),
    }
    _acts = {
        "send": Act(_lt("Announced"), source=("draft",)),
        "consent": Act(
            _lt("Consented to by the User Unit"),
            source=("sent",),
            target="consented",
            party="_get_unit_party",
        ),
        "refuse": Act(
            _lt("Refused by the User Unit"),
            source=("sent",),
            target="refused",
            party="_get_unit_party",
        ),
        "cancel": Act(
            _lt("Taken Back"),
            source=("draft", "sent", "consented", "refused"),
            target="cancelled",
        ),
        "apply": Act(_lt("Carried Out"), source=("consented",), target="done"),
    }
    _facts = {
        "state": Fact("state"),
        "posting": Fact("posting_id", sealed=TOLD),
        "newcomer": Fact("newcomer_id", sealed=TOLD),
        "notice_on": Fact("notice_date", sealed=TOLD),
        "plan_on": Fact("plan_date", sealed=TOLD),
        "change_on": Fact("change_date", sealed=TOLD),
        "reason": Fact("reason", sealed=TOLD),
        "remark": Fact("remark", sealed=TOLD),
        "qualification": Fact("qualification", sealed=TOLD),
        "decided_by": Fact("decided_by", sealed=TOLD),
        "leaver_name": Fact("leaver_name", personal=True),
        "newcomer_name": Fact("newcomer_name", personal=True),
    }

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
    decided_by = fields.Many2one(
        "res.partner", ondelete="restrict", readonly=True, copy=False
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    remark = fields.Text(
        "User Unit's Remark", readonly=True, copy=False, help="Why it refused, or asks."
    )
    # What the user unit reads; it has no access to employees.
    leaver_name = fields.Char("Person Replaced", readonly=True, copy=False)
    newcomer_name = fields.Char("Name of the Replacement", readonly=True, copy=False)
    qualification = fields.Text(readonly=True, copy=False)
    can_consent = can_act()

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

    def write(self, vals):
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
        self._check_source(self._get_acts()["send"])
        for change in self:
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
            with change._act("send") as acting:
                acting.write(
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
        with self._act("cancel"):
            pass

    def action_apply(self):
        """Carry out changes that the user unit has consented to."""
        self._check_source(self._get_acts()["apply"])
        today = self.env["om.posting"]._get_today()
        early = self.filtered(lambda change: change.change_date > today)
        if early:
            raise UserError(
                self.env._(
                    "The change takes effect on %s; it is carried out by itself then.",
                    format_list(
                        self.env, (str(change.change_date) for change in early)
                    ),
                )
            )
        self._apply()

    @api.private
    def action_consent(self, paper=None, remark="", key=None):
        """The user unit consents: by its own login, or ours enter its paper."""
        with self._act("consent", paper=paper, key=key) as acting:
            acting.write(self._get_decision(paper, remark))

    @api.private
    def action_refuse(self, paper=None, remark="", key=None):
        """The user unit refuses, and may say why."""
        with self._act("refuse", paper=paper, key=key) as acting:
            acting.write(self._get_decision(paper, remark))

    def action_consent_paper(self):
        """Return the dialog for the unit's consent on paper."""
        return self._open_paper("consent")

    def action_refuse_paper(self):
        """Return the dialog for the unit's refusal on paper."""
        return self._open_paper("refuse")

    def _get_decision(self, paper, remark):
        decided_by = self.unit_id if paper else self.env.user.partner_id
        return {
            "decided_by": decided_by[:1].id,
            "decided_on": fields.Datetime.now(),
            "remark": remark.strip()[:REMARK],
        }

    def _get_unit_party(self):
        """The party that decides, and its capacity."""
        return self.sudo().unit_id, "user_unit"  # sudo: its own people see its name

    def _get_doers(self):
        # sudo: the names of those who leave and come are compared, not shown.
        employees = (self.posting_id.employee_id | self.newcomer_id).sudo()
        return super()._get_doers() | employees.user_id

    @api.model
    def _apply_due(self, today):
        for change in self.search(
            [("state", "=", "consented"), ("change_date", "<=", today)]
        ):
            # One that can no longer be carried out must not hold up the others.
            try:
                with self.env.cr.savepoint():
                    change._apply()
                    change.flush_recordset()
            except (UserError, IntegrityError) as problem:
                change.invalidate_recordset()
                change._report_problem(problem)

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _apply(self):
        """End the postings, begin the replacements', hand over the posts."""
        with self._act("apply") as changes:
            for change in changes:
                posting = change.posting_id
                posting.date_to = max(
                    fields.Date.subtract(change.change_date, days=1), posting.date_from
                )
            changes.env["om.posting"].create(
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

    def _report_problem(self, problem):
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
            user_id=(self.company_id or self.env.company)._get_staffing_officer().id,
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
