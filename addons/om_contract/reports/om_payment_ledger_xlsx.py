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
                    columns,
                    records,
                    total=self.env._("Total"),
                    parts=[self._get_part(record) for record in records],
                    labels=labels,
                    frozen=3,
                )
                for name, columns, records in (
                    (
                        self.env._("Contracts"),
                        self._get_contract_columns(),
                        contracts,
                    ),
                    (
                        self.env._("Payments"),
                        self._get_milestone_columns(),
                        contracts.milestone_ids,
                    ),
                    (
                        self.env._("Deductions"),
                        self._get_deduction_columns(),
                        self._get_live(contracts.deduction_ids),
                    ),
                    (self.env._("Bonds"), self._get_bond_columns(), contracts.bond_ids),
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
    # Columns
    # ------------------------------------------------------------

    def _get_contract_columns(self):
        return [
            Column(self.env._("Contract Number"), "code"),
            Column(self.env._("Tender Number"), "tender_number"),
            Column(self.env._("Contract"), "name"),
            Column(self.env._("Direction"), self._say("domain")),
            Column(self.env._("Other Party"), "partner_id.name"),
            Column(self.env._("Signed On"), "signature_date"),
            Column(self.env._("Service Start"), "start_date"),
            Column(self.env._("Service End"), "end_date"),
            Column(self.env._("Price"), "amount_total", is_summed=True),
            Column(self.env._("Invoiced"), "amount_invoiced", is_summed=True),
            Column(self.env._("Paid"), "amount_paid", is_summed=True),
            Column(self.env._("Open"), "amount_residual", is_summed=True),
            Column(
                self.env._("Reviewed Amount"),
                lambda each: each.settlement_amount if each.is_settled else None,
                is_summed=True,
            ),
            Column(self.env._("Next Payment Due"), "next_due"),
            Column(self.env._("State"), self._say("state")),
        ]

    def _get_keys(self):
        """Return the columns that say to which contract a row belongs."""
        return [
            Column(self.env._("Contract Number"), "agreement_id.code"),
            Column(self.env._("Contract"), "agreement_id.name"),
        ]

    def _get_milestone_columns(self):
        return [
            *self._get_keys(),
            Column(self.env._("Payment"), "name"),
            Column(self.env._("Percent"), "percent"),
            Column(self.env._("Amount"), "amount", is_summed=True),
            Column(self.env._("Deducted"), "amount_deducted", is_summed=True),
            Column(self.env._("Amount Due"), "amount_due", is_summed=True),
            Column(self.env._("Invoiced"), "amount_invoiced", is_summed=True),
            Column(self.env._("Paid"), "amount_paid", is_summed=True),
            Column(self.env._("Open"), "amount_residual", is_summed=True),
            Column(self.env._("Due"), "date_due"),
            Column(
                self.env._("Provisional"),
                lambda each: self.env._("yes") if each.is_date_provisional else None,
            ),
            Column(self.env._("Expected"), "date_expected"),
            Column(self.env._("State"), self._say("state")),
            Column(self.env._("Days Overdue"), lambda each: each.days_overdue or None),
            Column(self.env._("What Is Missing"), "why_not"),
        ]

    def _get_deduction_columns(self):
        return [
            *self._get_keys(),
            Column(self.env._("Date"), "date"),
            Column(self.env._("Kind"), self._say("kind")),
            Column(self.env._("What Happened"), "name"),
            Column(self.env._("User Unit"), "unit_id.name"),
            Column(self.env._("Clause"), "clause_id.display_name"),
            Column(self.env._("Amount"), "amount_so_far", is_summed=True),
            Column(self.env._("Applied"), "amount_applied", is_summed=True),
            Column(self.env._("State"), self._say("state")),
        ]

    def _get_bond_columns(self):
        return [
            *self._get_keys(),
            Column(self.env._("Kind"), self._say("kind")),
            Column(self.env._("Letter Number"), "letter_number"),
            Column(self.env._("Bond"), "amount", is_summed=True),
            Column(self.env._("Handed In"), "amount_received", is_summed=True),
            Column(self.env._("Held"), "balance", is_summed=True),
            Column(self.env._("To Be Handed In By"), "date_due"),
            Column(self.env._("Handed In On"), "date_received"),
            Column(self.env._("Valid Until"), "date_expiry"),
            Column(self.env._("State"), self._say("state")),
        ]
