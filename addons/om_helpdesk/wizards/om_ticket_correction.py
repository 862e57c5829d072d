from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES

from ..models.helpdesk_ticket import TIME_FIELDS, make_time_fields

LINKS = ("system_id", "service_item_id")
CORRECTED = (*LINKS, "severity", "reported_at", *TIME_FIELDS)


class OmTicketCorrection(models.TransientModel):
    """Put right what was entered wrongly; old and new stay on record with the reason.

    A dispatcher corrects open tickets as long as no breach disappears by it; a project
    manager corrects everything, also what was confirmed.
    """

    _name = "om.ticket.correction"
    _inherit = "om.ticket.times.mixin"
    _description = "Ticket Correction"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id")
    kind = fields.Selection(related="ticket_id.kind")
    confirmed = fields.Boolean(compute="_compute_confirmed")
    system_id = fields.Many2one("om.system", check_company=True)
    service_item_id = fields.Many2one(
        "om.service.item",
        string="Service",
        check_company=True,
        help="A ticket that was entered as the wrong kind gets the other's deadlines.",
    )
    severity = fields.Selection(SEVERITIES, required=True)
    reported_at = fields.Datetime("Reported On", required=True)
    vars().update(make_time_fields(TIME_FIELDS.values()))
    pause_id = fields.Many2one(
        "om.ticket.pause",
        string="Pause to Make Void",
        domain="[('ticket_id', '=', ticket_id), ('voided_on', '=', False)]",
    )
    reason = fields.Text(required=True, help="What was wrong, and how it is known.")

    @api.depends("ticket_id")
    def _compute_confirmed(self):
        for correction in self:
            correction.confirmed = bool(correction.ticket_id.confirmed_at)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        ticket = self.env["helpdesk.ticket"].browse(
            values.get("ticket_id") or self.env.context.get("default_ticket_id") or ()
        )
        for name in CORRECTED:
            if ticket and name in fields:
                value = ticket[name]
                values[name] = value.id if name in LINKS else value
        return values

    def action_confirm(self):
        """Correct, recompute from the corrected facts, and leave old and new."""
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        ticket = self.ticket_id
        ticket.check_access("write")
        if self.confirmed:
            ticket._check_manager(
                self.env._("Confirmed results are corrected by a project manager.")
            )
        values = self._get_changes()
        if not values and not self.pause_id:
            raise UserError(self.env._("Nothing was changed."))
        before = ticket._om_results_text()
        if self.pause_id:
            ticket._check_manager(
                self.env._("A pause is corrected by a project manager.")
            )
        act = "corrected_result" if self.confirmed else "corrected"
        with ticket._om_changing(act, reason=self.reason) as corrected:
            if self.pause_id:
                self.pause_id.with_env(corrected.env)._void(self.reason)
            if values:
                corrected.with_context(om_reason=self.reason).write(values)
        after = ticket._om_results_text()
        ticket._om_log(
            {
                ticket: "\n".join(
                    [
                        self.env._("Corrected: %s", self.reason),
                        self.env._("Before: %s", before),
                        self.env._("After: %s", after),
                    ]
                )
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def _get_changes(self):
        """Return the values that differ from the ticket's."""
        changes = {}
        for name in CORRECTED:
            if self[name] != self.ticket_id[name]:
                changes[name] = self[name].id if name in LINKS else self[name]
        return changes
