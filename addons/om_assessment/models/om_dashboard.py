from odoo import api, models
from odoo.fields import Domain

from .om_assessment import OPEN, PENDING
from .om_rectification import OWED

SHEETS = "om_assessment.om_assessment_action"
COSTS = "om_assessment.om_assessment_line_cost_action"
DEMANDS = "om_assessment.om_rectification_action"


class OmDashboard(models.AbstractModel):
    """What is to be signed and by whom, and what is to be put right."""

    _inherit = "om.dashboard"

    @api.model
    def _get_areas(self, today, month):
        areas = super()._get_areas(today, month)
        if self._may_read("dispatcher", "procurement", "manager"):
            areas.append(
                {
                    "key": "assessment",
                    "label": self.env._("Assessment"),
                    "order": 37,
                    "figures": [
                        *self._get_assessment_figures(today),
                        *self._get_cost_figures(today),
                    ],
                }
            )
        return areas

    @api.model
    def _get_cost_figures(self, today):
        """Return what the month that runs would cost if it ended today: what is
        certain, and what nobody has judged yet."""
        running = Domain("assessment_id.state", "in", OPEN) & Domain(
            "assessment_id.period_end", ">=", today
        )
        already = self.env._("This month costs already")
        pending = self.env._("This month, not judged yet")
        rows = [
            ("assessment-cost", already, "certain_amount", "warning"),
            ("assessment-pending", pending, "pending_amount", "body"),
        ]
        return [
            self._sum(
                key,
                label,
                COSTS,
                "om.assessment.line",
                running & Domain(name, ">", 0),
                name,
                level=level,
            )
            for key, label, name, level in rows
        ]

    @api.model
    def _get_assessment_figures(self, today):
        """Return what waits for us, for the units and for the purchaser."""
        sheets = "om.assessment"
        by_unit = Domain("unit_id", "!=", False)
        rows = [
            (
                "rectifications-overdue",
                self.env._("Not put right, overdue"),
                "om.rectification",
                Domain("is_overdue", "=", True),
                "danger",
            ),
            (
                "rectifications-open",
                self.env._("Not put right yet"),
                "om.rectification",
                Domain("state", "in", OWED) & Domain("is_overdue", "=", False),
                "warning",
            ),
            (
                "assessments-draft",
                self.env._("Score sheets to submit"),
                sheets,
                Domain("state", "in", OPEN) & Domain("period_end", "<", today),
                "warning",
            ),
            (
                "assessments-disputed",
                self.env._("Score sheets disputed"),
                sheets,
                Domain("state", "=", "disputed"),
                "danger",
            ),
            (
                "assessments-unit",
                self.env._("Waiting for the unit's signature"),
                sheets,
                Domain("state", "in", PENDING) & by_unit,
                "body",
            ),
            (
                "assessments-purchaser",
                self.env._("Waiting for the purchaser"),
                sheets,
                self.env["om.assessment"]._get_purchaser_waits(),
                "body",
            ),
        ]
        return [
            self._count(
                key,
                label,
                DEMANDS if model == "om.rectification" else SHEETS,
                model,
                domain,
                level=level,
            )
            for key, label, model, domain, level in rows
        ]
