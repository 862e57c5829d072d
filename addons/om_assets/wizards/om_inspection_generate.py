from odoo import api, fields, models


class OmInspectionGenerate(models.TransientModel):
    _name = "om.inspection.generate"
    _description = "Plan Inspections"

    system_ids = fields.Many2many(
        "om.system",
        string="Systems",
        help="Left empty: all systems in service.",
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self._get_today(),
        help="What is owed before this day and is not there stays away. A day in the"
        " past brings inspections that can only be late.",
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: self._get_today().replace(month=12, day=31),
    )
    create_count = fields.Integer("New", compute="_compute_preview")
    move_count = fields.Integer("Moved", compute="_compute_preview")
    remove_count = fields.Integer("Removed", compute="_compute_preview")
    kept_count = fields.Integer(
        "No Longer Owed",
        compute="_compute_preview",
        help="Somebody planned these by hand, so they stay: cancel them if they are"
        " not to be done.",
    )

    @api.depends("system_ids", "date_from", "date_to")
    def _compute_preview(self):
        for wizard in self:
            report = None
            if wizard.date_from and wizard.date_to:
                if wizard.date_from <= wizard.date_to:
                    report = wizard._get_plans()._preview(
                        wizard.date_from, wizard.date_to
                    )
            wizard.create_count = report and report.created or 0
            wizard.move_count = report and report.moved or 0
            wizard.remove_count = report and report.removed or 0
            wizard.kept_count = report and len(report.kept_ids) or 0

    def action_generate(self):
        """Plan, and say what was done; the list of inspections opens."""
        self.ensure_one()
        plans = self._get_plans()
        report = plans._generate(self.date_from, self.date_to)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_request_action"
        )
        action["domain"] = [
            ("is_inspection", "=", True),
            ("inspection_plan_id", "in", plans.ids),
            ("inspection_date", ">=", self.date_from),
            ("inspection_date", "<=", self.date_to),
        ]
        action["context"] = {}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if report.kept_ids else "success",
                "message": self._get_message(report),
                "next": action,
            },
        }

    def action_view_kept(self):
        """Return the action that lists what stays although no plan owes it."""
        self.ensure_one()
        report = self._get_plans()._preview(self.date_from, self.date_to)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_request_action"
        )
        action["domain"] = [("id", "in", report.kept_ids)]
        action["context"] = {}
        return action

    def _get_message(self, report):
        if not (report.created or report.moved or report.removed):
            return self.env._("Everything is planned already: nothing changed.")
        message = self.env._(
            "%(created)s inspections planned, %(moved)s moved, %(removed)s removed.",
            created=report.created,
            moved=report.moved,
            removed=report.removed,
        )
        if report.kept_ids:
            kept = self.env._(
                "%s planned by hand are no longer owed and stay.", len(report.kept_ids)
            )
            message = f"{message} {kept}"
        return message

    def _get_plans(self):
        if self.system_ids:
            return self.system_ids._origin.inspection_plan_ids
        return self.env["om.inspection.plan"].search(
            [("system_id.state", "=", "in_service")]
        )

    @api.model
    def _get_today(self):
        return self.env["maintenance.request"]._get_inspection_today()
