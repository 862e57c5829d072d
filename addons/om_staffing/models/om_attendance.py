from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

from .om_roster import to_local

_lt = LazyTranslate(__name__)
KEEPERS = ("om_base.group_staffing", "om_base.group_dispatcher")
ENTERED = ("present", "late", "absent", "replaced")
# Sheets of a month come after its end.
LATE = timedelta(days=62)


class OmAttendance(models.Model):
    """Whether somebody who was to be on duty on a day was there.

    What was entered stays; a mistake is taken back by a manager, with the reason.
    """

    _name = "om.attendance"
    _inherit = "om.act.mixin"
    _description = "Attendance"
    _order = "day desc, tender_id, post_id, employee_id, id"
    _rec_name = "employee_id"
    _rec_names_search = ["employee_id.name"]
    _free_fields = {
        **dict.fromkeys(("tender_id", "employee_id", "post_id", "day"), ("expected",)),
        "replacement_id": ("expected",),
        "note": None,
    }
    _acts = {
        "present": Act(
            _lt("Present"),
            source=("expected",),
            target="present",
            groups=KEEPERS,
            late=LATE,
        ),
        "late": Act(
            _lt("Late"),
            source=("expected",),
            target="late",
            groups=KEEPERS,
            late=LATE,
        ),
        "absent": Act(
            _lt("Absent"),
            source=("expected",),
            target="absent",
            groups=KEEPERS,
            late=LATE,
        ),
        "replaced": Act(
            _lt("Replaced"),
            source=("expected",),
            target="replaced",
            groups=KEEPERS,
            late=LATE,
        ),
        "take_back": Act(
            _lt("Taken Back"),
            source=ENTERED,
            target="expected",
            groups=("om_base.group_manager",),
            reason=True,
        ),
    }
    _facts = {
        "contract": Fact("tender_id"),
        "person": Fact("employee_id"),
        "post": Fact("post_id"),
        "day": Fact("day"),
        "state": Fact("state"),
        "replaced_by": Fact("replacement_id"),
    }

    tender_id = fields.Many2one(
        "om.tender",
        string="Contract's Rules",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["om.roster"].search([], limit=1).tender_id,
    )
    company_id = fields.Many2one(related="tender_id.company_id", store=True, index=True)
    employee_id = fields.Many2one(
        "hr.employee",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
    )
    post_id = fields.Many2one(
        "om.post",
        string="As",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('tender_id', '=', tender_id)]",
    )
    day = fields.Date(
        required=True, index=True, default=lambda self: self._get_signing_day()
    )
    state = fields.Selection(
        [
            ("expected", "Not Entered"),
            ("present", "Present"),
            ("late", "Late"),
            ("absent", "Absent"),
            ("replaced", "Replaced"),
        ],
        string="Attendance",
        required=True,
        readonly=True,
        default="expected",
        index=True,
        copy=False,
    )
    replacement_id = fields.Many2one(
        "hr.employee",
        string="Replaced By",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    note = fields.Char(
        "Explanation", copy=False, help="Why somebody was absent, or it is taken back."
    )

    _once_a_day = models.UniqueIndex(
        "(tender_id, employee_id, day)",
        "This person's day is on the sheet already.",
    )

    @api.depends("employee_id.name", "day")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.employee_id.name or ''} {line.day or ''}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        entered = self.filtered(lambda line: line.state != "expected")
        if entered:
            raise UserError(
                self.env._(
                    "What was entered stays on record: %s",
                    format_list(self.env, entered.mapped("display_name")),
                )
            )

    def action_present(self):
        """They were there."""
        return self._enter("present")

    def action_late(self):
        """They came late."""
        return self._enter("late")

    def action_absent(self):
        """They were not there, for the reason in the explanation."""
        return self._enter("absent")

    def action_replaced(self):
        """Others were there for them."""
        return self._enter("replaced")

    def action_take_back(self):
        """It was entered by mistake, for the reason in the explanation."""
        if any(not (line.note or "").strip() for line in self):
            raise UserError(
                self.env._("Write into the explanation why it is taken back.")
            )
        for line in self:
            with line._act("take_back", reason=line.note):
                pass
        return True

    def _enter(self, state):
        """Enter what was so on the day; nothing lies ahead."""
        for line in self:
            if state == "absent" and not (line.note or "").strip():
                raise UserError(
                    self.env._(
                        "Write into the explanation why %s was absent.",
                        line.display_name,
                    )
                )
            if state == "replaced" and not line.replacement_id:
                raise UserError(
                    self.env._("Say who came in place of %s.", line.display_name)
                )
            if state == "replaced" and line.replacement_id == line.employee_id:
                raise UserError(
                    self.env._("Nobody replaces himself: %s", line.display_name)
                )
        for day, lines in self.grouped("day").items():
            if day > self._get_signing_day():
                raise UserError(self.env._("%s lies ahead.", day))
            with lines._act(state, happened_at=self._get_moment(day)):
                pass
        return True

    # ------------------------------------------------------------
    # Who was there
    # ------------------------------------------------------------

    def _get_there(self):
        """Return who was there on the days of these lines: late, or in the place of
        another, too. What was not entered tells nothing."""
        entered = self.filtered(lambda line: line.state not in ("expected", "absent"))
        return entered.employee_id.browse().union(
            *(line.replacement_id or line.employee_id for line in entered)
        )

    def _word(self):
        """Return in words what was so: the state, who came instead, and why."""
        self.ensure_one()
        states = self._om_labels("state")
        words = (states[self.state], self.replacement_id.name, self.note)
        return " ".join(filter(None, words))

    # ------------------------------------------------------------
    # From the rosters
    # ------------------------------------------------------------

    @api.model
    def _expect(self, rosters, first, last):
        """Put everybody on the sheet whom published rosters name for these days, once;
        return the lines of the days.

        A shift belongs to the day on which it begins.
        """
        # superuser: what follows from a published roster
        lines = self.sudo()
        published = rosters.sudo().filtered(lambda each: each.state == "published")
        known = {
            (line.tender_id.id, line.employee_id.id, line.day): line
            for line in lines.search(
                [
                    ("tender_id", "in", published.tender_id.ids),
                    ("day", ">=", first),
                    ("day", "<=", last),
                ]
            )
        }
        wanted = {}
        for shift in published.shift_ids:
            day = to_local(shift.start).date()
            key = (shift.tender_id.id, shift.employee_id.id, day)
            if first <= day <= last and key not in known:
                wanted.setdefault(key, shift.post_id.id)
        created = lines.create(
            [
                {
                    "tender_id": tender,
                    "employee_id": person,
                    "day": day,
                    "post_id": post,
                }
                for (tender, person, day), post in wanted.items()
            ]
        )
        return self.browse([line.id for line in known.values()] + created.ids)

    @api.model
    def _count(self, agreement, first, last):
        """How many days of duty were kept under a contract: {state: number}."""
        return Counter(
            dict(
                self._read_group(
                    [
                        ("tender_id.agreement_id", "=", agreement.id),
                        ("day", ">=", first),
                        ("day", "<=", last),
                    ],
                    ["state"],
                    ["__count"],
                )
            )
        )


