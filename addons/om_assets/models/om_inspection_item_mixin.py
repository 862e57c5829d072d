from odoo import api, fields, models

from ..engine.checklist import limits

# A list and not a method: Odoo translates the labels of lists only.
SCOPES = [
    ("software", "Software"),
    ("hardware", "Hardware"),
    ("network", "Network"),
    ("database", "Database"),
    ("security", "Security"),
    ("environment", "Environment"),
]


class OmInspectionItemMixin(models.AbstractModel):
    """What an item asks for: the same on the checklist and on the inspection.

    The inspection copies it, so that a changed checklist leaves the record of what
    was inspected, and against which bounds, as it was.
    """

    _name = "om.inspection.item.mixin"
    _description = "What an Inspection Item Asks For"

    sequence = fields.Integer(default=10)
    name = fields.Char("Item", required=True)
    instruction = fields.Text(help="How it is inspected, and when it has passed.")
    measured = fields.Boolean(
        "Is Measured",
        help="A figure is read off; outside its bounds the item has failed by itself.",
    )
    bound = fields.Selection(
        [
            ("none", "No Bounds"),
            ("min", "At Least"),
            ("max", "At Most"),
            ("range", "Between"),
        ],
        string="Bounds",
        required=True,
        default="none",
    )
    value_min = fields.Float("Minimum", digits=(12, 3))
    value_max = fields.Float("Maximum", digits=(12, 3))
    uom_name = fields.Char("Unit of Measure", help="Such as %, ℃ or ms.")
    bound_text = fields.Char("Admissible", compute="_compute_bound_text")

    _bounds_in_order = models.Constraint(
        "CHECK (bound != 'range' OR value_min <= value_max)",
        "The minimum of an item cannot be above its maximum.",
    )

    @api.depends("measured", "bound", "value_min", "value_max", "uom_name")
    def _compute_bound_text(self):
        for item in self:
            lowest, highest = item._get_limits()
            unit = item.uom_name or ""
            if lowest is not None and highest is not None:
                text = f"{lowest:g}–{highest:g} {unit}"
            elif lowest is not None:
                text = f"≥ {lowest:g} {unit}"
            elif highest is not None:
                text = f"≤ {highest:g} {unit}"
            else:
                text = ""
            item.bound_text = text.strip() if item.measured else ""

    def _get_limits(self):
        """Return (lowest, highest) admissible value, None where there is no bound."""
        self.ensure_one()
        return limits(self.bound, self.value_min, self.value_max)
