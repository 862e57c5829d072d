from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


class ReportObligationYearXlsx(models.AbstractModel):
    _name = "report.om_obligation.om_obligation_year_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Obligations of a Contract as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        """Write what contracts owe: by obligation with what became of it, and each
        item."""
        year = self.env["report.om_obligation.om_obligation_year"]
        obligations, rows, counts = year._get_figures(objs)
        self._write_tables(
            workbook,
            [
                Table(
                    self.env._("By Obligation"),
                    [
                        Column(self.env._("Contract"), "agreement_id.code"),
                        Column(self.env._("Clause"), "clause"),
                        Column(self.env._("What Is Owed"), "name"),
                        Column(self.env._("User Unit"), "unit_id.name"),
                        Column(self.env._("Kind"), self._say("kind")),
                        Column(self.env._("Period"), self._say("per")),
                        Column(self.env._("Due"), self._say("due_rule")),
                        Column(self.env._("State"), self._say("state")),
                        *year._get_standing_columns(counts),
                    ],
                    obligations,
                ),
                Table(
                    self.env._("Items"),
                    [
                        Column(self.env._("Due On"), "due_date"),
                        Column(self.env._("Item"), "item_id.name"),
                        Column(self.env._("User Unit"), "unit_id.name"),
                        Column(self.env._("Received By"), "receiver_id.name"),
                        Column(self.env._("Responsible"), "user_id.name"),
                        Column(self.env._("Owed"), "quantity_due", kind="number"),
                        Column(self.env._("Done"), "quantity_done", kind="number"),
                        Column(self.env._("Handed In On"), "item_id.handed_in_on"),
                        Column(self.env._("Late by (days)"), "late_days"),
                        Column(self.env._("Result"), self._say("standing")),
                        Column(
                            self.env._("State"),
                            lambda row: year._get_label(row.item_id, "state"),
                        ),
                    ],
                    rows,
                ),
            ],
        )
