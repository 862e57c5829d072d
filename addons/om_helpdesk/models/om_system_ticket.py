from odoo import fields, models


class OmSystem(models.Model):
    _inherit = "om.system"

    ticket_ids = fields.One2many("helpdesk.ticket", "system_id", string="Tickets")
    ticket_open_count = fields.Integer(
        "Open Tickets", compute="_compute_ticket_open_count"
    )

    def _compute_ticket_open_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("system_id", "in", self.ids), ("is_open", "=", True)],
                ["system_id"],
                ["__count"],
            )
        )
        for system in self:
            system.ticket_open_count = counts.get(system._origin, 0)

    def action_view_tickets(self):
        """Return the action that lists the tickets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_ticket_action"
        )
        action["domain"] = [("system_id", "=", self.id)]
        action["context"] = {
            "default_system_id": self.id,
            "search_default_is_open": True,
        }
        return action
