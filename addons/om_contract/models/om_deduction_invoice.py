from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ..engine.milestones import Balance
from .om_payment_milestone import BILLING, INVOICE_GROUPS, to_decimal

# Non-operating income and expenses (营业外收支) in the charts of accounts for China: of
# small enterprises, and of all others.
INCOME = ("l10n_cn_account_5301", "l10n_cn_large_bis_account_6301")
EXPENSE = ("l10n_cn_account_5711", "l10n_cn_large_bis_account_6711")


class OmDeduction(models.Model):
    """Invoices for claims: what the purchaser bears comes on top of the price.

    What is received because of a taxed service, such as interest on late payment, is
    part of its sales and taxed like it (VAT Law 2026, article 17).
    """

    _inherit = "om.deduction"

    invoice_ids = fields.One2many(
        "account.move",
        "om_deduction_id",
        string="Invoices",
        copy=False,
        groups=INVOICE_GROUPS,
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_count", groups=INVOICE_GROUPS
    )
    amount_invoiced = fields.Monetary(
        "Claim Invoiced", compute="_compute_claim", store=True, compute_sudo=True
    )
    amount_claim_open = fields.Monetary(
        "Claim Still Open",
        compute="_compute_claim",
        store=True,
        compute_sudo=True,
        help="Claimed and neither paid on an invoice nor settled otherwise.",
    )
    has_open_claim = fields.Boolean(
        "Open Claim",
        compute="_compute_has_open_claim",
        search="_search_has_open_claim",
    )
    may_invoice = fields.Boolean(compute="_compute_may_invoice")

    @api.depends(
        "amount_claimed",
        "claim_settled_date",
        *BILLING,
    )
    def _compute_claim(self):
        self.invoice_ids._om_fetch_matchings()
        for deduction in self:
            books = deduction.invoice_ids._om_get_books()
            claimed = to_decimal(deduction.amount_claimed)
            invoiced = books.get_invoiced(claimed)
            balance = Balance(claimed, invoiced=invoiced, cash=books.cash)
            deduction.amount_invoiced = float(invoiced)
            deduction.amount_claim_open = (
                0.0 if deduction.claim_settled_date else float(max(balance.residual, 0))
            )

    @api.depends("amount_claim_open")
    def _compute_has_open_claim(self):
        for deduction in self:
            deduction.has_open_claim = bool(deduction.amount_claim_open)

    @api.model
    def _search_has_open_claim(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("amount_claim_open", ">", 0)
        return domain if True in value else ~domain

    @api.depends("direction", "amount_claimed", "amount_invoiced", "claim_settled_date")
    def _compute_may_invoice(self):
        for deduction in self:
            left = deduction.amount_claimed - deduction.amount_invoiced
            deduction.may_invoice = (
                deduction.direction == "purchaser"
                and not deduction.claim_settled_date
                and deduction.currency_id.compare_amounts(left, 0.0) > 0
            )

    @api.depends("invoice_ids")
    def _compute_invoice_count(self):
        for deduction in self:
            deduction.invoice_count = len(deduction.invoice_ids)

    # ------------------------------------------------------------
    # Making invoices
    # ------------------------------------------------------------

    def action_make_invoice(self):
        """Make a draft invoice for what no invoice covers yet of these claims; open it.

        In a contract with a supplier, where the purchaser is us, it is a bill.

        :raises UserError: no claim of that kind, nothing left to invoice, or somebody
            else is at it
        """
        with self._act("invoice") as claims:
            for deduction in claims:
                deduction._check_can_invoice()
            taxes = claims.agreement_id._in_own_language()._get_taxes()
            moves = claims.env["account.move"].create(
                [deduction._prepare_invoice(taxes) for deduction in claims]
            )
            for deduction, move in zip(claims, moves, strict=True):
                amount = deduction.currency_id.format(move.amount_total)
                deduction._log(self.env._("Invoice made"), amount)
        return moves.with_env(self.env)._view_of_contract()

    def _check_can_invoice(self):
        self.ensure_one()
        if self.direction != "purchaser" or not self.amount_claimed:
            raise UserError(
                self.env._(
                    "“%s” is not invoiced: only what the purchaser bears is, once it"
                    " is agreed and applied.",
                    self.display_name,
                )
            )
        if not self.may_invoice:
            raise UserError(
                self.env._(
                    "Nothing is left to invoice of “%(name)s”: %(claimed)s claimed,"
                    " %(invoiced)s invoiced (%(invoices)s).",
                    name=self.display_name,
                    claimed=self.currency_id.format(self.amount_claimed),
                    invoiced=self.currency_id.format(self.amount_invoiced),
                    invoices=self._name_invoices() or "–",
                )
            )

    def _name_invoices(self):
        live = self.sudo().invoice_ids.filtered(lambda move: move.state != "cancel")
        return format_list(self.env, live.mapped("display_name"))

    def _check_not_over_invoiced(self):
        """Raise if more is invoiced than was claimed; asked when posting."""
        for deduction in self:
            if (
                deduction.currency_id.compare_amounts(
                    deduction.amount_invoiced, deduction.amount_claimed
                )
                > 0
            ):
                raise UserError(
                    self.env._(
                        "With this invoice %(invoiced)s would be invoiced for the claim"
                        " “%(name)s” of %(claimed)s. Invoices: %(invoices)s.",
                        name=deduction.display_name,
                        invoiced=deduction.currency_id.format(
                            deduction.amount_invoiced
                        ),
                        claimed=deduction.currency_id.format(deduction.amount_claimed),
                        invoices=deduction._name_invoices(),
                    )
                )

    def _prepare_invoice(self, taxes):
        """Return the values of the draft invoice of this claim."""
        self.ensure_one()
        contract = self.agreement_id._in_own_language()
        is_sale = contract.domain != "purchase"
        amount = float(
            to_decimal(self.amount_claimed) - to_decimal(self.amount_invoiced)
        )
        today = self.env["agreement"]._get_today()
        return {
            "move_type": "out_invoice" if is_sale else "in_invoice",
            "company_id": self.company_id.id,
            "partner_id": contract.partner_id.id,
            "currency_id": self.currency_id.id,
            "ref": f"{contract.code} {self.name}",
            "invoice_origin": contract.code,
            "invoice_user_id": contract.user_id.id or self.env.uid,
            "invoice_date": today if is_sale else False,
            "invoice_payment_term_id": False,
            "invoice_date_due": today,
            "om_deduction_id": self.id,
            "invoice_line_ids": [
                fields.Command.create(
                    {
                        "name": f"{contract.name}, {self.name}",
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [fields.Command.set(taxes[contract].ids)],
                        **self._prepare_account(INCOME if is_sale else EXPENSE),
                    }
                )
            ],
        }

    def _prepare_account(self, names):
        """Return the account of a claim; none where the company's chart has no such
        account: then the journal's own, until somebody chooses."""
        chart = self.env["account.chart.template"].with_company(self.company_id)
        for name in names:
            # Who invoices need not be allowed to read the chart.
            account = chart.sudo().ref(name, raise_if_not_found=False)
            if account:
                return {"account_id": account.id}
        return {}

    def action_view_invoices(self):
        """Return the action that shows the invoices of these claims."""
        return self.invoice_ids._view_of_contract()

    # ------------------------------------------------------------
    # Other acts
    # ------------------------------------------------------------

    def action_settle_claim(self, date=None, note=None):
        """What is invoiced is settled by paying the invoice."""
        self._check_no_invoice(
            self.env._(
                "“%(name)s” is invoiced (%(invoices)s): register the payment there."
            )
        )
        return super().action_settle_claim(date, note)

    def _take_back(self, reason):
        self._check_no_invoice(
            self.env._(
                "“%(name)s” is invoiced (%(invoices)s): cancel the invoice first."
            )
        )
        return super()._take_back(reason)

    def _check_no_invoice(self, message):
        for deduction in self:
            if deduction.amount_invoiced:
                raise UserError(
                    message
                    % {
                        "name": deduction.display_name,
                        "invoices": deduction._name_invoices(),
                    }
                )
