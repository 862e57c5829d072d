from collections import defaultdict
from dataclasses import replace
from datetime import date

from xlsxwriter.utility import xl_range_abs

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.om_base.tools.tables import text_width

from ..engine.xlsx import LONGEST_TEXT
from ..models.om_register_sheet import LINES, SYSTEMS

# Rows beyond the last that keep the choices, for what is added below.
SPARE_ROWS = 1000
# Columns of a sheet with fifty of them.
WIDEST = 45


class ReportRegisterXlsx(models.AbstractModel):
    _name = "report.om_assets.om_register_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Register as a Spreadsheet"

    def _get_objs_for_report(self, docids, data):
        """Return the systems chosen in the list, or else all of the company's."""
        ids = docids or (data or {}).get("context", {}).get("active_ids")
        Systems = self.env["om.system"]
        if ids:
            return Systems.browse(ids)
        return Systems.search([("company_id", "=", self.env.company.id)])

    def generate_xlsx_report(self, workbook, data, objs):
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
                    columns=tuple(each for each in table.columns if not each.optional),
                )
                for table in tables
                if not table.optional
            ]
        labels = Sheet._get_labels(tables)
        formats = self._get_formats(workbook)
        sheets = [workbook.add_worksheet(table.names[0]) for table in tables]
        lists = workbook.add_worksheet(Sheet._get_choices_name(self.env))
        lists.hide()
        rows = defaultdict(list, self._get_rows(systems))
        for sheet, table in zip(sheets, tables, strict=True):
            shown = labels[table.key]
            self._write_table(sheet, table, rows[table.key], shown, formats)
            self._add_choices(sheet, table, shown, lists, len(rows[table.key]))

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

    def _get_formats(self, workbook):
        base = {"border": 1, "border_color": "#CED4DA", "valign": "top"}
        head = {**base, "bold": True, "bg_color": "#E9ECEF", "text_wrap": True}
        return {
            "head": workbook.add_format(head),
            "key": workbook.add_format({**head, "bg_color": "#D0EBFF"}),
            # The star is shown only: the heading stays what it is called.
            "needed": workbook.add_format(
                {**head, "font_color": "#C92A2A", "num_format": '@" *"'}
            ),
            "text": workbook.add_format({**base, "text_wrap": True, "num_format": "@"}),
            "choice": workbook.add_format({**base, "num_format": "@"}),
            "flag": workbook.add_format(base),
            "integer": workbook.add_format({**base, "num_format": "0"}),
            "number": workbook.add_format({**base, "num_format": "General"}),
            "date": workbook.add_format({**base, "num_format": "yyyy-mm-dd"}),
            "grey": workbook.add_format({**base, "font_color": "#868E96"}),
        }

    def _write_table(self, sheet, table, rows, labels, formats):
        for number, column in enumerate(table.columns):
            style = formats[column.type if column.read else "grey"]
            is_key = column.key in ("code", "system_code", "id")
            heading = column.labels[0]
            style_of_head = "key" if is_key else "head"
            if column.required:
                style_of_head = "needed"
            sheet.write_string(0, number, heading, formats[style_of_head])
            width = text_width(heading, WIDEST) + 2 * column.required
            for line, values in enumerate(rows, 1):
                value = values[column.key]
                if column.type in ("choice", "flag"):
                    value = labels[column.key].get(value, "")
                self._write_cell(sheet, line, number, column, value, style)
                if isinstance(value, str):
                    width = max(width, text_width(value, WIDEST))
            sheet.set_column(number, number, width)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(len(rows), 1), len(table.columns) - 1)

    def _write_cell(self, sheet, line, number, column, value, style):
        """Write a value as what it is; a text as a text, so that no name can become a
        formula. A number of zero says something in every column but the row's own."""
        if value is False or value == "":
            sheet.write_blank(line, number, None, style)
        elif column.type == "date":
            sheet.write_datetime(line, number, date.fromisoformat(value), style)
        elif isinstance(value, int | float):
            sheet.write_number(line, number, value, style)
        elif len(value) > LONGEST_TEXT:
            raise UserError(
                self.env._(
                    "This text is too long for a cell of a spreadsheet: %s",
                    value[:100],
                )
            )
        else:
            sheet.write_string(line, number, value, style)

    def _add_choices(self, sheet, table, labels, lists, count):
        """Offer the choices of a table in its cells, below the last row too."""
        for number, column in enumerate(table.columns):
            options = list(labels[column.key].values())
            if options:
                # A list in the cell itself ends at 255 characters, a range does not.
                place = lists.dim_colmax + 1 if lists.dim_colmax is not None else 0
                for line, option in enumerate(options):
                    lists.write_string(line, place, option)
                span = xl_range_abs(0, place, len(options) - 1, place)
                rule = {
                    "validate": "list",
                    "source": f"='{lists.get_name()}'!{span}",
                    "error_title": self.env._("Not in the List"),
                    "error_message": self.env._("Choose one of the values listed."),
                }
                if column.is_open:
                    rule["error_type"] = "warning"
                    rule["error_message"] = self.env._(
                        "It is not on record yet. Keep it if it is new."
                    )
            elif column.type == "date":
                rule = {
                    "validate": "date",
                    "criteria": ">=",
                    "value": date(1990, 1, 1),
                    "error_title": self.env._("Not a Date"),
                    "error_message": self.env._("Enter a date such as 2026-01-31."),
                }
            elif column.type in ("integer", "number"):
                rule = {
                    "validate": "integer" if column.type == "integer" else "decimal",
                    "criteria": ">=",
                    "value": 0,
                    "error_title": self.env._("Not a Number"),
                    "error_message": self.env._("Enter a number, zero or more."),
                }
            else:
                continue
            sheet.data_validation(1, number, count + SPARE_ROWS, number, rule)
