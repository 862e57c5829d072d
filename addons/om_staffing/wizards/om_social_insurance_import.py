import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_assets.engine.xlsx import (
    Limits,
    Workbook,
    WorkbookError,
    get_letters,
)

from ..engine.insurance_sheet import SheetError, read_entries

LIMITS = Limits(packed=5 * 1024 * 1024, rows=20_000, columns=50, cells=300_000)
SHOWN = 20


class OmSocialInsuranceImport(models.TransientModel):
    _name = "om.social.insurance.import"
    _description = "Import of Social Insurance"

    file = fields.Binary("Spreadsheet", required=True, attachment=False)
    file_name = fields.Char()
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    def action_import(self):
        """Put the months of the file on record: all of them, or none."""
        self.ensure_one()
        self.env["om.social.insurance"].check_access("create")
        entries, wrong = self._read()
        problems = [self._get_wrong_words(one) for one in wrong]
        people, more = self._match_people(entries)
        employers, others = self._match_employers(entries)
        problems += more + others
        if problems:
            rest = len(problems) - SHOWN
            lines = problems[:SHOWN]
            if rest > 0:
                lines.append(self.env._("and %s more", rest))
            raise UserError(
                self.env._(
                    "Nothing was imported. Correct these cells:\n%s", "\n".join(lines)
                )
            )
        created = self._create_months(entries, people, employers)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(new)s months put on record, %(people)s people.",
                    new=len(created),
                    people=len({employee.id for employee in people.values()}),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _read(self):
        try:
            book = Workbook(base64.b64decode(self.file), LIMITS)
            rows = [
                (
                    row.number,
                    {column: cell.value for column, cell in row.cells.items()},
                )
                for title in book.titles[:1]
                for row in book.read_rows(title)
            ]
            return read_entries(rows)
        except SheetError as error:
            raise UserError(
                self.env._(
                    "The first row of the sheet has to name these columns: %s",
                    format_list(self.env, error.missing),
                )
            ) from error
        except (WorkbookError, binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("The file cannot be read as an .xlsx table: %s", error)
            ) from error

    def _match_people(self, entries):
        """({entry: employee}, problems): by identity number, else by a name that only
        one employee has."""
        employees = self.env["hr.employee"].search(
            [("company_id", "=", self.company_id.id)]
        )
        by_identity = {
            employee.identification_id.strip().upper(): employee
            for employee in employees
            if employee.identification_id
        }
        by_name = employees.grouped("name")
        found, problems = {}, []
        for entry in entries:
            employee = by_identity.get(entry.identity) if entry.identity else None
            namesakes = by_name.get(entry.name, self.env["hr.employee"])
            if employee and employee.name != entry.name:
                problems.append(
                    self.env._(
                        "%(cell)s: the identity number is not that of %(name)s",
                        cell=_get_cell(entry, "identity"),
                        name=entry.name,
                    )
                )
            elif employee:
                found[entry] = employee
            elif len(namesakes) == 1 and (
                not entry.identity or not namesakes.identification_id
            ):
                found[entry] = namesakes
            else:
                problems.append(
                    self.env._(
                        "%(cell)s: no employee %(name)s can be told for certain",
                        cell=_get_cell(entry, "name"),
                        name=entry.name,
                    )
                )
        return found, problems

    def _match_employers(self, entries):
        """({entry: partner}, problems): by name, the company if none is given."""
        names = {entry.employer for entry in entries if entry.employer}
        partners = self.env["res.partner"].search(
            [("name", "in", list(names)), ("is_company", "=", True)]
        )
        own = self.company_id.partner_id
        by_name = {partner.name: partner for partner in partners} | {own.name: own}
        found, problems = {}, []
        for entry in entries:
            partner = by_name.get(entry.employer) if entry.employer else own
            if partner:
                found[entry] = partner
            else:
                problems.append(
                    self.env._(
                        "%(cell)s: the employer %(name)s is not among the parties",
                        cell=_get_cell(entry, "employer"),
                        name=entry.employer,
                    )
                )
        return found, problems

    def _create_months(self, entries, people, employers):
        wanted = {
            (people[entry].id, employers[entry].id, month): entry
            for entry in entries
            for month in entry.months
        }
        Insurance = self.env["om.social.insurance"]
        known = {
            (line.employee_id.id, line.employer_id.id, line.month)
            for line in Insurance.search(
                [("employee_id", "in", [key[0] for key in wanted])]
            )
        }
        return Insurance.create(
            [
                {
                    "employee_id": employee,
                    "employer_id": employer,
                    "month": month,
                    "proof": self.file_name,
                }
                for employee, employer, month in wanted
                if (employee, employer, month) not in known
            ]
        )

    def _get_wrong_words(self, wrong):
        cell = f"{get_letters(wrong.column)}{wrong.row}"
        if wrong.kind == "name":
            return self.env._("%s: the name is missing", cell)
        if wrong.kind == "month":
            return self.env._(
                "%(cell)s: “%(value)s” is no month", cell=cell, value=wrong.value
            )
        return self.env._(
            "%(cell)s: “%(value)s” lies before the first month, or decades after it",
            cell=cell,
            value=wrong.value,
        )


def _get_cell(entry, field):
    """Where a value of an entry stands, such as C5."""
    return f"{get_letters(entry.columns[field])}{entry.row}"
