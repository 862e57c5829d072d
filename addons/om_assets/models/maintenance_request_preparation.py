from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list


class MaintenanceRequest(models.Model):
    """What the acts of an inspection need: its items, its stages, its list."""

    _inherit = "maintenance.request"

    def _prepare_results(self):
        """Return the values of the items of inspections that start."""
        checklists = self.env["om.inspection.checklist"]._get_by_scope()
        values = []
        for request in self:
            lines = request._get_checklist_lines(checklists)
            if not lines:
                raise UserError(
                    self.env._(
                        "There is no checklist with items for “%s”. Add one under"
                        " Configuration.",
                        request.display_name,
                    )
                )
            values += [
                {
                    **line._prepare_result_values(),
                    "request_id": request.id,
                    "sequence": sequence,
                }
                for sequence, line in enumerate(lines, 1)
            ]
        return values

    def _get_checklist_lines(self, checklists):
        """Return what an inspection will ask for when it starts, in its order.

        :param checklists: as ``_get_by_scope`` returns them
        """
        self.ensure_one()
        system = self.system_id.sudo()
        lang = system.unit_id.lang or self.env.lang
        plan = self.inspection_plan_id.sudo()
        named = plan.checklist_ids.filtered("active")
        used = named or checklists.get(self.inspection_scope or "all")
        if not used:
            return self.env["om.inspection.checklist.line"]
        return used.with_context(lang=lang)._get_lines(
            system, self.inspection_mode == "remote"
        )

    @api.model
    def _get_inspection_stages(self):
        """Return (the stage of what was started, the stage of what is finished)."""
        Stage = self.env["maintenance.stage"]
        done = Stage.search([("done", "=", True)], limit=1)
        started = Stage.search([("done", "=", False)], limit=2)[-1:]
        if not done or not started:
            raise UserError(
                self.env._("Maintenance needs a stage for work done and one before it.")
            )
        return started, done

    @api.model
    def _get_todays_inspections_domain(self):
        """Return what is on the list of today: due and open, or finished today."""
        return Domain(
            [
                ("is_inspection", "=", True),
                ("archive", "=", False),
                ("inspection_date", "<=", "today"),
                "|",
                ("stage_id.done", "=", False),
                ("close_date", "=", "today"),
            ]
        )


class MaintenanceStage(models.Model):
    _inherit = "maintenance.stage"

    def write(self, vals):
        """Whether a stage means done is asked of every finished inspection: with
        another answer they would be open again, all at once and without a word."""
        changed = self.filtered(
            lambda stage: "done" in vals and stage.done != bool(vals["done"])
        )
        # sudo: that there are inspections is no secret to who changes the stage.
        used = changed and self.env["maintenance.request"].sudo().search_count(
            [("stage_id", "in", changed.ids), ("is_inspection", "=", True)], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "Inspections are in these stages; they would be finished or open"
                    " again with it. Make a new stage instead: %s",
                    format_list(self.env, changed.mapped("name")),
                )
            )
        return super().write(vals)
