from odoo import fields, models


class OmSystemSpare(models.Model):
    _name = "om.system.spare"
    _inherit = "om.system.line"
    _description = "Spare Part of a System"
    _free_fields = dict.fromkeys(("name", "quantity", "uom_name"))

    name = fields.Char("Part", required=True)
    quantity = fields.Integer(help="Most that may be used in the service period.")
    uom_name = fields.Char("Unit")

    _quantity_not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "The quantity of a spare part cannot be negative."
    )
