from odoo import fields, models


class OmRectificationReport(models.TransientModel):
    """Asks for what was done about a demand, when, and what shows it."""

    _name = "om.rectification.report"
    _description = "Report of a Rectification"

    rectification_ids = fields.Many2many(
        "om.rectification", string="Rectifications", required=True
    )
    result = fields.Text("What Was Done", required=True)
    done_at = fields.Datetime(
        "Put Right At", required=True, default=lambda self: fields.Datetime.now()
    )
    file_ids = fields.Many2many("ir.attachment", string="Evidence", required=True)

    def action_report(self):
        """Report it; it goes to the unit to be checked."""
        self.ensure_one()
        for number, each in enumerate(self.rectification_ids):
            # A file belongs to one demand, whose readers read it.
            files = self.file_ids
            if number:
                files = files.union(*(file.copy() for file in files))
                files -= self.file_ids
            files.write({"res_model": each._name, "res_id": each.id})
            each.action_report(self.result, files, self.done_at)
        return {"type": "ir.actions.act_window_close"}
