from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.invoices import share_money
from .om_payment_milestone import to_decimal

COUNTERPARTS = ("asset_receivable", "liability_payable")
BANKS = ("bank", "cash", "credit")


class AccountPartialReconcile(models.Model):
    """How much of a matching is money."""

    _inherit = "account.partial.reconcile"

    om_money = fields.Monetary(
        "Money",
        compute="_compute_om_money",
        store=True,
        compute_sudo=True,
        currency_field="company_currency_id",
        export_string_translation=False,
        help="What of this matching came in or went out through a bank or cash journal;"
        " the rest is a discount, a loss, or no payment at all.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        names = ("debit_move_id", "credit_move_id")
        lines = self.env["account.move.line"].browse(
            [vals[name] for vals in vals_list for name in names if vals.get(name)]
        )
        with lines.move_id._om_noting_money("pay"):
            return super().create(vals_list)

    def write(self, vals):
        if "om_money" in vals and not self.env.su:
            raise UserError(
                self.env._("How much of a matching is money follows from its entries.")
            )
        return super().write(vals)

    @api.depends("amount", "debit_move_id", "credit_move_id")
    def _compute_om_money(self):
        for match in self:
            debit, credit = match.debit_move_id, match.credit_move_id
            # An inbound payment is on the credit side of what it pays.
            bank = (credit if credit.move_id._om_is_money() else debit).move_id
            if not bank._om_is_money() or debit.account_type not in COUNTERPARTS:
                match.om_money = 0.0
                continue
            before = sum(
                to_decimal(other.amount)
                for other in bank._om_get_matchings()
                if other.id < match.id
            )
            match.om_money = float(
                share_money(
                    bank._om_get_money(), to_decimal(before), to_decimal(match.amount)
                )
            )

    def unlink(self):
        """What was matched later takes the money that this leaves."""
        banks = (self.debit_move_id | self.credit_move_id).move_id
        banks = banks.filtered(lambda move: move._om_is_money())
        later = banks._om_get_matchings() - self
        moves = (self | later).debit_move_id.move_id | (
            self | later
        ).credit_move_id.move_id
        with moves._om_noting_money("take_back"):
            result = super().unlink()
            later.exists().modified(["amount"])
        return result
