from odoo import api, models

from odoo.addons.om_base.tools.volume import (
    Column,
    Inside,
    Part,
    Row,
    Table,
    Volume,
    Words,
)

from ..engine.monthly import Figures
from .om_inspection_monthly import COLUMNS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportInspectionVolume(models.AbstractModel):
    """The month of all units in one volume, with the figures of each one's paper."""

    _name = "report.om_assets.om_inspection_volume"
    _inherit = "om.volume.report"
    _description = "Monthly Inspection Reports in One Volume"

    @api.model
    def _get_volume(self, wizard):
        """Return the volume of a month; its spreadsheet is inside of it.

        The number of queries does not depend on how many units there are.
        """
        report = self.env["report.om_assets.om_inspection_monthly"]
        sheets = report._get_sheets(wizard)
        period = wizard._get_period_text()
        contract = wizard._get_contract_text()
        facts = [
            *([(self.env._("Contract"), contract)] if contract else []),
            (self.env._("Contractor"), self.env.company.name),
            (self.env._("Printed On"), wizard._get_today_text()),
        ]
        total = sum((sheet["figures"] for sheet in sheets), Figures())
        return Volume(
            title=self.env._("Monthly Inspection Reports"),
            subtitle=period,
            author=self.env.company.name,
            language=self._get_language(),
            words=Words(
                contents=self.env._("Contents"),
                signatures=self.env._("4. Signatures"),
                colon=self.env._(": "),
            ),
            facts=[(self.env._("Period"), period), *facts],
            summary=report._get_summary(total),
            tables=[self._get_overview(sheets, total)],
            parts=[self._get_part(sheet, period, facts) for sheet in sheets],
            files=[self._get_spreadsheet(wizard)],
        )

    @api.model
    def _get_figure_columns(self):
        names = self.env["report.om_assets.om_inspection_monthly"]._get_figure_heads()
        widths = COLUMNS["systems"][2:]
        return [Column(*each, True) for each in zip(names, widths, strict=True)]

    @api.model
    def _get_figure_cells(self, own):
        report = self.env["report.om_assets.om_inspection_monthly"]
        figures = (
            *(own.planned, own.done, own.in_time, own.late),
            *(own.missed, own.open, own.failed),
        )
        return [*map(str, figures), report._format_rate(own)]

    @api.model
    def _get_figure_row(self, own, *names, strong=False):
        # The missed ones are the fifth figure.
        bad = [len(names) + 4] if own.missed else []
        return Row([*names, *self._get_figure_cells(own)], bad, strong)

    @api.model
    def _get_overview(self, sheets, total):
        rows = [
            self._get_figure_row(sheet["figures"], self._get_name(sheet))
            for sheet in sheets
        ]
        rows.append(self._get_figure_row(total, self.env._("Total"), strong=True))
        unit = Column(self.env._("User Unit"), sum(COLUMNS["systems"][:2]))
        return Table(
            self.env._("Figures by User Unit"),
            [unit, *self._get_figure_columns()],
            rows,
        )

    @api.model
    def _get_name(self, sheet):
        """Return the name of a part; that of a unit's only system goes with it."""
        names = (sheet["unit"].name, sheet["system"] and sheet["system"].name)
        return " · ".join(filter(None, names))

    @api.model
    def _get_part(self, sheet, period, facts):
        report = self.env["report.om_assets.om_inspection_monthly"]
        return Part(
            self._get_name(sheet),
            facts=[(self.env._("Period"), period), *facts],
            summary=report._get_summary(sheet["figures"]),
            tables=[
                self._get_systems(sheet),
                self._get_fails(sheet),
                self._get_inspections(sheet),
            ],
            signatures=[
                self.env._("Contractor (signature, seal, date)"),
                self.env._("User Unit (signature, seal, date)"),
            ],
        )

    @api.model
    def _get_systems(self, sheet):
        number, name = COLUMNS["systems"][:2]
        rows = [
            self._get_figure_row(
                line["figures"],
                str(line["system"].sequence_no or ""),
                line["system"].name or "",
            )
            for line in sheet["systems"]
        ]
        rows.append(
            self._get_figure_row(sheet["figures"], "", self.env._("Total"), strong=True)
        )
        return Table(
            self.env._("1. Figures by System"),
            [
                Column(self.env._("No."), number),
                Column(self.env._("System"), name),
                *self._get_figure_columns(),
            ],
            rows,
        )

    @api.model
    def _get_fails(self, sheet):
        report = self.env["report.om_assets.om_inspection_monthly"]
        heads = (
            self.env._("Date"),
            self.env._("System"),
            self.env._("Item"),
            self.env._("Finding"),
            self.env._("Measured"),
            self.env._("Follow-up"),
        )
        return Table(
            self.env._("2. Fails and Follow-up"),
            [*map(Column, heads, COLUMNS["fails"])],
            [Row(report._get_fail_texts(line)) for line in sheet["fails"]],
            self.env._("Nothing failed."),
        )

    @api.model
    def _get_inspections(self, sheet):
        report = self.env["report.om_assets.om_inspection_monthly"]
        heads = (
            self.env._("System"),
            self.env._("Scope"),
            self.env._("Planned Day"),
            self.env._("Inspected On"),
            self.env._("Status"),
            self.env._("Result"),
            self.env._("Inspector"),
            self.env._("Unit Signer"),
        )
        rows = []
        for line in sheet["rows"]:
            request = line["request"]
            bad = [4] if request.inspection_status in ("missed", "late") else []
            bad += [5] if request.inspection_result == "fail" else []
            rows.append(Row(report._get_row_texts(line), bad))
        return Table(
            self.env._("3. Inspections"),
            [*map(Column, heads, COLUMNS["rows"])],
            rows,
            self.env._("No inspection was planned in this month."),
        )

    @api.model
    def _get_spreadsheet(self, wizard):
        content, _kind = self.env["ir.actions.report"]._render_xlsx(
            "om_assets.om_inspection_monthly_report_xlsx", wizard.ids, {}
        )
        return Inside(
            f"{wizard._get_file_name()}.xlsx",
            content,
            XLSX,
            self.env._("The same figures as a spreadsheet"),
        )
