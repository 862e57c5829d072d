from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class OmAssessmentDraw(models.TransientModel):
    """Draws up a month for all units of contracts."""

    _name = "om.assessment.draw"
    _description = "Draw Up Assessments"

    date = fields.Date(
        "A Day of the Month",
        required=True,
        default=lambda self: (
            self.env["agreement"]._get_today().replace(day=1) - timedelta(days=1)
        ),
    )
    agreement_ids = fields.Many2many(
        "agreement",
        string="Contracts",
        domain="[('domain', '=', 'sale'), ('is_template', '=', False)]",
        help="Empty: all.",
    )

    def action_draw_up(self):
        """Draw up, reckon, and open the sheets."""
        self.ensure_one()
        self.check_access("write")
        sheets = self.env["om.assessment"]._draw_up(
            self.date, self.agreement_ids or None
        )
        if not sheets:
            raise UserError(
                self.env._(
                    "No memorandum is in force in this month: put those of the units"
                    " into force first."
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assessment.om_assessment_action"
        )
        action["domain"] = [("id", "in", sheets.ids)]
        action["context"] = {}
        return action
