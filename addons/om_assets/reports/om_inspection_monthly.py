from odoo import api, fields, models

from ..engine.monthly import Figures, Visit, count
from ..engine.paging import Block, paginate, row_height

# The measures of the page in CSS pixels; the template's style says the same.
PAGE_WIDTH = 895
PAGE_HEIGHT = 1285
PAGE_HEAD = 34
HEADING = 200
TITLE = 48
SIZE = 14
LEADING = 20
PADDING = 8
SIGNATURES = 140
# Width of the columns of each table in percent.
COLUMNS = {
    "systems": (6, 29, 8, 8, 8, 8, 8, 8, 8, 9),
    "fails": (12, 20, 16, 22, 13, 17),
    "rows": (25, 10, 11.5, 11.5, 11, 8, 13, 10),
}


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
            "columns": COLUMNS,
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
        """Return what stands on each page: (key, rows, whether it continues) each."""
        texts = {
            "systems": [
                [str(line["system"].sequence_no or ""), line["system"].name or ""]
                + [""] * 8
                for line in sheet["systems"]
            ]
            + [[""] * 10],
            "fails": [self._get_fail_texts(line) for line in sheet["fails"]],
            "rows": [self._get_row_texts(line) for line in sheet["rows"]],
        }
        contents = {
            "systems": [*sheet["systems"], None],
            "fails": sheet["fails"] or [None],
            "rows": sheet["rows"] or [None],
            "signatures": [None],
        }
        blocks = [self._get_block(key, rows) for key, rows in texts.items()]
        blocks.append(Block("signatures", [SIGNATURES], TITLE))
        pages = paginate(blocks, PAGE_HEIGHT - PAGE_HEAD, PAGE_HEIGHT - HEADING)
        return [
            [
                (part.key, contents[part.key][part.start : part.stop], part.continued)
                for part in page
            ]
            for page in pages
        ]

    @api.model
    def _get_block(self, key, rows):
        widths = [PAGE_WIDTH * share / 100 - 11 for share in COLUMNS[key]]
        heights = [row_height(row, widths, SIZE, LEADING, PADDING) for row in rows]
        # A table without rows is a sentence; heads may take two lines.
        return Block(
            key,
            heights or [LEADING + PADDING],
            TITLE,
            2 * LEADING + PADDING if heights else 0,
        )

    @api.model
    def _get_fail_texts(self, line):
        fail = line["fail"]
        bounds = f"({fail.bound_text})" if line["measured"] and fail.bound_text else ""
        return [
            str(line["day"]),
            line["system"].name or "",
            fail.name or "",
            fail.note or "",
            f"{line['measured']}\n{bounds}" if bounds else line["measured"],
            line["follow_up"],
        ]

    @api.model
    def _get_row_texts(self, line):
        request = line["request"]
        return [
            line["system"].name or "",
            line["scope"],
            str(request.inspection_date or ""),
            str(request.inspection_done_on or ""),
            line["status"],
            line["result"],
            line["inspector"],
            line["unit_signer"],
        ]

    @api.model
    def _get_figure_heads(self):
        """Return what the figures of every form of this report are called, in order."""
        return [
            self.env._("Planned"),
            self.env._("Done"),
            self.env._("In Time"),
            self.env._("Late"),
            self.env._("Missed"),
            self.env._("Open"),
            self.env._("With Fails"),
            self.env._("In Time of Decided"),
        ]

    @api.model
    def _format_rate(self, figures):
        """Return the share done in time in percent, a dash if nothing is decided."""
        rate = figures.rate
        return "–" if rate is None else f"{rate * 100:.1f}%"

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
