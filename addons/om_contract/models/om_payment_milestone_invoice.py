from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.milestones import ZERO, Balance
from .om_payment_milestone import to_decimal


class OmPaymentMilestone(models.Model):
    """What was invoiced and paid for a milestone, and the making of its invoice."""

    _inherit = "om.payment.milestone"

    @api.depends(
        "invoice_ids.state",
        "invoice_ids.move_type",
        "invoice_ids.amount_total",
        "invoice_ids.amount_residual",
        "invoice_ids.om_handed_in",
    )
    def _compute_billing(self):
        """Invoiced: drafts and posted invoices, less posted credit notes. Paid: what
        came in for them and was not paid back, as the reconciliation says."""
        for milestone in self:
            invoiced = cash = 0.0
            days = []
            for move in milestone.invoice_ids:
                is_credit = move.move_type in ("out_refund", "in_refund")
                if move.state == "cancel" or (is_credit and move.state == "draft"):
                    continue
                sign = -1 if is_credit else 1
                invoiced += sign * move.amount_total
                if move.state == "posted":
                    cash += sign * (move.amount_total - move.amount_residual)
                    days += [move.om_handed_in] if move.om_handed_in else []
            balance = Balance(
                ZERO, invoiced=to_decimal(invoiced), cash=to_decimal(cash)
            )
            stands = balance.invoiced > 0
            milestone.amount_invoiced = float(max(balance.invoiced, ZERO))
            milestone.amount_paid = float(balance.paid)
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
        self.check_access("write")
        self._lock()
        for milestone in self:
            milestone._check_can_invoice()
        taxes = self.agreement_id._get_taxes()
        moves = self.env["account.move"].create(
            [milestone._prepare_invoice(taxes) for milestone in self]
        )
        bodies = {}
        for milestone, move in zip(self, moves, strict=True):
            bodies.setdefault(milestone.agreement_id.id, []).append(
                self.env._(
                    "Invoice of %(amount)s made for “%(milestone)s”",
                    amount=milestone.currency_id.format(move.amount_total),
                    milestone=milestone.name,
                )
            )
        self.agreement_id._message_log_batch(
            bodies={key: ". ".join(texts) for key, texts in bodies.items()}
        )
        return self._view_invoices(moves)

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
                    invoices=", ".join(self._get_live_invoices().mapped("display_name"))
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
                        invoices=", ".join(
                            milestone._get_live_invoices().mapped("display_name")
                        ),
                    )
                )

    def _prepare_invoice(self, taxes):
        """Return the values of the draft invoice of this milestone."""
        self.ensure_one()
        contract = self.agreement_id
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
            "narration": self.env._("In words: %s", contract._get_words(amount)),
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
        contract = self.agreement_id
        return self.env._(
            "%(contract)s, %(milestone)s (%(percent)s%%)",
            contract=contract.name,
            milestone=self.name,
            percent=f"{self.percent:g}",
        )

    def action_view_invoices(self):
        """Return the action that shows the invoices of these milestones."""
        return self._view_invoices(self.invoice_ids)

    def _view_invoices(self, moves):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_in_invoice_type"
            if self[:1].direction == "purchase"
            else "account.action_move_out_invoice_type"
        )
        action["domain"] = [("id", "in", moves.ids)]
        action["context"] = {"create": False}
        if len(moves) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = moves.id
        return action
