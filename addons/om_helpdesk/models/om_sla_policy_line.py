from odoo import fields, models

from odoo.addons.om_assets.models.om_system_deadline import UNITS

SEVERITIES = [
    ("minor", "Minor"),
    ("general", "General"),
    ("serious", "Serious"),
    ("urgent", "Urgent"),
]
TARGETS = [("respond", "Response"), ("onsite", "Arrival"), ("fix", "Repair")]


class OmSlaPolicyLine(models.Model):
    _name = "om.sla.policy.line"
    _description = "Line of a Service Promise"
    _order = "policy_id, id"

    policy_id = fields.Many2one(
        "om.sla.policy", required=True, index=True, ondelete="cascade"
    )
    severity = fields.Selection(SEVERITIES, required=True)
    target = fields.Selection(TARGETS, required=True)
    value = fields.Float(digits=(16, 2), required=True)
    unit = fields.Selection(UNITS, required=True, default="hour")
