from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ..engine.evaluation import Post
from ..engine.people import Requirement
from ..engine.scoring import PointsRule, ScoreError, Step

DEGREES = [
    ("none", "None"),
    ("college", "College"),
    ("bachelor", "Bachelor"),
    ("master", "Master"),
    ("doctor", "Doctor"),
]
TITLES = [
    ("none", "None"),
    ("assistant", "Assistant"),
    ("intermediate", "Intermediate"),
    ("senior", "Senior"),
]


class OmPost(models.Model):
    _name = "om.post"
    _inherit = "om.act.mixin"
    _description = "Post"
    _order = "tender_id, sequence, id"
    _free_fields = dict.fromkeys(
        (
            "tender_id",
            "sequence",
            "name",
            "need",
            "is_exact",
            "besides",
            "all_skill_ids",
            "any_skill_ids",
            "insurance_months",
            "degree",
            "title",
            "years",
            "manager_years",
            "clearance_months",
            "secrecy_months",
            "points_rule",
            "points",
            "points_maximum",
            "step_ids",
            "daily_minimum",
            "constant_minimum",
            "assignment_ids",
            "duties",
        )
    )
    _rec_names_search = ["name", "tender_id.name"]

    tender_id = fields.Many2one(
        "om.tender", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="tender_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    need = fields.Integer("Heads Needed", default=1)
    duties = fields.Text(
        translate=True, help="As the bid's table of the team (9-1) prints them."
    )
    is_exact = fields.Boolean(
        "Exactly", help="No more people than needed may be named."
    )
    besides = fields.Boolean(
        "Held Besides Another Post",
        help="Held by one of the people of the other posts. All other posts exclude"
        " each other: nobody holds two of them.",
    )

    # What each person has to show
    all_skill_ids = fields.Many2many(
        "hr.skill",
        "om_post_all_skill_rel",
        "post_id",
        "skill_id",
        ondelete="restrict",
        string="All Certificates Of",
        domain="[('skill_type_id.is_certification', '=', True)]",
    )
    any_skill_ids = fields.Many2many(
        "hr.skill",
        "om_post_any_skill_rel",
        "post_id",
        "skill_id",
        ondelete="restrict",
        string="One Certificate Of",
        domain="[('skill_type_id.is_certification', '=', True)]",
    )
    insurance_months = fields.Integer(
        "Months of Insurance",
        help="Months in a row of the bidder's social insurance up to the bid.",
    )
    degree = fields.Selection(DEGREES, required=True, default="none")
    title = fields.Selection(
        TITLES, string="Professional Title", required=True, default="none"
    )
    years = fields.Float("Years of Support Work", digits=(4, 1))
    manager_years = fields.Float("Years as Site Manager", digits=(4, 1))
    clearance_months = fields.Integer(
        "Criminal Record Check (months)",
        help="Not older than so many months on the day of the bid; 0: not asked for.",
    )
    secrecy_months = fields.Integer(
        "Secrecy Training (months)",
        help="Not longer ago than so many months on the day of the bid; 0: not asked"
        " for.",
    )

    # What they win
    points_rule = fields.Selection(
        [
            ("none", "No Points"),
            ("all", "All or Nothing"),
            ("steps", "By Steps"),
            ("per_head", "Per Head"),
        ],
        required=True,
        default="none",
    )
    points = fields.Float(
        digits=(5, 2), help="All or nothing: for all heads. Per head: for each one."
    )
    points_maximum = fields.Float("At Most", digits=(5, 2))
    step_ids = fields.One2many("om.post.step", "post_id", string="Steps", copy=True)
    full_points = fields.Float(compute="_compute_full_points", digits=(5, 2))

    # What a roster needs
    daily_minimum = fields.Integer("On Duty Each Day")
    constant_minimum = fields.Integer("On Duty Round the Clock")

    assignment_ids = fields.One2many(
        "om.post.assignment", "post_id", string="People", copy=False
    )

    # What became of it
    attendance_count = fields.Integer("Days on Duty", compute="_compute_duty")
    duty_text = fields.Text("On Duty Today", compute="_compute_duty")

    _numbers_not_negative = models.Constraint(
        "CHECK (need >= 0 AND insurance_months >= 0 AND years >= 0"
        " AND manager_years >= 0 AND clearance_months >= 0 AND secrecy_months >= 0"
        " AND points >= 0 AND points_maximum >= 0"
        " AND daily_minimum >= 0 AND constant_minimum >= 0)",
        "Heads, months, years and points cannot be negative.",
    )

    @api.depends(
        "points_rule",
        "need",
        "points",
        "points_maximum",
        "step_ids.points",
        "step_ids.count",
    )
    def _compute_full_points(self):
        for post in self:
            try:
                rule = post._get_points_rule()
            except ScoreError:
                rule = None
            post.full_points = float(rule.full) if rule else 0.0

    @api.depends("daily_minimum", "constant_minimum")
    @api.depends_context("lang", "uid")
    def _compute_duty(self):
        Line = self.env["om.attendance"]
        self.attendance_count = 0
        self.duty_text = False
        if not Line.has_access("read"):
            return
        counts = dict(
            Line._read_group([("post_id", "in", self.ids)], ["post_id"], ["__count"])
        )
        lines = Line.search(
            [("post_id", "in", self.ids), ("day", "=", Line._get_signing_day())],
            order="employee_id, id",
        ).grouped("post_id")
        for post in self:
            post.attendance_count = counts.get(post._origin, 0)
            today = lines.get(post._origin, Line)
            if today:
                post.duty_text = "\n".join(post._word_duty(today))

    def _word_duty(self, lines):
        """Return who of the post is there on a day, and whether these are enough."""
        self.ensure_one()
        return [
            *(
                self.env._(
                    "%(person)s: %(what)s",
                    person=line.employee_id.name,
                    what=line._word(),
                )
                for line in lines
            ),
            self.env._(
                "%(have)s of %(need)s are there",
                have=len(lines._get_there()),
                need=self.daily_minimum or self.constant_minimum or len(lines),
            ),
        ]

    def action_attendance(self):
        """Open the days of duty of this post."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_staffing.om_attendance_action"
        )
        action["domain"] = [("post_id", "in", self.ids)]
        return action

    @api.depends("name", "tender_id.name")
    @api.depends_context("formatted_display_name", "show_tender")
    def _compute_display_name(self):
        for post in self:
            name = post.name or ""
            if self.env.context.get("show_tender") and post.tender_id:
                name = f"{name} · {post.tender_id.name}"
            post.display_name = name

    @api.constrains(
        "points_rule", "need", "points", "points_maximum", "step_ids", "is_exact"
    )
    def _check_points_rule(self):
        for post in self:
            try:
                post._get_points_rule()
            except ScoreError as error:
                raise ValidationError(
                    self.env._(
                        "The points of “%s” are not complete. All or nothing: the"
                        " heads needed and points. Steps: rising numbers from 1 on."
                        " Per head: points for each and at most.",
                        post.name,
                    )
                ) from error

    @api.constrains("need", "is_exact")
    def _check_exact(self):
        self.assignment_ids._check_exact()

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        self._check_open()

    def _check_open(self):
        """Raise if a post belongs to a tender that is over: it is evidence then."""
        closed = self.tender_id.filtered(lambda tender: tender.state == "over")
        if closed:
            raise UserError(
                self.env._(
                    "The posts of tenders that are over stay as they were: %s",
                    format_list(self.env, closed.mapped("name")),
                )
            )

    # ------------------------------------------------------------
    # The rules
    # ------------------------------------------------------------

    def _get_points_rule(self):
        """The points rule of the post, None where it wins none.

        :raises ScoreError: the rule is not complete
        """
        self.ensure_one()
        points = Decimal(str(self.points))
        if self.points_rule == "all":
            return PointsRule(steps=(Step(self.need, points),))
        if self.points_rule == "steps":
            return PointsRule(
                steps=tuple(
                    Step(step.count, Decimal(str(step.points)))
                    for step in self.step_ids.sorted("count")
                )
            )
        if self.points_rule == "per_head":
            if not points:
                raise ScoreError("no points")
            return PointsRule(
                per_head=points, maximum=Decimal(str(self.points_maximum))
            )
        return None

    def _get_requirement(self):
        return Requirement(
            all_of=frozenset(str(skill.id) for skill in self.all_skill_ids),
            any_of=frozenset(str(skill.id) for skill in self.any_skill_ids),
            insurance_months=self.insurance_months,
            degree=self.degree,
            title=self.title,
            years=self.years,
            years_as_manager=self.manager_years,
            clearance_months=self.clearance_months,
            secrecy_months=self.secrecy_months,
        )

    @api.private
    def get_rules(self):
        """The posts as the engine sees them, in their order."""
        return [
            Post(
                post.id,
                post._get_requirement(),
                post.need,
                post._get_points_rule(),
                post.besides,
            )
            for post in self
        ]
