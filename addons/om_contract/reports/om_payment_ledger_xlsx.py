from datetime import date

from xlsxwriter.utility import xl_col_to_name

from odoo import models


class ReportPaymentLedgerXlsx(models.AbstractModel):
    """Contracts, payments, deductions and bonds as tables that can be reckoned with."""

    _name = "report.om_contract.om_payment_ledger_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Payment Ledger as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        # In the order of the list of contracts, whatever was ticked first.
        contracts = self.env["agreement"].search([("id", "in", objs.ids)])
        formats = self._get_formats(workbook)
        for name, heads, rows in (
            self._get_contracts(contracts),
            self._get_milestones(contracts),
            self._get_deductions(contracts),
            self._get_bonds(contracts),
        ):
            self._write_sheet(workbook.add_worksheet(name), heads, rows, formats)

    # ------------------------------------------------------------
    # Content: (name, [(heading, is it summed up)], rows)
    # ------------------------------------------------------------

    def _get_contracts(self, contracts):
        heads = [
            (self.env._("Contract Number"), False),
            (self.env._("Tender Number"), False),
            (self.env._("Contract"), False),
            (self.env._("Direction"), False),
            (self.env._("Other Party"), False),
            (self.env._("Signed On"), False),
            (self.env._("Service Start"), False),
            (self.env._("Service End"), False),
            (self.env._("Price"), True),
            (self.env._("Invoiced"), True),
            (self.env._("Paid"), True),
            (self.env._("Open"), True),
            (self.env._("Reviewed Amount"), True),
            (self.env._("Next Payment Due"), False),
            (self.env._("State"), False),
        ]
        rows = [
            [
                contract.code,
                contract.tender_number,
                contract.name,
                self._get_label(contract, "domain"),
                contract.partner_id.name,
                contract.signature_date,
                contract.start_date,
                contract.end_date,
                contract.amount_total,
                contract.amount_invoiced,
                contract.amount_paid,
                contract.amount_residual,
                contract.settlement_amount if contract.is_settled else None,
                contract.next_due,
                self._get_label(contract, "state"),
            ]
            for contract in contracts
        ]
        return self.env._("Contracts"), heads, rows

    def _get_milestones(self, contracts):
        heads = [
            (self.env._("Contract Number"), False),
            (self.env._("Contract"), False),
            (self.env._("Payment"), False),
            (self.env._("Percent"), False),
            (self.env._("Amount"), True),
            (self.env._("Deducted"), True),
            (self.env._("To Pay"), True),
            (self.env._("Invoiced"), True),
            (self.env._("Paid"), True),
            (self.env._("Open"), True),
            (self.env._("Due"), False),
            (self.env._("Provisional"), False),
            (self.env._("Expected"), False),
            (self.env._("State"), False),
            (self.env._("Days Overdue"), False),
            (self.env._("What Is Missing"), False),
        ]
        rows = [
            [
                milestone.agreement_id.code,
                milestone.agreement_id.name,
                milestone.name,
                milestone.percent,
                milestone.amount,
                milestone.amount_deducted,
                milestone.amount_due,
                milestone.amount_invoiced,
                milestone.amount_paid,
                milestone.amount_residual,
                milestone.date_due,
                self.env._("yes") if milestone.is_date_provisional else None,
                milestone.date_expected,
                self._get_label(milestone, "state"),
                milestone.days_overdue or None,
                milestone.why_not,
            ]
            for milestone in contracts.milestone_ids
        ]
        return self.env._("Payments"), heads, rows

    def _get_deductions(self, contracts):
        heads = [
            (self.env._("Contract Number"), False),
            (self.env._("Contract"), False),
            (self.env._("Date"), False),
            (self.env._("Kind"), False),
            (self.env._("What Happened"), False),
            (self.env._("User Unit"), False),
            (self.env._("Clause"), False),
            (self.env._("Amount"), True),
            (self.env._("Applied"), True),
            (self.env._("State"), False),
        ]
        rows = [
            [
                deduction.agreement_id.code,
                deduction.agreement_id.name,
                deduction.date,
                self._get_label(deduction, "kind"),
                deduction.name,
                deduction.unit_id.name,
                deduction.clause_id.display_name,
                deduction.amount_so_far,
                deduction.amount_applied,
                self._get_label(deduction, "state"),
            ]
            for deduction in contracts.deduction_ids
        ]
        return self.env._("Deductions"), heads, rows

    def _get_bonds(self, contracts):
        heads = [
            (self.env._("Contract Number"), False),
            (self.env._("Contract"), False),
            (self.env._("Kind"), False),
            (self.env._("Letter Number"), False),
            (self.env._("Bond"), True),
            (self.env._("Received"), True),
            (self.env._("Held"), True),
            (self.env._("To Be Received By"), False),
            (self.env._("Received On"), False),
            (self.env._("Valid Until"), False),
            (self.env._("State"), False),
        ]
        rows = [
            [
                bond.agreement_id.code,
                bond.agreement_id.name,
                self._get_label(bond, "kind"),
                bond.letter_number,
                bond.amount,
                bond.amount_received,
                bond.balance,
                bond.date_due,
                bond.date_received,
                bond.date_expiry,
                self._get_label(bond, "state"),
            ]
            for bond in contracts.bond_ids
        ]
        return self.env._("Bonds"), heads, rows

    def _get_label(self, record, name):
        """The label of a selection in the user's language."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    # ------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------

    def _get_formats(self, workbook):
        cell = {"border": 1, "border_color": "#CED4DA", "valign": "top"}
        money = {**cell, "num_format": "#,##0.00"}
        head = {"bold": True, "bg_color": "#E9ECEF"}
        return {
            "head": workbook.add_format({**cell, **head, "text_wrap": True}),
            "text": workbook.add_format({**cell, "text_wrap": True}),
            "money": workbook.add_format(money),
            "date": workbook.add_format({**cell, "num_format": "yyyy-mm-dd"}),
            "number": workbook.add_format({**cell, "num_format": "0"}),
            "total": workbook.add_format({**money, **head}),
            "total_text": workbook.add_format({**cell, **head}),
        }

    def _write_sheet(self, sheet, heads, rows, formats):
        """Write a table: frozen head, filter, numbers and dates as such, totals.

        A total is a formula with its value beside it, so that a viewer that does not
        reckon shows it too.
        """
        widths = [self._get_width(title) for title, _summed in heads]
        for column, (title, _summed) in enumerate(heads):
            sheet.write_string(0, column, title, formats["head"])
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self._write_cell(sheet, line, column, value, formats)
                if isinstance(value, str):
                    widths[column] = max(widths[column], self._get_width(value))
        if rows:
            self._write_totals(sheet, heads, rows, formats)
        for column, width in enumerate(widths):
            summed = heads[column][1]
            sheet.set_column(column, column, max(width, 17 if summed else 12))
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)

    def _write_cell(self, sheet, line, column, value, formats):
        """Write a value as what it is; texts as texts, that no name is a formula."""
        if value is None or value is False or value == "":
            sheet.write_blank(line, column, None, formats["text"])
        elif isinstance(value, str):
            sheet.write_string(line, column, value, formats["text"])
        elif isinstance(value, date):
            sheet.write_datetime(line, column, value, formats["date"])
        elif isinstance(value, int):
            sheet.write_number(line, column, value, formats["number"])
        else:
            sheet.write_number(line, column, value, formats["money"])

    def _write_totals(self, sheet, heads, rows, formats):
        line = len(rows) + 1
        for column, (_title, summed) in enumerate(heads):
            if not summed:
                sheet.write_blank(line, column, None, formats["total_text"])
                continue
            name = xl_col_to_name(column)
            # Cents are whole numbers: their sum has no error of a sum of floats.
            cents = sum(round((row[column] or 0.0) * 100) for row in rows)
            sheet.write_formula(
                line,
                column,
                f"=SUM({name}2:{name}{line})",
                formats["total"],
                cents / 100,
            )
        sheet.write_string(line, 0, self.env._("Total"), formats["total_text"])

    def _get_width(self, value):
        """Return the width of a text in columns of a digit; Chinese takes two."""
        return min(sum(2 if ord(char) > 0x2E80 else 1 for char in value) + 3, 50)
