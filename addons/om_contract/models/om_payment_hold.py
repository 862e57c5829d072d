from odoo import fields, models
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Fact

_lt = LazyTranslate(__name__)


class OmPaymentHold(models.Model):
    """A time in which the payer holds a payment for a breach that is still open.

    Shunyi's contract, article 4 (2) 5: on any breach of the contract the purchaser may
    refuse the payment. While it is held, the payer is in no default. It ends with its
    release, or when the breach is settled: the payment is due on that day then, unless
    it is due later anyway. Made and ended by acts on the payment.
    """

    _name = "om.payment.hold"
    _inherit = ["om.act.mixin"]
    _description = "Hold of a Payment"
    _order = "date_from desc, id desc"
    _rec_name = "reason"

    _facts = {
        "payment": Fact("milestone_id"),
        "breach": Fact("deduction_id"),
        "first_day": Fact("date_from"),
        "last_day": Fact("date_to"),
        "reason": Fact("reason"),
        "released_because": Fact("release_reason"),
    }

    milestone_id = fields.Many2one(
        "om.payment.milestone", required=True, index=True, ondelete="cascade"
    )
    agreement_id = fields.Many2one(
        related="milestone_id.agreement_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="milestone_id.company_id", store=True, index=True
    )
    deduction_id = fields.Many2one(
        "om.deduction", string="Breach", required=True, index=True, ondelete="restrict"
    )
    reason = fields.Text(required=True)
    date_from = fields.Date("Held From", required=True)
    date_to = fields.Date("Released On")
    release_reason = fields.Text("Released Because")

    _one_at_a_time = models.UniqueIndex(
        "(milestone_id) WHERE date_to IS NULL",
        "This payment is held already.",
    )
    _period_order = models.Constraint(
        "CHECK (date_to >= date_from)", "A hold cannot end before it begins."
    )

    def _end(self, day, reason):
        """Write the end of these holds; in the act that releases, or as superuser."""
        for hold in self:
            hold.write({"date_to": max(day, hold.date_from), "release_reason": reason})
