from odoo import models

from .om_obligation_year import STANDINGS


class ReportObligationYearXlsx(models.AbstractModel):
    _name = "report.om_obligation.om_obligation_year_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Obligations of a Contract as a Spreadsheet"

    def _get_objs_for_report(self, docids, data):
        ids = docids or (data or {}).get("context", {}).get("active_ids", [])
        return self.env["agreement"].browse(ids)

    def generate_xlsx_report(self, workbook, data, objs):
        """Write what contracts owe: by obligation with what became of it, and each
        item."""
        year = self.env["report.om_obligation.om_obligation_year"]
        obligations, rows, counts = year._get_figures(objs)
        self._add_sheet(
            workbook,
            self.env._("By Obligation"),
            [
                self.env._("Contract"),
                self.env._("Clause"),
                self.env._("What Is Owed"),
                self.env._("User Unit"),
                self.env._("Kind"),
                self.env._("Period"),
                self.env._("Due"),
                self.env._("State"),
                *map(year._get_standing_label, STANDINGS),
            ],
            [
                [
                    obligation.agreement_id.code,
                    obligation.clause,
                    obligation.name,
                    obligation.unit_id.name,
                    year._get_label(obligation, "kind"),
                    year._get_label(obligation, "per"),
                    year._get_label(obligation, "due_rule"),
                    year._get_label(obligation, "state"),
                    *(counts[obligation, standing] for standing in STANDINGS),
                ]
                for obligation in obligations
            ],
        )
        self._add_sheet(
            workbook,
            self.env._("Items"),
            [
                self.env._("Due On"),
                self.env._("Item"),
                self.env._("User Unit"),
                self.env._("Received By"),
                self.env._("Responsible"),
                self.env._("Owed"),
                self.env._("Done"),
                self.env._("Handed In On"),
                self.env._("Late by (days)"),
                self.env._("Result"),
                self.env._("State"),
            ],
            [
                [
                    row.due_date,
                    row.item_id.name,
                    row.unit_id.name,
                    row.receiver_id.name,
                    row.user_id.name,
                    f"{row.quantity_due:g}",
                    f"{row.quantity_done:g}",
                    row.item_id.handed_in_on,
                    row.late_days,
                    year._get_standing_label(row.standing),
                    year._get_label(row.item_id, "state"),
                ]
                for row in rows
            ],
        )
