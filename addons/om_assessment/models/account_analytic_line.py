from odoo import api, fields, models
from odoo.exceptions import UserError

# Booked by themselves.
OURS = ("om_spare", "om_posting")


class AccountAnalyticLine(models.Model):
    """Cost beyond what Odoo books from documents: parts issued, people posted."""

    _inherit = "account.analytic.line"

    category = fields.Selection(
        selection_add=[("om_spare", "Spare Parts"), ("om_posting", "Posted People")]
    )
    om_posting_id = fields.Many2one(
        "om.posting",
        string="Posting",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(map(self._is_booked_by_us, vals_list)):
            self._refuse_booked()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and (
            any(line.category in OURS for line in self)
            or "om_posting_id" in vals
            or self._is_booked_by_us(vals)
        ):
            self._refuse_booked()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if not self.env.su and any(line.category in OURS for line in self):
            self._refuse_booked()

    @api.model
    def _is_booked_by_us(self, vals):
        return bool(vals.get("om_posting_id")) or vals.get("category") in OURS

    def _refuse_booked(self):
        raise UserError(
            self.env._(
                "What posted people and spare parts cost is booked by itself: correct"
                " the posting, the cost of its post, or the issue of the part."
            )
        )
