from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.roster import Minimum, Shift, find_clashes, find_roster_gaps

_lt = LazyTranslate(__name__)
LONGEST = 92


class OmRoster(models.Model):
    _name = "om.roster"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Duty Roster"
    _order = "date_from desc, id desc"
    _rec_names_search = ["tender_id.name"]
    _free_fields = dict.fromkeys(
        ("tender_id", "date_from", "date_to", "shift_ids", "gap_reason"), ("draft",)
    )
    _acts = {
        "publish": Act(_lt("Published"), source=("draft",), target="published"),
        "reopen": Act(_lt("Taken Back"), source=("published",), target="draft"),
    }
    _facts = {
        "state": Fact("state"),
        "first_day": Fact("date_from", sealed=("published",)),
        "last_day": Fact("date_to", sealed=("published",)),
        "why_with_gaps": Fact("gap_reason", sealed=("published",)),
        "shifts": Fact("told_shifts", sealed=("published",)),
    }

    tender_id = fields.Many2one(
        "om.tender",
        string="Contract's Rules",
        required=True,
        index=True,
        ondelete="restrict",
        # A dispatcher, who does not read tenders, goes on with the rules in use.
        default=lambda self: self.search([], limit=1).tender_id,
        domain="[('post_ids.daily_minimum', '>=', 0)]",
    )
    company_id = fields.Many2one(related="tender_id.company_id", store=True, index=True)
    date_from = fields.Date("First Day", required=True, index=True)
    date_to = fields.Date("Last Day", required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published")],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    shift_ids = fields.One2many("om.roster.shift", "roster_id", string="Shifts")
    told_shifts = fields.Json(
        compute="_compute_told_shifts", compute_sudo=True, groups=fields.NO_ACCESS
    )
    gap_text = fields.Text("Gaps", compute="_compute_gap_text")
    gap_count = fields.Integer("Number of Gaps", compute="_compute_gap_text")
    request_count = fields.Integer("Service Requests", compute="_compute_request_text")
    request_text = fields.Text(
        "Requests without People",
        compute="_compute_request_text",
        help="Requests of the period for which fewer are on duty than they need.",
    )
    gap_reason = fields.Text(
        "Why with Gaps",
        copy=False,
        tracking=True,
        help="A roster with gaps is published with a reason only.",
    )

    _date_to_after_from = models.Constraint(
        "CHECK (date_to >= date_from)", "A roster cannot end before it begins."
    )
    _not_too_long = models.Constraint(
        f"CHECK (date_to - date_from < {LONGEST})", "A roster covers a quarter at most."
    )

    @api.depends(
        "date_from",
        "date_to",
        "tender_id.post_ids.daily_minimum",
        "tender_id.post_ids.constant_minimum",
        "shift_ids.start",
        "shift_ids.stop",
        "shift_ids.post_id",
        "shift_ids.employee_id",
    )
    def _compute_gap_text(self):
        # Whoever may read a roster reads its gaps, also without reading tenders.
        for roster in self.sudo():
            gaps = roster._get_gaps() if roster.date_from and roster.date_to else []
            roster.gap_count = len(gaps)
            roster.gap_text = "\n".join(roster._get_gap_words(gaps)) or False

    @api.depends("date_from", "date_to", "tender_id", "state", "shift_ids.start")
    @api.depends_context("lang")
    def _compute_request_text(self):
        # superuser: what is held by those on duty concerns whoever reads the roster
        tenders = self.sudo().tender_id
        requests = (
            self.env["helpdesk.ticket"]
            .sudo()
            .search(
                [
                    ("service_item_id.post_id.tender_id", "in", tenders.ids),
                    ("request_start", "!=", False),
                    ("state", "!=", "cancelled"),
                ],
                order="request_start, id",
            )
        )
        for roster in self:
            held = requests.filtered(
                lambda each, roster=roster: (
                    each.service_item_id.post_id.tender_id == roster.sudo().tender_id
                    and roster.date_from
                    and roster.date_to
                    and roster.date_from
                    <= to_local(each.request_start).date()
                    <= roster.date_to
                )
            )
            roster.request_count = len(held)
            roster.request_text = (
                "\n".join(
                    f"{each.display_name}: {each.planning_text}"
                    for each in held
                    if each.planning_text
                )
                or False
            )

    @api.depends("tender_id.name", "date_from", "date_to")
    def _compute_display_name(self):
        # The contract's name alone is read, which the roster's readers know.
        for roster in self.sudo():
            roster.display_name = (
                f"{roster.tender_id.name or ''} {roster.date_from or ''}"
                f" – {roster.date_to or ''}"
            )

    @api.depends("shift_ids.start", "shift_ids.stop", "shift_ids.employee_id", "state")
    def _compute_told_shifts(self):
        for roster in self:
            shifts = roster.shift_ids if roster.state == "published" else ()
            roster.told_shifts = [
                [
                    shift.employee_id.id,
                    shift.post_id.id,
                    fields.Datetime.to_string(shift.start),
                    fields.Datetime.to_string(shift.stop),
                ]
                for shift in shifts
            ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        """A roster that was taken back is a draft again, and may go."""
        published = self.filtered(lambda roster: roster.state == "published")
        return super(OmRoster, published)._unlink_except_on_record()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_draft()

    def action_publish(self):
        """Publish rosters; gaps need a reason, people twice on duty are refused."""
        self._check_draft()
        for roster in self:
            roster._check_clashes()
            if roster.gap_count and not (roster.gap_reason or "").strip():
                raise UserError(
                    self.env._(
                        "The roster has %(count)s gaps. Close them, or write why it is"
                        " published with gaps:\n%(gaps)s",
                        count=roster.gap_count,
                        gaps=roster.gap_text,
                    )
                )
        with self._act("publish"):
            pass

    def action_reopen(self):
        """Take a roster back to change it."""
        with self.filtered(lambda roster: roster.state == "published")._act("reopen"):
            pass

    def action_repeat(self):
        """Make the roster of the following period with the same shifts."""
        self.ensure_one()
        length = (self.date_to - self.date_from).days + 1
        step = timedelta(days=length)
        following = self.create(
            {
                "tender_id": self.tender_id.id,
                "date_from": self.date_from + step,
                "date_to": self.date_to + step,
                "shift_ids": [
                    Command.create(
                        {
                            "employee_id": shift.employee_id.id,
                            "post_id": shift.post_id.id,
                            "start": shift.start + step,
                            "stop": shift.stop + step,
                        }
                    )
                    for shift in self.shift_ids
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": following.id,
            "view_mode": "form",
        }

    def _check_draft(self):
        if any(roster.state == "published" for roster in self):
            raise UserError(
                self.env._("Take a published roster back before you change it.")
            )

    def _check_clashes(self):
        clashes = find_clashes(self.shift_ids._get_engine_shifts())
        if clashes:
            clash = clashes[0]
            employee = self.env["hr.employee"].browse(clash.person)
            raise ValidationError(
                self.env._(
                    "%(person)s is on duty twice from %(start)s on.",
                    person=employee.display_name,
                    start=clash.start,
                )
            )

    def _get_gaps(self):
        self.ensure_one()
        return find_roster_gaps(
            self.shift_ids._get_engine_shifts(),
            [
                Minimum(post._origin.id, post.daily_minimum, post.constant_minimum)
                # The posts, not the bid, are everybody's who reads the roster.
                for post in self.sudo().tender_id.post_ids
            ],
            self.date_from,
            self.date_to,
        )

    def _get_gap_words(self, gaps):
        # As above.
        posts = self.sudo().tender_id.post_ids
        names = {post._origin.id: post.name for post in posts}
        calendar = self.env["om.calendar"]._get_calendar()
        lines = []
        for gap in gaps:
            day = gap.start.date()
            if gap.daily:
                when = str(day)
                if not calendar.is_workday(day):
                    when = self.env._("%s (rest day)", day)
                lines.append(
                    self.env._(
                        "%(when)s: %(post)s %(have)s of %(need)s",
                        when=when,
                        post=names[gap.kind],
                        have=gap.have,
                        need=gap.need,
                    )
                )
            else:
                lines.append(
                    self.env._(
                        "%(start)s to %(stop)s: %(post)s %(have)s of %(need)s on duty",
                        start=gap.start.strftime("%Y-%m-%d %H:%M"),
                        stop=gap.stop.strftime("%Y-%m-%d %H:%M"),
                        post=names[gap.kind],
                        have=gap.have,
                        need=gap.need,
                    )
                )
        return lines


def to_local(moment):
    """A moment of the database as a naive local one."""
    return beijing.to_local(moment).replace(tzinfo=None)


def make_shift(shift):
    """A record of a shift as the engine sees it."""
    return Shift(
        shift.employee_id.id,
        shift.post_id._origin.id,
        to_local(shift.start),
        to_local(shift.stop),
    )
