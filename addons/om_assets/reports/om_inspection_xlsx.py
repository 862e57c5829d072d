from odoo import models


class ReportInspectionXlsx(models.AbstractModel):
    _name = "report.om_assets.om_inspection_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Inspections as a Spreadsheet"

    def _get_objs_for_report(self, docids, data):
        ids = docids or (data or {}).get("context", {}).get("active_ids", [])
        return self.env["maintenance.request"].browse(ids)

    def generate_xlsx_report(self, workbook, data, objs):
        """Write the inspections chosen in a list, and what was judged in them."""
        # In the list's order of days, whatever else it held.
        inspections = objs.filtered("is_inspection").sorted(
            lambda r: (str(r.inspection_date or ""), r.system_id.name or "", r.id)
        )
        self._add_sheet(
            workbook,
            self.env._("Inspections"),
            [
                self.env._("Planned Day"),
                self.env._("In Time Until"),
                self.env._("Inspected On"),
                self.env._("User Unit"),
                self.env._("System"),
                self.env._("Scope"),
                self.env._("Mode"),
                self.env._("Engineer"),
                self.env._("Status"),
                self.env._("Result"),
                self.env._("Signed for the User Unit By"),
            ],
            [
                [
                    request.inspection_date,
                    request.inspection_deadline,
                    request.inspection_done_on,
                    request.unit_id.name,
                    request.system_id.name,
                    self._get_label(request, "inspection_scope"),
                    self._get_label(request, "inspection_mode"),
                    request.user_id.name,
                    self._get_label(request, "inspection_status"),
                    self._get_label(request, "inspection_result"),
                    request.unit_signer,
                ]
                for request in inspections
            ],
        )
        self._add_sheet(
            workbook,
            self.env._("Items"),
            [
                self.env._("Planned Day"),
                self.env._("System"),
                self.env._("Item"),
                self.env._("Value"),
                self.env._("Admissible"),
                self.env._("Result"),
                self.env._("Note"),
                self.env._("Fault"),
            ],
            [
                [
                    item.inspection_date,
                    item.system_id.name,
                    item.name,
                    f"{item.value:g} {item.uom_name or ''}"
                    if item.value_entered
                    else "",
                    item.bound_text,
                    self._get_label(item, "result"),
                    item.note,
                    item.fault_text,
                ]
                for request in inspections
                for item in request.result_ids
            ],
        )

    def _get_label(self, record, name):
        return record.with_env(self.env)._om_label(name)
