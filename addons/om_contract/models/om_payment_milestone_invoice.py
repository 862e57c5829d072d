from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL


class OmPaymentMilestone(models.Model):
    """What was invoiced and paid for a milestone, and the making of its invoice."""

    _inherit = "om.payment.milestone"

    @api.depends(
        "invoice_ids.state",
        "invoice_ids.move_type",
        "invoice_ids.amount_total",
        "invoice_ids.amount_residual",
        "invoice_ids.invoice_date",
        "invoice_ids.payment_state",
    )
    def _compute_billing(self):
        figures = self._get_billing()
        for milestone in self:
            invoiced, paid, first = figures.get(milestone._origin.id, (0, 0, False))
            milestone.amount_invoiced = invoiced
            milestone.amount_paid = paid
            milestone.invoice_date = first

    def _get_billing(self):
        """Return {milestone id: (invoiced, paid, date of the first invoice)}.

        Invoiced: drafts and posted invoices less posted credit notes. Paid: what is
        reconciled with payments, less what was paid back; an invoice that a credit
        note settles was not paid.
        """
        if not self._origin.ids:
            return {}
        self.env["account.move"].flush_model(
            ["om_milestone_id", "state", "move_type", "amount_total", "invoice_date"]
        )
        self.env["account.move.line"].flush_model(["move_id", "account_id"])
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH moves AS (
                    SELECT id, om_milestone_id, invoice_date, amount_total, state,
                           move_type IN ('out_refund', 'in_refund') AS is_refund
                      FROM account_move
                     WHERE om_milestone_id IN %(milestones)s
                       AND move_type IN ('out_invoice', 'out_refund', 'in_invoice',
                                         'in_refund')
                       AND state != 'cancel'
                ), payments AS (
                    SELECT line.move_id, part.amount
                      FROM moves
                      JOIN account_move_line line ON line.move_id = moves.id
                      JOIN account_partial_reconcile part
                           ON part.debit_move_id = line.id
                      JOIN account_move_line other ON other.id = part.credit_move_id
                      JOIN account_move counterpart ON counterpart.id = other.move_id
                     WHERE counterpart.move_type = 'entry'
                 UNION ALL
                    SELECT line.move_id, part.amount
                      FROM moves
                      JOIN account_move_line line ON line.move_id = moves.id
                      JOIN account_partial_reconcile part
                           ON part.credit_move_id = line.id
                      JOIN account_move_line other ON other.id = part.debit_move_id
                      JOIN account_move counterpart ON counterpart.id = other.move_id
                     WHERE counterpart.move_type = 'entry'
                ), paid AS (
                    SELECT move_id, SUM(amount) AS amount
                      FROM payments
                  GROUP BY move_id
                )
                SELECT moves.om_milestone_id,
                       SUM(CASE WHEN is_refund AND state = 'posted'
                                THEN -amount_total
                                WHEN is_refund THEN 0
                                ELSE amount_total END),
                       SUM(CASE WHEN is_refund THEN -1 ELSE 1 END
                           * COALESCE(paid.amount, 0)),
                       MIN(invoice_date) FILTER (
                           WHERE state = 'posted' AND NOT is_refund)
                  FROM moves
             LEFT JOIN paid ON paid.move_id = moves.id
              GROUP BY moves.om_milestone_id
                """,
                milestones=tuple(self._origin.ids),
            )
        )
        return {row[0]: (float(row[1]), float(row[2]), row[3] or False) for row in rows}

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
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is just making the invoice of “%s”. Load the page"
                    " again before you go on.",
                    self[:1].display_name,
                )
            ) from error
        # Whoever held the lock before may have invoiced: read what is there now.
        self.invalidate_recordset()
        for milestone in self:
            milestone._check_can_invoice()
        moves = self.env["account.move"].create(
            [milestone._prepare_invoice() for milestone in self]
        )
        for milestone, move in zip(self, moves, strict=True):
            milestone.agreement_id.message_post(
                body=self.env._(
                    "Invoice of %(amount)s made for “%(milestone)s”",
                    amount=milestone.currency_id.format(move.amount_total),
                    milestone=milestone.name,
                )
            )
        return self.action_view_invoices()

    def _check_can_invoice(self):
        """Raise with the reason if this milestone cannot be invoiced now."""
        self.ensure_one()
        today = self.env["agreement"]._get_today()
        if not self._is_payable(today):
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be invoiced yet. %(why)s",
                    name=self.display_name,
                    why=self._get_why_not(today),
                )
            )
        if not self._get_balance().to_invoice:
            drafts = self.invoice_ids.filtered(lambda move: move.state == "draft")
            raise UserError(
                self.env._(
                    "“%(name)s” is already invoiced in full (%(invoices)s).",
                    name=self.display_name,
                    invoices=", ".join(
                        (drafts or self.invoice_ids).mapped("display_name")
                    )
                    or "–",
                )
            )

    def _prepare_invoice(self):
        """Return the values of the draft invoice of this milestone."""
        self.ensure_one()
        contract = self.agreement_id
        is_sale = self.direction != "purchase"
        return {
            "move_type": "out_invoice" if is_sale else "in_invoice",
            "company_id": self.company_id.id,
            "partner_id": contract.partner_id.id,
            "currency_id": self.currency_id.id,
            "ref": f"{contract.code} {self.name}",
            "invoice_origin": contract.code,
            "invoice_user_id": contract.user_id.id or self.env.uid,
            "invoice_date": self.env["agreement"]._get_today() if is_sale else False,
            "invoice_date_due": self.date_due,
            "narration": self._get_invoice_narration(),
            "om_milestone_id": self.id,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "name": self._get_invoice_line_name(),
                        "quantity": 1,
                        "price_unit": float(self._get_balance().to_invoice),
                        "tax_ids": [fields.Command.set(contract._get_tax().ids)],
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

    def _get_invoice_narration(self):
        self.ensure_one()
        amount = float(self._get_balance().to_invoice)
        return self.env._(
            "In words: %s", self.currency_id.amount_to_text(amount)
        )

    def action_view_invoices(self):
        """Return the action that shows the invoices of these milestones."""
        moves = self.invoice_ids
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
