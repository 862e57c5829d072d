from odoo import fields, models

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES

MAKES = [
    ("downtime", "Downtime"),
    ("both", "Downtime and Fault"),
    ("fault", "Fault"),
    ("nothing", "Nothing"),
]


class OmAlertRule(models.Model):
    """What alerts of a name, or with a label, become."""

    _name = "om.alert.rule"
    _inherit = ["om.act.mixin"]
    _description = "Rule for Alerts"
    _order = "source_id, sequence, id"
    _rec_name = "pattern"

    _free_fields = dict.fromkeys(
        (
            "source_id",
            "sequence",
            "pattern",
            "label",
            "label_value",
            "makes",
            "severity",
        )
    )

    source_id = fields.Many2one(
        "om.alert.source", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    pattern = fields.Char(
        "Alert",
        required=True,
        default="*",
        help="The alert's name; * stands for anything, such as *Down.",
    )
    label = fields.Char("With Label", help="Empty: whatever its labels are.")
    label_value = fields.Char("Value")
    makes = fields.Selection(MAKES, required=True, default="downtime")
    severity = fields.Selection(
        SEVERITIES, required=True, default="general", help="Of the fault."
    )
