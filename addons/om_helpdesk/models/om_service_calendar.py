from odoo import api, fields, models, tools
from odoo.fields import Domain

from odoo.addons.om_base.tools.acts import Fact

from ..engine.service_calendar import ServiceCalendar

# Only code of the server holds this: hours are written through their calendar.
WRITING = object()


class OmServiceCalendar(models.Model):
    _name = "om.service.calendar"
    _inherit = ["mail.thread", "om.act.mixin"]
    _description = "Service Calendar"
    _order = "sequence, id"

    _free_fields = {
        "name": None,
        "sequence": None,
        "active": None,
        "company_id": None,
        "always": None,
        "holidays_observed": None,
        "window_ids": None,
    }
    _facts = {
        "always": Fact("always"),
        "closed_on_holidays": Fact("holidays_observed"),
    }

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Left empty: for all companies."
    )
    always = fields.Boolean(
        "Around the Clock",
        tracking=True,
        help="Served at any time: no holiday and no closing hour stops the clock.",
    )
    holidays_observed = fields.Boolean(
        "Closed on Holidays",
        default=True,
        tracking=True,
        help="Closed on rest days by law and served on make-up working days, these by"
        " the hours of the first weekday that has any. Otherwise served by the hours"
        " of each weekday, also on holidays.",
    )
    window_ids = fields.One2many(
        "om.service.calendar.window", "calendar_id", string="Hours", copy=True
    )
    hours_text = fields.Char("Served", compute="_compute_hours_text")
    policy_ids = fields.One2many("om.sla.policy", "calendar_id", string="Promises")

    @api.depends(
        "always",
        "holidays_observed",
        "window_ids.weekday",
        "window_ids.hour_from",
        "window_ids.hour_to",
    )
    @api.depends_context("lang")
    def _compute_hours_text(self):
        for calendar in self:
            calendar.hours_text = calendar._get_hours_text()

    def _get_hours_text(self):
        """Return the hours in words: weekdays with the same hours together."""
        self.ensure_one()
        if self.always:
            return self.env._("around the clock, holidays included")
        weekdays = dict(
            self.window_ids._fields["weekday"]._description_selection(self.env)
        )
        by_day = {}
        for window in self.window_ids:
            by_day.setdefault(window.weekday, []).append(window._get_text())
        groups = []
        for day in sorted(by_day):
            hours = sorted(by_day[day])
            if groups and groups[-1][2] == hours and int(groups[-1][1]) + 1 == int(day):
                groups[-1][1] = day
            else:
                groups.append([day, day, hours])
        texts = []
        for first, last, hours in groups:
            span = weekdays[first]
            if last != first:
                span = f"{span}–{weekdays[last]}"
            texts.append(f"{span} {' '.join(hours)}")
        texts.append(
            self.env._("closed on holidays, served on make-up days")
            if self.holidays_observed
            else self.env._("holidays included")
        )
        return self.env["om.sla.explanation"]._join(texts)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        calendars = super(
            OmServiceCalendar, self.with_context(om_calendar_writing=WRITING)
        ).create(vals_list)
        self.env.registry.clear_cache()
        return calendars.with_env(self.env)

    def write(self, vals):
        before = {calendar: calendar.hours_text for calendar in self}
        result = super(
            OmServiceCalendar, self.with_context(om_calendar_writing=WRITING)
        ).write(vals)
        if vals.keys() & {"always", "holidays_observed", "window_ids"}:
            self._hours_changed(before)
        return result

    def unlink(self):
        # Not by the database: what is deleted is on record.
        self.window_ids.unlink()
        return super().unlink()

    def _hours_changed(self, before):
        """Log changed hours, and let the promises that rest on them follow."""
        self.env.registry.clear_cache()
        bodies = {
            calendar.id: f"{before[calendar] or '–'} → {calendar.hours_text or '–'}"
            for calendar in self
            if before[calendar] != calendar.hours_text
        }
        if not bodies:
            return
        changed = self.browse(bodies)
        changed._message_log_batch(bodies=bodies)
        policies = self.env["om.sla.policy"].with_context(active_test=False)
        policies = policies.search(
            Domain("calendar_id", "in", changed.ids)
            | Domain("line_ids.calendar_id", "in", changed.ids)
        )
        policies._announce_change(self.env._("Service hours changed"))

    # ------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_engine_calendars(self):
        """Return {id: ServiceCalendar}; one that is never served is not among them.

        Service hours are terms of contract: reading them as superuser gives nothing
        away.
        """
        workdays = self.env["om.calendar"]._get_calendar()
        calendars = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch([], ["always", "holidays_observed"])
        )
        return {
            calendar.id: ServiceCalendar(
                [window._get_engine_window() for window in calendar.window_ids],
                workdays,
                always=calendar.always,
                holidays=calendar.holidays_observed,
            )
            for calendar in calendars
            if calendar.always or calendar.window_ids
        }

    def _get_engine_calendar(self) -> ServiceCalendar | None:
        """Return the compiled calendar; None if it is never served."""
        self.ensure_one()
        return self._get_engine_calendars().get(self.id)
