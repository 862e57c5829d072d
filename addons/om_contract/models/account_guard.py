"""What is booked changes by accounting's own acts only.

Odoo opens its accounts as a whole: whoever may write an invoice may, over RPC, write
the total of a posted one, make it an entry or somebody's payment, or set what a
matching is worth. What is paid of a milestone follows from these. Here, once something
is posted, a client writes nothing that Odoo reckons, and nothing of what it is.

Odoo stores what it reckons without ``write``; what it writes as the user where one of
its buttons is pressed is not on these lists, or is written before the posting.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class OmAccountGuardMixin(models.AbstractModel):
    _name = "om.account.guard.mixin"
    _description = "Bookings That Change by Accounting's Own Acts Only"

    # What no client writes on what is booked, beside what is reckoned.
    _closed_when_booked = frozenset()

    def write(self, vals):
        if not self.env.su and not self.env["om.act.mixin"]._is_acting():
            self._om_check_booked(vals)
        return super().write(vals)

    @api.model
    def _om_is_reckoned(self, field):
        """Whether a field's value follows from others and nobody types it."""
        return bool(field.store and field.compute and field.readonly) and not (
            field.inverse
        )

    def _om_is_booked(self):
        self.ensure_one()
        return True

    def _om_check_booked(self, vals):
        """Raise if a client changes of what is booked what is not its to change."""
        names = [
            name
            for name in sorted(vals)
            if name in self._closed_when_booked
            or (name in self._fields and self._om_is_reckoned(self._fields[name]))
        ]
        # sudo: compared, not shown.
        booked = self.sudo().filtered(lambda each: each._om_is_booked())
        changed = [
            name for name in names if any(booked._om_would_change(name, vals[name]))
        ]
        if changed:
            labels = self.sudo().fields_get(changed, ["string"])
            raise UserError(
                self.env._(
                    "%(fields)s (%(model)s): this is booked, or follows from what is."
                    " Put it right in the accounts: reset it to draft, or credit it.",
                    fields=format_list(
                        self.env, [labels[name]["string"] for name in sorted(labels)]
                    ),
                    # sudo: names of models are no secret.
                    model=self.env["ir.model"].sudo()._get(self._name).name,
                )
            )

    def _om_would_change(self, name, value):
        """Yield of each record whether the field would not stay as it is."""
        field = self._fields[name]
        for record in self:
            new = field.convert_to_record(field.convert_to_cache(value, record), record)
            yield field.convert_to_write(record[name], record) != (
                field.convert_to_write(new, record)
            )


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "om.account.guard.mixin"]
    _closed_when_booked = frozenset(
        (
            "amount_total",
            "commercial_partner_id",
            "move_type",
            "origin_payment_id",
            "posted_before",
            "reversed_entry_id",
            "statement_line_id",
            "tax_cash_basis_origin_move_id",
            "tax_cash_basis_rec_id",
        )
    )

    def _om_is_booked(self):
        return self.state == "posted"


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "om.account.guard.mixin"]
    _closed_when_booked = frozenset(
        (
            "discount",
            "full_reconcile_id",
            "payment_id",
            "price_unit",
            "quantity",
            "statement_line_id",
        )
    )

    def _om_is_booked(self):
        return self.parent_state == "posted"


class AccountPartialReconcile(models.Model):
    _name = "account.partial.reconcile"
    _inherit = ["account.partial.reconcile", "om.account.guard.mixin"]
    _closed_when_booked = frozenset(
        (
            "amount",
            "credit_amount_currency",
            "credit_move_id",
            "debit_amount_currency",
            "debit_move_id",
        )
    )


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "om.account.guard.mixin"]
    _closed_when_booked = frozenset(
        (
            "amount",
            "currency_id",
            "date",
            "destination_account_id",
            "journal_id",
            "move_id",
            "outstanding_account_id",
            "partner_id",
            "partner_type",
            "payment_type",
        )
    )

    def _om_is_booked(self):
        return self.move_id.state == "posted"
