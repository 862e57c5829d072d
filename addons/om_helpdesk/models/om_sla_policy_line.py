from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES, UNITS
from odoo.addons.om_base.tools.acts import Fact

from ..engine.policy import AIMS, Line
from ..engine.sla import Target

TARGETS = [(target, aim.label) for target, aim in AIMS.items()]
CLOCKS = [("always", "Always Runs"), ("service_hours", "In Service Hours")]
WINDOWS = [
    ("any", "At Any Time"),
    ("working", "In Working Hours"),
    ("off", "Off Hours"),
    ("key", "In Key Periods"),
]
STARTS = [
    ("reported", "The Report"),
    ("responded", "The Response"),
    ("dispatched", "The Dispatch"),
    ("arrived", "The Arrival"),
    ("broken", "A Part Found Broken"),
]
REACHES = [("any", "Everywhere"), ("near", "Near"), ("far", "Far")]
# Only code of the server holds this: lines are written through their promise.
WRITING = object()
# What a line says.
TERMS = (
    "severity",
    "target",
    "value",
    "unit",
    "clock",
    "window",
    "start",
    "channel_id",
    "calendar_id",
    "reach",
    "unless_broken",
)
# For which faults of a severity a line holds.
CASE = ("window", "channel_id", "reach")


class OmSlaPolicyLine(models.Model):
    _name = "om.sla.policy.line"
    _inherit = "om.act.mixin"
    _description = "Line of a Service Promise"
    _order = "policy_id, rank, id"

    _free_fields = dict.fromkeys(("policy_id", *TERMS))
    _facts = {
        "promise": Fact("policy_id"),
        "severity": Fact("severity"),
        "target": Fact("target"),
        "value": Fact("value"),
        "unit": Fact("unit"),
        "clock": Fact("clock"),
        "holds": Fact("window"),
        "counted_from": Fact("start"),
        "channel": Fact("channel_id"),
        "hours": Fact("calendar_id"),
        "reach": Fact("reach"),
        "small_faults": Fact("unless_broken"),
    }

    policy_id = fields.Many2one(
        "om.sla.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    severity = fields.Selection(SEVERITIES, required=True)
    target = fields.Selection(TARGETS, required=True)
    rank = fields.Integer(compute="_compute_rank", store=True)
    value = fields.Float("Within", digits=(16, 2), required=True)
    unit = fields.Selection(UNITS, required=True, default="hour")
    clock = fields.Selection(
        CLOCKS,
        required=True,
        default="always",
        help="Always runs: natural hours; days end at 24:00. In service hours: only the"
        " hours of the calendar count; days end when business closes.",
    )
    window = fields.Selection(
        WINDOWS,
        "Holds",
        required=True,
        default="any",
        help="In or off the hours of the line when the fault is reported. In key"
        " periods: beside the others, the earliest deadline decides.",
    )
    start = fields.Selection(
        STARTS,
        "Counted From",
        required=True,
        default="reported",
        help="From the response or the arrival: provisionally from when it is due while"
        " it has not happened. From a part found broken: owed only then.",
    )
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel",
        index="btree_not_null",
        ondelete="restrict",
        help="Holds for faults reported that way. Left empty: for all that no other"
        " line is meant for.",
    )
    calendar_id = fields.Many2one(
        "om.service.calendar",
        "Own Hours",
        index="btree_not_null",
        ondelete="restrict",
        help="The hours of this line. Left empty: the promise's service calendar.",
    )
    reach = fields.Selection(
        REACHES,
        "Where",
        required=True,
        default="any",
        help="Near: up to the distance that the promise names, or where none is known.",
    )
    unless_broken = fields.Boolean(
        "Small Faults Only",
        help="Nothing falls due here once a part is found broken; a plan may.",
    )
    from_default = fields.Boolean(
        "From the Contract's Default",
        readonly=True,
        help="The register says nothing here: the contract's default set applies.",
    )

    _case_unique = models.UniqueIndex(
        '(policy_id, severity, target, "window", COALESCE(channel_id, 0), reach)',
        "A promise has one line per severity, target, time of day, channel and place.",
    )
    _value_not_negative = models.Constraint(
        "CHECK (value >= 0)", "A promise cannot be negative; 0 means at once."
    )
    _days_whole = models.Constraint(
        "CHECK (unit IN ('minute', 'hour') OR value = trunc(value))",
        "Working days and days are promised in whole numbers.",
    )
    _start_before_target = models.Constraint(
        "CHECK (target != 'respond' OR start = 'reported')",
        "The clock of the response starts with the report.",
    )
    _arrival_before_start = models.Constraint(
        "CHECK (target != 'onsite' OR start != 'arrived')",
        "The clock of the arrival cannot start with it.",
    )

    @api.depends("severity", "target", "window")
    def _compute_rank(self):
        orders = [
            [value for value, _label in options]
            for options in (SEVERITIES, TARGETS, WINDOWS)
        ]
        for line in self:
            rank = 0
            for name, order in zip(
                ("severity", "target", "window"), orders, strict=True
            ):
                value = line[name]
                rank = rank * 10 + (order.index(value) if value else 0)
            line.rank = rank

    @api.depends(*TERMS)
    @api.depends_context("lang")
    def _compute_display_name(self):
        severities = dict(self._fields["severity"]._description_selection(self.env))
        targets = dict(self._fields["target"]._description_selection(self.env))
        for line in self:
            line.display_name = self.env._(
                "%(severity)s, %(target)s: %(promise)s",
                severity=severities.get(line.severity, ""),
                target=targets.get(line.target, ""),
                promise=line._get_promise_text(),
            )

    def _get_promise_text(self):
        """Return the promise in words: 2 h in service hours, off hours."""
        self.ensure_one()
        duration = self._get_duration()
        details = []
        if self.clock == "service_hours" and self.unit in ("minute", "hour"):
            details.append(self.env._("service hours"))
        if self.calendar_id:
            details.append(self.calendar_id.name)
        if self.channel_id:
            details.append(self.channel_id.name)
        if self.reach != "any":
            details.append(self._get_label("reach"))
        if self.window != "any":
            details.append(self._get_label("window"))
        if self.unless_broken:
            details.append(self.env._("unless a part is broken"))
        if self.start == "responded":
            details.append(self.env._("from the response"))
        elif self.start == "dispatched":
            details.append(self.env._("from the dispatch"))
        elif self.start == "arrived":
            details.append(self.env._("from the arrival"))
        elif self.start == "broken":
            details.append(self.env._("from a part found broken"))
        if not details:
            return duration
        return self.env._(
            "%(duration)s (%(details)s)",
            duration=duration,
            details=self.env["om.sla.explanation"]._join(details),
        )

    def _get_duration(self):
        return self.env["om.system.deadline"]._get_duration_text(self.value, self.unit)

    def _get_label(self, name):
        options = dict(self._fields[name]._description_selection(self.env))
        return options.get(self[name], "")

    @api.constrains("policy_id", "severity", "target", "start", *CASE)
    def _check_windows(self):
        """Refuse lines of one target of which nobody could say which one holds."""
        ordinary = self.policy_id.line_ids.filtered(lambda line: line.window != "key")
        for lines in ordinary.grouped(
            lambda line: (
                line.policy_id,
                line.severity,
                line.target,
                line.channel_id,
                line.reach,
            )
        ).values():
            windows = set(lines.mapped("window"))
            if "any" in windows and len(windows) > 1:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” of “%(policy)s” holds at any time; there cannot be"
                        " another line for working hours or off hours beside it.",
                        line=lines[0].display_name,
                        policy=lines[0].policy_id.name,
                    )
                )
            if len(set(lines.mapped("start"))) > 1:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” of “%(policy)s”: the lines for working hours and"
                        " for off hours are counted from the same event.",
                        line=lines[0].display_name,
                        policy=lines[0].policy_id.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD: what is changed outside the policy's form counts the same
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = self.env["om.sla.policy"].browse(
            {vals["policy_id"] for vals in vals_list if vals.get("policy_id")}
        )
        before = self._remember(policies)
        lines = super().create(vals_list)
        self._follow(policies, before)
        return lines

    def write(self, vals):
        policies = self.policy_id
        before = self._remember(policies)
        if "from_default" not in vals and self._get_changed(vals) & set(TERMS):
            # Whoever changes a line answers for it: it is no copy any more. sudo:
            # that follows from the change.
            self.sudo().filtered("from_default").write({"from_default": False})
        result = super().write(vals)
        self._follow(policies, before)
        return result

    def unlink(self):
        policies = self.policy_id
        before = self._remember(policies)
        result = super().unlink()
        self._follow(policies, before)
        return result

    def _remember(self, policies):
        if self.env.context.get("om_policy_writing") is WRITING:
            return None
        return policies._get_texts()

    def _follow(self, policies, before):
        if before is not None:
            policies._follow_changes(before)

    def _prepare_copy(self):
        """Return the values of a line that takes its terms from this one."""
        self.ensure_one()
        return {**self._get_terms(), "from_default": True}

    def _get_terms(self):
        """Return what the line says as plain values."""
        self.ensure_one()
        return {
            name: self[name].id if name.endswith("_id") else self[name]
            for name in TERMS
        }

    # ------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------

    def _get_engine_line(self, calendar):
        """Return the line as the engine knows it.

        :param calendar: the hours of the line, as the engine knows them
        """
        self.ensure_one()
        return Line(
            self.severity,
            self.target,
            Target(self.value, self.unit, self.clock, calendar),
            self.window,
            self.start,
            self.id,
            self.channel_id.id or None,
            self.reach or "any",
            calendar if self.calendar_id else None,
            self.unless_broken,
        )
