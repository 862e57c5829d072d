from odoo import fields, models

STATES = [
    ("new", "New"),
    ("dispatched", "Dispatched"),
    ("progress", "In Progress"),
    ("waiting", "Waiting"),
    ("fixed", "Fixed"),
    ("confirmed", "Confirmed"),
    ("cancelled", "Cancelled"),
]


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    om_state = fields.Selection(
        STATES,
        string="Stands For",
        index="btree_not_null",
        help="Tickets come here by what happens to them; moving a ticket here means"
        " that it has happened.",
    )
