from lxml import etree

from odoo import api, models

from ..engine import timeline


class OmTicketTimesMixin(models.AbstractModel):
    """A form of when things happened: those that only some contracts ask about stand
    behind the arrival, so that a new one is told in the engine alone."""

    _name = "om.ticket.times.mixin"
    _description = "Times of a Ticket"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        for arrival in arch.xpath("//field[@name='arrived_at']"):
            for event in reversed(timeline.NOTED):
                hidden = self._get_hidden_when(event)
                arrival.addnext(
                    etree.Element("field", name=f"{event}_at", invisible=hidden)
                )
        return arch, view

    @api.model
    def _get_hidden_when(self, event):
        """Return the condition, as a view has it, that hides the time of an event."""
        return f"not {event}_at"
