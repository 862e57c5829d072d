from odoo import fields, models


class OmServiceCalendar(models.Model):
    _name = "om.service.calendar"
    _description = "Service Calendar"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    always = fields.Boolean("Around the Clock")
    holidays_observed = fields.Boolean("Closed on Holidays", default=True)
    window_ids = fields.One2many(
        "om.service.calendar.window", "calendar_id", string="Windows", copy=True
    )
