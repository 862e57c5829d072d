from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_base.tools.sheets import Sheet
from odoo.addons.om_base.tools.tables import Column, Table

# The bureau's export: one row for a person and a run of months, or for each month.
SHEET = Table(
    "社会保险",
    [
        Column("姓名", "name", names=("参保人姓名", "name"), required=True),
        Column(
            "证件号码",
            "identity",
            kind="code",
            names=("身份证号", "身份证号码", "公民身份号码", "identity number"),
            optional=True,
        ),
        Column(
            "参保单位",
            "employer",
            names=("单位名称", "缴费单位", "employer"),
            optional=True,
        ),
        Column(
            "起始年月",
            "first",
            kind="month",
            names=("缴费起始年月", "缴费年月", "费款所属期", "first month"),
            required=True,
        ),
        Column(
            "终止年月",
            "last",
            kind="month",
            names=("截止年月", "缴费截止年月", "last month"),
            optional=True,
        ),
    ],
    is_loose=True,
)
# Nobody pays for longer than a working life at once.
LONGEST = 600


class Unfit(StrEnum):
    """Why a row that can be read is no run of months."""

    ORDER = "before the first month, or decades after it"


@dataclass(frozen=True)
class Entry:
    """One row: who, paid by whom, for which months (their first days); ``places``: its
    cells by the key of their column."""

    row: int
    name: str
    identity: str
    employer: str
    months: tuple[date, ...]
    places: Mapping[str, str] = field(compare=False)


def read_entries(sheet: Sheet):
    """Return the entries of a sheet; what is wrong with others is added to it."""
    entries = []
    for number, values in sheet.rows:
        start, stop = (
            month.year * 12 + month.month - 1
            for month in (values["first"], values.get("last") or values["first"])
        )
        if not 0 <= stop - start < LONGEST:
            sheet.refuse(Unfit.ORDER, number, "last", detail=f"{values['last']:%Y-%m}")
            continue
        entries.append(
            Entry(
                number,
                values["name"],
                values.get("identity", "").upper(),
                values.get("employer", ""),
                tuple(date(n // 12, n % 12 + 1, 1) for n in range(start, stop + 1)),
                {key: sheet.get_place(number, key) for key in values},
            )
        )
    return entries


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
        sheet = self._read_sheet(SHEET)
        entries = read_entries(sheet)
        problems = self._word_problems(sheet.problems)
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
                    cell=entry.places["identity"],
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
                    cell=entry.places["name"],
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
                    cell=entry.places["employer"],
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

    def _get_cell_message(self, problem):
        if problem.wrong == Unfit.ORDER:
            return self.env._(
                "“%s” lies before the first month, or decades after it", problem.detail
            )
        return super()._get_cell_message(problem)


def _by_name(pair):
    return pair[0].name
