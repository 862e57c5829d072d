"""What of contracts may not be archived: see ``om.archive.guard.mixin``."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_archive_bars(self):
        why = self.env._("it is a party to contracts.")
        signed = [("state", "!=", "draft")]
        return [
            *super()._get_archive_bars(),
            *(
                (self._get_referred("agreement", field, signed), why)
                for field in ("partner_id", "supervisor_id")
            ),
        ]


class Agreement(models.Model):
    _name = "agreement"
    _inherit = ["agreement", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self.filtered(lambda contract: contract.state != "draft"),
                self.env._(
                    "the contract was signed. Its money and deadlines stay in every"
                    " list and report."
                ),
            ),
        ]


class OmDeductionClause(models.Model):
    _name = "om.deduction.clause"
    _inherit = ["om.deduction.clause", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        signed = self.filtered(
            lambda clause: (
                clause.agreement_id and clause.agreement_id.sudo().state != "draft"
            )
        )
        return [
            *super()._get_archive_bars(),
            (signed, self.env._("it is a clause of a signed contract.")),
            (
                self._get_referred("om.deduction", "clause_id"),
                self.env._("deductions were made by this clause."),
            ),
        ]


class OmPaymentTemplate(models.Model):
    _name = "om.payment.template"
    _inherit = ["om.payment.template", "om.archive.guard.mixin"]

    def _get_archive_bars(self):
        return [
            *super()._get_archive_bars(),
            (
                self._get_referred(
                    "agreement",
                    "payment_template_id",
                    [("state", "not in", ("closed", "terminated"))],
                ),
                self.env._("contracts that are not closed yet are paid by it."),
            ),
        ]
