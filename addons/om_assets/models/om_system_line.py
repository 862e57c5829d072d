from markupsafe import Markup

from odoo import api, fields, models

from .om_system import CREATING


class OmSystemLine(models.AbstractModel):
    """A line of the register under a system.

    What such lines promise and ask for is free to those who keep the register, and on
    record where it decides what is owed (``_facts`` of plans and deadlines).
    """

    _name = "om.system.line"
    _inherit = "om.act.mixin"
    _description = "Line of a System"
    _order = "system_id, sequence, id"
    # A line is never moved to another system.
    _free_fields = {"system_id": (), "sequence": None}

    # Lines that decide deductions leave a trace in the discussion of their system.
    _log_on_system = False

    system_id = fields.Many2one(
        "om.system", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if lines._logs_changes():
            lines._log_on_systems(
                [(line.system_id, "", line.display_name) for line in lines]
            )
        return lines

    def write(self, vals):
        if not self._logs_changes():
            return super().write(vals)
        before = [(line.system_id, line.display_name) for line in self]
        result = super().write(vals)
        self._log_on_systems(
            [
                (system, text, line.display_name)
                for (system, text), line in zip(before, self, strict=True)
            ]
        )
        return result

    def unlink(self):
        if self._logs_changes():
            self._log_on_systems(
                [(line.system_id, line.display_name, "") for line in self]
            )
        return super().unlink()

    def _logs_changes(self):
        context = self.env.context
        return self._log_on_system and not (
            context.get("tracking_disable")
            or context.get("om_system_create") is CREATING
        )

    def _log_on_systems(self, changes):
        """Log (system, text before, text after) in one message per system."""
        items = {}
        for system, before, after in changes:
            if before != after:
                item = Markup("<li>%s → %s</li>") % (before or "–", after or "–")
                items[system] = items.get(system, Markup()) + item
        if not items:
            return
        title = self.env["ir.model"]._get(self._name).name
        self.env["om.system"].browse(
            [system.id for system in items]
        )._message_log_batch(
            bodies={
                system.id: Markup("<p>%s</p><ul>%s</ul>") % (title, item)
                for system, item in items.items()
            }
        )
