from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.attendance_sheet import read_rows
from ..engine.insurance_sheet import SheetError


class OmAttendanceImport(models.TransientModel):
    """Enter a sheet of who was there: all of it, or nothing and what is wrong."""

    _name = "om.attendance.import"
    _inherit = "om.sheet.upload.mixin"
    _description = "Import of Attendance"

    roster_id = fields.Many2one("om.roster", required=True, readonly=True)
    file = fields.Binary(required=True)

    def action_import(self):
        """Enter the rows, each by the act that it names."""
        self.ensure_one()
        roster = self.roster_id
        if roster.state != "published":
            raise UserError(self.env._("Publish the roster first."))
        Line = self.env["om.attendance"]
        Line.check_access("write")
        rows, wrong = self._read()
        problems = [self._word_wrong(each) for each in wrong]
        lines = Line._expect(roster, roster.date_from, roster.date_to)
        by_name = {}
        for line in lines:
            by_name.setdefault((line.day, line.employee_id.name), []).append(line)
        people = {}
        own = [("company_id", "=", roster.company_id.id)]
        for person in self.env["hr.employee.public"].search(own):
            people.setdefault(person.name, []).append(person.id)
        entries = []
        for row in rows:
            found = by_name.get((row.day, row.name), [])
            others = people.get(row.replacement, []) if row.replacement else []
            if len(found) != 1:
                problems.append(
                    self.env._(
                        "row %(row)s: %(name)s is not on the roster of %(day)s",
                        row=row.number,
                        name=row.name,
                        day=row.day,
                    )
                )
            elif found[0].state != "expected":
                problems.append(
                    self.env._(
                        "row %(row)s: entered already: %(line)s",
                        row=row.number,
                        line=found[0].display_name,
                    )
                )
            elif row.state == "replaced" and len(others) != 1:
                problems.append(
                    self.env._(
                        "row %(row)s: nobody, or more than one, is called %(name)s",
                        row=row.number,
                        name=row.replacement,
                    )
                )
            else:
                entries.append((found[0], row, others))
        if problems:
            raise UserError(
                self.env._(
                    "Nothing was imported. Correct these rows:\n%s",
                    self._limit(problems),
                )
            )
        for line, row, others in entries:
            values = {"note": row.note or line.note}
            if row.state == "replaced":
                values["replacement_id"] = others[0]
            line.write(values)
        for state in {row.state for _line, row, _others in entries}:
            Line.browse(
                [line.id for line, row, _others in entries if row.state == state]
            )._enter(state)
        return roster.action_attendance() | {"context": {}}

    def _read(self):
        try:
            return read_rows(self._read_rows())
        except SheetError as error:
            raise UserError(self._name_missing_columns(error.missing)) from error

    def _word_wrong(self, wrong):
        what = {
            "day": self.env._("no day: %s", wrong.value),
            "name": self.env._("no name"),
            "state": self.env._("“%s” is none of 到岗, 迟到, 缺勤, 替岗", wrong.value),
            "replacement": self.env._("say who came instead"),
            "note": self.env._("say why somebody was absent"),
        }[wrong.kind]
        return self.env._("row %(row)s: %(what)s", row=wrong.number, what=what)
