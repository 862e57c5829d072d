from odoo import fields, models


class OmSystem(models.Model):
    _inherit = "om.system"

    ticket_ids = fields.One2many("helpdesk.ticket", "system_id", string="Tickets")
    ticket_open_count = fields.Integer(
        "Open Faults", compute="_compute_ticket_open_count"
    )
    service_request_open_count = fields.Integer(
        "Open Service Requests", compute="_compute_ticket_open_count"
    )

    def _compute_ticket_open_count(self):
        counts = {
            (system, kind): count
            for system, kind, count in self.env["helpdesk.ticket"]._read_group(
                [("system_id", "in", self.ids), ("is_open", "=", True)],
                ["system_id", "kind"],
                ["__count"],
            )
        }
        for system in self:
            system.ticket_open_count = counts.get((system._origin, "fault"), 0)
            system.service_request_open_count = counts.get(
                (system._origin, "request"), 0
            )

    def action_view_tickets(self):
        """Return the action that lists the tickets."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_ticket_action"
        )
        action["domain"] = [("system_id", "=", self.id), ("kind", "=", "fault")]
        action["context"] = {
            "default_system_id": self.id,
            "search_default_is_open": True,
        }
        return action

    def action_view_service_requests(self):
        """Return the action that lists the service requests."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_request_action"
        )
        action["domain"] = [("system_id", "=", self.id), ("kind", "=", "request")]
        action["context"] = {
            "default_system_id": self.id,
            "om_is_request": True,
            "search_default_is_open": True,
        }
        return action
