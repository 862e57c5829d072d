from datetime import UTC, datetime
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_helpdesk.engine.availability import Stop, carry_on

from ..engine.assessment import Measure
from ..engine.repairs import weigh, weigh_deadline
from .om_assessment import OPEN
from .om_assessment_measuring import DAY, bounds

# More than anybody repairs today.
SHOWN = 20
DOWNTIMES = "om_helpdesk.om_downtime_action"
FAULTS = "om_helpdesk.helpdesk_ticket_action"


class OmRepairWorth(models.AbstractModel):
    """Which repair buys most of the error budgets of the months that run.

    A downtime that still lasts is worth the device-days that fail until the end of the
    month if it is not repaired; a fault whose deadline still runs, the deadline that is
    kept or missed; both, what is deducted less.
    """

    _name = "om.repair.worth"
    _description = "What a Repair Is Worth"

    @api.model
    @api.readonly
    def get_page(self):
        """Return the page of repairs, the dearest first: ``intro`` and ``areas`` with
        figures as those of the dashboard.

        :raise AccessError: the user has no role in operations and maintenance
        """
        if not self.env.user.has_group("om_base.group_user"):
            raise AccessError(
                self.env._("This page is for the staff of the contractor.")
            )
        found = self._get_worths()
        areas = [
            {
                "key": "stops",
                "label": self.env._("Downtimes: device-days until the month ends"),
                "figures": self._get_figures(found, "om.downtime", DOWNTIMES),
            },
            {
                "key": "faults",
                "label": self.env._("Faults: deadlines that can still be kept"),
                "figures": self._get_figures(found, "helpdesk.ticket", FAULTS),
            },
        ]
        areas = [area for area in areas if area["figures"]]
        if not areas:
            return {
                "intro": self.env._(
                    "Nothing that is open costs a target of this month's score sheets."
                ),
                "areas": [],
            }
        return {
            "intro": self.env._(
                "What is worth repairing first: what the rest of the month costs"
                " without it, by the indicators of the score sheets that run. A budget"
                " is what may still fail before a target is missed."
            ),
            "areas": areas,
        }

    @api.model
    def _get_figures(self, found, model, action):
        """The figures of the repairs of one kind, for those that the user may read."""
        readable = self.env[model].browse(
            [record.id for record in found if record._name == model]
        )
        readable = readable._filtered_access("read")
        rows = sorted(
            (
                (record, worth)
                for record, worth in found.items()
                if record._name == model and record in readable
            ),
            key=lambda row: (-row[1].money, -row[1].saved, row[0].id),
        )
        return [
            self.env["om.dashboard"]._get_figure(
                f"{model}-{record.id}",
                self.env._(
                    "%(what)s: %(worth)s",
                    what=record.with_env(self.env).display_name,
                    worth=self._word(record, worth),
                ),
                float(worth.money if worth.money else round(worth.saved, 1)),
                action,
                model,
                Domain("id", "=", record.id),
                level="danger" if worth.left < 0 else "warning",
                **(
                    {"currency_id": self.env.company.currency_id.id, "records": 1}
                    if worth.money
                    else {}
                ),
            )
            for record, worth in rows[:SHOWN]
        ]

    @api.model
    def _word(self, record, worth):
        """In words what one repair buys."""
        money = self.env.company.currency_id.format(float(worth.money))
        if record._name == "om.downtime":
            words = self.env._(
                "saves %(days)s device-days; budget at the end of the month"
                " %(left)s, if repaired now %(done)s",
                days=f"{float(worth.saved):.1f}",
                left=f"{float(worth.left):.1f}",
                done=f"{float(worth.left_if_done):.1f}",
            )
        else:
            words = self.env._(
                "budget %(done)s if in time, %(left)s if not",
                left=f"{float(worth.left):.1f}",
                done=f"{float(worth.left_if_done):.1f}",
            )
        if not worth.money:
            return words
        return self.env._(
            "%(words)s; %(money)s less deducted", words=words, money=money
        )

    # ------------------------------------------------------------
    # Reckoning, in a constant number of queries
    # ------------------------------------------------------------

    @api.model
    def _get_worths(self, tickets=None):
        """Return {downtime or fault: its :class:`Worth`} of all that is open.

        :param tickets: of these faults, and their downtimes, only
        """
        now = datetime.now(UTC)
        today = self.env["agreement"]._get_today()
        # sudo: what a repair is worth follows from the sheets; callers show only what
        # their users may read.
        own = Domain.TRUE if tickets is None else Domain("ticket_id", "in", tickets.ids)
        downtimes = (
            self.env["om.downtime"].sudo().search(own & Domain("date_to", "=", False))
        )
        faults = self.env["helpdesk.ticket"].sudo()
        of_deadline = Domain("fix_status", "=", "running") & Domain(
            "fix_deadline", ">", now.replace(tzinfo=None)
        )
        if tickets is None:
            faults = faults.search(of_deadline & Domain("kind", "=", "fault"))
        else:
            faults = tickets.sudo().filtered_domain(list(of_deadline))
        systems = downtimes.system_id | faults.system_id
        if not systems:
            return {}
        sheets = (
            self.env["om.assessment"]
            .sudo()
            .search(
                Domain("system_ids", "in", systems.ids)
                & Domain("state", "in", OPEN)
                & Domain("period_start", "<=", today)
                & Domain("period_end", ">=", today)
            )
        )
        reckonings = sheets._evaluate()
        stops = self._get_stops(sheets)
        found = {}
        for sheet, reckoning in reckonings.items():
            scheme = sheet.scheme_id._get_scheme()
            given = (reckoning.fee, reckoning.charged)
            for rule in sheet.scheme_id.line_ids:
                scopes = [
                    scope
                    for scope in sheet._get_scopes()
                    if not rule.system_ids or scope.system_id in rule.system_ids.ids
                ]
                of_system = {scope.system_id: scope for scope in scopes}
                worths = {}
                if rule.source == "running":
                    worths = self._weigh_stops(
                        scheme, reckoning, rule, scopes, stops, now
                    )
                    worths = {
                        each: worths[each.id] for each in downtimes if each.id in worths
                    }
                elif rule.source in ("fix", "missed"):
                    worth = weigh_deadline(
                        scheme, reckoning.measures, rule._get_line(), *given
                    )
                    worths = {
                        each: worth
                        for each in faults
                        if self._is_of(each, of_system.get(each.system_id.id))
                        and (not rule.severity or each.severity == rule.severity)
                    }
                for record, worth in worths.items():
                    known = found.get(record)
                    if known is None or (worth.money, worth.saved) > (
                        known.money,
                        known.saved,
                    ):
                        found[record] = worth
        return found

    @api.model
    def _is_of(self, fault, scope):
        """A fault is judged in the month in which it was reported."""
        return bool(
            scope and scope.since <= beijing.day_of(fault.reported_at) <= scope.until
        )

    @api.model
    def _get_stops(self, sheets):
        """{system's id: (its devices, {downtime's id: stop})} of the sheets' months."""
        systems = sheets.system_ids
        found = {system.id: (max(system.device_count, 1), {}) for system in systems}
        if not sheets:
            return found
        start, _end = bounds(*2 * (min(sheets.mapped("period_start")),))
        claimed = sheets._read_claimed(sheets.agreement_id)
        for each in (
            self.env["om.downtime"]
            .sudo()
            .search(
                Domain("system_id", "in", systems.ids)
                & (
                    Domain("date_to", "=", False)
                    | Domain("date_to", ">", start.replace(tzinfo=None))
                )
            )
        ):
            found[each.system_id.id][1][each.id] = Stop(
                each.date_from.replace(tzinfo=UTC),
                each.date_to.replace(tzinfo=UTC) if each.date_to else None,
                each.device_count or None,
                each.exclusion_state == "approved"
                or f"{each._name},{each.id}" in claimed,
            )
        return found

    @api.model
    def _weigh_stops(self, scheme, reckoning, rule, scopes, stops, now):
        """{downtime's id: what its repair buys for one indicator}"""

        def run(repaired=None):
            total = down = excluded = 0
            for scope in scopes:
                devices, of_system = stops[scope.system_id]
                start, end = bounds(scope.since, scope.until)
                found = carry_on(start, end, of_system, devices, now, repaired)
                total += found.total
                down += found.down
                excluded += found.excluded
            if not total:
                return Measure("na")
            return Measure(
                "measured",
                Decimal(total - down) / DAY,
                Decimal(total) / DAY,
                Decimal(excluded) / DAY,
            )

        later = run()
        return {
            number: weigh(
                scheme,
                reckoning.measures,
                rule._get_line(),
                later,
                run(number),
                reckoning.fee,
                reckoning.charged,
            )
            for scope in scopes
            for number, stop in stops[scope.system_id][1].items()
            if stop.end is None and not stop.excluded
        }
