from odoo import fields, models

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class OmServiceCalendarWindow(models.Model):
    _name = "om.service.calendar.window"
    _description = "Service Window"
    _order = "weekday, hour_from, id"

    calendar_id = fields.Many2one(
        "om.service.calendar", required=True, index=True, ondelete="cascade"
    )
    weekday = fields.Selection(WEEKDAYS, required=True)
    hour_from = fields.Float("From", required=True)
    hour_to = fields.Float("To", required=True)
