from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact

from ..engine.service_calendar import Window
from .om_service_calendar import WRITING

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
    _inherit = "om.act.mixin"
    _description = "Service Hours"
    _order = "weekday, hour_from, id"

    _free_fields = dict.fromkeys(("calendar_id", "weekday", "hour_from", "hour_to"))
    _facts = {
        "calendar": Fact("calendar_id"),
        "weekday": Fact("weekday"),
        "from": Fact("hour_from"),
        "to": Fact("hour_to"),
    }

    calendar_id = fields.Many2one(
        "om.service.calendar", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="calendar_id.company_id")
    weekday = fields.Selection(WEEKDAYS, required=True)
    hour_from = fields.Float("From", required=True, default=9.0)
    hour_to = fields.Float("To", required=True, default=18.0)

    _hours_of_a_day = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "Service hours lie between 00:00 and 24:00 and end after they start; hours over"
        " midnight are two entries.",
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(calendar_id, calendar_id, '[]') WITH =,"
        " int4range(weekday::int, weekday::int, '[]') WITH =,"
        " numrange(hour_from::numeric, hour_to::numeric) WITH &&)",
        "Two service hours of one weekday overlap.",
    )

    @api.depends("weekday", "hour_from", "hour_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        weekdays = dict(self._fields["weekday"]._description_selection(self.env))
        for window in self:
            weekday = weekdays.get(window.weekday, "")
            window.display_name = f"{weekday} {window._get_text()}"

    def _get_text(self):
        """Return the hours as 09:00–12:00."""
        self.ensure_one()
        return "–".join(
            f"{minutes // 60:02d}:{minutes % 60:02d}"
            for minutes in (
                self._get_minutes("hour_from"),
                self._get_minutes("hour_to"),
            )
        )

    def _get_minutes(self, name):
        return round(self[name] * 60)

    def _get_engine_window(self):
        self.ensure_one()
        return Window(
            int(self.weekday),
            self._get_minutes("hour_from"),
            self._get_minutes("hour_to"),
        )

    # ------------------------------------------------------------
    # CRUD: what is changed outside the calendar's form counts the same
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        calendars = self.env["om.service.calendar"].browse(
            {vals["calendar_id"] for vals in vals_list if vals.get("calendar_id")}
        )
        before = self._remember(calendars)
        windows = super().create(vals_list)
        self._follow(calendars, before)
        return windows

    def write(self, vals):
        calendars = self.calendar_id
        before = self._remember(calendars)
        result = super().write(vals)
        self._follow(calendars, before)
        return result

    def unlink(self):
        calendars = self.calendar_id
        before = self._remember(calendars)
        result = super().unlink()
        self._follow(calendars, before)
        return result

    def _remember(self, calendars):
        if self.env.context.get("om_calendar_writing") is WRITING:
            return None
        return {calendar: calendar.hours_text for calendar in calendars}

    def _follow(self, calendars, before):
        if before is not None:
            calendars._hours_changed(before)
