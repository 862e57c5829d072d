from odoo import fields, models


class HrSkill(models.Model):
    """The catalogue of personal certificates are the skills of certification types."""

    _inherit = "hr.skill"

    exam_price = fields.Integer(
        "Price",
        help="What it costs to win the certificate for one person, in yuan, roughly:"
        " course, fee, days off. The cheapest way to a lost point is sought by it.",
    )
    issuer = fields.Char(help="Who usually issues the certificate.")

    _exam_price_not_negative = models.Constraint(
        "CHECK (exam_price >= 0)", "The price of a certificate cannot be negative."
    )
