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

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Show a request in our form to those who use O&M, whatever led to it.

        Odoo's own form would offer them to close an inspection by its stage and hide
        what an inspection is about. Others keep Odoo's form: Maintenance is theirs,
        too.
        """
        if view_type == "form" and self.env.user.has_group("om_base.group_user"):
            stock = self.env["ir.model.data"]._xmlid_to_res_id(
                "maintenance.hr_equipment_request_view_form"
            )
            if view_id == stock or not (view_id or "form_view_ref" in self.env.context):
                view_id = self.env["ir.model.data"]._xmlid_to_res_id(
                    "om_assets.om_inspection_view_form"
                )
        return super().get_view(view_id, view_type, **options)

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
