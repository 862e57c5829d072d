from odoo import models

# A change of one of these moves the inspections that lie ahead: the days of service,
# and the unit, whose systems are inspected on one visit.
SERVICE_FIELDS = frozenset(
    {"state", "service_start", "service_end", "stop_date", "unit_id"}
)


class OmSystem(models.Model):
    _inherit = "om.system"

    def write(self, vals):
        result = super().write(vals)
        if SERVICE_FIELDS & vals.keys():
            self.inspection_plan_ids._replan()
        return result

    def action_generate_inspections(self):
        """Return the wizard that plans the inspections of these systems."""
        return self.env["om.inspection.plan"]._get_generate_action(self)

    def action_view_inspections(self):
        """Return the action that lists the inspections of these systems."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_request_action"
        )
        action["domain"] = [
            ("system_id", "in", self.ids),
            ("is_inspection", "=", True),
        ]
        action["context"] = {"search_default_open": True}
        return action

    def action_view_compliance(self):
        """Return the action that shows how the inspections of these systems went."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_compliance_action"
        )
        action["domain"] = [("system_id", "in", self.ids)]
        action["context"] = {}
        return action
