from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    om_system_ids = fields.One2many("om.system", "unit_id", string="Systems")
    om_system_count = fields.Integer(
        "Number of Systems",
        compute="_compute_om_system_count",
        groups="om_base.group_user",
    )

    @api.model
    def _get_om_role_domains(self):
        domains = super()._get_om_role_domains()
        for role, field in (
            ("user_unit", "unit_id"),
            ("purchaser", "purchaser_id"),
            ("supervisor", "supervisor_id"),
        ):
            domains[role] |= self._get_om_named("om.system", field)
        return domains

    @api.depends("om_system_ids")
    def _compute_om_system_count(self):
        counts = dict(
            self.env["om.system"]._read_group(
                [("unit_id", "in", self.ids)], ["unit_id"], ["__count"]
            )
        )
        for partner in self:
            partner.om_system_count = counts.get(partner, 0)

    def action_view_om_systems(self):
        """Return the action that lists the systems of this unit."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_system_action"
        )
        action["domain"] = [("unit_id", "=", self.id)]
        action["context"] = {"default_unit_id": self.id}
        return action
