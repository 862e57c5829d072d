from odoo import api, models

from ..models.account_move import CREDITS

LANGUAGE = "zh_CN"


class OmPaymentApplication(models.AbstractModel):
    """What a payment application says, in Chinese whoever prints it."""

    _name = "report.om_contract.om_payment_application"
    _description = "Payment Application"

    @api.model
    def _get_report_values(self, docids, data=None):
        language = self._get_language()
        milestones = (
            self.env["om.payment.milestone"].browse(docids).with_context(lang=language)
        )
        milestones._check_can_apply()
        return {
            "doc_ids": docids,
            "doc_model": "om.payment.milestone",
            "docs": milestones,
            "language": language,
            "today": self.env["agreement"]._get_today(),
            "applications": {
                milestone.id: self._get_application(milestone)
                for milestone in milestones
            },
        }

    @api.model
    def _get_language(self):
        """Chinese where it is installed, as it is in every database of the suite."""
        installed = dict(self.env["res.lang"].get_installed())
        return LANGUAGE if LANGUAGE in installed else self.env.lang or "en_US"

    def _get_application(self, milestone):
        """Return the parts of one application as plain values and records."""
        contract = milestone.agreement_id
        company = milestone.company_id.partner_id
        is_sale = milestone.direction != "purchase"
        payee, payer = company, contract.partner_id
        if not is_sale:
            payee, payer = payer, payee
        # Whoever may print the application sees the papers that belong to it.
        papers = milestone.sudo()
        amount = milestone._get_applied_amount()
        invoices = papers.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type in ("out_invoice", "in_invoice")
            )
        )
        return {
            "payer": payer,
            "payee": payee,
            "amount": amount,
            "words": contract._get_words(amount),
            "deductions": papers.deduction_line_ids,
            "invoices": self._get_fapiaos(papers),
            # The conditions have a table of their own.
            "term_steps": milestone._word_steps(
                step for step in milestone._get_day_steps() if step.code != "condition"
            ),
            "attachments": self._get_attachments(papers, invoices),
            "bank": payee.sudo().bank_ids[:1],
        }

    def _get_attachments(self, milestone, invoices):
        """Return the names of the papers that go with the application."""
        names = [
            self.env._("Invoice %s", move._get_fapiao_number()) for move in invoices
        ]
        for condition in milestone.condition_ids.filtered("date_met"):
            if condition._is_of_units():
                names.append(
                    self.env._(
                        "%(name)s: %(count)s user units",
                        name=condition.display_name,
                        count=len(condition.paper_ids),
                    )
                )
            names += condition.evidence_ids.mapped("name") or [condition.evidence]
        return [name for name in dict.fromkeys(names) if name]

    def _get_fapiaos(self, milestone):
        """Return the rows of the tax invoices handed in for ``milestone``: number, day,
        amount, and of a red letter the blue invoice that it credits."""
        posted = milestone.invoice_ids.filtered(lambda move: move.state == "posted")
        rows = []
        for move in posted.sorted(lambda m: (m.om_fapiao_date or m.invoice_date, m.id)):
            is_red = move.move_type in CREDITS
            rows.append(
                {
                    "number": move._get_fapiao_number(),
                    "date": move.om_fapiao_date or move.invoice_date,
                    "amount": -move.amount_total if is_red else move.amount_total,
                    "blue": is_red
                    and move.reversed_entry_id
                    and move.reversed_entry_id._get_fapiao_number(),
                    "is_red": is_red,
                }
            )
        return rows
