from odoo.addons.om_assets.controllers.field import Field


class TicketField(Field):
    """Tickets on the engineer's telephone."""

    def _get_modules(self):
        return [*super()._get_modules(), "om_helpdesk"]
