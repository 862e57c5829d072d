from odoo import fields, models
from odoo.tools import format_date

from ..engine.calculation import Calculation, Step


class OmCalculationMixin(models.AbstractModel):
    """Records whose computed amount or date can be opened as a calculation."""

    _name = "om.calculation.mixin"
    _description = "Can Be Explained"

    def _get_calculation(self) -> Calculation:
        """Return how this record's amount or date came about, in the user's
        language."""
        raise NotImplementedError

    def action_explain(self):
        """Show the calculation of this record in a dialog."""
        self.ensure_one()
        self.check_access("read")
        sheet = self._get_calculation()
        calculation = self.env["om.calculation"].create(
            {
                "title": sheet.title,
                "subject": self.display_name,
                "clause": sheet.clause,
                "result": sheet.result,
                "line_ids": [
                    fields.Command.create(
                        {
                            "sequence": number,
                            "label": step.label,
                            "value": step.value,
                            "note": step.note,
                        }
                    )
                    for number, step in enumerate(sheet.steps)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why This Amount and This Day"),
            "res_model": "om.calculation",
            "res_id": calculation.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------
    # Words that every calculation needs
    # ------------------------------------------------------------

    def _format_day(self, day):
        """A day in the user's language; empty without one."""
        return format_date(self.env, day) if day else ""

    def _format_percent(self, percent):
        """A percentage without idle zeros."""
        return f"{float(percent):.4f}".rstrip("0").rstrip(".") + "%"

    def _format_days(self, days):
        return self.env._("%s days", days)

    def _get_skipped_steps(self, notes):
        """Return a step for each rest day and make-up day met in counting.

        :param notes: what ``om.calendar`` says of them (``_format_notes``)
        """
        return [
            Step(
                self._format_day(note["date"]),
                note["reason"],
                self.env._("counted: people work on this day")
                if note["kind"] == "makeup"
                else self.env._("not counted"),
            )
            for note in notes
        ]
