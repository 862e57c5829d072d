from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any, NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_helpdesk.engine.availability import Downtime, availability
from odoo.addons.om_helpdesk.engine.service_report import Fault, is_satisfied

from ..engine.assessment import MISSING, NOT_APPLICABLE, Fact, Measure, Served

TARGETS = ("respond", "onsite", "fix")
DAY = Decimal(24 * 60 * 60)


class Row(NamedTuple):
    """One fact of the record: which records, whose, on which day, and kept or not.

    ``about``: what tells it from others of the same record, such as a deadline;
    ``counts``: False where the contract excludes it; ``more``: what lines filter by.
    """

    model: str
    ids: tuple[int, ...]
    name: str
    system_id: int
    day: Any
    ok: bool
    about: str = ""
    counts: bool = True
    more: dict | None = None

    @property
    def record(self):
        return f"{self.model},{self.ids[0]}"

    @property
    def key(self):
        return f"{self.record}:{self.about}"


class Scope(NamedTuple):
    """A system and the days of it that a sheet judges."""

    system_id: int
    since: Any
    until: Any


class OmAssessment(models.Model):
    """Measuring a month from the record, in a constant number of queries per batch."""

    _inherit = "om.assessment"

    def _get_scopes(self):
        self.ensure_one()
        return [
            Scope(system, fields.Date.to_date(since), fields.Date.to_date(until))
            for system, since, until, _memorandum in self.scope or ()
        ]

    def _measure(self, spared=()):
        """Return {assessment: {scheme line's id: (measure, rows)}}, all at once.

        :param spared: keys of facts that are taken for no fault by the contract, to see
            what becomes of the sheet if that is decided
        """
        scopes = {assessment: assessment._get_scopes() for assessment in self}
        every = [scope for some in scopes.values() for scope in some]
        if not every:
            return {
                assessment: {
                    line.id: (NOT_APPLICABLE, []) for line in assessment._get_rules()
                }
                for assessment in self
            }
        record = self._read_record(
            {scope.system_id for scope in every},
            min(scope.since for scope in every),
            max(scope.until for scope in every),
        )
        record["spared"] = frozenset(spared)
        return {
            assessment: {
                line.id: assessment._measure_line(line, scopes[assessment], record)
                for line in assessment._get_rules()
            }
            for assessment in self
        }

    def _get_rules(self):
        return self.scheme_id.line_ids

    def _measure_line(self, line, scopes, record):
        """Return what one sheet finds for one indicator, and the rows that show it."""
        if line.system_ids:
            scopes = [each for each in scopes if each.system_id in line.system_ids.ids]
            if not scopes:
                return NOT_APPLICABLE, []
        return getattr(self, f"_measure_{line.source}")(line, scopes, record)

    # ------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------

    def _pick(self, record, name, scopes):
        """Those rows that lie in the days of their system."""
        # Sorted by system once for all sheets.
        by_system = record[f"{name} by system"]
        if not by_system:
            by_system = record[f"{name} by system"] = by_systems(record[name])
        return [
            row
            for scope in scopes
            for row in by_system.get(scope.system_id, ())
            if scope.since <= row.day <= scope.until
        ]

    def _share(self, rows, record):
        """How many of the rows were kept; what is claimed by a clause is apart."""
        judged = [
            row
            for row in rows
            if row.counts
            and row.record not in record["claimed"]
            and row.key not in record["spared"]
        ]
        excluded = len(rows) - len(judged)
        if not judged:
            return NOT_APPLICABLE, rows
        kept = sum(row.ok for row in judged)
        return (
            Measure("measured", Decimal(kept), Decimal(len(judged)), Decimal(excluded)),
            rows,
        )

    def _count(self, rows, record):
        """The rows that are failures, each a fact of its own."""
        failed = [
            row
            for row in rows
            if not row.ok and row.counts and row.key not in record["spared"]
        ]
        facts = tuple(
            Fact(row.key, row.record, row.record in record["claimed"]) for row in failed
        )
        return Measure("measured", facts=facts), failed

    def _faults(self, line, scopes, record, targets):
        rows = self._pick(record, "deadlines", scopes)
        return [
            row
            for row in rows
            if row.about in targets
            and (not line.severity or row.more["severity"] == line.severity)
        ]

    def _measure_respond(self, line, scopes, record):
        return self._share(self._faults(line, scopes, record, ("respond",)), record)

    def _measure_onsite(self, line, scopes, record):
        return self._share(self._faults(line, scopes, record, ("onsite",)), record)

    def _measure_fix(self, line, scopes, record):
        return self._share(self._faults(line, scopes, record, ("fix",)), record)

    def _measure_parts(self, line, scopes, record):
        return self._share(self._faults(line, scopes, record, ("parts",)), record)

    def _measure_key(self, line, scopes, record):
        rows = self._faults(line, scopes, record, TARGETS)
        return self._share([row for row in rows if row.more["key"]], record)

    def _measure_missed(self, line, scopes, record):
        return self._count(self._faults(line, scopes, record, TARGETS), record)

    def _measure_repeated(self, line, scopes, record):
        """Each fault of a device after its first one in the month."""
        seen, again = set(), []
        for row in sorted(
            self._pick(record, "faults", scopes), key=lambda row: (row.day, row.ids)
        ):
            if line.severity and row.more["severity"] != line.severity:
                continue
            devices = row.more["devices"]
            if seen & devices:
                again.append(row._replace(ok=False))
            seen |= devices
        return self._count(again, record)

    def _measure_satisfaction(self, _line, scopes, record):
        return self._share(self._pick(record, "answers", scopes), record)

    def _measure_requests(self, _line, scopes, record):
        return self._share(self._pick(record, "request deadlines", scopes), record)

    def _measure_requests_satisfaction(self, _line, scopes, record):
        return self._share(self._pick(record, "request answers", scopes), record)

    def _measure_attendance(self, _line, _scopes, record):
        """Who came late was there; who sent another in time was, too."""
        rows = self._duties(record)
        return self._share(
            [row._replace(ok=row.about != "absent") for row in rows], record
        )

    def _measure_attendance_missed(self, _line, _scopes, record):
        return self._count(self._duties(record), record)

    def _duties(self, record):
        """Days of duty of the contract. They are on the sheet of a unit only if the
        contract has no other: nobody says for which unit somebody was on duty."""
        if self.unit_id and record["units"][self.agreement_id.id] - {self.unit_id.id}:
            return []
        return [
            row
            for row in record["duties"]
            if row.more["contract"] == self.agreement_id.id
            and self.period_start <= row.day <= self.period_end
        ]

    def _measure_inspections(self, _line, scopes, record):
        return self._share(self._pick(record, "inspections", scopes), record)

    def _measure_findings(self, line, scopes, record):
        days = ceil((line.within_hours or 24) / 24)
        today = record["today"]
        rows = []
        for row in self._pick(record, "findings", scopes):
            due = row.day + timedelta(days=days)
            closed = row.more["closed"]
            if closed or today > due:
                rows.append(row._replace(ok=bool(closed) and closed <= due))
        return self._share(rows, record)

    def _measure_obligations(self, line, scopes, record):
        return self._share(self._items(line, scopes, record), record)

    def _measure_obligations_late(self, line, scopes, record):
        rows = self._items(line, scopes, record)
        return self._count([row for row in rows if row.about != "short"], record)

    def _measure_obligations_short(self, line, scopes, record):
        rows = self._items(line, scopes, record)
        return self._count([row for row in rows if row.about == "short"], record)

    def _items(self, line, scopes, record):
        """Items owed to this unit, or of its systems; for a contract all of it."""
        systems = {scope.system_id for scope in scopes}
        return [
            row
            for row in record["items"]
            if row.more["contract"] == self.agreement_id.id
            and self.period_start <= row.day <= self.period_end
            and (not line.obligation_kind or row.more["kind"] == line.obligation_kind)
            and (
                not self.unit_id
                or row.more["unit"] == self.unit_id.id
                or row.more["systems"] & systems
            )
        ]

    def _measure_running(self, _line, scopes, record):
        """Device-days that ran, of those there were; excluded time ran."""
        total = down = excluded = 0
        rows = []
        now = datetime.now(UTC)
        for scope in scopes:
            start, end = bounds(scope.since, scope.until)
            stops = record["downtimes"].get(scope.system_id, ())
            found = availability(
                start,
                max(min(end, now), start),
                [
                    stop._replace(excluded=True)
                    if row.key in record["spared"]
                    else stop
                    for stop, row in stops
                ],
                record["devices"][scope.system_id],
            )
            total += found.total
            down += found.down
            excluded += found.excluded
            rows += [
                row for stop, row in stops if stop.start < end and stop.end > start
            ]
        if not total:
            return NOT_APPLICABLE, rows
        return (
            Measure(
                "measured",
                Decimal(total - down) / DAY,
                Decimal(total) / DAY,
                Decimal(excluded) / DAY,
            ),
            rows,
        )

    def _measure_online(self, _line, scopes, record):
        """The mean of the rates on record; devices without any were not measured."""
        rows = self._pick(record, "online", scopes)
        checks = sum(row.more["count"] for row in rows)
        if checks:
            total = sum((row.more["sum"] for row in rows), Decimal(0)) / 100
            return Measure("measured", total, Decimal(checks)), rows
        has_devices = any(record["ledger"].get(each.system_id) for each in scopes)
        return (MISSING if has_devices else NOT_APPLICABLE), rows

    def _measure_manual_share(self, _line, _scopes, _record):
        return MISSING, []

    def _measure_manual_amount(self, _line, _scopes, _record):
        return MISSING, []

    # ------------------------------------------------------------
    # The record, read once for all sheets
    # ------------------------------------------------------------

    def _read_record(self, system_ids, first, last):
        """Read what the sheets' indicators are measured from.

        Superuser: a sheet says what the record says, whoever draws it up.
        """
        systems = self.env["om.system"].sudo().browse(sorted(system_ids))
        sources = set(self.scheme_id.line_ids.mapped("source"))
        contracts = self.agreement_id
        record = defaultdict(
            list, today=self.env["agreement"]._get_today(), downtimes={}, ledger={}
        )
        record["claimed"] = self._read_claimed(contracts)
        faults = {*TARGETS, "parts", "missed", "key", "repeated", "satisfaction"}
        if sources & faults:
            self._read_tickets(record, contracts, systems, first, last)
        if sources & {"requests", "requests_satisfaction"}:
            self._read_tickets(record, contracts, systems, first, last, "request")
        if sources & {"attendance", "attendance_missed"}:
            self._read_duties(record, contracts)
        if "inspections" in sources:
            self._read_inspections(record, contracts, systems, first, last)
        if "findings" in sources:
            self._read_findings(record, systems, first, last)
        if sources & {"obligations", "obligations_late", "obligations_short"}:
            self._read_items(record, contracts, first, last)
        if "running" in sources:
            self._read_downtimes(record, systems, first, last)
        if "online" in sources:
            self._read_online(record, systems, first, last)
        return record

    def _read_claimed(self, contracts):
        """The records for which a clause of these contracts deducts already."""
        deductions = self.env["om.deduction"].sudo()
        deductions.flush_model(["agreement_id", "state", "source"])
        # As stored: whether there is one is asked, not what it is.
        found = self.env.execute_query(
            SQL(
                """
                SELECT source FROM om_deduction
                 WHERE agreement_id = ANY(%s) AND state != 'waived'
                   AND source IS NOT NULL AND source NOT LIKE 'om.assessment,%%'
                """,
                contracts.ids,
            )
        )
        return {source for (source,) in found}

    def _read_tickets(self, record, contracts, systems, first, last, kind="fault"):
        """Faults, or requests into lists of their own: neither is in a figure of the
        other."""
        of_kind = "" if kind == "fault" else f"{kind} "
        start, end = bounds(first, last)
        Ticket = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        domain = (
            Domain("system_id", "in", systems.ids)
            & Domain("agreement_id", "in", contracts.ids)
            & Domain("reported_at", ">=", start.replace(tzinfo=None))
            & Domain("reported_at", "<", end.replace(tzinfo=None))
        )
        domain &= Domain("kind", "=", kind)
        tickets = Ticket.search(domain, order="id")
        keys = tickets._om_in_key_period()
        stars = dict(
            self.env["rating.rating"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("res_id", "in", tickets.ids),
                    ("consumed", "=", True),
                ],
                ["res_id"],
                ["rating:avg"],
            )
        )
        for ticket in tickets:
            row = Row(
                ticket._name,
                (ticket.id,),
                f"{ticket.number} {ticket.name}",
                ticket.system_id.id,
                beijing.day_of(ticket.reported_at),
                ok=True,
                about="fault",
                more={
                    "severity": ticket.severity,
                    "key": bool(keys[ticket]),
                    "devices": set(ticket.equipment_ids.ids),
                },
            )
            if not ticket.cancelled_at:
                record[f"{of_kind}faults"].append(row)
            for target in (*TARGETS, "parts"):
                status = ticket[f"{target}_status_now"]
                if status in ("met", "breached"):
                    record[f"{of_kind}deadlines"].append(
                        row._replace(about=target, ok=status == "met")
                    )
            answer = is_satisfied(
                Fault(
                    ticket.severity or "",
                    stars=stars.get(ticket.id, 0),
                    followup=ticket.followup_result or "",
                )
            )
            if answer is not None:
                record[f"{of_kind}answers"].append(
                    row._replace(about="answer", ok=answer)
                )

    def _read_duties(self, record, contracts):
        """The days on which posted people were to be on duty, as they were entered."""
        record["units"] = {
            contract.id: set(contract.sudo().system_ids.unit_id.ids)
            for contract in contracts
        }
        lines = (
            self.env["om.attendance"]
            .sudo()
            .search(
                [
                    ("tender_id.agreement_id", "in", contracts.ids),
                    ("day", ">=", min(self.mapped("period_start"))),
                    ("day", "<=", max(self.mapped("period_end"))),
                    ("state", "!=", "expected"),
                ],
                order="id",
            )
        )
        for each in lines:
            record["duties"].append(
                Row(
                    each._name,
                    (each.id,),
                    each.display_name,
                    0,
                    each.day,
                    ok=each.state in ("present", "replaced"),
                    about=each.state,
                    more={"contract": each.tender_id.agreement_id.id},
                )
            )

    def _read_inspections(self, record, contracts, systems, first, last):
        """As the report of inspections counts them: one that somebody moved beyond its
        deadline belongs to the deadline; cancelled ones are owed by nobody."""
        inspections = (
            self.env["maintenance.request"]
            .sudo()
            .search(
                Domain("is_inspection", "=", True)
                & Domain("system_id", "in", systems.ids)
                & Domain("agreement_id", "in", contracts.ids)
                & (
                    (
                        Domain("inspection_date", ">=", first)
                        & Domain("inspection_date", "<=", last)
                    )
                    | (
                        Domain("inspection_deadline", ">=", first)
                        & Domain("inspection_deadline", "<=", last)
                    )
                ),
                order="id",
            )
        )
        today = record["today"]
        for each in inspections:
            planned = each.inspection_date
            limit = each.inspection_deadline or each.inspection_behind or planned
            day = min(planned, each.inspection_deadline or planned)
            done = each.inspection_done_on
            if not done and (each.archive or limit >= today):
                continue
            record["inspections"].append(
                Row(
                    each._name,
                    (each.id,),
                    each.name,
                    each.system_id.id,
                    day,
                    ok=bool(done) and not each.inspection_late,
                    about="inspection",
                )
            )

    def _read_findings(self, record, systems, first, last):
        start, end = bounds(first, last)
        findings = (
            self.env["om.inspection.result"]
            .sudo()
            .search(
                [
                    ("system_id", "in", systems.ids),
                    ("result", "=", "fail"),
                    ("checked_on", ">=", start.replace(tzinfo=None)),
                    ("checked_on", "<", end.replace(tzinfo=None)),
                ],
                order="id",
            )
        )
        for each in findings:
            record["findings"].append(
                Row(
                    each._name,
                    (each.id,),
                    each.display_name,
                    each.system_id.id,
                    beijing.day_of(each.checked_on),
                    ok=False,
                    about="finding",
                    more={"closed": each.fault_id.close_date},
                )
            )

    def _read_items(self, record, contracts, first, last):
        first = min(first, *self.mapped("period_start"))
        last = max(last, *self.mapped("period_end"))
        items = (
            self.env["om.obligation.item"]
            .sudo()
            .search(
                [
                    ("agreement_id", "in", contracts.ids),
                    ("due_date", ">=", first),
                    ("due_date", "<=", last),
                ],
                order="id",
            )
        )
        for each in items:
            if each.result:
                about = each.result
            elif each.due_date < record["today"]:
                about = "missed"
            else:
                continue
            record["items"].append(
                Row(
                    each._name,
                    (each.id,),
                    each.name,
                    0,
                    each.due_date,
                    ok=about == "kept",
                    about=about,
                    more={
                        "contract": each.agreement_id.id,
                        "unit": each.unit_id.id,
                        "kind": each.kind,
                        "systems": set(each.system_ids.ids),
                    },
                )
            )

    def _read_downtimes(self, record, systems, first, last):
        start, end = bounds(first, last)
        now = datetime.now(UTC)
        record["devices"] = {
            system.id: max(system.device_count, 1) for system in systems
        }
        stops = defaultdict(list)
        for each in (
            self.env["om.downtime"]
            .sudo()
            .search(
                Domain("system_id", "in", systems.ids)
                & Domain("date_from", "<", end.replace(tzinfo=None))
                & (
                    Domain("date_to", "=", False)
                    | Domain("date_to", ">", start.replace(tzinfo=None))
                ),
                order="id",
            )
        ):
            excluded = each.exclusion_state == "approved"
            # What a clause deducts for already is not deducted for twice.
            claimed = f"{each._name},{each.id}" in record["claimed"]
            stops[each.system_id.id].append(
                (
                    Downtime(
                        each.date_from.replace(tzinfo=UTC),
                        each.date_to.replace(tzinfo=UTC) if each.date_to else now,
                        each.device_count or None,
                        excluded or claimed,
                    ),
                    Row(
                        each._name,
                        (each.id,),
                        each.display_name,
                        each.system_id.id,
                        beijing.day_of(each.date_from),
                        ok=False,
                        about="downtime",
                        counts=not excluded,
                    ),
                )
            )
        record["downtimes"] = stops

    def _read_online(self, record, systems, first, last):
        record["ledger"] = {
            system.id: count
            for system, count in self.env["maintenance.equipment"]
            .sudo()
            ._read_group([("system_id", "in", systems.ids)], ["system_id"], ["__count"])
        }
        for system, day, total, count, ids in (
            self.env["om.equipment.online"]
            .sudo()
            ._read_group(
                [
                    ("system_id", "in", systems.ids),
                    ("date", ">=", first),
                    ("date", "<=", last),
                ],
                ["system_id", "date:day"],
                ["rate:sum", "__count", "id:array_agg"],
                order="system_id, date:day",
            )
        ):
            mean = Decimal(f"{total:.2f}") / count
            record["online"].append(
                Row(
                    "om.equipment.online",
                    tuple(sorted(ids)),
                    f"{system.name} {mean:.2f}%",
                    system.id,
                    day,
                    ok=mean == 100,
                    about="online",
                    more={"sum": Decimal(f"{total:.2f}"), "count": count},
                )
            )

    # ------------------------------------------------------------
    # Fees
    # ------------------------------------------------------------

    def _get_served(self):
        """What the engine needs for the fee of one sheet's days."""
        self.ensure_one()
        systems = self.env["om.system"].browse(
            [scope.system_id for scope in self._get_scopes()]
        )
        fees = {system.id: system for system in systems}
        served = []
        for scope in self._get_scopes():
            system = fees[scope.system_id]
            first, last = system._get_fee_period()
            if first and last:
                served.append(
                    Served(
                        Decimal(f"{system.annual_fee:.2f}"),
                        first,
                        last,
                        max(scope.since, first),
                        min(scope.until, last),
                    )
                )
        return served


def by_systems(rows):
    """Rows by their system, made once for each list."""
    found = defaultdict(list)
    for row in rows:
        found[row.system_id].append(row)
    return found


def bounds(first, last):
    """The moments (UTC, aware) at which days in Asia/Shanghai begin and end."""
    start, end = beijing.bounds(first, last)
    return start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)
