from odoo import fields, models

from .helpdesk_ticket_acts import OPEN


class OmServiceCheck(models.Model):
    """An item of a request's checklist: as it was asked, with its result.

    The request's ledger tells the items; they have no lines of their own.
    """

    _name = "om.service.check"
    _inherit = "om.act.mixin"
    _description = "Checklist Item of a Request"
    _order = "ticket_id, sequence, id"
    _free_fields = {
        "ticket_id": (),
        "name": (),
        **dict.fromkeys(("result", "note", "sequence"), OPEN),
    }

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    state = fields.Selection(related="ticket_id.state")
    sequence = fields.Integer(default=10)
    name = fields.Char("Item", required=True)
    instruction = fields.Text(readonly=True)
    result = fields.Selection(
        [("pass", "Done"), ("fail", "Failed"), ("na", "Does Not Apply")]
    )
    note = fields.Char("Finding")
