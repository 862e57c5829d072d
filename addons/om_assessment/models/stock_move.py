from odoo import api, models
from odoo.fields import Command, Domain

from odoo.addons.om_base.tools import beijing


class StockMove(models.Model):
    """Parts that are issued for a request are borne by its contract and system; what
    comes back is taken off again. Their value is that of the store."""

    _inherit = "stock.move"

    def _get_om_request(self):
        """The request for which the goods left, or from which they came back."""
        self.ensure_one()
        # sudo: the store's moves are booked, whoever does them.
        this = self.sudo()
        return (
            this.om_spare_request_id or this.origin_returned_move_id.om_spare_request_id
        )

    def _get_analytic_distribution(self):
        distribution = super()._get_analytic_distribution()
        request = self._get_om_request()
        # Not what is merely picked: Odoo leaves the cost of what is cancelled then.
        if distribution or self.state != "done" or not request.agreement_id:
            return distribution
        bearer = (request.agreement_id, request.system_id)
        accounts = self.env["account.analytic.account"]._get_om_accounts([bearer])
        return {str(accounts[bearer].id): 100}

    def _prepare_analytic_line_values(self, account_field_values, amount, unit_amount):
        values = super()._prepare_analytic_line_values(
            account_field_values, amount, unit_amount
        )
        request = self._get_om_request()
        if request:
            values |= {
                "category": "om_spare",
                "name": f"{request.name} {self.product_id.display_name}",
                "date": beijing.day_of(self.date),
            }
        return values

    def _create_analytic_move(self):
        """Parts that leave or come back together are booked together: Odoo books one
        move after the other, with some queries each."""
        bearers = {
            move: (request.agreement_id, request.system_id)
            for move in self
            if move.state == "done"
            and not move.analytic_account_line_ids
            and (request := move._get_om_request()).agreement_id
        }
        ours = self.browse().union(*bearers)
        result = super(StockMove, self - ours)._create_analytic_move()
        if not ours:
            return result
        accounts = self.env["account.analytic.account"]
        column = accounts._get_om_plan()._column_name()
        found = accounts._get_om_accounts(bearers.values())
        booked = []
        for move, bearer in bearers.items():
            amount = move.company_id.currency_id.round(
                -move.value if move._is_out() else move.value
            )
            if amount:
                values = move._prepare_analytic_line_values(
                    {column: found[bearer].id}, amount, move._get_valued_qty()
                )
                booked.append((move, values))
        # sudo: what parts cost is booked, whoever moves them.
        lines = self.env["account.analytic.line"].sudo()
        lines = lines.create([values for _move, values in booked])
        self._fields["analytic_account_line_ids"].write_batch(
            [
                (move, [Command.link(line.id)])
                for (move, _values), line in zip(booked, lines, strict=True)
            ]
        )
        return result

    @api.model
    def _book_om_spares(self):
        """Book what moved before there were accounts, or a contract to bear it."""
        moves = self.search(
            Domain("state", "=", "done")
            & Domain("value", "!=", 0)
            & Domain("analytic_account_line_ids", "=", False)
            & (
                Domain("om_spare_request_id.agreement_id", "!=", False)
                | Domain(
                    "origin_returned_move_id.om_spare_request_id.agreement_id",
                    "!=",
                    False,
                )
            )
        )
        moves._create_analytic_move()
