from odoo import models

from odoo.addons.om_base.tools.tables import Column, Table


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
        # What we receive and what we pay are not added, nor is what is no money.
        labels = dict(self.env["agreement"]._domain_selection())
        self._write_tables(
            workbook,
            [
                Table(
                    name,
                    heads,
                    rows,
                    total=self.env._("Total"),
                    parts=[self._get_part(record) for record in records],
                    labels=labels,
                    frozen=3,
                )
                for (name, heads, rows), records in (
                    (self._get_contracts(contracts), contracts),
                    (self._get_milestones(contracts), contracts.milestone_ids),
                    (
                        self._get_deductions(contracts),
                        self._get_live(contracts.deduction_ids),
                    ),
                    (self._get_bonds(contracts), contracts.bond_ids),
                )
            ],
        )

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
    # Content: (name, columns, rows)
    # ------------------------------------------------------------

    def _get_contracts(self, contracts):
        heads = [
            Column(self.env._("Contract Number")),
            Column(self.env._("Tender Number")),
            Column(self.env._("Contract")),
            Column(self.env._("Direction")),
            Column(self.env._("Other Party")),
            Column(self.env._("Signed On")),
            Column(self.env._("Service Start")),
            Column(self.env._("Service End")),
            Column(self.env._("Price"), is_summed=True),
            Column(self.env._("Invoiced"), is_summed=True),
            Column(self.env._("Paid"), is_summed=True),
            Column(self.env._("Open"), is_summed=True),
            Column(self.env._("Reviewed Amount"), is_summed=True),
            Column(self.env._("Next Payment Due")),
            Column(self.env._("State")),
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
            Column(self.env._("Contract Number")),
            Column(self.env._("Contract")),
            Column(self.env._("Payment")),
            Column(self.env._("Percent")),
            Column(self.env._("Amount"), is_summed=True),
            Column(self.env._("Deducted"), is_summed=True),
            Column(self.env._("Amount Due"), is_summed=True),
            Column(self.env._("Invoiced"), is_summed=True),
            Column(self.env._("Paid"), is_summed=True),
            Column(self.env._("Open"), is_summed=True),
            Column(self.env._("Due")),
            Column(self.env._("Provisional")),
            Column(self.env._("Expected")),
            Column(self.env._("State")),
            Column(self.env._("Days Overdue")),
            Column(self.env._("What Is Missing")),
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
            Column(self.env._("Contract Number")),
            Column(self.env._("Contract")),
            Column(self.env._("Date")),
            Column(self.env._("Kind")),
            Column(self.env._("What Happened")),
            Column(self.env._("User Unit")),
            Column(self.env._("Clause")),
            Column(self.env._("Amount"), is_summed=True),
            Column(self.env._("Applied"), is_summed=True),
            Column(self.env._("State")),
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
            Column(self.env._("Contract Number")),
            Column(self.env._("Contract")),
            Column(self.env._("Kind")),
            Column(self.env._("Letter Number")),
            Column(self.env._("Bond"), is_summed=True),
            Column(self.env._("Handed In"), is_summed=True),
            Column(self.env._("Held"), is_summed=True),
            Column(self.env._("To Be Handed In By")),
            Column(self.env._("Handed In On")),
            Column(self.env._("Valid Until")),
            Column(self.env._("State")),
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
