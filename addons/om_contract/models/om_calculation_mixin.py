from datetime import timedelta

from odoo import fields, models

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
        """A day as the papers of the suite write days; empty without one."""
        return fields.Date.to_string(day) if day else ""

    def _format_percent(self, percent):
        """A percentage without idle zeros."""
        return f"{float(percent):.4f}".rstrip("0").rstrip(".") + "%"

    def _format_days(self, days):
        return self.env._("%s days", days)

    def _get_skipped_steps(self, notes):
        """Return a step for each run of rest days or make-up days met in counting.

        :param notes: what ``om.calendar`` says of them (``_format_notes``)
        """
        runs = []
        for note in notes:
            run = runs[-1] if runs else None
            if (
                run
                and run[0]["reason"] == note["reason"]
                and run[-1]["date"] + timedelta(days=1) == note["date"]
            ):
                run.append(note)
            else:
                runs.append([note])
        return [
            Step(
                " – ".join(
                    dict.fromkeys(
                        self._format_day(n["date"]) for n in (run[0], run[-1])
                    )
                ),
                run[0]["reason"],
                self.env._("counted: people work on this day")
                if run[0]["kind"] == "makeup"
                else self.env._("not counted: %s days", len(run)),
            )
            for run in runs
        ]
