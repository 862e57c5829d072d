from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ..engine.margin import causes

LEDGER = "om_assessment.om_margin_ledger_action"
# Kinds of lines on the ledger by the column that adds them up; others are the rest.
CATEGORIES = {
    "parts": ("om_spare",),
    "people": ("om_posting",),
    "bills": ("vendor_bill",),
}
# What a customer is invoiced is no cost: what is earned is reckoned by days.
INCOME = ("invoice",)


class OmMargin(models.Model):
    """What each system, and each contract as a whole, earned and cost up to today.

    Earned is the yearly fee by the days of service up to today, without tax; what a
    contract's price is above its systems' fees, what the settlement review has made of
    it, and what rounding leaves, stands at the contract as a whole: the rows add up to
    what the contract earned. Cost is what the ledger (``account.analytic.line``) has on
    the account of the contract and the system.
    Deductions count once they are agreed, without tax as the fee; for a system that was
    stopped the days after are not earned, so that its reduction is not taken off again.
    Drafts and contracts in another currency than the company's are left out.
    """

    _name = "om.margin"
    _description = "Margin"
    _auto = False
    _order = "margin, id"
    _rec_name = "system_id"
    _depends = {
        "account.analytic.account": ["om_agreement_id", "om_system_id"],
        "account.analytic.line": ["amount", "category"],
        "agreement": [
            "amount_total",
            "company_id",
            "currency_id",
            "domain",
            "end_date",
            "is_settled",
            "is_template",
            "settlement_amount",
            "start_date",
            "state",
            "tax_rate",
            "termination_date",
        ],
        "om.deduction": [
            "agreement_id",
            "amount",
            "direction",
            "in_review",
            "method",
            "state",
            "system_id",
        ],
        "om.system": [
            "agreement_id",
            "annual_fee",
            "service_end",
            "service_start",
            "stop_date",
            "unit_id",
        ],
    }

    agreement_id = fields.Many2one("agreement", string="Contract", readonly=True)
    system_id = fields.Many2one(
        "om.system",
        readonly=True,
        help="Empty: what the contract earns and costs as a whole.",
    )
    unit_id = fields.Many2one("res.partner", string="User Unit", readonly=True)
    category_id = fields.Many2one(related="system_id.category_id")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    fee = fields.Monetary("Fee, Tax Included", readonly=True, aggregator="sum")
    earned = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="The fee by the days of service up to today, without tax.",
    )
    deducted = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="Agreed deductions, without tax.",
    )
    people = fields.Monetary("Posted People", readonly=True, aggregator="sum")
    parts = fields.Monetary("Spare Parts", readonly=True, aggregator="sum")
    bills = fields.Monetary("Suppliers' Bills", readonly=True, aggregator="sum")
    others = fields.Monetary("Other Cost", readonly=True, aggregator="sum")
    cost = fields.Monetary(readonly=True, aggregator="sum")
    margin = fields.Monetary(readonly=True, aggregator="sum")
    rate = fields.Float(
        "Margin (%)",
        compute="_compute_rate",
        digits=(7, 1),
        help="Of what was earned.",
    )
    reason = fields.Char("What Takes It", compute="_compute_reason")

    @property
    def _table_query(self):
        accounts = self.env["account.analytic.account"]
        return SQL(
            """
            WITH contract AS (
                SELECT a.id, a.company_id, a.currency_id, a.start_date, a.end_date,
                       a.amount_total, a.is_settled, a.settlement_amount,
                       1 + COALESCE(a.tax_rate, 0)::numeric / 100 AS gross,
                       LEAST(a.end_date, a.termination_date, %(today)s::date) AS until
                  FROM agreement AS a
                  JOIN res_company AS c ON c.id = a.company_id
                 WHERE a.domain = 'sale' AND a.state != 'draft'
                   AND a.is_template IS NOT TRUE AND a.currency_id = c.currency_id
            ), priced AS (
                SELECT a.id AS agreement_id, s.id AS system_id,
                       COALESCE(s.annual_fee, 0)::numeric AS fee,
                       COALESCE(s.service_start, a.start_date) AS first,
                       COALESCE(s.service_end, a.end_date) AS last,
                       LEAST(COALESCE(s.service_end, a.end_date), s.stop_date - 1,
                             a.until) AS until
                  FROM om_system AS s
                  JOIN contract AS a ON a.id = s.agreement_id
                 UNION ALL
                SELECT a.id, NULL,
                       a.amount_total::numeric - COALESCE(SUM(s.annual_fee), 0),
                       a.start_date, a.end_date, a.until
                  FROM contract AS a
                  LEFT JOIN om_system AS s ON s.agreement_id = a.id
                 GROUP BY a.id, a.amount_total, a.start_date, a.end_date, a.until
            ), served AS (
                SELECT agreement_id, system_id, fee,
                       CASE WHEN last >= first
                            THEN ROUND(fee * LEAST(GREATEST(until - first + 1, 0),
                                                   last - first + 1)
                                       / (last - first + 1), 2)
                            ELSE 0 END AS earned
                  FROM priced
            ), taken AS (
                SELECT agreement_id, system_id,
                       CASE WHEN direction = 'contractor' THEN amount ELSE -amount
                       END::numeric AS amount,
                       method = 'stop' AS is_stop,
                       COALESCE(in_review, FALSE) AS in_review
                  FROM om_deduction
                 WHERE state IN ('agreed', 'applied')
            ), settled AS (
                -- What the review left of the price stands at the contract: what is in
                -- the review is not taken off a second time.
                SELECT a.id AS agreement_id,
                       a.settlement_amount::numeric
                       - (SELECT SUM(earned) FROM served WHERE agreement_id = a.id)
                       + COALESCE(SUM(t.amount)
                                  FILTER (WHERE t.in_review AND NOT t.is_stop), 0)
                       - COALESCE(SUM(t.amount)
                                  FILTER (WHERE t.is_stop AND NOT t.in_review), 0)
                       AS amount
                  FROM contract AS a
                  LEFT JOIN taken AS t ON t.agreement_id = a.id
                 WHERE a.is_settled
                 GROUP BY a.id, a.settlement_amount
            ), booked AS (
                SELECT account.om_agreement_id AS agreement_id,
                       account.om_system_id AS system_id, line.category,
                       -SUM(line.amount)::numeric AS amount
                  FROM account_analytic_line AS line
                  JOIN account_analytic_account AS account
                    ON account.id = line.%(column)s
                 WHERE account.om_agreement_id IS NOT NULL
                   AND COALESCE(line.category, 'other') NOT IN %(income)s
                 GROUP BY account.om_agreement_id, account.om_system_id, line.category
            ), part AS (
                SELECT agreement_id, system_id, fee, earned, 0 AS deducted, 0 AS people,
                       0 AS parts, 0 AS bills, 0 AS others
                  FROM served
                 UNION ALL
                SELECT agreement_id, NULL, 0, amount, 0, 0, 0, 0, 0
                  FROM settled
                 UNION ALL
                SELECT agreement_id, system_id, 0, 0, amount, 0, 0, 0, 0
                  FROM taken
                 WHERE NOT is_stop
                 UNION ALL
                SELECT agreement_id, system_id, 0, 0, 0,
                       CASE WHEN category IN %(people)s THEN amount ELSE 0 END,
                       CASE WHEN category IN %(parts)s THEN amount ELSE 0 END,
                       CASE WHEN category IN %(bills)s THEN amount ELSE 0 END,
                       CASE WHEN COALESCE(category, 'other') IN %(known)s THEN 0
                            ELSE amount END
                  FROM booked
            ), total AS (
                SELECT part.agreement_id, part.system_id, a.company_id, a.currency_id,
                       SUM(part.fee) AS fee,
                       -- The contract as a whole takes what rounding leaves.
                       ROUND(SUM(part.earned) / a.gross, 2)
                       + CASE WHEN part.system_id IS NULL
                              THEN ROUND(SUM(SUM(part.earned)) OVER each / a.gross, 2)
                                   - SUM(ROUND(SUM(part.earned) / a.gross, 2)) OVER each
                              ELSE 0 END AS earned,
                       ROUND(SUM(part.deducted) / a.gross, 2) AS deducted,
                       SUM(part.people) AS people, SUM(part.parts) AS parts,
                       SUM(part.bills) AS bills, SUM(part.others) AS others
                  FROM part
                  JOIN contract AS a ON a.id = part.agreement_id
                 GROUP BY part.agreement_id, part.system_id, a.company_id,
                          a.currency_id, a.gross
                WINDOW each AS (PARTITION BY part.agreement_id)
            )
            SELECT total.agreement_id::bigint * 1000000
                   + COALESCE(total.system_id, 0) AS id,
                   total.agreement_id, total.system_id, system.unit_id,
                   total.company_id, total.currency_id, total.fee, total.earned,
                   total.deducted, total.people, total.parts, total.bills, total.others,
                   total.people + total.parts + total.bills + total.others AS cost,
                   total.earned - total.deducted - total.people - total.parts
                   - total.bills - total.others AS margin
              FROM total
              LEFT JOIN om_system AS system ON system.id = total.system_id
             WHERE total.fee != 0 OR total.earned != 0 OR total.deducted != 0
                OR total.people != 0 OR total.parts != 0 OR total.bills != 0
                OR total.others != 0
            """,
            today=self.env["agreement"]._get_today(),
            column=SQL.identifier(accounts._get_om_plan()._column_name()),
            income=INCOME,
            known=tuple(name for names in CATEGORIES.values() for name in names),
            **CATEGORIES,
        )

    @api.depends("agreement_id", "system_id")
    def _compute_display_name(self):
        for row in self:
            name = (row.system_id or row.agreement_id).display_name
            row.display_name = (
                name if row.system_id else self.env._("%s as a whole", name)
            )

    @api.depends("margin", "earned", "fee")
    def _compute_rate(self):
        for row in self:
            # What rounding leaves to the contract as a whole is no fee.
            is_paid = row.fee > 0 and row.earned > 0
            row.rate = 100 * row.margin / row.earned if is_paid else 0.0

    @api.depends("earned", "deducted", "people", "parts", "bills", "others")
    @api.depends_context("lang")
    def _compute_reason(self):
        names = ("deducted", "people", "parts", "bills", "others")
        labels = {
            name: description["string"]
            for name, description in self.fields_get(names, ["string"]).items()
        }
        for row in self:
            words = [
                self.env._(
                    "%(part)s %(amount)s (%(percent)s %%)",
                    part=labels[cause.key],
                    amount=row.currency_id.format(float(cause.amount)),
                    percent=cause.percent,
                )
                if cause.percent is not None
                else self.env._(
                    "%(part)s %(amount)s, nothing earned",
                    part=labels[cause.key],
                    amount=row.currency_id.format(float(cause.amount)),
                )
                for cause in causes(
                    Decimal(str(row.earned)),
                    {name: Decimal(str(row[name])) for name in names},
                )
            ]
            row.reason = format_list(self.env, words) if words else False

    # ------------------------------------------------------------
    # From a figure to its records
    # ------------------------------------------------------------

    def action_open_earned(self):
        """Open what says the fee: the system, or the contract."""
        self.ensure_one()
        return (self.system_id or self.agreement_id).get_formview_action()

    def action_open_deducted(self):
        """Open the deductions that are taken off."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_contract.om_deduction_action"
        )
        domain = (
            Domain("agreement_id", "=", self.agreement_id.id)
            & Domain("system_id", "=", self.system_id.id)
            & Domain("state", "in", ["agreed", "applied"])
            & Domain("method", "!=", "stop")
        )
        return action | {"domain": list(domain), "context": {}}

    def action_open_people(self):
        """Open what was booked for people."""
        return self._open_ledger(Domain("category", "in", CATEGORIES["people"]))

    def action_open_parts(self):
        """Open what was booked for spare parts."""
        return self._open_ledger(Domain("category", "in", CATEGORIES["parts"]))

    def action_open_bills(self):
        """Open what suppliers billed."""
        return self._open_ledger(Domain("category", "in", CATEGORIES["bills"]))

    def action_open_others(self):
        """Open what else was booked."""
        known = [name for names in CATEGORIES.values() for name in names]
        return self._open_ledger(Domain("category", "not in", known))

    def action_open_cost(self):
        """Open all that was booked."""
        return self._open_ledger(Domain.TRUE)

    def _open_ledger(self, domain):
        self.ensure_one()
        accounts = self.env["account.analytic.account"].search(
            [
                ("om_agreement_id", "=", self.agreement_id.id),
                ("om_system_id", "=", self.system_id.id),
            ]
        )
        column = accounts._get_om_plan()._column_name()
        action = self.env["ir.actions.act_window"]._for_xml_id(LEDGER)
        domain &= Domain(column, "in", accounts.ids)
        domain &= Domain("category", "not in", INCOME)
        return action | {"domain": list(domain)}

    # ------------------------------------------------------------
    # Upkeep
    # ------------------------------------------------------------

    @api.model
    def _cron_follow(self):
        """Each night: accounts of what joined or got another name, cost up to today.

        Also when the add-on is installed or upgraded.
        """
        contracts = self.env["agreement"].search(
            [
                ("domain", "=", "sale"),
                ("state", "not in", ["draft", "closed"]),
                ("is_template", "=", False),
            ]
        )
        contracts._make_cost_accounts()
        self.env["stock.move"]._book_om_spares()
        self.env["om.posting"]._book_all_costs()
