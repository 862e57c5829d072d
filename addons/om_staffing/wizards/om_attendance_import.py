from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools.sheets import Sheet, Wrong
from odoo.addons.om_base.tools.tables import Column, Table

STATES = {
    "到岗": "present",
    "present": "present",
    "迟到": "late",
    "late": "late",
    "缺勤": "absent",
    "缺岗": "absent",
    "absent": "absent",
    "替岗": "replaced",
    "replaced": "replaced",
}
# Who was there: one row for each person and day.
SHEET = Table(
    "到岗",
    [
        Column("日期", "day", kind="date", names=("date",), required=True),
        Column("姓名", "name", names=("name",), required=True),
        Column(
            "到岗情况",
            "state",
            kind="choice",
            names=("attendance",),
            choices=STATES,
            required=True,
        ),
        Column("替岗人", "replacement", names=("replaced by",), optional=True),
        Column("说明", "note", names=("note",), optional=True),
    ],
    is_loose=True,
)
# What has to be said of a state, too.
NEEDED = {"replaced": "replacement", "absent": "note"}


def check_rows(sheet: Sheet):
    """Return the rows of a sheet that say all that their states ask for; the others
    are mistakes of it."""
    found = []
    for row in sheet.rows:
        needed = NEEDED.get(row.values["state"])
        if needed and not row.values.get(needed):
            sheet.refuse(Wrong.EMPTY, row.number, needed)
        else:
            found.append(row)
    return found


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
        sheet = self._read_sheet(SHEET)
        rows = check_rows(sheet)
        problems = [words for _row, words in self._word_problems(sheet.problems)]
        lines = Line._expect(roster, roster.date_from, roster.date_to)
        by_name = {}
        for line in lines:
            by_name.setdefault((line.day, line.employee_id.name), []).append(line)
        people = {}
        own = [("company_id", "=", roster.company_id.id)]
        for person in self.env["hr.employee.public"].search(own):
            people.setdefault(person.name, []).append(person.id)
        entries = []
        for number, values in rows:
            day, name, state = values["day"], values["name"], values["state"]
            replacement = values.get("replacement")
            found = by_name.get((day, name), [])
            others = people.get(replacement, []) if replacement else []
            if len(found) != 1:
                problems.append(
                    self.env._(
                        "row %(row)s: %(name)s is not on the roster of %(day)s",
                        row=number,
                        name=name,
                        day=day,
                    )
                )
            elif found[0].state != "expected":
                problems.append(
                    self.env._(
                        "row %(row)s: entered already: %(line)s",
                        row=number,
                        line=found[0].display_name,
                    )
                )
            elif state == "replaced" and len(others) != 1:
                problems.append(
                    self.env._(
                        "row %(row)s: nobody, or more than one, is called %(name)s",
                        row=number,
                        name=replacement,
                    )
                )
            else:
                note = values.get("note") or found[0].note
                entries.append((found[0], state, note, others))
        if problems:
            raise UserError(
                self.env._(
                    "Nothing was imported. Correct these rows:\n%s",
                    self._limit(problems),
                )
            )
        for line, state, note, others in entries:
            values = {"note": note}
            if state == "replaced":
                values["replacement_id"] = others[0]
            line.write(values)
        for state in {entry[1] for entry in entries}:
            Line.browse([each[0].id for each in entries if each[1] == state])._enter(
                state
            )
        return roster.action_attendance() | {"context": {}}

    def _get_cell_message(self, problem):
        if problem.wrong == Wrong.NOT_CHOICE:
            return self.env._("“%s” is none of 到岗, 迟到, 缺勤, 替岗", problem.detail)
        return super()._get_cell_message(problem)
