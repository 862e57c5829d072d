from odoo import fields, models

from .om_sla_policy_line import TARGETS


class OmEscalationNotice(models.Model):
    """What has been escalated: once per ticket, target and share, whatever happens."""

    _name = "om.escalation.notice"
    _description = "Escalation"
    _order = "at desc, id desc"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    target = fields.Selection(TARGETS, required=True, readonly=True)
    percent = fields.Integer("Share of the Time", required=True, readonly=True)
    at = fields.Datetime("Reached On", required=True, readonly=True)
    user_ids = fields.Many2many("res.users", string="Told", readonly=True)
    level = fields.Integer(
        default=1,
        readonly=True,
        help="How many circles of people have been told in turn.",
    )
    state = fields.Selection(
        [
            ("told", "Told"),
            ("waiting", "Not Acknowledged"),
            ("acknowledged", "Acknowledged"),
        ],
        required=True,
        default="told",
        readonly=True,
    )
    next_level_at = fields.Datetime(
        "Next Level On",
        readonly=True,
        help="When the next are told unless somebody acknowledges before.",
    )
    acknowledged_at = fields.Datetime("Acknowledged On", readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", readonly=True)

    _once = models.Constraint(
        "unique(ticket_id, target, percent)", "This was escalated already."
    )
