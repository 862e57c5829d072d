from odoo import fields, models


class OmObligationEvent(models.TransientModel):
    """An event on which something is owed: a repair, a request, an expiry."""

    _name = "om.obligation.event"
    _description = "Event on Which Something Is Owed"

    obligation_id = fields.Many2one(
        "om.obligation",
        required=True,
        domain="[('per', '=', 'event'), ('state', '=', 'in_force')]",
    )
    date = fields.Date(
        "Day of the Event",
        required=True,
        default=lambda self: self.env["om.obligation"]._get_local_today(),
    )
    note = fields.Char("What Happened", required=True)

    def action_enter(self):
        """Enter the event and open what is owed on it."""
        self.ensure_one()
        item = self.obligation_id._enter_event(self.date, self.note)
        return item.get_formview_action()
