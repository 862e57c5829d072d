from odoo import fields, models, tools

KINDS = [
    ("expected", "Expected"),
    ("invoiced", "Invoiced"),
    ("received", "Paid"),
]


class OmCashForecast(models.Model):
    """Expected, invoiced and received amounts of signed contracts, by day.

    Expected is what a payment comes to on the day it is due, or estimated to be;
    invoiced what was invoiced, less credit notes, on the invoice's date; received the
    money that came in for invoices, on the day of the payment: neither a credit note
    nor a loss. What a terminated contract does not ask for is not expected. In
    contracts with suppliers the same words are meant from our side: what we expect to
    pay, what was invoiced to us, what we have paid.
    """

    _name = "om.cash.forecast"
    _description = "Cash Forecast"
    _auto = False
    _rec_name = "milestone_id"
    _order = "date, id"

    date = fields.Date(readonly=True)
    kind = fields.Selection(KINDS, string="Measure", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator="sum")
    milestone_id = fields.Many2one(
        "om.payment.milestone", string="Payment", readonly=True
    )
    agreement_id = fields.Many2one("agreement", string="Contract", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Other Party", readonly=True)
    direction = fields.Selection(
        selection=lambda self: self.env["agreement"]._domain_selection(),
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            tools.SQL(
                "CREATE VIEW %s AS (%s)",
                tools.SQL.identifier(self._table),
                tools.SQL(" UNION ALL ").join(
                    (
                        self._select_expected(),
                        self._select_invoiced(),
                        self._select_received(),
                    )
                ),
            )
        )

    # Each part numbers its rows by those of its own table: three times the number, plus
    # the part's own.

    def _select_expected(self):
        return tools.SQL(
            """
            SELECT m.id::bigint * 3 AS id, m.date_expected AS date, 'expected' AS kind,
                   m.amount_due AS amount, m.id AS milestone_id, a.id AS agreement_id,
                   a.partner_id, a.domain AS direction, a.company_id, a.currency_id
              FROM om_payment_milestone m
              JOIN agreement a ON a.id = m.agreement_id
             WHERE a.state != 'draft' AND m.state != 'ended'
            """
        )

    def _select_invoiced(self):
        return tools.SQL(
            """
            SELECT i.id::bigint * 3 + 1, COALESCE(i.invoice_date, i.date), 'invoiced',
                   CASE WHEN i.move_type IN ('out_refund', 'in_refund')
                        THEN -i.amount_total ELSE i.amount_total END,
                   m.id, a.id, a.partner_id, a.domain, a.company_id, a.currency_id
              FROM account_move i
              JOIN om_payment_milestone m ON m.id = i.om_milestone_id
              JOIN agreement a ON a.id = m.agreement_id
             WHERE i.state = 'posted'
            """
        )

    def _select_received(self):
        """An invoice's line may be on either side of a matching; of what faces it only
        the money counts, in the invoice's currency."""
        return tools.SQL(
            """
            SELECT p.id::bigint * 3 + 2, other.date, 'received',
                   CASE WHEN i.move_type IN ('out_refund', 'in_refund')
                        THEN -1 ELSE 1 END
                   * ROUND(side.amount * p.om_money / p.amount, c.decimal_places),
                   m.id, a.id, a.partner_id, a.domain, a.company_id, a.currency_id
              FROM account_partial_reconcile p
             CROSS JOIN LATERAL (
                   VALUES (p.debit_move_id, p.credit_move_id, p.debit_amount_currency),
                          (p.credit_move_id, p.debit_move_id, p.credit_amount_currency)
                   ) AS side (own_id, other_id, amount)
              JOIN account_move_line own ON own.id = side.own_id
              JOIN account_move i ON i.id = own.move_id
              JOIN om_payment_milestone m ON m.id = i.om_milestone_id
              JOIN agreement a ON a.id = m.agreement_id
              JOIN res_currency c ON c.id = i.currency_id
              JOIN account_move_line other ON other.id = side.other_id
             WHERE i.state = 'posted' AND p.om_money != 0
            """
        )
