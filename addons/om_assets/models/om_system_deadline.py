from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from odoo.addons.om_base.tools.acts import Fact

UNITS = [
    ("minute", "Minutes"),
    ("hour", "Hours"),
    ("workday", "Working Days"),
    ("day", "Days"),
]
_lt = LazyTranslate(__name__)


class Severity(NamedTuple):
    """How bad a fault is, told once: a new one is a line of ``LEVELS``.

    ``label``: its name. ``means``: when a fault is one of it, for whoever reports it.
    """

    label: str
    means: LazyGettext


LEVELS = {
    "minor": Severity(
        "Minor",
        _lt("Little harm: single functions or users are affected, work goes on."),
    ),
    "general": Severity(
        "General",
        _lt("Some functions or devices fail or are slow; the main work goes on."),
    ),
    "serious": Severity(
        "Serious", _lt("A main function or many devices fail; work is badly hindered.")
    ),
    "urgent": Severity(
        "Urgent",
        _lt(
            "The system is down, or data is lost or leaked; report to the purchaser"
            " within 30 minutes."
        ),
    ),
}
SEVERITIES = [(name, level.label) for name, level in LEVELS.items()]


class OmSystemDeadline(models.Model):
    _name = "om.system.deadline"
    _inherit = "om.system.line"
    _description = "Service Deadline"
    _rec_name = "severity"
    _log_on_system = True
    _free_fields = dict.fromkeys(
        (
            "severity",
            "respond_value",
            "respond_unit",
            "onsite_value",
            "onsite_unit",
            "fix_value",
            "fix_unit",
        )
    )
    _facts = {
        "system": Fact("system_id"),
        "severity": Fact("severity"),
        "respond_value": Fact("respond_value"),
        "respond_unit": Fact("respond_unit"),
        "onsite_value": Fact("onsite_value"),
        "onsite_unit": Fact("onsite_unit"),
        "fix_value": Fact("fix_value"),
        "fix_unit": Fact("fix_unit"),
    }

    severity = fields.Selection(
        [*SEVERITIES, ("flat", "All Levels")],
        required=True,
        help="All levels: one promise that does not depend on the severity.",
    )
    respond_value = fields.Float("Respond Within", digits=(16, 2))
    respond_unit = fields.Selection(
        UNITS, help="Empty: nothing is promised. Zero minutes: at once."
    )
    onsite_value = fields.Float("On Site Within", digits=(16, 2))
    onsite_unit = fields.Selection(UNITS, help="Empty: nothing is promised.")
    fix_value = fields.Float("Fix Within", digits=(16, 2))
    fix_unit = fields.Selection(UNITS, help="Empty: nothing is promised.")
    respond_text = fields.Char("Response", compute="_compute_texts")
    onsite_text = fields.Char("Arrival", compute="_compute_texts")
    fix_text = fields.Char("Repair", compute="_compute_texts")

    _severity_uniq = models.Constraint(
        "unique(system_id, severity)",
        "A system has one set of deadlines per severity.",
    )
    _values_not_negative = models.Constraint(
        "CHECK (respond_value >= 0 AND onsite_value >= 0 AND fix_value >= 0)",
        "A deadline cannot be negative.",
    )

    @api.depends(
        "respond_value",
        "respond_unit",
        "onsite_value",
        "onsite_unit",
        "fix_value",
        "fix_unit",
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            for target in ("respond", "onsite", "fix"):
                line[f"{target}_text"] = line._get_duration_text(
                    line[f"{target}_value"], line[f"{target}_unit"]
                )

    @api.depends("severity", "respond_text", "onsite_text", "fix_text")
    @api.depends_context("lang")
    def _compute_display_name(self):
        severities = self._om_labels("severity")
        for line in self:
            line.display_name = self.env._(
                "%(severity)s: response %(respond)s, on site %(onsite)s,"
                " repair %(fix)s",
                severity=severities.get(line.severity, ""),
                respond=line.respond_text or "–",
                onsite=line.onsite_text or "–",
                fix=line.fix_text or "–",
            )

    @api.model
    def _get_duration_text(self, value, unit):
        """Return the promise in words; empty when nothing is promised."""
        if not unit:
            return ""
        if not value:
            return self.env._("at once")
        number = f"{value:g}"
        return {
            "minute": self.env._("%s min", number),
            "hour": self.env._("%s h", number),
            "workday": self.env._("%s working days", number),
            "day": self.env._("%s days", number),
        }[unit]
