from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

# Odoo's view of requests, and ours.
OWN_VIEWS = {
    "form": (
        "maintenance.hr_equipment_request_view_form",
        "om_assets.om_inspection_view_form",
    ),
    "kanban": (
        "maintenance.hr_equipment_request_view_kanban",
        "om_assets.om_inspection_view_kanban",
    ),
}


class MaintenanceRequest(models.Model):
    _name = "maintenance.request"
    _inherit = ["maintenance.request", "om.act.mixin"]

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
        """Show requests in our form and cards to those who use O&M, whatever led there.

        Odoo's own would offer them to close an inspection by its stage and hide what
        an inspection is about. Others keep Odoo's: Maintenance is theirs, too.
        """
        if view_type in OWN_VIEWS and self.env.user.has_group("om_base.group_user"):
            Data = self.env["ir.model.data"]
            stock, own = map(Data._xmlid_to_res_id, OWN_VIEWS[view_type])
            named = view_id or f"{view_type}_view_ref" in self.env.context
            if view_id == stock or not named:
                view_id = own
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
                    format_list(self.env, wrong.mapped("display_name")),
                )
            )
