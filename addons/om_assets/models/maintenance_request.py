from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"

    system_id = fields.Many2one(
        "om.system",
        compute="_compute_system_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        string="O&M System",
    )

    @api.depends("equipment_id")
    def _compute_system_id(self):
        for request in self:
            request.system_id = request.equipment_id.system_id or request.system_id

    @api.constrains("system_id", "equipment_id")
    def _check_system(self):
        wrong = self.filtered(
            lambda request: (
                request.equipment_id.system_id
                and request.equipment_id.system_id != request.system_id
            )
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "The device of these requests belongs to another system: %s",
                    ", ".join(wrong.mapped("display_name")),
                )
            )
