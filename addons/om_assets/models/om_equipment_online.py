from odoo import fields, models


class OmEquipmentOnline(models.Model):
    _name = "om.equipment.online"
    _inherit = "om.act.mixin"
    _description = "Online Rate of a Device"
    _order = "date desc, id desc"
    _free_fields = dict.fromkeys(("equipment_id", "date", "rate"))
    _rec_name = "date"

    equipment_id = fields.Many2one(
        "maintenance.equipment", required=True, ondelete="cascade", string="Device"
    )
    system_id = fields.Many2one(
        related="equipment_id.system_id", store=True, index=True, string="O&M System"
    )
    company_id = fields.Many2one(
        related="equipment_id.company_id", store=True, index=True
    )
    date = fields.Date(required=True, index=True)
    rate = fields.Float(
        "Online Rate (%)",
        digits=(5, 2),
        aggregator="avg",
        required=True,
        help="How much of the day the device was reachable, in percent.",
    )

    _equipment_date_uniq = models.Constraint(
        "unique(equipment_id, date)",
        "There is an online rate of this device and day already.",
    )
    _rate_range = models.Constraint(
        "CHECK (rate >= 0 AND rate <= 100)",
        "An online rate lies between 0 and 100 percent.",
    )
