from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine.milestones import Balance
from .om_payment_milestone import BILLING, to_decimal


class OmPaymentMilestone(models.Model):
    """What was invoiced and paid for a milestone, and the making of its invoice."""

    _inherit = "om.payment.milestone"

    @api.depends(
        "amount",
        "amount_deducted",
        *BILLING,
        "invoice_ids.om_handed_in",
    )
    def _compute_billing(self):
        self.invoice_ids._om_fetch_matchings()
        for milestone in self:
            posted = milestone.invoice_ids.filtered(lambda move: move.state == "posted")
            days = posted.filtered("om_handed_in").mapped("om_handed_in")
            books = milestone.invoice_ids._om_get_books()
            due = to_decimal(milestone.amount) - to_decimal(milestone.amount_deducted)
            invoiced = books.get_invoiced(due)
            balance = Balance(due, invoiced=invoiced, cash=books.cash)
            milestone.amount_invoiced = float(invoiced)
            milestone.amount_paid = float(balance.paid)
            milestone.amount_written_off = float(min(books.closed, balance.residual))
            stands = invoiced > 0
            milestone.invoice_date = min(days, default=False) if stands else False

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        for milestone in self:
            milestone.invoice_count = len(milestone.invoice_ids)

    # ------------------------------------------------------------
    # Making invoices
    # ------------------------------------------------------------

    def action_make_invoice(self):
        """Make a draft invoice for what no invoice covers yet; open it.

        The milestones' rows are locked first: of two people who click at the same
        moment one gets the invoice, the other a sentence.

        :raises UserError: not ready, nothing left to invoice, or somebody is at it
        """
        with self._act("invoice") as milestones:
            for milestone in milestones:
                milestone._check_can_invoice()
            contracts = milestones.agreement_id
            taxes = contracts._in_own_language()._get_taxes()
            moves = milestones.env["account.move"].create(
                [milestone._prepare_invoice(taxes) for milestone in milestones]
            )
            bodies = {}
            for milestone, move in zip(milestones, moves, strict=True):
                bodies.setdefault(milestone.agreement_id.id, []).append(
                    self.env._(
                        "Invoice of %(amount)s made for “%(milestone)s”",
                        amount=milestone.currency_id.format(move.amount_total),
                        milestone=milestone.name,
                    )
                )
            contracts._message_log_batch(
                bodies={key: ". ".join(texts) for key, texts in bodies.items()}
            )
        return moves.with_env(self.env)._view_of_contract()

    def _check_can_invoice(self):
        """Raise with the reason if this milestone cannot be invoiced now."""
        self.ensure_one()
        today = self.env["agreement"]._get_today()
        if not self._is_ready(today):
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be invoiced yet. %(why)s",
                    name=self.display_name,
                    why=self._get_why_not(today),
                )
            )
        if not self._get_balance().to_invoice:
            raise UserError(
                self.env._(
                    "Nothing is left to invoice of “%(name)s”: %(due)s to be paid,"
                    " %(invoiced)s invoiced (%(invoices)s).",
                    name=self.display_name,
                    due=self.currency_id.format(self.amount_due),
                    invoiced=self.currency_id.format(self.amount_invoiced),
                    invoices=format_list(
                        self.env, self._get_live_invoices().mapped("display_name")
                    )
                    or "–",
                )
            )

    def _get_live_invoices(self):
        return self.sudo().invoice_ids.filtered(lambda move: move.state != "cancel")

    def _check_not_over_invoiced(self):
        """Raise if more is invoiced than there is to pay; asked when posting."""
        for milestone in self:
            balance = milestone._get_balance()
            if balance.invoiced > balance.due:
                raise UserError(
                    self.env._(
                        "With this invoice %(invoiced)s would be invoiced for"
                        " “%(name)s”, of which %(due)s is to be paid. Invoices:"
                        " %(invoices)s.",
                        name=milestone.display_name,
                        invoiced=milestone.currency_id.format(float(balance.invoiced)),
                        due=milestone.currency_id.format(float(balance.due)),
                        invoices=format_list(
                            self.env,
                            milestone._get_live_invoices().mapped("display_name"),
                        ),
                    )
                )

    def _prepare_invoice(self, taxes):
        """Return the values of the draft invoice of this milestone."""
        self.ensure_one()
        contract = self.agreement_id._in_own_language()
        is_sale = self.direction != "purchase"
        amount = float(self._get_balance().to_invoice)
        return {
            "move_type": "out_invoice" if is_sale else "in_invoice",
            "company_id": self.company_id.id,
            "partner_id": contract.partner_id.id,
            "currency_id": self.currency_id.id,
            "ref": f"{contract.code} {self.name}",
            "invoice_origin": contract.code,
            "invoice_user_id": contract.user_id.id or self.env.uid,
            "invoice_date": self.env["agreement"]._get_today() if is_sale else False,
            "invoice_payment_term_id": False,
            "invoice_date_due": self.date_due,
            "om_milestone_id": self.id,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "name": self._get_invoice_line_name(),
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [fields.Command.set(taxes[contract].ids)],
                    }
                )
            ],
        }

    def _get_invoice_line_name(self):
        self.ensure_one()
        contract = self.agreement_id._in_own_language()
        return contract.env._(
            "%(contract)s, %(milestone)s (%(percent)s%%)",
            contract=contract.name,
            milestone=self.name,
            percent=f"{self.percent:g}",
        )

    def action_view_invoices(self):
        """Return the action that shows the invoices of these milestones."""
        return self.invoice_ids._view_of_contract()

    # ------------------------------------------------------------
    # The paper with which a payment is asked for
    # ------------------------------------------------------------

    def _check_can_apply(self):
        """Raise if for one of these nothing can be applied for."""
        drafts = self.filtered(lambda m: m.contract_state in (False, "draft"))
        if drafts:
            raise UserError(
                self.env._(
                    "The contract of “%s” is a draft: bring it into force before you"
                    " apply for its payments.",
                    drafts[0].display_name,
                )
            )

    def _get_applied_amount(self):
        """What the application asks for: the rest, of a paid one the whole."""
        self.ensure_one()
        return self.amount_due if self.state == "paid" else self.amount_residual

    def action_print_application(self):
        """Return the payment application as a PDF."""
        self._check_can_apply()
        return self.env.ref("om_contract.om_payment_application_report").report_action(
            self
        )

    def _get_report_base_filename(self):
        """The name of the file that the portal hands out."""
        self.ensure_one()
        return f"{self.agreement_id.code} {self.name}"
