from odoo import fields, models


class OmSlaPolicy(models.Model):
    _name = "om.sla.policy"
    _inherit = ["mail.thread"]
    _description = "Service Promise"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    calendar_id = fields.Many2one(
        "om.service.calendar", required=True, ondelete="restrict", tracking=True
    )
    line_ids = fields.One2many("om.sla.policy.line", "policy_id", copy=True)
