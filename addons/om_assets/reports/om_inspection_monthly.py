from dataclasses import replace

from odoo import api, fields, models

from odoo.addons.om_base.tools.paging import Block, Paper, break_tables
from odoo.addons.om_base.tools.tables import Column, Share, Table

from ..engine.monthly import Figures, Visit, count

# The measures of the page in CSS pixels; the template's style says the same.
PAPER = Paper(
    width=895,
    height=1285,
    head=34,
    heading=200,
    title=48,
    size=14,
    leading=20,
    padding=8,
)
SIGNATURES = 140


class ReportInspectionMonthly(models.AbstractModel):
    """The monthly inspection report: the same figures for paper and spreadsheet."""

    _name = "report.om_assets.om_inspection_monthly"
    _description = "Monthly Inspection Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        wizards = self.env["om.inspection.report.wizard"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "om.inspection.report.wizard",
            "docs": wizards,
            "get_sheets": self._get_sheets,
            "report": self,
            "res_company": self.env.company,
        }

    @api.model
    def _get_sheets(self, wizard):
        """Return one dict per user unit, or per system, that had inspections to do.

        The number of queries does not depend on how many units are printed.
        """
        requests = self.env["maintenance.request"].search(
            wizard._get_inspection_domain(), order="inspection_date, id"
        )
        today = self.env["maintenance.request"]._get_inspection_today()
        fails = self.env["om.inspection.result"].search(
            [("request_id", "in", requests.ids), ("result", "=", "fail")]
        )
        fails_by_request = fails.grouped("request_id")
        labels = self._get_labels(requests)
        sheets = []
        for unit, of_unit in self._group_by_unit(requests, wizard).items():
            by_system = of_unit.grouped("system_id")
            systems = [
                self._get_system(system, by_system[system], today)
                for system in of_unit.system_id.sorted()
            ]
            rows = [
                self._get_row(request, labels, fails_by_request)
                for system in systems
                for request in by_system[system["system"]]
            ]
            if wizard.layout == "system":
                for system in systems:
                    own = [row for row in rows if row["system"] == system["system"]]
                    sheets.append(self._get_sheet(unit, [system], own))
            else:
                sheets.append(self._get_sheet(unit, systems, rows))
        return sheets

    @api.model
    def _group_by_unit(self, requests, wizard):
        """Return {unit: its inspections} by name; units asked for even if empty."""
        grouped = requests.grouped(lambda request: request.system_id.unit_id)
        units = (requests.system_id.unit_id | wizard.unit_ids).sorted("name")
        return {unit: grouped.get(unit, requests.browse()) for unit in units}

    @api.model
    def _get_sheet(self, unit, systems, rows):
        return {
            "unit": unit,
            "system": systems[0]["system"] if len(systems) == 1 else None,
            "systems": systems,
            "rows": rows,
            "fails": [fail for row in rows for fail in row["fails"]],
            "figures": sum((system["figures"] for system in systems), Figures()),
        }

    @api.model
    def _get_system(self, system, requests, today):
        figures = count(
            (
                Visit(
                    request.inspection_date,
                    request.inspection_deadline or None,
                    request.inspection_done_on or None,
                    request.archive,
                    request.inspection_result == "fail",
                )
                for request in requests
            ),
            today,
        )
        return {"system": system, "figures": figures}

    @api.model
    def _get_row(self, request, labels, fails_by_request):
        return {
            "request": request,
            "system": request.system_id,
            "scope": labels["inspection_scope"].get(request.inspection_scope, ""),
            "mode": labels["inspection_mode"].get(request.inspection_mode, ""),
            "status": labels["inspection_status"].get(request.inspection_status, ""),
            "result": labels["inspection_result"].get(request.inspection_result, ""),
            "inspector": (request.inspector_id or request.user_id).name or "",
            "unit_signer": request.unit_signer or "",
            "fails": [
                self._get_fail(fail) for fail in fails_by_request.get(request, [])
            ],
        }

    @api.model
    def _get_fail(self, fail):
        fault = fail.fault_id
        if not fault:
            follow_up = self.env._("No fault opened")
        elif fault.stage_id.done:
            follow_up = self.env._(
                "%(stage)s on %(day)s",
                stage=fault.stage_id.name,
                day=fields.Date.to_string(fault.close_date) or "–",
            )
        else:
            follow_up = fault.stage_id.name
        return {
            "fail": fail,
            "system": fail.system_id,
            "day": fail.request_id.inspection_done_on or fail.inspection_date,
            "measured": f"{fail.value:g} {fail.uom_name or ''}".strip()
            if fail.value_entered
            else "",
            "fault": fault.name or "",
            "follow_up": follow_up,
        }

    @api.model
    def _get_labels(self, requests):
        """Return {field: {value: label in the reader's language}}."""
        return {
            name: requests.with_env(self.env)._om_labels(name)
            for name in (
                "inspection_scope",
                "inspection_mode",
                "inspection_status",
                "inspection_result",
            )
        }

    @api.model
    def _get_pages(self, sheet):
        """Return the pieces of tables that stand on each page."""
        signatures = Block("signatures", [SIGNATURES], PAPER.title)
        return break_tables(self._get_tables(sheet), PAPER, [signatures])

    @api.model
    def _get_tables(self, sheet):
        """Return the tables of a sheet, widths in percent."""
        system = Column(self.env._("System"), "system.name", 25)
        return {
            "systems": Table(
                self.env._("1. Figures by System"),
                [
                    Column(self.env._("No."), self._get_number, 6),
                    Column(self.env._("System"), self._get_system_name, 29),
                    *self._get_figure_columns(),
                ],
                sheet["systems"],
                last={"system": None, "figures": sheet["figures"]},
            ),
            "fails": Table(
                self.env._("2. Fails and Follow-up"),
                [
                    Column(self.env._("Date"), "day", 12),
                    replace(system, width=20),
                    Column(self.env._("Item"), "fail.name", 16),
                    Column(self.env._("Finding"), "fail.note", 22),
                    Column(self.env._("Measured"), self._get_measured, 13),
                    Column(self.env._("Follow-up"), "follow_up", 17),
                ],
                sheet["fails"],
                empty=self.env._("Nothing failed."),
            ),
            "rows": Table(
                self.env._("3. Inspections"),
                [
                    system,
                    Column(self.env._("Scope"), "scope", 10),
                    Column(self.env._("Planned Day"), "request.inspection_date", 11.5),
                    Column(
                        self.env._("Inspected On"), "request.inspection_done_on", 11.5
                    ),
                    Column(self.env._("Status"), "status", 11, is_bad=self._is_late),
                    Column(self.env._("Result"), "result", 8, is_bad=self._is_failed),
                    Column(self.env._("Inspector"), "inspector", 13),
                    Column(self.env._("Unit Signer"), "unit_signer", 10),
                ],
                sheet["rows"],
                empty=self.env._("No inspection was planned in this month."),
            ),
        }

    @api.model
    def _get_figure_columns(self):
        """Return the columns that every form of this report has, in order."""
        heads = {
            "figures.planned": self.env._("Planned"),
            "figures.done": self.env._("Done"),
            "figures.in_time": self.env._("In Time"),
            "figures.late": self.env._("Late"),
            "figures.missed": self.env._("Missed"),
            "figures.open": self.env._("Open"),
            "figures.failed": self.env._("With Fails"),
        }
        is_bad = {"figures.missed": self._is_missed}
        return [
            *(
                Column(head, key, 8, "integer", is_bad=is_bad.get(key))
                for key, head in heads.items()
            ),
            Column(self.env._("In Time of Decided"), self._get_rate, 9, "number"),
        ]

    @api.model
    def _get_number(self, row):
        return row["system"] and row["system"].sequence_no or ""

    @api.model
    def _get_system_name(self, row):
        return row["system"].name if row["system"] else self.env._("Total")

    @api.model
    def _get_rate(self, row):
        rate = row["figures"].rate
        return "–" if rate is None else Share(rate)

    @api.model
    def _get_measured(self, row):
        measured, bound = row["measured"], row["fail"].bound_text
        return f"{measured}\n({bound})" if measured and bound else measured

    @api.model
    def _is_missed(self, row):
        return row["figures"].missed

    @api.model
    def _is_late(self, row):
        return row["request"].inspection_status in ("missed", "late")

    @api.model
    def _is_failed(self, row):
        return row["request"].inspection_result == "fail"

    @api.model
    def _get_summary(self, figures):
        """Return the figures of a report in one sentence."""
        return self.env._(
            "Of %(planned)s planned inspections %(done)s were done: %(in_time)s in time"
            " and %(late)s late. Missed: %(missed)s. Not yet decided: %(open)s."
            " Inspections with fails: %(failed)s.",
            planned=figures.planned,
            done=figures.done,
            in_time=figures.in_time,
            late=figures.late,
            missed=figures.missed,
            open=figures.open,
            failed=figures.failed,
        )
