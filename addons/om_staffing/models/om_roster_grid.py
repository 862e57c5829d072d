from collections import defaultdict
from datetime import date, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.om_base.tools import beijing

from ..engine.roster import (
    Minimum,
    Pattern,
    default_patterns,
    find_patterns,
    find_standings,
    lay,
    move,
)
from .om_roster import make_shift

# Days side by side on a sheet of paper.
SHEET_DAYS = 16


class OmRoster(models.Model):
    """The roster as people by days: what is missing above, who was there beside."""

    _inherit = "om.roster"

    @api.readonly
    def get_grid(self):
        """Return the roster as a table.

        ``days``: ``day`` (ISO), ``label``, ``weekday`` (a letter) and ``is_rest``;
        ``posts``: the kinds with ``name``, ``tone`` (a number for its colour) and
        ``cells``, one for each day with ``have``, ``need`` and the ``gaps`` in words;
        ``patterns``: what can be put on a day (``post``, ``start``, ``minutes``,
        ``label``); ``rows``: the people with ``name``, ``hours`` and ``cells``, one for
        each day with its ``shifts`` (``id``, ``post``, ``label``, ``title``) and
        ``fact``, what was so in fact (``state``, ``label``), or False. The number of
        queries does not depend on the number of shifts.
        """
        self.ensure_one()
        days = self._get_days()
        posts = self._get_grid_posts()
        return {
            "id": self.id,
            "name": self.display_name,
            "state": self.state,
            "state_label": self._om_labels("state")[self.state],
            "is_open": self.state == "draft" and self.has_access("write"),
            "gap_count": self.gap_count,
            "days": self._get_grid_days(days),
            "posts": self._get_grid_standings(days, posts),
            "patterns": self._get_grid_patterns(posts),
            "rows": self._get_grid_rows(days, posts),
        }

    def _get_days(self):
        self.ensure_one()
        length = (self.date_to - self.date_from).days + 1
        return [self.date_from + timedelta(days=number) for number in range(length)]

    def _get_grid_posts(self):
        # superuser: the posts, not the bid, are everybody's who reads the roster
        return self.sudo().tender_id.post_ids

    def _get_grid_days(self, days):
        calendar = self.env["om.calendar"]._get_calendar()
        return [
            {
                "day": day.isoformat(),
                "label": f"{day:%m-%d}",
                "weekday": format_date(self.env, day, date_format="ccccc"),
                "is_rest": not calendar.is_workday(day),
            }
            for day in days
        ]

    def _get_grid_minimums(self, posts):
        return [
            Minimum(post.id, post.daily_minimum, post.constant_minimum)
            for post in posts
        ]

    def _get_grid_standings(self, days, posts):
        gaps = self._get_gaps()
        words = dict(zip(gaps, self._get_gap_words(gaps), strict=True))
        planned = set(self.shift_ids.post_id.ids)
        minimums = [
            each
            for each in self._get_grid_minimums(posts)
            if each.daily or each.always or each.kind in planned
        ]
        standings = find_standings(
            self.shift_ids._get_engine_shifts(),
            minimums,
            gaps,
            self.date_from,
            self.date_to,
        )
        tones = {post.id: number for number, post in enumerate(posts)}
        names = {post.id: post.name for post in posts}
        return [
            {
                "id": each.kind,
                "name": names[each.kind],
                "tone": tones[each.kind],
                "cells": [
                    {
                        "have": standing.have,
                        "need": standing.need,
                        "gaps": [words[gap] for gap in standing.gaps],
                    }
                    for standing in (standings[each.kind, day] for day in days)
                ],
            }
            for each in minimums
        ]

    def _get_grid_patterns(self, posts):
        """What was planned here or in the roster before; what is usual, else."""
        before = self.search(
            Domain("tender_id", "=", self.tender_id.id)
            & Domain("date_to", "<", self.date_from),
            order="date_to desc",
            limit=1,
        )
        shifts = (self | before).shift_ids._get_engine_shifts()
        found = defaultdict(list)
        for pattern in find_patterns(shifts):
            found[pattern.kind].append(pattern)
        names = {post.id: post.name for post in posts}
        tones = {post.id: number for number, post in enumerate(posts)}
        patterns = [
            pattern
            for each in self._get_grid_minimums(posts)
            for pattern in found[each.kind] or default_patterns(each)
        ]
        return [
            {
                "key": f"{each.kind}-{each.start:%H%M}-{each.minutes}",
                "post": each.kind,
                "tone": tones[each.kind],
                "start": f"{each.start:%H:%M}",
                "minutes": each.minutes,
                "label": f"{names[each.kind]} {_word_hours(each.start, each.minutes)}",
            }
            for each in patterns
        ]

    def _get_grid_rows(self, days, posts):
        tones = {post.id: number for number, post in enumerate(posts)}
        names = {post.id: post.name for post in posts}
        index = {day: number for number, day in enumerate(days)}
        people = self.shift_ids.employee_id | self._get_grid_people()
        cells = {
            person.id: [{"shifts": [], "fact": False} for _day in days]
            for person in people
        }
        hours = defaultdict(float)
        for shift in self.shift_ids:
            one = make_shift(shift)
            hours[one.person] += (one.stop - one.start).total_seconds() / 3600
            day = index.get(one.start.date())
            if day is None:
                continue
            label = f"{_word_hour(one.start)}–{_word_hour(one.stop)}"
            cells[one.person][day]["shifts"].append(
                {
                    "id": shift.id,
                    "post": one.kind,
                    "tone": tones.get(one.kind, 0),
                    "label": label,
                    "title": f"{names.get(one.kind, '')} {label}".strip(),
                }
            )
        for line in self.attendance_ids:
            if line.employee_id.id in cells and line.state != "expected":
                cells[line.employee_id.id][index[line.day]]["fact"] = {
                    "state": line.state,
                    "label": line._word(),
                }
        return [
            {
                "id": person.id,
                "name": person.name,
                "hours": round(hours[person.id], 1),
                "cells": cells[person.id],
            }
            for person in people.sorted(lambda each: (each.name or "", each.id))
        ]

    def _get_grid_people(self):
        """Who can be put on duty: named for the posts, or on duty before."""
        # superuser: of the bid the names alone are told, to whoever plans the duty
        named = self.sudo().tender_id.post_ids.assignment_ids.employee_id
        before = self.search(
            Domain("tender_id", "=", self.tender_id.id)
            & Domain("date_to", "<", self.date_from),
            order="date_to desc",
            limit=1,
        )
        people = named.with_env(self.env) | before.shift_ids.employee_id
        return people.filtered("active") if self.state == "draft" else people.browse()

    # ------------------------------------------------------------
    # Planning on the grid
    # ------------------------------------------------------------

    def plan_shift(self, employee_id, day, post_id, start, minutes):
        """Put somebody on duty; return the grid.

        :param start: ``HH:MM`` in Beijing
        """
        shift = lay(
            Pattern(int(post_id), time.fromisoformat(start), int(minutes)),
            int(employee_id),
            self._check_grid_day(day),
        )
        self.env["om.roster.shift"].create(
            {
                "roster_id": self.id,
                "employee_id": shift.person,
                "post_id": shift.kind,
                **_get_stored_times(shift),
            }
        )
        return self._check_grid()

    def move_shift(self, shift_id, employee_id, day):
        """Give a shift to somebody on a day, at the same hours; return the grid."""
        record = self._get_grid_shift(shift_id)
        shift = move(make_shift(record), int(employee_id), self._check_grid_day(day))
        record.write({"employee_id": shift.person, **_get_stored_times(shift)})
        return self._check_grid()

    def drop_shift(self, shift_id):
        """Take a shift off the roster; return the grid."""
        self._get_grid_shift(shift_id).unlink()
        return self._check_grid()

    def _get_grid_shift(self, shift_id):
        self.ensure_one()
        shift = self.shift_ids.filtered(lambda each: each.id == shift_id)
        if not shift:
            raise UserError(
                self.env._("This shift is not there any more: look at the grid anew.")
            )
        return shift

    def _check_grid_day(self, day):
        self.ensure_one()
        day = fields.Date.to_date(day)
        if not isinstance(day, date) or not self.date_from <= day <= self.date_to:
            raise UserError(
                self.env._(
                    "%(day)s lies outside the roster, which goes from %(first)s to"
                    " %(last)s.",
                    day=day,
                    first=self.date_from,
                    last=self.date_to,
                )
            )
        return day

    def _check_grid(self):
        """Refuse somebody twice on duty at once; return the grid as it is now."""
        self._check_clashes()
        return self.get_grid()

    # ------------------------------------------------------------
    # On paper
    # ------------------------------------------------------------

    def _get_grid_sheets(self):
        """Return the grid in pieces that fit side by side on paper."""
        grid = self.get_grid()
        rows = [
            row
            for row in grid["rows"]
            if any(cell["shifts"] or cell["fact"] for cell in row["cells"])
        ]
        count = len(grid["days"])
        sheets = -(-count // SHEET_DAYS)
        # As evenly as it goes: no sheet with a single day.
        size = -(-count // sheets)
        return [
            {
                **grid,
                "days": grid["days"][first : first + size],
                "posts": [
                    {**post, "cells": post["cells"][first : first + size]}
                    for post in grid["posts"]
                ],
                "rows": [
                    {**row, "cells": row["cells"][first : first + size]} for row in rows
                ],
            }
            for first in range(0, count, size)
        ]

    def action_open_grid(self):
        """Open the roster as people by days."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "om_staffing.om_roster_grid_action"
        )
        return action | {"context": {"active_id": self.id, "active_model": self._name}}


def _get_stored_times(shift):
    return {
        "start": beijing.to_stored(shift.start),
        "stop": beijing.to_stored(shift.stop),
    }


def _word_hour(moment):
    """``8`` or ``8:30``: what is read at a glance."""
    return f"{moment.hour}:{moment:%M}" if moment.minute else str(moment.hour)


def _word_hours(start, minutes):
    stop = datetime.combine(date.min, start) + timedelta(minutes=minutes)
    return f"{start:%H:%M}–{stop:%H:%M}"
