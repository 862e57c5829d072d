from odoo.addons.om_helpdesk.controllers.field import TicketField


class SpareField(TicketField):
    """Parts on the engineer's telephone."""

    def _get_modules(self):
        return [*super()._get_modules(), "om_stock_spares"]
