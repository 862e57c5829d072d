from odoo import models


class ReportSpareSettlementXlsx(models.AbstractModel):
    """The settlement as tables: parts, user units, and the evidence behind each."""

    _name = "report.om_stock_spares.om_spare_settlement_xlsx"
    # The ledger's way of writing tables: heads, filters, totals as formulas.
    _inherit = ["report.om_contract.om_payment_ledger_xlsx"]
    _description = "Settlement of Spare Parts as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        formats = self._get_formats(workbook)
        for name, heads, rows in (
            self._get_parts(objs),
            self._get_units(objs),
            self._get_evidence(objs),
        ):
            self._write_sheet(workbook.add_worksheet(name), heads, rows, formats)

    def _get_parts(self, settlements):
        heads = [
            (self.env._("Settlement"), False),
            (self.env._("List"), False),
            (self.env._("Part"), False),
            (self.env._("Unit"), False),
            (self.env._("Cap"), False),
            (self.env._("Swapped In"), False),
            (self.env._("Swapped Out"), False),
            (self.env._("Swaps"), False),
            (self.env._("Used"), False),
            (self.env._("Quantity Settled"), False),
            (self.env._("Unit Price"), False),
            (self.env._("Amount"), True),
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
            (self.env._("Settlement"), False),
            (self.env._("User Unit"), False),
            (self.env._("Quantity Settled"), False),
            (self.env._("Of These Without Price"), False),
            (self.env._("Amount"), True),
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
            (self.env._("Settlement"), False),
            (self.env._("Part"), False),
            (self.env._("Request"), False),
            (self.env._("Fault"), False),
            (self.env._("System"), False),
            (self.env._("User Unit"), False),
            (self.env._("Issued On"), False),
            (self.env._("Issued"), False),
            (self.env._("Returned"), False),
            (self.env._("Quantity Settled"), False),
            (self.env._("Amount"), True),
            (self.env._("Remarks"), False),
            (self.env._("Confirmed by (Purchaser)"), False),
            (self.env._("Confirmed on (Purchaser)"), False),
            (self.env._("Confirmed by (Supervisor)"), False),
            (self.env._("Confirmed on (Supervisor)"), False),
            (self.env._("Installed On"), False),
            (self.env._("New Serial Numbers"), False),
            (self.env._("Removed Device"), False),
            (self.env._("Removed Serial Number"), False),
            (self.env._("Place"), False),
            (self.env._("Reason of Removal"), False),
            (self.env._("Years in Use"), False),
            (self.env._("Photos"), False),
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
