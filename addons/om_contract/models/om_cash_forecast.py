from odoo import fields, models, tools
from odoo.tools import SQL

from .om_payment_milestone import SETTLED

KINDS = [
    ("arrears", "Arrears"),
    ("expected", "Expected"),
    ("invoiced", "Invoiced"),
    ("received", "Paid"),
]


class OmCashForecast(models.Model):
    """Expected, invoiced and received amounts of signed contracts, by day.

    Expected is what a payment comes to on the day it is due, or estimated to be; what
    of it should have come before today and has not is arrears, on that day: nobody
    knows when it comes. Invoiced is what was invoiced, less credit notes, on the
    invoice's date; received the money that came in for invoices, on the day of the
    payment: neither a credit note nor a loss. What a terminated contract does not ask
    for is not expected. In contracts with suppliers the same words are meant from our
    side: what we expect to pay, what was invoiced to us, what we have paid.
    """

    _name = "om.cash.forecast"
    _description = "Cash Forecast"
    _auto = False
    _rec_name = "milestone_id"
    _order = "date, id"
    _depends = {
        "account.move": ["amount_total", "date", "invoice_date", "om_milestone_id"],
        "account.partial.reconcile": ["om_money"],
        "agreement": ["domain", "partner_id", "state"],
        "om.payment.milestone": [
            "amount_due",
            "amount_residual",
            "date_expected",
            "state",
        ],
    }

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
        """What is arrears depends on the day: no view of the database knows it."""
        tools.drop_view_if_exists(self.env.cr, self._table)

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(
            (
                self._select_expected(),
                self._select_invoiced(),
                self._select_received(),
            )
        )

    # Each part numbers its rows by those of its own table: four times the number, plus
    # the part's own.

    def _select_expected(self):
        """What is open of a payment whose day is over is arrears; the rest of it, and
        what lies ahead, is expected."""
        return SQL(
            """
            SELECT m.id::bigint * 4 + part.number AS id, m.date_expected AS date,
                   part.kind, part.amount, m.id AS milestone_id, a.id AS agreement_id,
                   a.partner_id, a.domain AS direction, a.company_id, a.currency_id
              FROM om_payment_milestone m
              JOIN agreement a ON a.id = m.agreement_id
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN m.date_expected < %(today)s
                                AND m.state NOT IN %(settled)s
                               THEN COALESCE(m.amount_residual, 0) ELSE 0 END AS open
                   ) AS late
             CROSS JOIN LATERAL (
                   VALUES (0, 'expected', m.amount_due - late.open),
                          (3, 'arrears', late.open)
                   ) AS part (number, kind, amount)
             WHERE a.state != 'draft' AND m.state != 'ended'
               AND CASE WHEN part.number = 3 THEN late.open != 0
                        ELSE late.open = 0 OR late.open < m.amount_due END
            """,
            today=self.env["agreement"]._get_today(),
            settled=SETTLED,
        )

    def _select_invoiced(self):
        return SQL(
            """
            SELECT i.id::bigint * 4 + 1, COALESCE(i.invoice_date, i.date), 'invoiced',
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
        return SQL(
            """
            SELECT p.id::bigint * 4 + 2, other.date, 'received',
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
