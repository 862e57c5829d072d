from odoo import fields, models

from .om_notice_terms import NOTICE_TERMS


class OmPaymentTemplate(models.Model):
    """The bond and the deduction clauses that go with a way of payment."""

    _name = "om.payment.template"
    _inherit = ["om.payment.template", "om.notice.terms"]
    _free_fields = dict.fromkeys(("bond_percent", "clause_ids", *NOTICE_TERMS))

    bond_percent = fields.Float(
        "Bond (%)",
        digits=(7, 4),
        help="Percent of the price that the contractor hands in as a bond; 0: none.",
    )
    clause_ids = fields.One2many(
        "om.deduction.clause", "template_id", string="Deduction Clauses", copy=True
    )

    _bond_percent_range = models.Constraint(
        "CHECK (bond_percent >= 0 AND bond_percent <= 100)",
        "A bond is between 0 and 100 percent of the price.",
    )
