from odoo import fields, models


class ProductTemplate(models.Model):
    """What readiness has to know of a part."""

    _inherit = "product.template"

    spare_failure_rate = fields.Float(
        "Failures a Year",
        digits=(8, 4),
        help="How often one device of this kind fails in a year, such as 0.05. Zero:"
        " not known; what was used in the last twelve months stands for it.",
    )
    spare_check_days = fields.Integer(
        "Check in Store Every (days)",
        help="Stored parts are checked in this rhythm: state, battery charge, firmware."
        " Zero: never.",
    )
    spare_check_battery = fields.Boolean(
        "Has a Battery", help="A check notes the charge."
    )

    _spare_figures_not_negative = models.Constraint(
        "CHECK (spare_failure_rate >= 0 AND spare_check_days >= 0)",
        "Failure rates and days between checks are not negative.",
    )
