"""What is owed is met by what the product already makes.

An obligation says by what (``source``); each source answers through one method:
``_trace_NAME`` finds the records of a source for many obligations at once,
``_print_NAME`` prints the paper of one item. An add-on that makes something else adds
a value to the selection and its method.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.due import due_day
from ..engine.rhythm import Span
from ..engine.schedule import Slot
from .om_obligation_item import LATE, OWED

_lt = LazyTranslate(__name__)

# The paper is printed here, by whoever hands it in.
PAPERS = ("inspection_report", "service_report", "both_reports")
# Which service report a period has; what comes once has none.
REPORT_OF = {
    "day": "day",
    "workday": "day",
    "week": "week",
    "ten_days": "ten_days",
    "month": "month",
    "quarter": "quarter",
    "half_year": "half_year",
    "year": "year",
}


class Trace(NamedTuple):
    """A record that meets what is owed, or will.

    ``on``: the day to which it belongs; ``done_on``: the day on which it was done, None
    while it is not; ``body``: the system or plan of which one is needed in each period;
    ``files``: what the receiver is given of it.
    """

    on: date
    done_on: date | None
    record: models.Model
    body: models.Model | None = None
    files: models.Model | None = None


class Made(NamedTuple):
    """What meets an item: the day on which it did, the records, and their files."""

    day: date
    records: models.Model
    files: models.Model


class OmObligation(models.Model):
    _inherit = "om.obligation"

    _free_fields = dict.fromkeys(("source", "plan_ids"), ("draft", "in_force"))
    _facts = {"met_by": Fact("source"), "plans": Fact("plan_ids")}

    source = fields.Selection(
        [
            ("inspections", "Inspections, all of the period"),
            ("repairs", "Repairs"),
            ("work", "Inspections and Repairs, each by itself"),
            ("training", "Safety Trainings of Those Posted"),
            ("mlps", "MLPS Assessments"),
            ("inspection_report", "Monthly Inspection Report"),
            ("service_report", "Service Report"),
            ("both_reports", "Inspection and Service Report"),
        ],
        string="Met By",
        tracking=True,
        help="What is recorded here anyway and meets it, with the link. Reports are"
        " printed and handed in by one button. Empty: it is handed in by hand.",
    )
    plan_ids = fields.Many2many(
        "om.inspection.plan",
        string="Inspection Plans",
        help="Only inspections of these plans meet it. Empty: all of the systems.",
    )

    @api.constrains("source", "plan_ids", "system_ids", "per")
    def _check_met_by(self):
        for obligation in self.filtered("source"):
            source, per = obligation.source, obligation.per
            if source in PAPERS and (
                per not in REPORT_OF or (source != "service_report" and per != "month")
            ):
                raise ValidationError(
                    self.env._(
                        "%s: the inspection report is monthly, the service report one"
                        " of a day, week, month, quarter or year.",
                        obligation.name,
                    )
                )
            if source in ("repairs", "work") and per != "event":
                raise ValidationError(
                    self.env._(
                        "%s: each repair is an event on which something is owed; a"
                        " period is met by a report.",
                        obligation.name,
                    )
                )
            if source in ("inspections", "repairs", "work") and not (
                obligation.system_ids or obligation.plan_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%s: say which systems or inspection plans meet it.",
                        obligation.name,
                    )
                )

    # ------------------------------------------------------------
    # The records of each source
    # ------------------------------------------------------------

    def _get_traces(self, first, last):
        """Return {obligation: [Trace]} by day; a handful of queries per source."""
        found = defaultdict(list)
        for source, same in self.grouped("source").items():
            if source and source not in PAPERS:
                found.update(getattr(same, f"_trace_{source}")(first, last))
        return {each: sorted(found[each], key=lambda one: one.on) for each in self}

    def _trace_inspections(self, first, last):
        """Inspections of the systems, or of some of their plans, by planned day."""
        requests = self.env["maintenance.request"].search(
            Domain("is_inspection", "=", True)
            & Domain("archive", "=", False)
            & (
                # A period owes what was planned in it, an event is what was done.
                Domain("inspection_date", ">=", first)
                & Domain("inspection_date", "<=", last)
                | Domain("inspection_done_on", ">=", first)
                & Domain("inspection_done_on", "<=", last)
            )
            & (
                Domain("system_id", "in", self.system_ids.ids)
                | Domain("inspection_plan_id", "in", self.plan_ids.ids)
            )
        )
        of_system = requests.grouped("system_id")
        of_plan = requests.grouped("inspection_plan_id")
        return {
            obligation: [
                Trace(
                    (obligation.per == "event" and each.inspection_done_on)
                    or each.inspection_date,
                    each.inspection_done_on or None,
                    each,
                    body,
                )
                for body in obligation.plan_ids or obligation.system_ids
                for each in (of_plan if obligation.plan_ids else of_system).get(
                    body, ()
                )
            ]
            for obligation in self
        }

    def _trace_repairs(self, first, last):
        """Faults of the systems that were fixed, by the day on which they were."""
        tickets = self.env["helpdesk.ticket"].search(
            Domain("system_id", "in", self.system_ids.ids)
            # A morning's repair is on the day before by the time of the database.
            & Domain("fixed_at", ">=", first - timedelta(days=1))
            & Domain("state", "in", ("fixed", "confirmed"))
        )
        of_system = tickets.grouped("system_id")
        to_day = self.env["om.calendar"]._to_date
        return {
            obligation: [
                Trace(day, day, ticket, system)
                for system in obligation.system_ids
                for ticket in of_system.get(system, ())
                if (day := to_day(ticket.fixed_at)) <= last
                and ticket.agreement_id == obligation.agreement_id
            ]
            for obligation in self
        }

    def _trace_work(self, first, last):
        inspected = self._trace_inspections(first, last)
        repaired = self._trace_repairs(first, last)
        return {each: inspected[each] + repaired[each] for each in self}

    def _trace_training(self, first, last):
        """Safety trainings with a signed record, of people posted for the contract."""
        trainings = self.env["om.safety.training"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("date", ">=", first),
                ("date", "<=", last),
            ]
        )
        postings = self.env["om.posting"].search(
            Domain("system_id.agreement_id", "in", self.agreement_id.ids)
            & Domain("date_from", "<=", last)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", first))
        )
        records = self.env["ir.attachment"].search(
            [
                ("res_model", "=", trainings._name),
                ("res_field", "=", "record"),
                ("res_id", "in", trainings.ids),
            ]
        )
        record_of = {each.res_id: each for each in records}
        posted = defaultdict(list)
        for posting in postings:
            posted[posting.system_id.agreement_id].append(posting)
        return {
            obligation: [
                Trace(
                    training.date,
                    self._count_from(training.date, training.create_date),
                    training,
                    None,
                    record,
                )
                for training in trainings
                if (record := record_of.get(training.id))
                and any(
                    posting.employee_id in training.attendee_ids
                    and posting.date_from <= training.date
                    and (not posting.date_to or posting.date_to >= training.date)
                    for posting in posted[obligation.agreement_id]
                )
            ]
            for obligation in self
        }

    def _trace_mlps(self, first, last):
        """Finished assessments of the systems, or of all that the contract has."""
        assessments = self.env["om.mlps.assessment"].search(
            [
                ("system_id.agreement_id", "in", self.agreement_id.ids),
                ("state", "=", "done"),
                ("date", ">=", first),
                ("date", "<=", last),
            ]
        )
        return {
            obligation: [
                Trace(each.date, each.date, each, None, each.report_ids)
                for each in assessments
                if each.system_id.agreement_id == obligation.agreement_id
                and each.system_id in (obligation.system_ids or each.system_id)
            ]
            for obligation in self
        }

    @api.model
    def _count_from(self, day, entered_at):
        """The day on which a record counts: its own, unless it was entered later than
        people may enter what they hand in."""
        entered = self.env["om.calendar"]._to_date(entered_at)
        return entered if entered - day > LATE else day

    # ------------------------------------------------------------
    # What of them meets an item
    # ------------------------------------------------------------

    def _get_made(self, item, traces, today):
        """Return what meets an item of a period, of the traces in it; None if nothing
        does yet.

        Of inspections all that were planned, of each system; of others as many as are
        owed.
        """
        self.ensure_one()
        if self.source != "inspections":
            done = [trace for trace in traces if trace.done_on]
            number = max(ceil(item.quantity_due), 1)
            if len(done) < number:
                return None
            return self._pack_made(done[:number], done[number - 1].done_on)
        bodies = self.plan_ids or self.system_ids
        if not all(trace.done_on for trace in traces) or (
            {trace.body for trace in traces} != set(bodies)
        ):
            return None
        plans = self.plan_ids or self.system_ids.inspection_plan_ids
        if item.period_end > today and not all(
            plan.generated_until and plan.generated_until >= item.period_end
            for plan in plans
        ):
            # More of them may follow.
            return None
        return self._pack_made(traces, max(trace.done_on for trace in traces))

    @api.model
    def _pack_made(self, traces, day):
        first = traces[0].record
        return Made(
            day,
            first.union(*(trace.record for trace in traces)),
            self.env["ir.attachment"].union(
                *(trace.files for trace in traces if trace.files)
            ),
        )

    # ------------------------------------------------------------
    # Events
    # ------------------------------------------------------------

    def _enter_found_events(self, today):
        """Enter as events what a source did: each record once."""
        hanging = self.filtered(
            lambda each: (
                each.state == "in_force"
                and each.per == "event"
                and each.source
                and each.source not in PAPERS
            )
        )
        Item = self.env["om.obligation.item"].with_context(tracking_disable=True)
        if not hanging:
            return Item
        first = min(each._get_first_recorded() for each in hanging)
        known = {
            (obligation, slot)
            for obligation, slot in Item._read_group(
                [("obligation_id", "in", hanging.ids)], ["obligation_id", "slot"]
            )
        }
        calendar = self.env["om.calendar"]._get_calendar()
        vals_list = []
        for obligation, traces in hanging._get_traces(first, today).items():
            for trace in traces:
                day = trace.done_on
                first, last = obligation._get_first_recorded(), obligation.last_day
                if not day or not first <= day <= min(last or today, today):
                    continue
                slot = f"E{trace.record._name},{trace.record.id}"
                if (obligation, slot) in known:
                    continue
                span = Span(day, day)
                due = due_day(obligation._get_due_rule(), span, calendar)
                vals_list.append(
                    {
                        "obligation_id": obligation.id,
                        "event_note": trace.record.display_name,
                        **obligation._prepare_slot(
                            Slot(slot, span, due, obligation.quantity)
                        ),
                    }
                )
        return Item.create(vals_list)

    def _get_first_recorded(self):
        self.ensure_one()
        days = [self.record_from or self.agreement_id.start_date, self.first_day]
        return max(filter(None, days), default=self.create_date.date())


class OmObligationItem(models.Model):
    _inherit = "om.obligation.item"

    _acts = {
        "meet": Act(_lt("Met by Records"), source=OWED, target="handed_in"),
    }

    source = fields.Selection(related="obligation_id.source")
    has_records = fields.Boolean(compute="_compute_has_records", compute_sudo=True)

    @api.depends("delivery_ids.made_of")
    def _compute_has_records(self):
        for item in self:
            item.has_records = any(each.made_of for each in item.delivery_ids)

    @api.model
    def _cron_meet(self):
        """Hand in what records have met; runs every hour."""
        today = self.env["om.obligation"]._get_local_today()
        obligations = self.env["om.obligation"].search(
            [
                ("state", "in", ("in_force", "ended")),
                ("source", "!=", False),
                ("source", "not in", PAPERS),
            ]
        )
        obligations._enter_found_events(today)
        # What somebody has begun to hand in, or got back, is a person's.
        items = self.search(
            [
                ("obligation_id", "in", obligations.ids),
                ("state", "=", "owed"),
                ("delivery_ids", "=", False),
                ("period_start", "<=", today),
            ]
        )
        # Nobody follows what a job hands in, and the ledger has it.
        items = items.with_context(tracking_disable=True)
        items._meet(items._find_made(today))

    def action_take(self):
        """Hand these in from what is recorded here: print their reports, or link the
        records that have met them.

        :raise UserError: nothing is declared that meets them, or it is not there yet
        """
        act = self._get_acts()["hand_in"]
        self._check_may(act)
        self._check_source(act)
        bare = self.filtered(lambda item: not item.source)
        if bare:
            raise UserError(
                self.env._(
                    "Nothing that is recorded here meets these; hand them in: %s",
                    format_list(self.env, bare.mapped("name")[:5]),
                )
            )
        printed = self.filtered(lambda item: item.source in PAPERS)
        traced = self - printed
        today = self.env["om.obligation"]._get_local_today()
        # sudo: what was done is asked, whoever hands it in.
        made = traced.sudo()._find_made(today)
        open_items = traced.filtered(lambda item: item not in made)
        if open_items:
            raise UserError(
                self.env._(
                    "Not all that meets these is done and on record yet: %s",
                    format_list(self.env, open_items.mapped("name")[:5]),
                )
            )
        traced._meet(made)
        if printed:
            printed._hand_in_papers(today)
        return True

    # ------------------------------------------------------------
    # Records
    # ------------------------------------------------------------

    def _find_made(self, today):
        """Return {item: Made} of those that records have met; constant queries."""
        items = self.filtered(lambda item: item.source and item.source not in PAPERS)
        if not items:
            return {}
        events = items.filtered(lambda item: item.per == "event")
        obligations = items.obligation_id
        traces = obligations._get_traces(
            min(items.mapped("period_start")), max(items.mapped("period_end"))
        )
        made = {}
        for obligation, same in (items - events).grouped("obligation_id").items():
            found = traces[obligation]
            days = [trace.on for trace in found]
            for item in same:
                own = found[
                    bisect_left(days, item.period_start) : bisect_right(
                        days, item.period_end
                    )
                ]
                if met := obligation._get_made(item, own, today):
                    made[item] = met
        for obligation, same in events.grouped("obligation_id").items():
            by_slot = {
                f"E{each.record._name},{each.record.id}": each
                for each in traces[obligation]
                if each.done_on
            }
            for item in same:
                if trace := by_slot.get(item.slot):
                    made[item] = obligation._pack_made([trace], trace.done_on)
        return made

    def _meet(self, made):
        """Hand in what records have met, with the link to them."""
        items = self.filtered(made.__contains__)
        if not items:
            return
        with items._act("meet", evidence="file_ids") as acting:
            # sudo: the receiver is given files that the one who hands in may not read.
            files = {
                item: acting.sudo()._copy_files(item, made[item]) for item in items
            }
            acting.env["om.obligation.delivery"].create(
                [
                    {
                        "item_id": item.id,
                        "date": made[item].day,
                        "quantity": item.quantity_due,
                        "made_of": [made[item].records._name, made[item].records.ids],
                        "file_ids": [Command.set(files[item].ids)],
                    }
                    for item in items
                ]
            )
            acting.invalidate_recordset(["delivery_ids", "file_ids"])
            acting._tally(is_closed=True)
            for item in acting:
                item.write({"handed_in_on": made[item].day, "remark": False})

    def _copy_files(self, item, made):
        owner = {"res_model": item._name, "res_id": item.id, "res_field": False}
        return self.env["ir.attachment"].union(
            *(
                file.copy({**owner, "name": self._get_file_name(file, made)})
                for file in made.files
            )
        )

    @api.model
    def _get_file_name(self, file, made):
        """The name of a file; that of a field has none of its own."""
        if not file.res_field:
            return file.name
        record = made.records.filtered(lambda each: each.id == file.res_id)
        return record[f"{file.res_field}_name"] or record.display_name

    def action_open_records(self):
        """Open the records that have met it."""
        self.ensure_one()
        records = self.delivery_ids._get_records()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Has Met It"),
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
        }

    # ------------------------------------------------------------
    # Papers
    # ------------------------------------------------------------

    def _hand_in_papers(self, today):
        """Print the report of each and hand it in."""
        early = self.filtered(lambda item: min(item.period_end, item.due_date) > today)
        if early:
            raise UserError(
                self.env._(
                    "The period is not over yet: %s",
                    format_list(self.env, early.mapped("name")[:5]),
                )
            )
        deliveries = {}
        for item in self:
            papers = getattr(item, f"_print_{item.source}")()
            files = self.env["ir.attachment"].create(
                [
                    {
                        "name": f"{name}.pdf",
                        "raw": content,
                        "mimetype": "application/pdf",
                        "res_model": item._name,
                        "res_id": item.id,
                    }
                    for name, content in papers
                ]
            )
            deliveries[item.id] = {
                "quantity": item.quantity_short,
                "file_ids": [Command.set(files.ids)],
            }
        self.action_hand_in(deliveries)

    def _print_inspection_report(self):
        """[(name, PDF)] of the systems, else of the unit, else of the contract."""
        self.ensure_one()
        # sudo: who may hand it in may print what it tells; it is of these systems.
        wizard = (
            self.env["om.inspection.report.wizard"]
            .sudo()
            .create(
                {
                    "agreement_id": self.sudo().agreement_id.id,
                    "year": self.period_start.year,
                    "month": str(self.period_start.month),
                    "unit_ids": [Command.set(self._get_reported_units().ids)],
                    "system_ids": [Command.set(self.system_ids.ids)],
                }
            )
        )
        if not self.env["maintenance.request"].search_count(
            wizard._get_inspection_domain(), limit=1
        ):
            raise UserError(
                self.env._(
                    "%(item)s: no inspection was planned in the month, so there is"
                    " nothing to report. Hand it in by hand, or plan the inspections.",
                    item=self.name,
                )
            )
        return [self._print_paper(wizard, "om_assets.om_inspection_monthly_report")]

    def _print_service_report(self):
        """[(name, PDF)], as above, for the days of the item."""
        self.ensure_one()
        wizard = (
            self.env["om.service.report"]
            .sudo()  # as above
            .create(
                {
                    "agreement_id": self.sudo().agreement_id.id,
                    "period": REPORT_OF[self.per],
                    "date": self.period_end,
                    "first_day": self.period_start,
                    "last_day": self.period_end,
                    "unit_ids": [Command.set(self._get_reported_units().ids)],
                    "system_ids": [Command.set(self.system_ids.ids)],
                }
            )
        )
        return [self._print_paper(wizard, "om_helpdesk.om_service_report_pdf")]

    def _print_both_reports(self):
        return [*self._print_inspection_report(), *self._print_service_report()]

    def _get_reported_units(self):
        return self.unit_id or self.system_ids.unit_id

    def _print_paper(self, wizard, report):
        # sudo: as above
        reports = self.env["ir.actions.report"].sudo()
        content, _kind = reports._render_qweb_pdf(report, wizard.ids)
        return wizard._get_file_name(), content
