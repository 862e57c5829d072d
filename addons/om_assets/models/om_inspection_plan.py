from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact

from ..engine.schedule import CERTAIN_DAYS


class OmInspectionPlan(models.Model):
    _name = "om.inspection.plan"
    _inherit = "om.system.line"
    _description = "Inspection Plan"
    _rec_name = "system_id"
    _log_on_system = True
    _free_fields = dict.fromkeys(
        (
            "scope",
            "mode",
            "times",
            "every",
            "per",
            "moment",
            "key_period_rule",
            "checklist_ids",
            "short_year",
        )
    )
    _facts = {
        "system": Fact("system_id"),
        "scope": Fact("scope"),
        "mode": Fact("mode"),
        "times": Fact("times"),
        "every": Fact("every"),
        "per": Fact("per"),
        "moment": Fact("moment"),
        "key_periods": Fact("key_period_rule"),
        "short_year": Fact("short_year"),
    }

    scope = fields.Selection(
        [
            ("all", "Everything"),
            ("software", "Software"),
            ("hardware", "Hardware"),
            ("environment", "Environment"),
            ("security", "Security"),
            ("network", "Network"),
            ("database", "Database"),
        ],
        required=True,
        default="all",
    )
    mode = fields.Selection(
        [("remote", "Remote"), ("onsite", "On Site")],
        help="Empty: the contract leaves it to the contractor.",
    )
    times = fields.Integer(
        required=True, default=1, help="How often in each period it is inspected."
    )
    every = fields.Integer(
        required=True, default=1, help="Length of the period, in its unit."
    )
    per = fields.Selection(
        [
            ("day", "Day"),
            ("workday", "Working Day"),
            ("saturday", "Saturday Off"),
            ("before_holiday", "Day before a Holiday"),
            ("last_of_holiday", "Last Day of a Holiday"),
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("year", "Year"),
        ],
        string="Period",
        required=True,
        default="month",
        help="Saturday off: neither worked in place of another day, when the rounds of"
        " working days are owed, nor part of a holiday.",
    )
    moment = fields.Selection(
        [("opening", "At Opening"), ("closing", "At Closing")],
        help="Empty: at any time of the day.",
    )
    key_period_rule = fields.Selection(
        [
            ("none", "As Usual"),
            ("double", "Twice as Often"),
            ("daily", "Every Day"),
        ],
        string="In Key Periods",
        required=True,
        default="none",
        help="What is owed in a key period beside the usual inspections."
        " Twice as often: as many again, at least one. Every day: each day of the"
        " period, whatever else is planned.",
    )

    checklist_ids = fields.Many2many(
        "om.inspection.checklist",
        "om_inspection_plan_checklist_rel",
        "plan_id",
        "checklist_id",
        string="Checklists",
        ondelete="restrict",
        help="What is looked at. Empty: the checklists of the plan's scope.",
    )
    short_year = fields.Selection(
        [("full", "All of Them"), ("share", "A Share")],
        "In a Shorter Year",
        required=True,
        default="full",
        help="What a system owes of a count a year when its service is shorter: all of"
        " them, as the contract prints, or its share of the days, rounded up.",
    )

    _every_positive = models.Constraint(
        "CHECK (every > 0)", "The period of an inspection must be at least one."
    )
    _times_positive = models.Constraint(
        "CHECK (times > 0)", "A system is inspected at least once in each period."
    )

    _certain_days = models.Constraint(
        "CHECK (every = 1 OR per IN ('day', 'week', 'month', 'quarter', 'year'))",
        "Working days, Saturdays and days around holidays are each inspected: the"
        " length of the period is one.",
    )

    @api.onchange("per")
    def _onchange_per(self):
        if self.per in CERTAIN_DAYS:
            self.every = 1

    @api.depends("scope", "mode", "times", "every", "per", "moment")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {name: self._om_labels(name) for name in ("scope", "mode", "moment")}
        for plan in self:
            what = labels["scope"].get(plan.scope, "")
            for name in ("mode", "moment"):
                if plan[name]:
                    what = self.env._(
                        "%(scope)s, %(mode)s", scope=what, mode=labels[name][plan[name]]
                    )
            plan.display_name = self.env._(
                "%(frequency)s (%(what)s)", frequency=plan._get_frequency(), what=what
            )

    def _get_frequency(self):
        """Return how often, in words: "Every quarter, 2 times"."""
        self.ensure_one()
        if self.times == 1:
            return self.env._("%(period)s, once", period=self._get_period())
        return self.env._(
            "%(period)s, %(times)s times", period=self._get_period(), times=self.times
        )

    def _get_period(self):
        """Return the period in words: "Every quarter", "Every 6 months"."""
        self.ensure_one()
        if self.every == 1:
            return {
                "day": self.env._("Every day"),
                "workday": self.env._("Every working day"),
                "saturday": self.env._("Every Saturday off"),
                "before_holiday": self.env._("The day before each holiday"),
                "last_of_holiday": self.env._("The last day of each holiday"),
                "week": self.env._("Every week"),
                "month": self.env._("Every month"),
                "quarter": self.env._("Every quarter"),
                "year": self.env._("Every year"),
            }.get(self.per, "")
        return {
            "day": self.env._("Every %s days", self.every),
            "week": self.env._("Every %s weeks", self.every),
            "month": self.env._("Every %s months", self.every),
            "quarter": self.env._("Every %s quarters", self.every),
            "year": self.env._("Every %s years", self.every),
        }.get(self.per, "")
