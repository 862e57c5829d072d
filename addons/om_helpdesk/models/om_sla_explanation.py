from datetime import timedelta
from functools import reduce

from odoo import api, models

from odoo.addons.om_base.tools import beijing

from ..engine.policy import NEEDS, Judgement
from ..engine.service_calendar import DAY, to_local
from ..engine.sla import explain
from .om_service_calendar_window import WEEKDAYS


class OmSlaExplanation(models.AbstractModel):
    """Deadlines as a sheet that can be checked by hand, on screen and in print.

    Whoever pays can follow each step: when the clock started, what is promised, which
    time did not count and why, each pause with who and why, and the result.
    """

    _name = "om.sla.explanation"
    _description = "Explanation of Deadlines"

    @api.model
    def _render(self, policy, judged):
        """Return the sheet of all targets as HTML.

        :param policy: the ``om.sla.policy`` judged by, or a rule's record of memory
        :param judged: {target: Judgement} of the engine
        """
        return self.env["ir.qweb"]._render(
            "om_helpdesk.om_sla_explanation", {"sheets": self._prepare(policy, judged)}
        )

    @api.model
    def _prepare(self, policy, judged):
        """Return [values of one target's sheet]; see ``_prepare_sheet``."""
        labels = dict(
            self.env["om.sla.policy.line"]
            ._fields["target"]
            ._description_selection(self.env)
        )
        if self.env.context.get("om_is_request"):
            labels["fix"] = self.env._("Completion")
        return [
            {"title": labels[target], **self._prepare_sheet(policy, judgement)}
            for target, judgement in judged.items()
            if judgement.promise or judgement.line
        ]

    @api.model
    def _prepare_sheet(self, policy, judgement: Judgement):
        """Return what the sheet of one target shows.

        ``steps`` are (label, [texts]) in the order of the reckoning; ``status`` and
        ``status_label`` the outcome; ``deadline`` its text, empty if there is none.
        """
        verdict = judgement.verdict
        steps = [(self.env._("Promised"), [self._get_promise(policy, judgement)])]
        if not verdict.result:
            steps.append(
                (self.env._("Clock"), [self._get_why_not_started(judgement.line)])
            )
            return {"steps": steps, "deadline": "", **self._get_status("none")}
        explanation = explain(verdict.result)
        steps.append((self.env._("Clock"), [self._get_clock(policy, judgement)]))
        steps.append((self.env._("Started"), [self._get_start(judgement)]))
        if explanation.counted:
            steps.append(
                (
                    self.env._("Working days counted"),
                    [self._join(map(self._format_day, explanation.counted))],
                )
            )
        if explanation.skips:
            steps.append(
                (
                    self.env._("Did not count"),
                    [self._get_skip(skip) for skip in explanation.skips],
                )
            )
        if explanation.makeups:
            steps.append(
                (
                    self.env._("Make-up days served"),
                    [self._get_note(note) for note in explanation.makeups],
                )
            )
        if explanation.moved_from:
            steps.append(
                (
                    self.env._("Last day moved"),
                    [
                        self.env._(
                            "%s is not served: the next day that is",
                            self._format_day(explanation.moved_from),
                        )
                    ],
                )
            )
        steps += self._prepare_outcome(judgement)
        if explanation.provisional:
            steps.append(
                (
                    self.env._("Provisional"),
                    [
                        self.env._(
                            "The holidays of a year concerned are not published yet."
                        )
                    ],
                )
            )
        return {
            "steps": steps,
            "deadline": self._format(verdict.deadline),
            **self._get_status(verdict.status),
        }

    def _prepare_outcome(self, judgement):
        """Return the steps from the pauses on."""
        verdict = judgement.verdict
        result = verdict.result
        steps = []
        if result.pauses:
            steps.append(
                (
                    self.env._("Deadline without pauses"),
                    [self._format(result.base_deadline)],
                )
            )
            steps.append(
                (
                    self.env._("Pauses"),
                    [
                        self._get_pause(effect, result.target)
                        for effect in result.pauses
                    ],
                )
            )
        if judgement.is_key:
            steps.append(
                (
                    self.env._("Key period"),
                    [self.env._("Its promise falls due earlier and decides.")],
                )
            )
        if judgement.stop:
            steps.append((self.env._("Actual"), [self._format(judgement.stop)]))
        used = self.env._("%(used)s used", used=self._format_duration(verdict.elapsed))
        if verdict.status in ("running", "paused"):
            used = self.env._(
                "%(used)s used, %(left)s left",
                used=self._format_duration(verdict.elapsed),
                left=self._format_duration(verdict.remaining),
            )
        steps.append((self.env._("Time"), [used]))
        return steps

    # ------------------------------------------------------------
    # Words
    # ------------------------------------------------------------

    def _get_promise(self, policy, judgement):
        promise = judgement.promise or judgement.line.promise
        text = self.env["om.system.deadline"]._get_duration_text(
            *self._get_amount(promise)
        )
        if judgement.is_key:
            return self.env._("%s in key periods", text)
        line = judgement.line
        record = self._get_record(policy, line)
        if record:
            text = record._get_promise_text()
            if record.from_default:
                text = self.env._("%s; the contract's default", text)
        return text

    @api.model
    def _get_amount(self, promise):
        """Return (value, unit) of a promise, whole hours as hours."""
        if promise.unit == "minute" and promise.value and promise.value % 60 == 0:
            return promise.value / 60, "hour"
        return promise.value, promise.unit

    def _get_why_not_started(self, line):
        if line.start == "broken" or line.target in NEEDS:
            return self.env._("Has not started: no part was found broken.")
        if line.start == "arrived":
            return self.env._("Has not started: nobody has arrived.")
        return self.env._("Has not started: nobody was sent.")

    def _get_record(self, policy, line):
        """Return the promise's record of a line of the engine."""
        return policy.line_ids.filtered(
            lambda each: (
                (
                    each.severity,
                    each.target,
                    each.window,
                    each.channel_id.id or None,
                    each.reach or "any",
                )
                == (line.severity, line.target, line.window, line.channel, line.reach)
            )
        )

    def _get_clock(self, policy, judgement):
        promise = judgement.promise
        calendar = policy.calendar_id
        if judgement.line and not judgement.is_key:
            calendar = self._get_record(policy, judgement.line).calendar_id or calendar
        hours = calendar.hours_text
        name = calendar.name
        if promise.unit == "workday":
            rule = self.env._(
                "Working days; the day of the start does not count (Civil Code, article"
                " 201)"
            )
        elif promise.unit == "day":
            rule = self.env._(
                "Days; the day of the start does not count (Civil Code, article 201)"
            )
        elif promise.clock == "always":
            return self.env._("Always runs, holidays included")
        else:
            return self.env._(
                "Service hours “%(name)s”: %(hours)s", name=name, hours=hours
            )
        if promise.clock == "always" or calendar.always:
            return self.env._("%s; the last one ends at 24:00", rule)
        return self.env._(
            "%(rule)s; the last one ends when business closes, “%(name)s”: %(hours)s",
            rule=rule,
            name=name,
            hours=hours,
        )

    def _get_start(self, judgement):
        events = {
            "reported": (
                self.env._("asked for")
                if self.env.context.get("om_is_request")
                else self.env._("reported")
            ),
            "responded": self.env._("responded"),
            "dispatched": self.env._("dispatched"),
            "arrived": self.env._("arrived"),
            "broken": self.env._("a part found broken"),
        }
        line = judgement.line
        event = events[line.start if line and not judgement.is_key else "reported"]
        if judgement.assumed_start:
            event = {
                "responded": self.env._("when the response was due"),
                "arrived": self.env._("when the arrival was due"),
                "dispatched": self.env._("reported; the dispatch was not recorded"),
                "broken": self.env._("reported; the finding was not recorded"),
            }[line.start]
        if line and not judgement.is_key and line.window != "any":
            windows = {
                "working": self.env._("in working hours"),
                "off": self.env._("off hours"),
            }
            event = self._join((event, windows[line.window]))
        return self._add_details(self._format(judgement.start), event)

    def _get_skip(self, skip):
        span = self._format_span(skip.start, skip.end)
        if not skip.days:
            return self._add_reason(span, self.env._("outside service hours"))
        groups = []
        for day, reason in zip(skip.days, self._get_reasons(skip.days), strict=True):
            if groups and groups[-1][2] == reason:
                groups[-1][1] = day.date
            else:
                groups.append([day.date, day.date, reason])
        reasons = self._join(
            f"{first:%m-%d} {reason}"
            if first == last
            else f"{first:%m-%d}–{last:%m-%d} {reason}"
            for first, last, reason in groups
        )
        return self._add_reason(span, reasons)

    def _get_reasons(self, days):
        known = [day for day in days if day.kind != "closed"]
        reasons = {
            row["date"]: row["reason"]
            for row in self.env["om.calendar"]._format_notes(known)
        }
        closed = self.env._("no service on this weekday")
        return [reasons.get(day.date, closed) for day in days]

    def _get_note(self, note):
        (row,) = self.env["om.calendar"]._format_notes([note])
        return self._add_reason(self._format_day(note.date), row["reason"])

    def _get_pause(self, effect, target):
        pause = effect.pause
        end = self._format(pause.end) if pause.end else self.env._("still paused")
        text = f"{self._format(pause.start)} – {end}"
        details = list(filter(None, (pause.who, pause.why)))
        if details:
            text = self._add_details(text, self._join(details))
        if effect.reason == "early":
            outcome = self.env._("before the clock started: does not count")
        elif effect.reason == "late":
            outcome = self.env._("began after the deadline: does not count")
        else:
            lost = self._get_lost(effect, target)
            outcome = self.env._(
                "%(lost)s lost, deadline %(deadline)s",
                lost=lost,
                deadline=self._format(effect.deadline),
            )
        return self._add_reason(text, outcome)

    def _get_lost(self, effect, target):
        if not target.in_days:
            return self._format_duration(effect.lost)
        if target.unit == "workday":
            return self.env._("%s working days", effect.lost)
        return self.env._("%s days", effect.lost)

    def _get_status(self, status):
        labels = {
            "none": self.env._("Not Started"),
            "running": self.env._("Running"),
            "paused": self.env._("Paused"),
            "met": self.env._("Met"),
            "breached": self.env._("Breached"),
        }
        return {"status": status, "status_label": labels[status]}

    # ------------------------------------------------------------
    # Formats
    # ------------------------------------------------------------

    @api.model
    def _join(self, texts):
        """Return texts as an enumeration."""
        return reduce(
            lambda left, right: self.env._(
                "%(left)s, %(right)s", left=left, right=right
            ),
            texts,
        )

    @api.model
    def _add_details(self, text, details):
        return self.env._("%(text)s (%(details)s)", text=text, details=details)

    @api.model
    def _add_reason(self, text, reason):
        return self.env._("%(text)s: %(reason)s", text=text, reason=reason)

    @api.model
    def _format(self, moment):
        """Return a moment of Beijing with its weekday; seconds where there are any."""
        local = beijing.to_local(moment)
        clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
        return f"{self._format_day(local.date())} {clock}"

    @api.model
    def _format_day(self, day):
        weekdays = dict(
            self.env["om.service.calendar.window"]
            ._fields["weekday"]
            ._description_selection(self.env)
        )
        return f"{day} {weekdays[WEEKDAYS[day.weekday()][0]]}"

    @api.model
    def _format_span(self, start, end):
        """Return a span; one that ends at midnight ends at 24:00 of its last day."""
        if to_local(end) % DAY:
            return f"{self._format(start)} – {self._format(end)}"
        last = beijing.day_of(end - timedelta(seconds=1))
        return f"{self._format(start)} – {self._format_day(last)} 24:00"

    @api.model
    def _format_duration(self, seconds):
        """Return seconds in words, hours being the largest unit."""
        minutes, rest = divmod(int(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        parts = []
        if hours:
            parts.append(self.env._("%s h", hours))
        if minutes or not (hours or rest):
            parts.append(self.env._("%s min", minutes))
        if rest:
            parts.append(self.env._("%s s", rest))
        return " ".join(parts)
