from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


class ReportInspectionXlsx(models.AbstractModel):
    _name = "report.om_assets.om_inspection_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Inspections as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        """Write the inspections chosen in a list, and what was judged in them."""
        # In the list's order of days, whatever else it held.
        inspections = objs.filtered("is_inspection").sorted(
            lambda r: (str(r.inspection_date or ""), r.system_id.name or "", r.id)
        )
        day = Column(self.env._("Planned Day"), "inspection_date")
        system = Column(self.env._("System"), "system_id.name")
        self._write_tables(
            workbook,
            [
                Table(
                    self.env._("Inspections"),
                    [
                        day,
                        Column(self.env._("In Time Until"), "inspection_deadline"),
                        Column(self.env._("Inspected On"), "inspection_done_on"),
                        Column(self.env._("User Unit"), "unit_id.name"),
                        system,
                        Column(self.env._("Scope"), self._say("inspection_scope")),
                        Column(self.env._("Mode"), self._say("inspection_mode")),
                        Column(self.env._("Engineer"), "user_id.name"),
                        Column(self.env._("Status"), self._say("inspection_status")),
                        Column(self.env._("Result"), self._say("inspection_result")),
                        Column(
                            self.env._("Signed for the User Unit By"), "unit_signer"
                        ),
                    ],
                    inspections,
                ),
                Table(
                    self.env._("Items"),
                    [
                        day,
                        system,
                        Column(self.env._("Item"), "name"),
                        Column(
                            self.env._("Value"),
                            lambda item: (
                                f"{item.value:g} {item.uom_name or ''}"
                                if item.value_entered
                                else ""
                            ),
                        ),
                        Column(self.env._("Admissible"), "bound_text"),
                        Column(self.env._("Result"), self._say("result")),
                        Column(self.env._("Note"), "note"),
                        Column(self.env._("Fault"), "fault_text"),
                    ],
                    inspections.result_ids,
                ),
            ],
        )
