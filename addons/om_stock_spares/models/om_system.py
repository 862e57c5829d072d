from odoo import fields, models


class OmSystem(models.Model):
    _inherit = "om.system"

    spare_hours = fields.Integer(
        "Spare Parts on the Spot Within (h)",
        tracking=True,
        help="What the contract promises, such as 24 or 72. Zero: nothing is promised.",
    )

    _spare_hours_not_negative = models.Constraint(
        "CHECK (spare_hours >= 0)", "A promise in hours is not negative."
    )
