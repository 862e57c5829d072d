from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list, groupby

from ..tools.notice import Notice, Problem, read_notice
from ..tools.workdays import (
    FIRST_YEAR,
    LAST_YEAR,
    PUBLISHED_YEARS,
    WorkdayCalendar,
    base_days,
    computed_rest_days,
    is_weekend,
)


class Plan(NamedTuple):
    """What saving would do: values per new date, and per entry to change."""

    create: dict
    write: dict
    unchanged: int


class OmCalendarPublish(models.TransientModel):
    _name = "om.calendar.publish"
    _description = "Enter a Year's Holidays"

    year = fields.Integer(required=True, default=lambda self: self._default_year())
    source = fields.Char(
        string="Notice",
        required=True,
        help="Title or number of the State Council's notice.",
    )
    holidays = fields.Text(
        string="Rest Days",
        help="Paste the numbered paragraphs of the notice, or write one line for each "
        "holiday.",
    )
    workdays = fields.Text(
        string="Make-up Working Days",
        help="Only those that the text of the rest days does not name already.",
    )
    has_problems = fields.Boolean(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def _default_year(self):
        official = self.env["om.calendar.day"]._read_group(
            [("is_official", "=", True)], aggregates=["date:max"]
        )
        latest = official[0][0]
        return max(max(PUBLISHED_YEARS), latest.year if latest else 0) + 1

    @api.depends("year", "holidays", "workdays")
    def _compute_preview(self):
        for wizard in self:
            if not FIRST_YEAR <= wizard.year <= LAST_YEAR:
                wizard.has_problems = True
                wizard.preview = wizard._render_problems([wizard._explain_year()])
            elif not wizard.holidays and not wizard.workdays:
                wizard.has_problems = True
                wizard.preview = wizard._render_current()
            else:
                notice = wizard._read()
                wizard.has_problems = bool(notice.problems)
                wizard.preview = (
                    wizard._render_problems(wizard._explain_problems(notice))
                    if notice.problems
                    else wizard._render_notice(notice)
                )

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_save(self):
        """Enters the whole list or nothing, and shows the year."""
        self.ensure_one()
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise UserError(self._explain_year())
        notice = self._read()
        if notice.problems:
            raise UserError("\n".join(self._explain_problems(notice)))
        plan = self._get_plan(notice)
        Day = self.env["om.calendar.day"]
        Day.create([{"date": day, **vals} for day, vals in plan.create.items()])
        by_values = defaultdict(Day.browse)
        for day, vals in plan.write.items():
            by_values[tuple(vals.items())] += day
        for vals, days in by_values.items():
            days.write(dict(vals))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_base.om_calendar_day_action"
        )
        action["domain"] = [
            ("date", ">=", f"{self.year}-01-01"),
            ("date", "<=", f"{self.year}-12-31"),
        ]
        action["context"] = {}
        action["display_name"] = self.env._("Holidays %s", self.year)
        action["target"] = "main"
        return action

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _read(self) -> Notice:
        return read_notice(self.year, self.holidays or "", self.workdays or "")

    def _get_days(self, notice: Notice) -> dict:
        """{date: (kind, occasion)} that make the calendar agree with the notice.

        Beside the days of the notice these are the days that the libraries, or an
        earlier entry of the same list, take for special and the notice does not.
        """
        days = {day: ("holiday", name) for day, name in notice.holidays.items()}
        days |= {day: ("workday", name) for day, name in notice.workdays.items()}
        for day, (worked, _name) in base_days(self.year).items():
            if worked == is_weekend(day):
                days.setdefault(day, (self._ordinary_kind(day), False))
        return days

    @staticmethod
    def _ordinary_kind(day: date) -> str:
        return "holiday" if is_weekend(day) else "workday"

    def _get_plan(self, notice: Notice) -> Plan:
        days = self._get_days(notice)
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        existing = self.env["om.calendar.day"].search(
            [("date", ">=", min(first, *days)), ("date", "<=", last)]
        )
        for day in existing:
            if day.is_official and first <= day.date <= last:
                days.setdefault(day.date, (self._ordinary_kind(day.date), False))
        known = {day.date: day for day in existing}
        calendar = self.env["om.calendar"]._get_calendar()
        create, write, unchanged = {}, {}, 0
        for day, (kind, name) in sorted(days.items()):
            vals = {
                "kind": kind,
                "name": name or False,
                "source": self.source,
                # A list that reaches back into December does not publish the year
                # that December belongs to.
                "is_official": day >= first or not calendar.is_provisional(day),
            }
            entry = known.get(day)
            if not entry:
                create[day] = vals
            elif changed := {k: v for k, v in vals.items() if entry[k] != v}:
                write[entry] = changed
            else:
                unchanged += 1
        return Plan(create, write, unchanged)

    # ------------------------------------------------------------
    # Wording
    # ------------------------------------------------------------

    def _explain_year(self):
        return self.env._(
            "The year must lie between %(first)s and %(last)s.",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )

    def _explain_problems(self, notice: Notice) -> list[str]:
        return [self._explain_problem(problem) for problem in notice.problems]

    def _explain_problem(self, problem: Problem) -> str:
        env, values = self.env, {"text": problem.text, "detail": problem.detail}
        text = {
            "no_date": env._(
                "no date in “%(text)s”; delete the line or add one", **values
            ),
            "bad_date": env._("“%(text)s” is not a day of the calendar", **values),
            "unknown": env._("“%(text)s” is not understood", **values),
            "year": env._("“%(text)s” does not belong to %(detail)s", **values),
            "backwards": env._("%(text)s ends before it begins", **values),
            "long": env._("%(text)s would be %(detail)s days off in a row", **values),
            "weekday": env._("%(text)s: that day is %(detail)s", **values),
            "total": env._(
                "the text says “%(text)s”, but %(detail)s days were counted", **values
            ),
            "makeup_weekday": env._(
                "%(text)s is no Saturday or Sunday: it cannot be a make-up day",
                **values,
            ),
            "twice": env._("%(text)s is both a rest day and a make-up day", **values),
            "empty": env._("no rest day was found"),
        }[problem.code]
        if problem.line:
            return env._("Line %(line)s: %(text)s", line=problem.line, text=text)
        return text

    def _render_problems(self, problems: list[str]) -> Markup:
        rows = Markup("").join(Markup("<li>%s</li>") % problem for problem in problems)
        return Markup(
            '<div class="alert alert-warning mb-0" role="alert">'
            "<strong>%s</strong><ul class='mb-0'>%s</ul></div>"
        ) % (self.env._("Nothing can be saved yet:"), rows)

    def _render_current(self) -> Markup:
        """What holds for the year before anything is entered."""
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        calendar = self.env["om.calendar"]._get_calendar()
        names = self.env["om.calendar"]._get_holiday_names()
        notes = [calendar.note(first), *calendar.explain(first, last)]
        named = {"holiday": {}, "makeup": {}}
        for note in notes:
            if note and note.kind in named:
                named[note.kind][note.date] = names.get(note.name, note.name)
        text = (
            self.env._(
                "The list for %(year)s has not been entered. Until then these "
                "statutory days apply provisionally; make-up days are unknown.",
                year=self.year,
            )
            if calendar.is_provisional(first)
            else self.env._("In force for %(year)s:", year=self.year)
        )
        table = self._render_table(Notice(named["holiday"], named["makeup"], ()))
        return Markup("<p class='mb-1'>%s</p>") % text + table

    def _render_notice(self, notice: Notice) -> Markup:
        lines = [self._get_summary(notice), *self._get_warnings(notice)]
        return self._render_table(notice) + Markup("").join(
            Markup("<p class='mb-1'>%s</p>") % line for line in lines
        )

    def _render_table(self, notice: Notice) -> Markup:
        rows = Markup("").join(
            Markup(
                "<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td>%s</td></tr>"
            )
            % row
            for row in self._get_preview_rows(notice)
        )
        return Markup(
            "<table class='table table-sm mb-2'><thead><tr>"
            "<th>%s</th><th>%s</th><th class='text-end'>%s</th><th>%s</th>"
            "</tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("Holiday"),
            self.env._("Rest days"),
            self.env._("Days"),
            self.env._("Make-up working days"),
            rows,
        )

    def _get_preview_rows(self, notice: Notice):
        """(holiday, its ranges, number of days, its make-up days) in date order"""
        names = dict.fromkeys([*notice.holidays.values(), *notice.workdays.values()])
        for name in names:
            off = [day for day, each in notice.holidays.items() if each == name]
            worked = [day for day, each in notice.workdays.items() if each == name]
            yield (
                name or "–",
                format_list(self.env, self._format_ranges(off)),
                len(off) or "",
                format_list(self.env, map(self._format_day, worked)),
            )

    def _format_day(self, day: date) -> str:
        weekdays = self.env["om.calendar.day"]._om_labels("weekday")
        return f"{day} {weekdays[str(day.weekday())]}"

    def _format_ranges(self, days: list[date]):
        runs = groupby(enumerate(days), lambda pair: pair[1] - timedelta(days=pair[0]))
        for _key, pairs in runs:
            run = [day for _index, day in pairs]
            yield f"{run[0]} – {run[-1]}" if len(run) > 1 else str(run[0])

    def _get_summary(self, notice: Notice) -> str:
        days = self._get_days(notice)
        calendar = WorkdayCalendar(
            {day: kind == "workday" for day, (kind, _name) in days.items()},
            official_years=[self.year],
        )
        first = date(self.year, 1, 1)
        plan = self._get_plan(notice)
        return self.env._(
            "%(year)s will have %(count)s working days. New entries: %(new)s, changed: "
            "%(changed)s, unchanged: %(same)s.",
            year=self.year,
            count=calendar.count_workdays(first, date(self.year, 12, 31))
            + calendar.is_workday(first),
            new=len(plan.create),
            changed=len(plan.write),
            same=plan.unchanged,
        )

    def _get_warnings(self, notice: Notice) -> list[str]:
        names = self.env["om.calendar"]._get_holiday_names()
        missing = [
            f"{day} {names.get(rest.name, rest.name)}"
            for day, rest in sorted(computed_rest_days(self.year).items())
            if not rest.compensatory and day not in notice.holidays
        ]
        if not missing:
            return []
        return [
            self.env._(
                "By law these would be rest days, but the text does not name them; "
                "is a paragraph missing? %(days)s",
                days=format_list(self.env, missing),
            )
        ]
