from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import date as Date

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..tools import beijing, periods
from ..tools.workdays import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarRangeError,
    DayNote,
    WorkdayCalendar,
)


class OmCalendar(models.AbstractModel):
    """Working days and ends of periods, for other models and for RPC clients.

    Dates are given as dates or ISO strings ("2026-01-20"); a datetime counts as its
    date in Asia/Shanghai (naive ones are UTC, as in the database).
    """

    _name = "om.calendar"
    _description = "Working-day Calendar"

    # ------------------------------------------------------------
    # External API
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def is_workday(self, date):
        """True if ``date`` is worked."""
        with self._counting():
            return self._get_calendar().is_workday(self._to_date(date))

    @api.model
    @api.readonly
    def add_workdays(self, date, n):
        """The ``n``-th working day after ``date``, which is day 0; ``n`` may be
        negative."""
        with self._counting():
            return self._get_calendar().add_workdays(
                self._to_date(date), self._to_whole(n)
            )

    @api.model
    @api.readonly
    def count_workdays(self, a, b):
        """Working days after ``a`` up to and including ``b``; negative if ``b`` is
        before ``a``."""
        with self._counting():
            return self._get_calendar().count_workdays(
                self._to_date(a), self._to_date(b)
            )

    @api.model
    @api.readonly
    def is_provisional(self, date):
        """True if the State Council's list for the year of ``date`` is not in the
        calendar: statutory days are computed and make-up days are missing."""
        with self._counting():
            return self._get_calendar().is_provisional(self._to_date(date))

    @api.model
    @api.readonly
    def explain(self, a, b):
        """[{date, kind, name, reason, provisional}]: the rest days and make-up days
        met in counting from ``a`` to ``b``; ``reason`` is in the user's language."""
        with self._counting():
            notes = self._get_calendar().explain(self._to_date(a), self._to_date(b))
        return self._format_notes(notes)

    @api.model
    @api.readonly
    def end_of_period(self, date, value, unit, closes_at=None):
        """The end of a period of ``value`` ``unit`` (workday, day, month, year, hour,
        minute) as a dict that RPC can carry.

        :param date: start; hours and minutes need a datetime (naive ones are UTC)
        :param closes_at: hour of the day when business closes (17.5 is 17:30)
        :return: ``nominal_date``, ``final_date``, ``ends_at`` (naive UTC),
            ``moved``, ``provisional``, ``days`` (see ``explain``)
        """
        end = self._end_of_period(date, value, unit, closes_at)
        return {
            "nominal_date": end.nominal_date,
            "final_date": end.final_date,
            "ends_at": beijing.to_stored(end.ends_at),
            "moved": end.moved,
            "provisional": end.provisional,
            "days": self._format_notes(end.notes),
        }

    # ------------------------------------------------------------
    # For other models
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_calendar(self) -> WorkdayCalendar:
        """The calendar with the entries of ``om.calendar.day``, one per registry.

        Entries are public law: reading them as superuser gives nothing away.
        """
        days = (
            self.env["om.calendar.day"]
            .sudo()
            .search_fetch([], ["date", "kind", "name", "is_official"])
        )
        return WorkdayCalendar(
            overrides={day.date: day.kind == "workday" for day in days},
            names={day.date: day.name for day in days if day.name},
            official_years={day.date.year for day in days if day.is_official},
        )

    @api.model
    def _get_counter(self):
        """Return ``f(start, value, unit)`` that counts a period by this calendar, for
        engines; to be called within ``_counting``."""
        workdays = self._get_calendar()
        return lambda start, value, unit: periods.end_of_period(
            start, value, unit, workdays
        )

    @api.model
    def _end_of_period(self, start, value, unit, closes_at=None) -> periods.PeriodEnd:
        """As ``end_of_period``, but the whole object with aware times."""
        if unit not in periods.UNITS:
            raise UserError(
                self.env._(
                    "“%(unit)s” is no unit of time; use one of: %(units)s",
                    unit=unit,
                    units=format_list(self.env, periods.UNITS),
                )
            )
        if unit in periods.CLOCK_UNITS:
            start = self._to_moment(start)
            if not self._is_number(value) or value < 0:
                raise UserError(
                    self.env._("A period cannot have the length “%s”.", value)
                )
        else:
            start = self._to_date(start)
            value = self._to_whole(value)
            if value < 0:
                raise UserError(self.env._("A period cannot have a negative length."))
        with self._counting():
            return periods.end_of_period(
                start, value, unit, self._get_calendar(), self._to_time(closes_at)
            )

    @api.model
    def _format_notes(self, notes: list[DayNote]) -> list[dict]:
        names = self._get_holiday_names()
        rows = []
        for note in notes:
            name = names.get(note.name, note.name)
            if note.kind == "makeup":
                reason = self.env._("Make-up working day")
                reason = f"{reason} ({name})" if name else reason
            elif note.kind == "weekend":
                reason = self.env._("Weekend")
            else:
                reason = name or self.env._("Rest day")
            rows.append(
                {
                    "date": note.date,
                    "kind": note.kind,
                    "name": name,
                    "reason": reason,
                    "provisional": note.provisional,
                }
            )
        return rows

    @api.model
    def _get_holiday_names(self):
        """{English name: name in the user's language}"""
        return {
            "New Year's Day": self.env._("New Year's Day"),
            "Spring Festival": self.env._("Spring Festival"),
            "Tomb-sweeping Day": self.env._("Tomb-sweeping Day"),
            "Labour Day": self.env._("Labour Day"),
            "Dragon Boat Festival": self.env._("Dragon Boat Festival"),
            "Mid-autumn Festival": self.env._("Mid-autumn Festival"),
            "National Day": self.env._("National Day"),
            "Victory Day": self.env._("Victory Day"),
        }

    # ------------------------------------------------------------
    # Arguments
    # ------------------------------------------------------------

    @contextmanager
    def _counting(self):
        try:
            yield
        except CalendarRangeError as error:
            raise UserError(
                self.env._(
                    "The date is, or the counting leads, outside the working-day "
                    "calendar, which covers %(first)s to %(last)s.",
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            ) from error

    def _to_date(self, value):
        if isinstance(value, datetime):
            return periods.local_date(self._to_moment(value))
        if isinstance(value, Date):
            return value
        try:
            return Date.fromisoformat(value)
        except (TypeError, ValueError):
            raise UserError(
                self.env._("“%s” is not a date; write it as 2026-01-20.", value)
            ) from None

    def _to_moment(self, value):
        moment = value
        if isinstance(value, str) and len(value) > len("2026-01-20"):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                moment = None
        if not isinstance(moment, datetime):
            raise UserError(
                self.env._(
                    "Hours and minutes need a date and time; “%s” is none.", value
                )
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _to_time(self, hours):
        if hours is None or hours is False:
            return None
        if not self._is_number(hours) or not 0 <= hours <= 24:
            raise UserError(
                self.env._("Closing time is an hour from 0 to 24, not “%s”.", hours)
            )
        minutes = round(hours * 60)
        # Open until 24:00: the day ends with the period, as without closing time.
        if minutes >= 24 * 60:
            return None
        return (datetime.min + timedelta(minutes=minutes)).time()

    def _to_whole(self, value):
        if not self._is_number(value) or value != int(value):
            raise UserError(
                self.env._("A whole number of days is needed, not “%s”.", value)
            )
        return int(value)

    @staticmethod
    def _is_number(value):
        return (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and abs(value) < float("inf")
        )
