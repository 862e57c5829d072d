from odoo import api, fields, models


class OmSystemHardware(models.Model):
    _name = "om.system.hardware"
    _inherit = "om.system.line"
    _description = "Declared Hardware"

    name = fields.Char("Device", required=True)
    quantity = fields.Integer(
        help="As the contract declares it. Zero: the contract prints no number."
    )
    uom_name = fields.Char("Unit")
    equipment_ids = fields.One2many("maintenance.equipment", "hardware_line_id")
    equipment_count = fields.Integer(
        "Registered Devices", compute="_compute_equipment_count"
    )

    _quantity_not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "The quantity of a device cannot be negative."
    )

    @api.depends("equipment_ids")
    def _compute_equipment_count(self):
        counts = dict(
            self.env["maintenance.equipment"]._read_group(
                [("hardware_line_id", "in", self.ids)],
                ["hardware_line_id"],
                ["__count"],
            )
        )
        for line in self:
            line.equipment_count = counts.get(line._origin, 0)
