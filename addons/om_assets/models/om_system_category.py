from odoo import api, fields, models


class OmSystemCategory(models.Model):
    _name = "om.system.category"
    _inherit = "om.act.mixin"
    _description = "System Class"
    _order = "sequence, id"
    _free_fields = dict.fromkeys(
        (
            "name",
            "sequence",
            "active",
            "color",
            "system_ids",
            "system_properties_definition",
        )
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    system_ids = fields.One2many("om.system", "category_id", string="Systems")
    system_count = fields.Integer(
        compute="_compute_system_count", string="Number of Systems"
    )
    system_properties_definition = fields.PropertiesDefinition(
        "Facts of the Systems of This Class"
    )

    @api.depends("system_ids")
    def _compute_system_count(self):
        counts = dict(
            self.env["om.system"]._read_group(
                [("category_id", "in", self.ids)], ["category_id"], ["__count"]
            )
        )
        for category in self:
            category.system_count = counts.get(category, 0)

    def action_view_systems(self):
        """Return the action that lists the systems of this class."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_system_action"
        )
        action["domain"] = [("category_id", "=", self.id)]
        action["context"] = {"default_category_id": self.id}
        return action
