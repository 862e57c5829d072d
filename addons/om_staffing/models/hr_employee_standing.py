from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..engine.people import Certificate, Person, month_number, worked_years

# What Odoo calls the level of a certificate, as ranks of the rules.
DEGREES = {
    "college": "college",
    "graduate": "bachelor",
    "bachelor": "bachelor",
    "master": "master",
    "doctor": "doctor",
}


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    @api.private
    def get_people(self, day, employer):
        """{employee id: Person} as of ``day``, in five queries for any number.

        For code that tells its users who counts and why, not what is in the file:
        callers check that the user may evaluate teams.

        :param employer: the partner whose insurance counts
        """
        # Whether somebody counts is derived from personal data that few may read.
        employees = self.sudo()
        certificates, insured = defaultdict(list), defaultdict(set)
        for one in employees.env["hr.employee.skill"].search_fetch(
            Domain("employee_id", "in", employees.ids)
            & Domain("skill_type_id.is_certification", "=", True),
            ["employee_id", "skill_id", "valid_from", "valid_to"],
        ):
            certificates[one.employee_id.id].append(
                Certificate(
                    str(one.skill_id.id), one.valid_from or None, one.valid_to or None
                )
            )
        for line in employees.env["om.social.insurance"].search_fetch(
            [("employee_id", "in", employees.ids), ("employer_id", "=", employer.id)],
            ["employee_id", "month"],
        ):
            insured[line.employee_id.id].add(month_number(line.month))
        # How far the records reach at all, whoever is asked for.
        [(latest,)] = employees.env["om.social.insurance"]._read_group(
            [("employer_id", "=", employer.id)], [], ["month:max"]
        )
        recorded_to = month_number(latest) if latest else 0
        periods = employees._get_experience()
        employees.fetch(["certificate", "om_title", "om_cleared_on", "om_secrecy_on"])
        return {
            employee.id: Person(
                key=employee.id,
                certificates=tuple(certificates[employee.id]),
                insured=frozenset(insured[employee.id]),
                degree=DEGREES.get(employee.certificate, "none"),
                title=employee.om_title or "none",
                years=worked_years(periods["support"][employee.id], day),
                years_as_manager=worked_years(
                    periods["site_manager"][employee.id], day
                ),
                cleared=employee.om_cleared_on or None,
                secrecy=employee.om_secrecy_on or None,
                recorded_to=recorded_to,
            )
            for employee in employees
        }

    def _get_experience(self):
        """{kind: {employee id: [(first day, last day)]}}; time as a site manager is
        technical support as well."""
        periods = {"support": defaultdict(list), "site_manager": defaultdict(list)}
        for line in self.env["hr.resume.line"].search_fetch(
            [("employee_id", "in", self.ids), ("om_experience", "!=", False)],
            ["employee_id", "om_experience", "date_start", "date_end"],
        ):
            period = line.date_start, line.date_end or None
            periods["support"][line.employee_id.id].append(period)
            if line.om_experience == "site_manager":
                periods["site_manager"][line.employee_id.id].append(period)
        return periods
