from dataclasses import replace

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.om_base.tools.tables import FormWords, SheetWriter
from odoo.addons.om_base.tools.xlsx import LONGEST_TEXT

from ..models.om_register_sheet import LINES, SYSTEMS


class ReportRegisterXlsx(models.AbstractModel):
    _name = "report.om_assets.om_register_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Register as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        """Write the systems chosen in the list, or else all of the company's."""
        objs = objs or objs.search([("company_id", "=", self.env.company.id)])
        self._check_export(objs)
        company = objs.company_id or self.env.company
        Sheet = self.env["om.register.sheet"]
        # In the order of the register, whatever the list was sorted by.
        systems = self.env["om.system"].search([("id", "in", objs.ids)])
        tables = Sheet._get_tables(company)
        if not (data or {}).get("prices"):
            # The file may go to other parties.
            tables = [
                replace(
                    table,
                    columns=[each for each in table.columns if not each.optional],
                )
                for table in tables
                if not table.optional
            ]
        rows = self._get_rows(systems)
        tables = [replace(table, rows=rows.get(table.key, ())) for table in tables]
        self._check_length(tables)
        SheetWriter(workbook).add_form(tables, self._get_words())

    def _get_rows(self, systems):
        """Return {model: [values]}, all in the order of the register."""
        Sheet = self.env["om.register.sheet"]
        values = Sheet._read_values(systems, Sheet._get_fields(SYSTEMS))
        rows = {SYSTEMS.model: [values[system.id] for system in systems]}
        names = {system.id: system.name for system in systems}
        rank = {system.id: number for number, system in enumerate(systems)}
        for spec in LINES:
            lines = Sheet._read_lines(spec, systems).items()
            rows[spec.model] = sorted(
                (
                    {**line, "id": id_, "system_name": names[line["system_id"]]}
                    for id_, line in lines
                ),
                key=lambda line: (
                    rank[line["system_id"]],
                    line["sequence"],
                    line["id"],
                ),
            )
        return rows

    def _check_export(self, systems):
        roles = ("group_manager", "group_auditor", "group_administrator")
        if not any(self.env.user.has_group(f"om_base.{role}") for role in roles):
            raise AccessError(
                self.env._(
                    "Only project managers, auditors and administrators export the"
                    " register."
                )
            )
        if len(systems.company_id) > 1:
            raise UserError(
                self.env._(
                    "Export the systems of one company at a time: %s",
                    format_list(self.env, systems.company_id.mapped("name")),
                )
            )

    def _check_length(self, tables):
        """Cut off, a text would be changed in the register when it is read back."""
        for table in tables:
            for row in table.rows:
                for value in table.get_values(row):
                    if isinstance(value, str) and len(value) > LONGEST_TEXT:
                        raise UserError(
                            self.env._(
                                "This text is too long for a cell of a spreadsheet: %s",
                                value[:100],
                            )
                        )

    def _get_words(self):
        return FormWords(
            self.env["om.register.sheet"]._get_choices_name(self.env),
            self.env._("Not in the List"),
            self.env._("Choose one of the values listed."),
            self.env._("It is not on record yet. Keep it if it is new."),
            self.env._("Not a Date"),
            self.env._("Enter a date such as 2026-01-31."),
            self.env._("Not a Number"),
            self.env._("Enter a number, zero or more."),
        )
