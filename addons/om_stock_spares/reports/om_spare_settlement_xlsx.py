from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


class ReportSpareSettlementXlsx(models.AbstractModel):
    """The settlement as tables: parts, user units, and the evidence behind each."""

    _name = "report.om_stock_spares.om_spare_settlement_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Settlement of Spare Parts as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        self._write_tables(
            workbook,
            [
                Table(name, columns, rows, total=self.env._("Total"), frozen=3)
                for name, columns, rows in (
                    self._get_parts(objs),
                    self._get_units(objs),
                    self._get_evidence(objs),
                )
            ],
        )

    def _get_parts(self, settlements):
        heads = [
            Column(self.env._("Settlement")),
            Column(self.env._("List")),
            Column(self.env._("Part")),
            Column(self.env._("Unit")),
            Column(self.env._("Cap")),
            Column(self.env._("Swapped In")),
            Column(self.env._("Swapped Out")),
            Column(self.env._("Swaps")),
            Column(self.env._("Used")),
            Column(self.env._("Quantity Settled")),
            Column(self.env._("Unit Price")),
            Column(self.env._("Amount"), is_summed=True),
        ]
        rows = [
            [
                line.settlement_id.name,
                line.settlement_id.list_id.name,
                line.name,
                line.uom_name,
                line.cap,
                line.swap_in,
                line.swap_out,
                line.swap_note,
                line.used,
                line.settled,
                # In words where there is none: an empty price is no price of zero.
                line.price_unit if line.is_priced else self.env._("Not priced"),
                line.amount if line.is_priced else None,
            ]
            for line in settlements.line_ids
        ]
        return self.env._("Parts"), heads, rows

    def _get_units(self, settlements):
        heads = [
            Column(self.env._("Settlement")),
            Column(self.env._("User Unit")),
            Column(self.env._("Quantity Settled")),
            Column(self.env._("Of These Without Price")),
            Column(self.env._("Amount"), is_summed=True),
        ]
        rows = [
            [
                unit.settlement_id.name,
                unit.name,
                unit.settled,
                unit.unpriced,
                unit.amount,
            ]
            for unit in settlements.unit_ids
        ]
        return self.env._("User Units"), heads, rows

    def _get_evidence(self, settlements):
        heads = [
            Column(self.env._("Settlement")),
            Column(self.env._("Part")),
            Column(self.env._("Request")),
            Column(self.env._("Fault")),
            Column(self.env._("System")),
            Column(self.env._("User Unit")),
            Column(self.env._("Issued On")),
            Column(self.env._("Issued")),
            Column(self.env._("Returned")),
            Column(self.env._("Quantity Settled")),
            Column(self.env._("Amount"), is_summed=True),
            Column(self.env._("Remarks")),
            Column(self.env._("Confirmed by (Purchaser)")),
            Column(self.env._("Confirmed on (Purchaser)")),
            Column(self.env._("Confirmed by (Supervisor)")),
            Column(self.env._("Confirmed on (Supervisor)")),
            Column(self.env._("Installed On")),
            Column(self.env._("New Serial Numbers")),
            Column(self.env._("Removed Device")),
            Column(self.env._("Removed Serial Number")),
            Column(self.env._("Place")),
            Column(self.env._("Reason of Removal")),
            Column(self.env._("Years in Use")),
            Column(self.env._("Photos")),
        ]
        rows = [
            [
                issue.settlement_id.name,
                issue.part,
                issue.name,
                issue.ticket,
                issue.system,
                issue.unit,
                issue._format_moment(issue.issued_on),
                issue.issued,
                issue.returned,
                issue.settled,
                issue.amount if issue.is_priced else None,
                issue._get_remark(),
                issue.purchaser_by,
                issue._format_moment(issue.purchaser_on),
                issue.supervisor_by,
                issue._format_moment(issue.supervisor_on),
                issue._format_moment(issue.installed_on),
                issue.new_serials,
                issue.removed,
                issue.removed_serial,
                issue.removed_place,
                issue.removed_reason,
                issue.removed_years or None,
                issue.photo_count,
            ]
            for issue in settlements.issue_ids
        ]
        return self.env._("Evidence"), heads, rows
