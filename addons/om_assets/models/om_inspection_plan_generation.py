import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import timedelta
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from odoo.addons.om_base.tools.workdays import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarRangeError,
)

from ..engine.reconcile import Changes, Existing, reconcile
from ..engine.schedule import KeyRange, Planner, Rhythm, Span, phase_of

_logger = logging.getLogger(__name__)

# A change of one of these moves what lies ahead.
RHYTHM_FIELDS = frozenset(
    {"every", "per", "times", "key_period_rule", "short_year", "system_id"}
)
# Requests that are created or moved in one go: bounds the memory, not the result.
BATCH = 2000
# How far the nightly job plans ahead if nobody says otherwise.
DEFAULT_HORIZON_DAYS = 92
# In the context while an import writes. An object, which no client can send.
IMPORTING = object()


@dataclass
class Generation:
    """What one generation did or would do: counts, and what people had planned ahead
    although the plans no longer owe it."""

    created: int = 0
    moved: int = 0
    removed: int = 0
    kept_ids: list[int] = field(default_factory=list)


class OmInspectionPlan(models.Model):
    _inherit = "om.inspection.plan"

    request_ids = fields.One2many(
        "maintenance.request", "inspection_plan_id", string="Inspections"
    )
    generated_on = fields.Datetime("Last Planned On", readonly=True, copy=False)
    generated_until = fields.Date("Planned Until", readonly=True, copy=False)
    next_date = fields.Date("Next Inspection", compute="_compute_next_date")
    unit_id = fields.Many2one(related="system_id.unit_id", string="User Unit")
    company_id = fields.Many2one(related="system_id.company_id")

    @api.depends("request_ids.inspection_date", "request_ids.inspection_done_on")
    def _compute_next_date(self):
        dates = dict(
            self.env["maintenance.request"]._read_group(
                [
                    ("inspection_plan_id", "in", self.ids),
                    ("inspection_done_on", "=", False),
                    ("archive", "=", False),
                    (
                        "inspection_date",
                        ">=",
                        self.env["maintenance.request"]._get_inspection_today(),
                    ),
                ],
                ["inspection_plan_id"],
                ["inspection_date:min"],
            )
        )
        for plan in self:
            plan.next_date = dates.get(plan._origin, False)

    # ------------------------------------------------------------
    # CRUD: what lies ahead follows the plan
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if RHYTHM_FIELDS & vals.keys():
            self._replan()
        return result

    def unlink(self):
        self._generate_nothing()
        return super().unlink()

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_generate(self):
        """Return the wizard that asks for which days to plan."""
        return self._get_generate_action(self.system_id)

    def action_view_inspections(self):
        """Return the action that lists the inspections of these plans."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_request_action"
        )
        action["domain"] = [("inspection_plan_id", "in", self.ids)]
        action["context"] = {}
        return action

    @api.model
    def _get_generate_action(self, systems):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_assets.om_inspection_generate_action"
        )
        action["context"] = {"default_system_ids": systems.ids}
        return action

    # ------------------------------------------------------------
    # Generating
    # ------------------------------------------------------------

    @api.model
    def _cron_generate(self):
        """Plan ahead for all systems in service, some plans at a time."""
        days = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("om_assets.inspection_horizon_days", DEFAULT_HORIZON_DAYS)
        )
        today = self.env["maintenance.request"]._get_inspection_today()
        plans = self.search(
            [("system_id.state", "=", "in_service")], order="system_id, id"
        )
        last = today + timedelta(days=days)
        plans._work_off(lambda batch: batch._generate(today, last))

    def _replan(self):
        """Let what lies ahead follow changed plans, as far as they were planned."""
        # An import replans once, when all is written.
        if self.env.context.get("om_register_import") is IMPORTING:
            return
        today = self.env["maintenance.request"]._get_inspection_today()
        planned = self.filtered(
            lambda plan: (
                plan.generated_until
                # A stop may be entered when its day is long past.
                and plan.generated_until
                >= min(today, plan.system_id.stop_date or today)
            )
        )
        for until, plans in planned.grouped("generated_until").items():
            plans._generate(today, max(until, today))

    def _generate(self, date_from, date_to):
        """Bring the inspections of these plans into line with what they owe.

        Creates what is owed from ``date_from`` to ``date_to`` and is not there; what
        lies ahead and was touched by nobody moves or goes with its plan. Doing it
        again changes nothing. Two generations of one plan exclude each other.

        :return: :class:`Generation`
        :raise UserError: somebody else is generating, or a date is beyond reason
        """
        self.check_access("write")
        self._check_horizon(date_from, date_to)
        plans = self._for_batch()
        try:
            plans.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._(
                    "The inspections of these systems are being planned by somebody"
                    " else at this moment. Try again in a minute."
                )
            ) from None
        result = plans._apply_changes(plans._get_changes(date_from, date_to))
        # A later generation that began before this one ended must see that its view of
        # the database is old, and begin anew: the row it locks has changed.
        for until, same in plans.grouped(
            lambda plan: max(plan.generated_until or date_to, date_to)
        ).items():
            same.write(
                {"generated_on": fields.Datetime.now(), "generated_until": until}
            )
        _logger.info(
            "inspections of %s plans: %s created, %s moved, %s removed, %s kept",
            len(plans),
            result.created,
            result.moved,
            result.removed,
            len(result.kept_ids),
        )
        return result

    def _preview(self, date_from, date_to):
        """Return the :class:`Generation` that :meth:`_generate` would report."""
        self._check_horizon(date_from, date_to)
        result = Generation()
        for changes in self._for_batch()._get_changes(date_from, date_to).values():
            result.created += len(changes.creates)
            result.moved += len(changes.moves)
            result.removed += len(changes.removes)
            result.kept_ids += changes.kept
        return result

    def _generate_nothing(self):
        """Remove what lies ahead of plans that go, unless somebody planned it."""
        plans = self._for_batch()
        today = self.env["maintenance.request"]._get_inspection_today()
        plans._apply_changes(
            {
                plan: reconcile(None, existing, Span(today, today), today, None, bool)
                for plan, existing in plans._get_existing().items()
            }
        )

    def _for_batch(self):
        """Return these plans as superuser, reading ahead for all of them: plans that
        come from a one2many whose cache is gone would be read one by one."""
        return self.sudo().browse(self.ids)

    def _check_horizon(self, date_from, date_to):
        """Raise unless the days asked for make sense."""
        if not date_from or not date_to or date_from > date_to:
            raise UserError(self.env._("The last day lies before the first."))
        if (date_to - date_from).days > 3 * 366:
            raise UserError(self.env._("Plan at most three years at a time."))

    # ------------------------------------------------------------
    # What has to change
    # ------------------------------------------------------------

    def _get_changes(self, date_from, date_to):
        """Return {plan: Changes}; a handful of queries however many plans."""
        Request = self.env["maintenance.request"]
        today = Request._get_inspection_today()
        asked = Span(date_from, date_to)
        calendar = self.env["om.calendar"]._get_calendar()
        # Each is asked of the same days for hundreds of plans.
        is_workday = cache(calendar.is_workday)
        certain_days = {
            "workday": is_workday,
            "saturday": cache(calendar.is_plain_saturday),
            "before_holiday": cache(calendar.is_before_holiday),
            "last_of_holiday": cache(calendar.is_last_of_holiday),
        }
        existing = self._get_existing()
        key_ranges = self._get_key_ranges()
        changes = {}
        try:
            for plan in self:
                service = plan._get_service()
                planner = service and plan._get_planner(
                    service,
                    is_workday,
                    key_ranges.get(plan.system_id, []),
                    certain_days.get(plan.per),
                )
                changes[plan] = reconcile(
                    planner,
                    existing[plan],
                    asked,
                    today,
                    service,
                    is_workday,
                    plan.system_id.stop_date or None,
                )
        except CalendarRangeError as error:
            raise UserError(
                self.env._(
                    "Inspections are planned from %(first)s to %(last)s. Check the"
                    " service period of “%(system)s”.",
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                    system=plan.system_id.name,
                )
            ) from error
        return changes

    def _get_service(self):
        """Return the days on which inspections are owed; ``None`` if there are none.

        A suspended system owes none: what lies ahead goes and comes back with it.
        """
        self.ensure_one()
        system = self.system_id
        if system.state not in ("in_service", "stopped") or not system.service_start:
            return None
        last = system.service_end or Date(LAST_YEAR, 12, 31)
        if system.stop_date:
            last = min(last, system.stop_date - timedelta(days=1))
        if last < system.service_start:
            return None
        return Span(system.service_start, last)

    def _get_planner(self, service, is_workday, key_ranges, is_owed=None):
        """Return the Planner of this plan.

        Systems of one unit share their phase, so that one visit serves them all.
        """
        self.ensure_one()
        return Planner(
            Rhythm(self.every, self.per, self.times),
            service,
            is_workday,
            phase_of(self.system_id.unit_id.id),
            self.key_period_rule,
            key_ranges if self.key_period_rule != "none" else (),
            is_owed,
            self.short_year == "full",
        )

    def _get_key_ranges(self):
        """Return {system: [KeyRange]} of the systems of these plans."""
        plans = self.filtered(lambda plan: plan.key_period_rule != "none")
        if not plans:
            return {}
        systems = plans.system_id
        periods = self.env["om.key.period"].search(
            Domain("company_id", "in", systems.company_id.ids)
        )
        return {
            system: [
                KeyRange(str(period.id), Span(first, last))
                for period, first, last in ranges
            ]
            for system, ranges in periods._get_ranges_by_system(systems).items()
        }

    def _get_existing(self):
        """Return {plan: [Existing]}: all inspections ever made for these plans."""
        Request = self.env["maintenance.request"]
        Request.flush_model()
        self.env["maintenance.stage"].flush_model(["done"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT request.id, request.inspection_plan_id, request.inspection_slot,
                       request.inspection_date,
                       COALESCE(request.inspection_deadline, request.inspection_date),
                       NOT COALESCE(request.planned_by_hand, FALSE)
                       AND request.inspection_done_on IS NULL
                       AND NOT COALESCE(request.archive, FALSE)
                       AND NOT COALESCE(stage.done, FALSE),
                       request.inspection_done_on IS NOT NULL
                       OR NOT COALESCE(request.archive, FALSE)
                  FROM maintenance_request request
             LEFT JOIN maintenance_stage stage ON stage.id = request.stage_id
                 WHERE request.inspection_plan_id = ANY(%s)
                       AND request.inspection_date IS NOT NULL
              ORDER BY request.id
                """,
                self.ids,
            )
        )
        result = defaultdict(list)
        for request_id, plan_id, *values in rows:
            result[self.browse(plan_id)].append(Existing(request_id, *values))
        return result

    # ------------------------------------------------------------
    # Changing it
    # ------------------------------------------------------------

    def _apply_changes(self, changes: dict[models.Model, Changes]):
        """Create, move and remove; return the :class:`Generation`."""
        # Nobody follows planned inspections, and what the plan did is not news.
        Request = self.env["maintenance.request"].with_context(tracking_disable=True)
        result = Generation()
        removes = [each for change in changes.values() for each in change.removes]
        for ids in split_every(BATCH, removes):
            Request.browse(ids).unlink()
        for moves in split_every(BATCH, (m for c in changes.values() for m in c.moves)):
            with Request._together() as acting:
                requests = acting.browse([move.id for move in moves])
                for request, move in zip(requests, moves, strict=True):
                    request.write(
                        {
                            "inspection_date": move.planned,
                            "inspection_deadline": move.deadline,
                            "planned_by_hand": False,
                        }
                    )
            Request.flush_model()
            result.moved += len(moves)
        values = (
            {**common, **plan._prepare_slot_values(slot)}
            for plan, common in self._prepare_plan_values(
                self.filtered(lambda plan: plan in changes and changes[plan].creates)
            )
            for slot in changes[plan].creates
        )
        for vals_list in split_every(BATCH, values):
            requests = Request.create(list(vals_list))
            Request.flush_model()
            result.created += len(requests)
            requests.invalidate_recordset(flush=False)
        result.removed = len(removes)
        result.kept_ids = [each for change in changes.values() for each in change.kept]
        return result

    def _prepare_plan_values(self, plans):
        """Yield (plan, values that its inspections share).

        Every default is given, because each would be asked for once a record.
        """
        Request = self.env["maintenance.request"]
        stage = Request._default_stage()
        teams = self._get_default_teams(plans.company_id)
        for plan in plans:
            system = plan.system_id
            company = system.company_id
            yield (
                plan,
                {
                    "name": plan._get_request_name(),
                    "system_id": system.id,
                    "company_id": company.id,
                    "inspection_plan_id": plan.id,
                    "is_inspection": True,
                    "inspection_scope": plan.scope,
                    "inspection_mode": plan.mode,
                    "maintenance_type": "preventive",
                    "recurring_maintenance": False,
                    "stage_id": stage.id,
                    # Whoever has left inspects nothing: somebody else is found.
                    "user_id": system.user_id.filtered("active").id,
                    "employee_id": False,
                    "equipment_id": False,
                    "archive": False,
                    "kanban_state": "normal",
                    "instruction_type": "text",
                    "repeat_interval": 1,
                    "repeat_unit": "week",
                    "repeat_type": "forever",
                    "maintenance_team_id": teams.get(company.id) or teams.get(False),
                    "duration": 1,
                    "inspection_late": False,
                },
            )

    def _prepare_slot_values(self, slot):
        """Return the values of one inspection beside what its plan's share."""
        moment = self.env["maintenance.request"]._to_schedule_date(slot.planned)
        return {
            "inspection_slot": slot.key,
            "inspection_date": slot.planned,
            "inspection_deadline": slot.deadline,
            "inspection_month": min(slot.planned, slot.deadline).replace(day=1),
            "request_date": slot.planned,
            "schedule_date": moment,
            "schedule_end": moment + timedelta(hours=1),
        }

    def _get_default_teams(self, companies):
        """Return {company id: team id} with, under False, the team of any company."""
        teams = {}
        for team in self.env["maintenance.team"].search(
            [("company_id", "in", [False, *companies.ids])]
        ):
            teams.setdefault(team.company_id.id, team.id)
        return teams

    def _get_request_name(self):
        """Return what the inspections of this plan are called, in the language of the
        company: the nightly job has none of its own."""
        self.ensure_one()
        lang = self.system_id.company_id.partner_id.lang or self.env.lang
        return self.with_context(lang=lang).env._(
            "%(system)s: inspection", system=self.system_id.name
        )