class OmRoster(models.Model):
    _inherit = "om.roster"

    attendance_ids = fields.One2many("om.attendance", compute="_compute_attendance")
    attendance_text = fields.Text("Duty in Fact", compute="_compute_attendance")

    @api.depends("date_from", "date_to", "tender_id", "state")
    @api.depends_context("lang")
    def _compute_attendance(self):
        Line = self.env["om.attendance"]
        readable = self.filtered(lambda each: each.date_from and each.date_to)
        if not readable or not Line.has_access("read"):
            self.attendance_ids = self.attendance_text = False
            return
        lines = Line.search(
            [
                ("tender_id", "in", readable.tender_id.ids),
                ("day", ">=", min(readable.mapped("date_from"))),
                ("day", "<=", max(readable.mapped("date_to"))),
            ],
            order="day, post_id, employee_id",
        )
        for roster in self:
            own = lines.filtered(
                lambda line, roster=roster: (
                    line.tender_id == roster.tender_id
                    and roster.date_from
                    and roster.date_from <= line.day <= roster.date_to
                )
            )
            roster.attendance_ids = own
            roster.attendance_text = "\n".join(roster._word_attendance(own)) or False

    def _word_attendance(self, lines):
        """What of the duty was not as the roster has it, by day, in words."""
        self.ensure_one()
        # superuser: the posts, not the bid, are everybody's who reads the roster
        needs = {post: post.daily_minimum for post in self.sudo().tender_id.post_ids}
        words = []
        for day, of_day in lines.grouped("day").items():
            entered = of_day.filtered(lambda line: line.state != "expected")
            words += [
                self.env._(
                    "%(day)s: %(person)s %(what)s",
                    day=day,
                    person=line.employee_id.name,
                    what=line._word(),
                )
                for line in entered
                if line.state != "present"
            ]
            if len(entered) != len(of_day):
                continue
            there = {
                post.id: len(of_post._get_there())
                for post, of_post in entered.grouped("post_id").items()
            }
            words += [
                self.env._(
                    "%(day)s: %(post)s %(have)s of %(need)s were there",
                    day=day,
                    post=post.name,
                    have=there.get(post.id, 0),
                    need=need,
                )
                for post, need in needs.items()
                if there.get(post.id, 0) < need
            ]
        return words

    def action_attendance(self):
        """Open the sheet of who was there, with everybody whom the roster names up to
        today on it."""
        self.ensure_one()
        if self.state != "published":
            raise UserError(self.env._("Publish the roster first."))
        Line = self.env["om.attendance"]
        Line.check_access("write")
        today = Line._get_signing_day()
        last = min(self.date_to, today)
        lines = Line._expect(self, self.date_from, last)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_staffing.om_attendance_action"
        )
        action["domain"] = [("id", "in", lines.ids)]
        action["context"] = {"search_default_expected": True}
        return action
