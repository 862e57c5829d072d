from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ..tools import beijing
from ..tools.workdays import FIRST_YEAR, LAST_YEAR


class OmCalendarDay(models.Model):
    _name = "om.calendar.day"
    _description = "Working-day Calendar Entry"
    _inherit = ["mail.thread"]
    _order = "date desc"
    _rec_name = "date"

    date = fields.Date(required=True, tracking=True)
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        compute="_compute_weekday",
    )
    kind = fields.Selection(
        [("holiday", "Rest Day"), ("workday", "Working Day")],
        required=True,
        default="holiday",
        tracking=True,
        help="Overrides what the published lists and the weekday say of this date.",
    )
    name = fields.Char(
        string="Occasion",
        tracking=True,
        help="The holiday's name, for example Spring Festival.",
    )
    source = fields.Char(
        tracking=True,
        help="Where it is written, for example the number of the State Council's "
        "notice or the clause of the contract.",
    )
    is_official = fields.Boolean(
        string="In the State Council's List",
        tracking=True,
        help="Belongs to the published list of its year. As soon as a year has such "
        "days its dates are no longer provisional.",
    )

    _date_unique = models.UniqueIndex(
        "(date)",
        "This date already has an entry in the working-day calendar: change that one.",
    )

    @api.depends("date")
    def _compute_weekday(self):
        for day in self:
            day.weekday = str(day.date.weekday()) if day.date else False

    @api.depends("date", "name")
    def _compute_display_name(self):
        for day in self:
            parts = (fields.Date.to_string(day.date), day.name)
            day.display_name = " ".join(part for part in parts if part)

    @api.constrains("date")
    def _check_date(self):
        wrong = self.filtered(lambda d: not FIRST_YEAR <= d.date.year <= LAST_YEAR)
        if wrong:
            raise ValidationError(
                self.env._(
                    "The working-day calendar covers %(first)s to %(last)s; outside "
                    "it: %(dates)s",
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                    dates=format_list(self.env, (str(day.date) for day in wrong)),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        self._clear_calendar_cache()
        return days

    def write(self, vals):
        result = super().write(vals)
        self._clear_calendar_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self._clear_calendar_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        """Deadlines and payment dates were counted with these days: deleting one
        would take the reason away together with its history."""
        today = beijing.today()
        kept = self.filtered(lambda day: day.is_official or day.date <= today)
        if kept:
            raise UserError(
                self.env._(
                    "Days of the State Council's list and days gone by are not "
                    "deleted, because dates were counted with them. Correct their "
                    "kind instead; the change is recorded. Days concerned: %(dates)s",
                    dates=format_list(self.env, (str(day.date) for day in kept)),
                )
            )

    def _clear_calendar_cache(self):
        # Signalled to the other workers when the transaction commits.
        self.env.registry.clear_cache()
