import json
from hashlib import sha256
from itertools import repeat

from odoo import api, fields, models, tools

from ..engine.frozen import FrozenWorkdays, get_unusual_days
from ..engine.service_calendar import ServiceCalendar

# In the order in which they came: what was kept earlier has fewer.
LINE = (
    "severity",
    "target",
    "value",
    "unit",
    "clock",
    "window",
    "start",
    "channel_id",
    "reach",
    "unless_broken",
)
CALENDAR = ("always", "holidays_observed")
WINDOW = ("weekday", "hour_from", "hour_to")
KEY_HOURS = ("key_respond_hours", "key_fix_hours", "near_km")


class OmSlaRule(models.Model):
    """A service promise as it was when results were confirmed by it.

    Rows are added and never changed: targets, service hours and the unusual days of the
    years concerned. Many tickets share one.
    """

    _name = "om.sla.rule"
    _description = "Service Promise as Confirmed"
    _rec_name = "policy_id"

    policy_id = fields.Many2one(
        "om.sla.policy", readonly=True, index="btree_not_null", ondelete="set null"
    )
    digest = fields.Char(required=True, readonly=True)
    terms = fields.Json(required=True, readonly=True)

    _digest_unique = models.UniqueIndex("(digest)", "These terms are kept already.")

    @api.model
    def _keep(self, wanted):
        """Return {(policy, years): rule} as the promises are now.

        :param wanted: pairs of ``om.sla.policy`` and a tuple of years
        """
        keys = {}
        for policy, years in wanted:
            terms = policy._prepare_terms(years)
            text = json.dumps([policy.id, terms], sort_keys=True, ensure_ascii=False)
            digest = sha256(text.encode()).hexdigest()
            keys[policy, years] = (digest, terms)
        digests = [digest for digest, _terms in keys.values()]
        known = {
            rule.digest: rule
            for rule in self.search_fetch([("digest", "in", digests)], ["digest"])
        }
        new = {
            digest: {"policy_id": policy.id, "digest": digest, "terms": terms}
            for (policy, _years), (digest, terms) in keys.items()
            if digest not in known
        }
        for rule in self.create(list(new.values())):
            known[rule.digest] = rule
        return {key: known[digest] for key, (digest, _terms) in keys.items()}

    def _get_policy(self):
        """Return the promise as a record of memory, to be read like the real one."""
        self.ensure_one()
        terms = self.terms
        hours = [self._thaw_calendar(each) for each in terms.get("calendars", ())]
        lines = []
        for (*line, copy), own in zip(
            terms["lines"], terms.get("line_hours") or repeat(None), strict=False
        ):
            values = dict(zip(LINE, line, strict=False))
            if own is not None:
                values["calendar_id"] = hours[own]
            lines.append((0, 0, {"reach": "any", **values, "from_default": copy}))
        return self.env["om.sla.policy"].new(
            {
                "calendar_id": self._thaw_calendar(terms["calendar"]),
                "line_ids": lines,
                **{name: terms.get(name, 0) for name in KEY_HOURS},
            }
        )

    @api.model
    def _thaw_calendar(self, terms):
        """Return kept service hours as a record of memory."""
        calendar = dict(terms)
        names = calendar.pop("names")
        calendar["name"] = names.get(self.env.lang) or next(iter(names.values()))
        calendar["window_ids"] = [
            (0, 0, dict(zip(WINDOW, window, strict=True)))
            for window in calendar.pop("windows")
        ]
        return self.env["om.service.calendar"].new(calendar)

    @tools.ormcache("self.id")
    def _get_engine_policy(self):
        """Return what the engine needs, of the rule as it was."""
        self.ensure_one()
        policy = self.sudo()._get_policy()  # terms of contract give nothing away
        workdays = self.env["om.calendar"]._get_calendar()
        if self.terms["years"]:
            workdays = FrozenWorkdays(
                {int(year): late for year, late in self.terms["years"].items()},
                self.terms["days"],
                workdays,
            )
        return policy._compile(
            lambda calendar: ServiceCalendar(
                [window._get_engine_window() for window in calendar.window_ids],
                workdays,
                always=calendar.always,
                holidays=calendar.holidays_observed,
            )
        )


class OmSlaPolicy(models.Model):
    _inherit = "om.sla.policy"

    def _prepare_terms(self, years):
        """Return all that decides by this promise in some years, as plain values."""
        self.ensure_one()
        calendar = self.calendar_id
        lines = self.line_ids.sorted(lambda line: (line.rank, line.id))
        own = lines.calendar_id
        counts_days = "workday" in lines.mapped("unit") or any(
            each.holidays_observed and not each.always for each in calendar | own
        )
        years = years if counts_days else ()
        workdays = self.env["om.calendar"]._get_calendar()
        return {
            "calendar": self._freeze_calendar(calendar),
            "calendars": [self._freeze_calendar(each) for each in own],
            "line_hours": [
                own.ids.index(line.calendar_id.id) if line.calendar_id else None
                for line in lines
            ],
            "lines": [
                [*map(line._get_terms().get, LINE), line.from_default] for line in lines
            ],
            "years": {
                str(year): workdays.is_provisional(fields.Date.to_date(f"{year}-01-01"))
                for year in years
            },
            "days": [list(day) for day in get_unusual_days(workdays, years)],
            **{name: self[name] for name in KEY_HOURS},
        }

    @api.model
    def _freeze_calendar(self, calendar):
        """Return service hours as plain values."""
        return {
            "names": {
                code: calendar.with_context(lang=code).name
                for code, _name in self.env["res.lang"].get_installed()
            },
            "windows": [
                [window[name] for name in WINDOW] for window in calendar.window_ids
            ],
            **{name: calendar[name] for name in CALENDAR},
        }
