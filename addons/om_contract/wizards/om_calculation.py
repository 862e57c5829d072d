from odoo import fields, models


class OmCalculation(models.TransientModel):
    """A calculation as a dialog shows it and a sheet prints it."""

    _name = "om.calculation"
    _description = "Calculation"
    _rec_name = "title"

    title = fields.Char(readonly=True)
    subject = fields.Char(readonly=True)
    clause = fields.Char("Rule", readonly=True)
    result = fields.Char(readonly=True)
    line_ids = fields.One2many(
        "om.calculation.line", "calculation_id", string="Steps", readonly=True
    )

    def action_print(self):
        """Return the action that prints these calculations."""
        return self.env.ref("om_contract.om_calculation_report").report_action(self)

    def _get_file_name(self):
        self.ensure_one()
        return self.env._(
            "Calculation - %(title)s - %(subject)s",
            title=self.title,
            subject=self.subject,
        ).replace("/", "-")


class OmCalculationLine(models.TransientModel):
    _name = "om.calculation.line"
    _description = "Calculation Step"
    _order = "sequence, id"

    calculation_id = fields.Many2one(
        "om.calculation", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    label = fields.Char("Step")
    value = fields.Char()
    note = fields.Char("Explanation")
