from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_assets.engine.xlsx import get_letters

from ..engine.insurance_sheet import SheetError, read_entries


class OmSocialInsuranceImport(models.TransientModel):
    _name = "om.social.insurance.import"
    _inherit = "om.sheet.upload.mixin"
    _description = "Import of Social Insurance"

    file = fields.Binary(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    preview = fields.Text(compute="_compute_preview")
    is_wrong = fields.Boolean(compute="_compute_preview")

    @api.depends("file", "company_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        """What the import would do, or what keeps it from being done."""
        for wizard in self:
            wizard.preview, wizard.is_wrong = False, False
            if not wizard.file:
                continue
            try:
                wanted, known = wizard._get_months()
            except UserError as error:
                wizard.preview, wizard.is_wrong = error.args[0], True
            else:
                wizard.preview = wizard._word_preview(wanted, known)

    def _word_preview(self, wanted, known):
        fresh = {}
        for employee, employer, month in wanted.keys() - known:
            fresh.setdefault((employee, employer), []).append(month)
        employees = self.env["hr.employee"].browse([key[0] for key in fresh])
        lines = [
            self.env._(
                "%(new)s months of %(people)s people come on record; %(known)s are on"
                " record already.",
                new=sum(map(len, fresh.values())),
                people=len(set(employees.ids)),
                known=len(wanted.keys() & known),
            )
        ]
        named = sorted(zip(employees, fresh.values(), strict=True), key=_by_name)
        lines += [
            f"{employee.name}: "
            + format_list(self.env, [f"{month:%Y-%m}" for month in sorted(months)])
            for employee, months in named
        ]
        return f"{lines[0]}\n{self._limit(lines[1:])}".strip()

    def action_import(self):
        """Put the months of the file on record, all of them or none, and show them:
        what should not be there is withdrawn in that list.

        :raises UserError: naming the cells that are wrong
        """
        self.ensure_one()
        self.env["om.social.insurance"].check_access("create")
        created = self._create_months(*self._get_months())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_staffing.om_social_insurance_action"
        )
        return {
            **action,
            "name": self.env._("%s months put on record", len(created)),
            "domain": [("id", "in", created.ids)],
            "views": [(False, "list")],
        }

    def _get_months(self):
        """({(employee, employer, month): entry} of the file, those on record already).

        :raises UserError: naming the cells that are wrong
        """
        entries, wrong = self._read()
        problems = [(one.row, self._get_wrong_words(one)) for one in wrong]
        people, more = self._match_people(entries)
        employers, others = self._match_employers(entries)
        problems = [text for _row, text in sorted(problems + more + others)]
        if problems:
            raise UserError(
                self.env._(
                    "Nothing was imported. Correct these cells:\n%s",
                    self._limit(problems),
                )
            )
        wanted = {
            (people[entry].id, employers[entry].id, month): entry
            for entry in entries
            for month in entry.months
        }
        lines = self.env["om.social.insurance"].search(
            [("employee_id", "in", [key[0] for key in wanted])]
        )
        known = {
            (line.employee_id.id, line.employer_id.id, line.month) for line in lines
        }
        return wanted, known

    def _read(self):
        try:
            return read_entries(self._read_rows())
        except SheetError as error:
            raise UserError(self._name_missing_columns(error.missing)) from error

    def _match_people(self, entries):
        """({entry: employee}, [(row, problem)]): by identity number, else by a name
        that only one employee has."""
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
                text = self.env._(
                    "%(cell)s: the identity number is not that of %(name)s",
                    cell=_get_cell(entry, "identity"),
                    name=entry.name,
                )
                problems.append((entry.row, text))
            elif employee:
                found[entry] = employee
            elif len(namesakes) == 1 and (
                not entry.identity or not namesakes.identification_id
            ):
                found[entry] = namesakes
            else:
                text = self.env._(
                    "%(cell)s: no employee %(name)s can be told for certain",
                    cell=_get_cell(entry, "name"),
                    name=entry.name,
                )
                problems.append((entry.row, text))
        return found, problems

    def _match_employers(self, entries):
        """({entry: partner}, [(row, problem)]): by name, else the company."""
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
                text = self.env._(
                    "%(cell)s: the employer %(name)s is not among the parties",
                    cell=_get_cell(entry, "employer"),
                    name=entry.employer,
                )
                problems.append((entry.row, text))
        return found, problems

    def _create_months(self, wanted, known):
        return self.env["om.social.insurance"].create(
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


def _by_name(pair):
    return pair[0].name
