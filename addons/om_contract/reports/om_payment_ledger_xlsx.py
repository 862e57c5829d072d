from datetime import date

from xlsxwriter.utility import xl_col_to_name

from odoo import models


class ReportPaymentLedgerXlsx(models.AbstractModel):
    """Contracts, payments, deductions and bonds as tables that can be reckoned with."""

    _name = "report.om_contract.om_payment_ledger_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "Payment Ledger as a Spreadsheet"

    def generate_xlsx_report(self, workbook, data, objs):
        # In the order of the list of contracts, whatever was ticked first; what was
        # put out of sight is still owed. Each direction in one piece, drafts last.
        contracts = (
            self.env["agreement"]
            .with_context(active_test=False)
            .search([("id", "in", objs.ids)])
            .sorted(lambda contract: self._get_part(contract) or "~")
        )
        formats = self._get_formats(workbook)
        for (name, heads, rows), records in (
            (self._get_contracts(contracts), contracts),
            (self._get_milestones(contracts), contracts.milestone_ids),
            (self._get_deductions(contracts), self._get_live(contracts.deduction_ids)),
            (self._get_bonds(contracts), contracts.bond_ids),
        ):
            parts = [self._get_part(record) for record in records]
            sheet = workbook.add_worksheet(name)
            self._write_sheet(sheet, heads, rows, formats, parts)

    def _get_part(self, record):
        """Return the direction under which the amounts of ``record`` are added up;
        None if they are no money: a draft, or a deduction that was waived."""
        contract = record if record._name == "agreement" else record.agreement_id
        is_waived = record._name == "om.deduction" and record.state == "waived"
        return None if contract.state == "draft" or is_waived else contract.domain

    def _get_live(self, deductions):
        """Return ``deductions`` in their order, the waived ones of all behind."""
        return deductions.sorted(lambda d: self._get_part(d) or "~")

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
            (self.env._("Amount Due"), True),
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
            for deduction in self._get_live(contracts.deduction_ids)
        ]
        return self.env._("Deductions"), heads, rows

    def _get_bonds(self, contracts):
        heads = [
            (self.env._("Contract Number"), False),
            (self.env._("Contract"), False),
            (self.env._("Kind"), False),
            (self.env._("Letter Number"), False),
            (self.env._("Bond"), True),
            (self.env._("Handed In"), True),
            (self.env._("Held"), True),
            (self.env._("To Be Handed In By"), False),
            (self.env._("Handed In On"), False),
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
        labels = record.with_env(self.env)._om_labels(name)
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

    def _write_sheet(self, sheet, heads, rows, formats, parts=None):
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
            self._write_totals(sheet, heads, rows, formats, parts)
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

    def _write_totals(self, sheet, heads, rows, formats, parts=None):
        """Write a line for each of ``parts``, which has one for each row: what we
        receive and what we pay are not added, nor is what is no money. Without parts
        all rows have one total."""
        if parts is None:
            parts = ["all"] * len(rows)
        labels = dict(self.env["agreement"]._domain_selection())
        found = [part for part in dict.fromkeys(parts) if part]
        line = len(rows)
        for part in found:
            line += 1
            first, number = parts.index(part), parts.count(part)
            own = rows[first : first + number]
            for column, (_title, summed) in enumerate(heads):
                if not summed:
                    sheet.write_blank(line, column, None, formats["total_text"])
                    continue
                name = xl_col_to_name(column)
                # Cents are whole numbers: their sum has no error of a sum of floats.
                cents = sum(round((row[column] or 0.0) * 100) for row in own)
                sheet.write_formula(
                    line,
                    column,
                    f"=SUM({name}{first + 2}:{name}{first + number + 1})",
                    formats["total"],
                    cents / 100,
                )
            title = self.env._("Total")
            if len(found) > 1:
                title = f"{title}: {labels[part]}"
            sheet.write_string(line, 0, title, formats["total_text"])

    def _get_width(self, value):
        """Return the width of a text in columns of a digit; Chinese takes two."""
        return min(sum(2 if ord(char) > 0x2E80 else 1 for char in value) + 3, 50)
