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
                    (self.env._("Parts"), self._get_part_columns(), objs.line_ids),
                    (self.env._("User Units"), self._get_unit_columns(), objs.unit_ids),
                    (
                        self.env._("Evidence"),
                        self._get_evidence_columns(),
                        objs.issue_ids,
                    ),
                )
            ],
        )

    def _get_amount(self, row):
        return row.amount if row.is_priced else None

    def _get_part_columns(self):
        return [
            Column(self.env._("Settlement"), "settlement_id.name"),
            Column(self.env._("List"), "settlement_id.list_id.name"),
            Column(self.env._("Part"), "name"),
            Column(self.env._("Unit"), "uom_name"),
            Column(self.env._("Cap"), "cap"),
            Column(self.env._("Swapped In"), "swap_in"),
            Column(self.env._("Swapped Out"), "swap_out"),
            Column(self.env._("Swaps"), "swap_note"),
            Column(self.env._("Used"), "used"),
            Column(self.env._("Quantity Settled"), "settled"),
            Column(
                self.env._("Unit Price"),
                # In words where there is none: an empty price is no price of zero.
                lambda line: (
                    line.price_unit if line.is_priced else self.env._("Not priced")
                ),
            ),
            Column(self.env._("Amount"), self._get_amount, is_summed=True),
        ]

    def _get_unit_columns(self):
        return [
            Column(self.env._("Settlement"), "settlement_id.name"),
            Column(self.env._("User Unit"), "name"),
            Column(self.env._("Quantity Settled"), "settled"),
            Column(self.env._("Of These Without Price"), "unpriced"),
            Column(self.env._("Amount"), "amount", is_summed=True),
        ]

    def _get_evidence_columns(self):
        def when(name):
            return lambda issue: issue._format_moment(issue[name])

        return [
            Column(self.env._("Settlement"), "settlement_id.name"),
            Column(self.env._("Part"), "part"),
            Column(self.env._("Request"), "name"),
            Column(self.env._("Fault"), "ticket"),
            Column(self.env._("System"), "system"),
            Column(self.env._("User Unit"), "unit"),
            Column(self.env._("Issued On"), when("issued_on")),
            Column(self.env._("Issued"), "issued"),
            Column(self.env._("Returned"), "returned"),
            Column(self.env._("Quantity Settled"), "settled"),
            Column(self.env._("Amount"), self._get_amount, is_summed=True),
            Column(self.env._("Remarks"), lambda issue: issue._get_remark()),
            Column(self.env._("Confirmed by (Purchaser)"), "purchaser_by"),
            Column(self.env._("Confirmed on (Purchaser)"), when("purchaser_on")),
            Column(self.env._("Confirmed by (Supervisor)"), "supervisor_by"),
            Column(self.env._("Confirmed on (Supervisor)"), when("supervisor_on")),
            Column(self.env._("Installed On"), when("installed_on")),
            Column(self.env._("New Serial Numbers"), "new_serials"),
            Column(self.env._("Removed Device"), "removed"),
            Column(self.env._("Removed Serial Number"), "removed_serial"),
            Column(self.env._("Place"), "removed_place"),
            Column(self.env._("Reason of Removal"), "removed_reason"),
            Column(
                self.env._("Years in Use"), lambda issue: issue.removed_years or None
            ),
            Column(self.env._("Photos"), "photo_count"),
        ]
