from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from functools import cache

from odoo import api, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL, split_every

from odoo.addons.om_base.tools.workdays import CalendarRangeError

from ..engine.rhythm import Rhythm, RhythmError, Span, UndecidedError, periods
from ..engine.schedule import Duty, Existing, reconcile

HORIZON_DAYS = 92
BATCH = 1000
_DAY = timedelta(days=1)


class OmObligation(models.Model):
    """Planning: one batch, a constant number of queries, nothing twice."""

    _inherit = "om.obligation"

    @api.model
    def _cron_plan(self):
        """Plan what is owed ahead; runs nightly."""
        obligations = self.search([("state", "=", "in_force")])
        obligations._work_off(lambda batch: batch._plan_ahead(strict=False))

    def action_plan(self):
        """Plan these to the end of their service.

        :raises AccessError: who may not change these
        """
        self.check_access("write")
        today = self._get_local_today()
        ends = [each._get_service()[0] for each in self.sudo()]
        last = max([today, *(span.last for span in ends if span)])
        self._plan(min(last, today + timedelta(days=3 * 366)))
        return True

    def _plan_ahead(self, *, strict=True):
        """Plan what is owed until the horizon, or as far as it was planned."""
        until = self._get_local_today() + timedelta(days=HORIZON_DAYS)
        for last, same in self.grouped(
            lambda each: max(each.planned_until or until, until)
        ).items():
            same._plan(last, strict=strict)

    def _replan(self, *, strict=True):
        """Let what lies ahead follow changed obligations, as far as it was planned."""
        today = self._get_local_today()
        planned = self.filtered("planned_until")
        for until, same in planned.grouped("planned_until").items():
            same._plan(max(until, today), strict=strict)

    def _plan(self, until, *, strict=True):
        """Bring the items of these into line with what they owe until a day.

        Creates what is not there, changes or removes what lies ahead and was touched by
        nobody. Doing it again changes nothing.

        :param strict: False where a job, or a change elsewhere, must not fail because a
            contract leaves open what a part of a period owes: such an obligation stays
            as it is, and says so
        :raise UserError: somebody else is planning, or the contract leaves open what a
            part of a period owes
        """
        # sudo: what is owed follows from the obligation, whoever changes it.
        obligations = self.sudo().browse(self.ids)
        try:
            obligations.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._(
                    "These obligations are being planned by somebody else at this"
                    " moment. Try again in a minute."
                )
            ) from None
        changes = obligations._get_changes(until, strict=strict)
        obligations._apply_changes(changes)
        planned = obligations.filtered(lambda each: each in changes)
        planned.filtered(
            lambda each: each.planned_until != until or each.is_undecided
        ).write({"planned_until": until, "is_undecided": False})
        (obligations - planned).write({"is_undecided": True})

    # ------------------------------------------------------------
    # What has to change
    # ------------------------------------------------------------

    def _get_changes(self, until, *, strict=True):
        """Return {obligation: Changes}; a handful of queries however many."""
        today = self._get_local_today()
        calendar = self.env["om.calendar"]._get_calendar()
        is_workday = cache(calendar.is_workday)
        key_days = self._get_key_days()
        existing = self._get_existing()
        changes = {}
        for obligation in self:
            service, stopped = obligation._get_service()
            is_owed = is_workday if obligation.per == "workday" else None
            if obligation.only_key_periods:
                is_owed = key_days[obligation].__contains__
            # What is past was planned as it was agreed then.
            first = obligation.record_from or (service.first if service else today)
            if obligation.planned_until:
                first = max(first, min(today, obligation.planned_until + _DAY))
            try:
                changes[obligation] = reconcile(
                    obligation._get_duty(service, is_owed),
                    existing[obligation],
                    Span(first, max(first, until)),
                    today,
                    calendar,
                    stopped,
                )
            except UndecidedError as undecided:
                if not strict:
                    continue
                raise UserError(
                    self.env._(
                        "%(name)s: the period from %(first)s to %(last)s is not served"
                        " as a whole. Enter what a part of a period owes; ask the other"
                        " party if the document does not say.",
                        name=obligation.name,
                        first=undecided.period.whole.first,
                        last=undecided.period.whole.last,
                    )
                ) from undecided
            except (CalendarRangeError, RhythmError, OverflowError) as error:
                raise UserError(
                    self.env._(
                        "%s: its days cannot be reckoned. Check its period and its"
                        " first and last day.",
                        obligation.name,
                    )
                ) from error
        return changes

    def _is_undecided(self):
        """Whether the document leaves open what a part of a period owes."""
        self.ensure_one()
        service, _stopped = self._get_service()
        # On which of the days matters not here.
        is_owed = bool if self.per == "workday" else None
        duty = self._get_duty(service, is_owed)
        if not service:
            return False
        several = duty.quantity > 1
        try:
            periods(duty.rhythm, service, service, is_owed, has_quantity=several)
        except UndecidedError:
            return True
        return False

    def _get_duty(self, service, is_owed):
        """What the engine reckons with."""
        self.ensure_one()
        return Duty(
            Rhythm(
                self.per or "event", self.basis, self.times or 1, self.partial or None
            ),
            service,
            self._get_due_rule(),
            Decimal(str(self.quantity)),
            is_owed,
        )

    def _get_service(self):
        """Return (the days on which this is owed or None, the first day without
        service if it was stopped)."""
        self.ensure_one()
        contract, systems = self.agreement_id, self.system_ids
        served = systems.filtered(lambda each: each.state in ("in_service", "stopped"))
        if systems and not served:
            return None, None
        starts = [each.service_start for each in served if each.service_start]
        ends = [each.service_end for each in served if each.service_end]
        first = self.first_day or min(starts, default=contract.start_date)
        last = self.last_day or max(ends, default=contract.end_date)
        if not first or not last:
            return None, None
        stops = [each.stop_date for each in served if each.state == "stopped"]
        stopped = max(stops) if served and len(stops) == len(served) else None
        ended = contract.termination_date and contract.termination_date + _DAY
        cuts = [day for day in (stopped, ended) if day]
        if cuts:
            last = min(last, min(cuts) - _DAY)
        return (Span(first, last) if first <= last else None), min(cuts, default=None)

    def _get_key_days(self):
        """Return {obligation: days of the key periods of its systems}."""
        wanted = self.filtered("only_key_periods")
        days = defaultdict(set)
        if not wanted:
            return days
        key_periods = self.env["om.key.period"].search(
            [("company_id", "in", wanted.company_id.ids)]
        )
        ranges = key_periods._get_ranges_by_system(wanted.system_ids)
        for obligation in wanted:
            for system in obligation.system_ids:
                for _period, first, last in ranges[system]:
                    days[obligation].update(
                        first + timedelta(days=number)
                        for number in range((last - first).days + 1)
                    )
        return days

    def _get_existing(self):
        """Return {obligation: [Existing]}: all that was ever planned for these."""
        self.env["om.obligation.item"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT item.obligation_id, item.id, item.slot, item.period_start,
                       item.period_end, item.due_date, item.nominal_date,
                       COALESCE(item.is_provisional, FALSE), item.quantity_due,
                       item.state = 'owed' AND NOT EXISTS (
                           SELECT FROM om_obligation_delivery AS delivery
                            WHERE delivery.item_id = item.id)
                  FROM om_obligation_item AS item
                 WHERE item.obligation_id = ANY(%s) AND item.slot NOT LIKE 'E%%'
              ORDER BY item.id
                """,
                self.ids,
            )
        )
        result = defaultdict(list)
        for owner, item, slot, first, last, due, nominal, open_, quantity, free in rows:
            result[self.browse(owner)].append(
                Existing(
                    item,
                    slot,
                    Span(first, last),
                    due,
                    nominal,
                    open_,
                    Decimal(str(quantity)),
                    free,
                )
            )
        return result

    # ------------------------------------------------------------
    # Changing it
    # ------------------------------------------------------------

    def _apply_changes(self, changes):
        """Create, change and remove items."""
        # Nobody follows planned items, and what the plan did is not news.
        Item = self.env["om.obligation.item"].with_context(tracking_disable=True)
        removes = [each for change in changes.values() for each in change.removes]
        for ids in split_every(BATCH, removes):
            Item.browse(ids).unlink()
        moves = [(o, move) for o, each in changes.items() for move in each.changes]
        for part in split_every(BATCH, moves):
            with Item._together() as acting:
                items = acting.browse([move.id for _obligation, move in part])
                for item, (obligation, move) in zip(items, part, strict=True):
                    item.write(obligation._prepare_slot(move.slot))
            Item.flush_model()
        values = (
            {"obligation_id": obligation.id, **obligation._prepare_slot(slot)}
            for obligation, change in changes.items()
            for slot in change.creates
        )
        for vals_list in split_every(BATCH, values):
            Item.create(list(vals_list))
            Item.flush_model()

    def _prepare_slot(self, slot):
        """The values of an item that follow from its slot."""
        self.ensure_one()
        return {
            "slot": slot.key,
            "period_start": slot.span.first,
            "period_end": slot.span.last,
            "due_date": slot.due.final,
            "nominal_date": slot.due.nominal,
            "is_provisional": slot.due.provisional,
            "quantity_due": float(slot.quantity),
            "quantity_short": float(slot.quantity),
            "reckoning": self.env["om.obligation.item"]._pack_reckoning(self, slot.due),
        }
