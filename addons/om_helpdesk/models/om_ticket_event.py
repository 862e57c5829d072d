from odoo import fields, models

from ..engine import timeline

KINDS = [(name, kind.label) for name, kind in timeline.KINDS.items()]


class OmTicketEvent(models.Model):
    """Ledger of what happened to tickets; rows are added and made void, never changed.

    ``create_date`` is when it was entered, ``at`` when it happened.
    """

    _name = "om.ticket.event"
    _description = "Ticket Event"
    _order = "at, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    at = fields.Datetime("Happened On", required=True, readonly=True)
    entered_on = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    source_id = fields.Many2one(
        "helpdesk.ticket",
        string="By the Report",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The report of the same fault that was merged.",
    )
    # Why an engineer entered a time late is for ours; a page tells what is a party's.
    reason = fields.Char(
        readonly=True,
        groups="base.group_user",
        help="Why an earlier time, or why it was done.",
    )
    voided_on = fields.Datetime(readonly=True)
    voided_by_id = fields.Many2one(
        "res.users", string="Made Void By", readonly=True, groups="base.group_user"
    )
    void_reason = fields.Char(readonly=True, groups="base.group_user")

    _not_future = models.Constraint(
        "CHECK (at <= entered_on)",
        "What has not happened yet cannot be entered.",
    )

    def _void(self, reason):
        """Take the events out of account; the rows stay, with who and why."""
        self.write(
            {
                "voided_on": fields.Datetime.now(),
                "voided_by_id": self.env.uid,
                "void_reason": reason,
            }
        )
