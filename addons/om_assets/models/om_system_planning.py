from odoo import fields, models
from odoo.tools import format_list


class OmSystem(models.Model):
    _inherit = "om.system"

    def _get_key_scope(self):
        """Return what key periods for all systems must have in common with it."""
        self.ensure_one()
        return (self.company_id.id,)

    def _replan_key_periods(self):
        """Let what lies ahead follow, where other key periods hold from now on."""
        self.inspection_plan_ids.filtered(
            lambda plan: plan.key_period_rule != "none"
        )._replan()

    def _take_away_inspections(self):
        """Take away what was planned for stopped systems, by whomever.

        From the day of the stop on the contract pays nothing and owes nothing, that
        day included. What a plan had ordered comes back with the service; what
        somebody had planned beside it stays on record as cancelled. What was started
        stays.
        """
        # Who may stop a system need not be one who plans inspections.
        Request = self.env["maintenance.request"].sudo()
        planned = Request.search(
            [
                ("system_id", "in", self.ids),
                ("is_inspection", "=", True),
                ("inspection_started_on", "=", False),
                ("inspection_done_on", "=", False),
                ("archive", "=", False),
                # What only a plan ordered goes with its plan.
                "|",
                ("inspection_plan_id", "=", False),
                ("planned_by_hand", "=", True),
                (
                    "inspection_date",
                    ">=",
                    min(filter(None, self.mapped("stop_date")), default=False),
                ),
            ]
        ).filtered(lambda r: r.inspection_date >= r.system_id.stop_date)
        if not planned:
            return
        visits = planned.visit_id
        bodies = {
            system.id: self.env._(
                "Inspections taken away with the service: %s",
                format_list(
                    self.env,
                    (
                        fields.Date.to_string(day)
                        for day in sorted(requests.mapped("inspection_date"))
                    ),
                ),
            )
            for system, requests in planned.grouped("system_id").items()
        }
        self.browse(bodies)._message_log_batch(bodies=bodies)
        owed = planned.filtered("inspection_plan_id")
        owed.unlink()
        (planned - owed).write({"archive": True, "visit_id": False})
        visits.filtered(lambda visit: not visit.request_ids).unlink()

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
