from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    system_id = fields.Many2one(
        "om.system",
        compute="_compute_system_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        string="O&M System",
    )
    hardware_line_id = fields.Many2one(
        "om.system.hardware",
        domain="[('system_id', '=?', system_id)]",
        index="btree_not_null",
        ondelete="set null",
        string="Declared As",
        help="The line of the contract's hardware list this device counts for.",
    )
    location = fields.Char("Place", help="Where the device stands.")

    @api.depends("hardware_line_id")
    def _compute_system_id(self):
        for equipment in self:
            equipment.system_id = (
                equipment.hardware_line_id.system_id or equipment.system_id
            )

    @api.onchange("system_id")
    def _onchange_system_id(self):
        if self.hardware_line_id.system_id != self.system_id:
            self.hardware_line_id = False

    @api.constrains("system_id", "hardware_line_id")
    def _check_hardware_line(self):
        wrong = self.filtered(
            lambda equipment: (
                equipment.hardware_line_id
                and equipment.hardware_line_id.system_id != equipment.system_id
            )
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "These devices are declared in the hardware list of another"
                    " system: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )
