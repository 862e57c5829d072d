from odoo import api, fields, models

from odoo.addons.om_obligation.models.om_obligation import KINDS as OBLIGATION_KINDS

from ..engine.assessment import Line
from .om_assessment_scheme import to_decimal
from .om_assessment_scheme_part import DRAFT

# What is measured: code, label, and what kind of figure it is.
SOURCES = [
    ("respond", "Responses in Time (%)", "share"),
    ("onsite", "Arrivals in Time (%)", "share"),
    ("fix", "Repairs in Time (%)", "share"),
    ("parts", "Spare Parts in Time (%)", "share"),
    ("missed", "Missed Deadlines of Faults", "count"),
    ("repeated", "Faults of the Same Device Again", "count"),
    ("key", "Deadlines Kept in Key Periods (%)", "share"),
    ("inspections", "Inspections in Time (%)", "share"),
    ("findings", "Findings Put Right in Time (%)", "share"),
    ("running", "Device Running Time (%)", "share"),
    ("online", "Devices Online (%)", "share"),
    ("satisfaction", "Satisfied Users (%)", "share"),
    ("requests", "Service Requests in Time (%)", "share"),
    ("requests_satisfaction", "Satisfied with Services (%)", "share"),
    ("attendance", "Posted Staff Present (%)", "share"),
    ("attendance_missed", "Posted Staff Late or Absent", "count"),
    ("obligations", "Obligations Kept (%)", "share"),
    ("obligations_late", "Obligations Late or Not Handed In", "count"),
    ("obligations_short", "Obligations Short", "count"),
    ("manual_share", "Judged by Hand (%)", "share"),
    ("manual_amount", "Judged by Hand (number)", "amount"),
]
KIND_OF = {code: kind for code, _label, kind in SOURCES}
BY_HAND = ("manual_share", "manual_amount")
# Sources that only faults of some severity may count for.
BY_SEVERITY = ("respond", "onsite", "fix", "parts", "missed", "repeated", "key")
BY_OBLIGATION = ("obligations", "obligations_late", "obligations_short")
PROMISED = (
    "source",
    "severity",
    "obligation_kind",
    "within_hours",
    "operator",
    "target",
    "rule",
    "points",
    "step",
    "rounding",
    "most",
    "is_bonus",
    "is_veto",
    "rectify_hours",
)


class OmAssessmentSchemeLine(models.Model):
    """What an indicator measures, what is wanted, and what a miss costs."""

    _name = "om.assessment.scheme.line"
    _inherit = ["om.assessment.scheme.part"]
    _description = "Assessment Indicator"
    _order = "scheme_id, sequence, id"

    _free_fields = dict.fromkeys(
        ("scheme_id", "sequence", "name", "clause", "exclusions", "system_ids")
        + PROMISED,
        DRAFT,
    )

    scheme_id = fields.Many2one(
        "om.assessment.scheme", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Indicator", required=True, translate=True)
    clause = fields.Char(help="Where the parties agreed on it.")
    source = fields.Selection(
        [(code, label) for code, label, _kind in SOURCES],
        string="Measured From",
        required=True,
        default="manual_amount",
    )
    kind = fields.Selection(
        [("share", "Percent"), ("amount", "Number"), ("count", "Events")],
        compute="_compute_kind",
    )
    severity = fields.Selection(
        lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["severity"]
            ._description_selection(self.env)
        ),
        help="Empty: faults of each severity.",
    )
    obligation_kind = fields.Selection(
        OBLIGATION_KINDS,
        string="Kind of Obligation",
        help="Empty: obligations of each kind.",
    )
    within_hours = fields.Integer(
        "Put Right Within (hours)",
        default=24,
        help="For findings of inspections; full days are counted.",
    )
    system_ids = fields.Many2many(
        "om.system",
        string="Systems",
        help="Whose indicator it is. Empty: of all systems that are assessed.",
    )
    operator = fields.Selection([(">=", "≥"), ("<=", "≤")], required=True, default=">=")
    target = fields.Float(digits=(12, 4), default=100.0)
    rule = fields.Selection(
        [("unit", "Points for Each Unit"), ("all", "All of Its Points")],
        string="A Miss Costs",
        required=True,
        default="unit",
    )
    points = fields.Float("Points for a Unit", digits=(6, 2), default=1.0)
    step = fields.Float(
        "Unit",
        digits=(12, 4),
        default=1.0,
        help="How many percentage points, events or hours are one unit.",
    )
    rounding = fields.Selection(
        [
            ("exact", "Exactly"),
            ("started", "Started Units"),
            ("whole", "Whole Units"),
        ],
        string="Units Count",
        required=True,
        default="exact",
    )
    most = fields.Float(
        "Weight", digits=(6, 2), help="Most points of this indicator; 0: no limit."
    )
    is_bonus = fields.Boolean(
        "Bonus", help="What is better than the target adds points."
    )
    is_veto = fields.Boolean(
        "Veto", help="A miss takes all points of the month (一票否决)."
    )
    exclusions = fields.Char(
        translate=True,
        help="What is no fault by the contract, such as roadworks or an approved"
        " shutdown.",
    )
    rectify_hours = fields.Integer(
        "Rectify Within (hours)", help="0: nothing is said of it."
    )
    target_text = fields.Char("Wanted", compute="_compute_target_text")
    rule_fields = fields.Json(compute="_compute_rule_fields")

    _step_positive = models.Constraint("CHECK (step > 0)", "A unit is more than zero.")
    _points_not_negative = models.Constraint(
        "CHECK (points >= 0 AND most >= 0)", "Points cannot be negative."
    )
    _hours_not_negative = models.Constraint(
        "CHECK (within_hours >= 0 AND rectify_hours >= 0)", "Hours cannot be negative."
    )

    @api.depends("source")
    def _compute_kind(self):
        for line in self:
            line.kind = KIND_OF.get(line.source)

    @api.onchange("source")
    def _onchange_source(self):
        """Events are wanted none of, shares all."""
        count = KIND_OF.get(self.source) == "count"
        self.operator = "<=" if count else ">="
        self.target = 0.0 if count else 100.0

    @api.depends("operator", "target", "kind")
    def _compute_target_text(self):
        signs = dict(self._fields["operator"].selection)
        for line in self:
            unit = " %" if line.kind == "share" else ""
            line.target_text = f"{signs.get(line.operator, '')} {line.target:g}{unit}"

    @api.depends("system_ids", "scheme_id.full_score", *PROMISED)
    def _compute_rule_fields(self):
        for line in self:
            line.rule_fields = {
                "id": line.id if isinstance(line.id, int) else 0,
                "systems": sorted(line.system_ids.ids),
                **{
                    name: f"{line[name]:.4f}"
                    if isinstance(line[name], float)
                    else line[name]
                    for name in PROMISED
                },
            }

    def _get_line(self):
        """Return the rule of one indicator as the engine knows it."""
        self.ensure_one()
        return Line(
            key=str(self.id),
            kind=self.kind,
            operator=self.operator,
            target=to_decimal(self.target, 4),
            rule=self.rule,
            points=to_decimal(self.points),
            step=to_decimal(self.step, 4),
            rounding=self.rounding,
            most=to_decimal(self.most) if self.most else None,
            bonus=self.is_bonus,
            veto=self.is_veto,
        )
