from datetime import datetime, time

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing

# When a planned inspection stands in the calendar; the contract promises only the day.
PLANNED_HOUR = time(9, 0)
# What a person may change without having planned the inspection: who does it, and what
# has nothing to do with the plan.
NOT_PLANNING = frozenset(
    {
        "close_date",
        "color",
        "company_id",
        "inspection_behind",
        "inspection_deadline",
        "inspection_done_on",
        "inspection_late",
        "inspection_month",
        "inspection_plan_id",
        "inspection_slot",
        "maintenance_team_id",
        "owner_user_id",
        "planned_by_hand",
        "user_id",
    }
)


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"

    is_inspection = fields.Boolean(
        "Inspection",
        compute="_compute_is_inspection",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
    )
    inspection_plan_id = fields.Many2one(
        "om.inspection.plan",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
    )
    inspection_slot = fields.Char(
        copy=False,
        readonly=True,
        help="Which of the inspections that the plan owes this is.",
    )
    inspection_date = fields.Date(
        "Planned Day", copy=False, index="btree_not_null", tracking=True
    )
    inspection_deadline = fields.Date(
        "In Time Until",
        copy=False,
        readonly=True,
        help="Last day of the contract's period: what is done later is late.",
    )
    inspection_behind = fields.Date(
        "Behind Plan Since",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The day on which it was to be done and was not, if it was moved to a"
        " later one afterwards: it stays behind plan.",
    )
    inspection_done_on = fields.Date(
        "Inspected On",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The day, in Beijing time, on which the inspection was closed.",
    )
    # These two are not readonly only so that the generation can give them: the ORM
    # throws away what is given for a readonly one, and computes it record by record.
    inspection_late = fields.Boolean(
        "Done Late",
        compute="_compute_inspection_late",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    inspection_month = fields.Date(
        "Month",
        compute="_compute_inspection_month",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
        help="The month the inspection counts for: that of its planned day, or of its"
        " deadline if somebody moved it beyond.",
    )
    planned_by_hand = fields.Boolean(
        copy=False,
        readonly=True,
        help="Somebody moved or edited it, so that generating leaves it alone.",
    )
    inspection_status = fields.Selection(
        [
            ("planned", "To Do"),
            ("overdue", "Behind Plan"),
            ("done", "Done in Time"),
            ("late", "Done Late"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_inspection_status",
        search="_search_inspection_status",
    )

    # Each engineer's first screen.
    _of_engineer = models.Index(
        "(user_id, inspection_date) WHERE is_inspection IS TRUE"
    )
    # As the figures of a month are asked for.
    _of_month = models.Index("(inspection_month) WHERE is_inspection IS TRUE")
    _inspection_slot_uniq = models.UniqueIndex(
        "(inspection_plan_id, inspection_slot) WHERE inspection_plan_id IS NOT NULL",
        "This inspection of the plan exists already.",
    )

    @api.depends("inspection_plan_id")
    def _compute_is_inspection(self):
        for request in self:
            request.is_inspection = request.is_inspection or bool(
                request.inspection_plan_id
            )

    @api.depends("inspection_done_on", "inspection_deadline", "inspection_date")
    def _compute_inspection_late(self):
        for request in self:
            deadline = request.inspection_deadline or request.inspection_date
            done = request.inspection_done_on
            request.inspection_late = bool(done and deadline and done > deadline)

    @api.depends("inspection_date", "inspection_deadline")
    def _compute_inspection_month(self):
        for request in self:
            days = [request.inspection_date, request.inspection_deadline]
            month = min(filter(None, days), default=False)
            request.inspection_month = month and month.replace(day=1)

    @api.depends(
        "is_inspection",
        "archive",
        "inspection_date",
        "inspection_behind",
        "inspection_deadline",
        "inspection_done_on",
        "inspection_late",
    )
    def _compute_inspection_status(self):
        today = self._get_inspection_today()
        for request in self:
            request.inspection_status = request._get_inspection_status(today)

    def _get_inspection_status(self, today):
        """Return where the inspection stands on ``today``; False if it is none.

        The last day counts in full. What was done stays done, even when its request
        was archived afterwards.
        """
        self.ensure_one()
        if not self.is_inspection or not self.inspection_date:
            return False
        if self.inspection_done_on:
            return "late" if self.inspection_late else "done"
        if self.archive:
            return "cancelled"
        day = self.inspection_behind or self.inspection_date
        if (self.inspection_deadline or day) < today:
            return "missed"
        return "overdue" if day < today else "planned"

    @api.model
    def _search_inspection_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._get_inspection_status_domains()
        wanted = [domains[status] for status in value if status in domains]
        if False in value:
            wanted.append(~Domain.OR(domains.values()))
        return Domain.OR(wanted)

    @api.model
    def _get_inspection_status_domains(self):
        """Return {status: domain} as :meth:`_get_inspection_status` decides today."""
        today = self._get_inspection_today()
        planned = Domain("is_inspection", "=", True) & Domain(
            "inspection_date", "!=", False
        )
        done = planned & Domain("inspection_done_on", "!=", False)
        late = Domain("inspection_late", "=", True)
        left = planned & Domain("inspection_done_on", "=", False)
        cancelled = left & Domain("archive", "=", True)
        left &= Domain("archive", "=", False)
        moved = Domain("inspection_behind", "!=", False)
        return {
            "done": done & ~late,
            "late": done & late,
            "cancelled": cancelled,
            "missed": left & Domain("inspection_deadline", "<", today),
            "overdue": left
            & Domain("inspection_deadline", ">=", today)
            & (Domain("inspection_date", "<", today) | moved),
            "planned": left
            & Domain("inspection_deadline", ">=", today)
            & Domain("inspection_date", ">=", today)
            & Domain("inspection_behind", "=", False),
        }

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def _note_planned_by_hand(self, behind):
        """Note that somebody chose the day, the time or the person of these.

        :param behind: as :meth:`_get_behind` told it before the change
        """
        # sudo: follows from the change, which the guard let pass.
        self.sudo().write({"planned_by_hand": True})
        for day, moved in behind.items():
            moved.sudo().write({"inspection_behind": day})  # sudo: as above

    @api.model
    def _is_planning(self, planning):
        """True if these values plan by hand: a day, a time or a person."""
        return "planned_by_hand" not in planning and bool(
            planning.keys() - NOT_PLANNING
        )

    def _get_behind(self, planning):
        """Return {day: inspections} of those that ``planning`` moves after their day.

        A new day does not put right that the old one was missed.
        """
        if "inspection_date" not in planning:
            return {}
        today = self._get_inspection_today()
        moved = self.filtered(
            lambda r: (
                not r.inspection_behind
                and not r.inspection_done_on
                and r.inspection_date
                and r.inspection_date < today
            )
        )
        return moved.grouped("inspection_date")

    @api.model
    def _complete_planning(self, vals):
        """Return values in which planned day and scheduled moment agree."""
        day, moment = vals.get("inspection_date"), vals.get("schedule_date")
        if day and "schedule_date" not in vals:
            day = fields.Date.to_date(day)
            return {**vals, "schedule_date": self._to_schedule_date(day)}
        if moment and "inspection_date" not in vals:
            moment = fields.Datetime.to_datetime(moment)
            return {**vals, "inspection_date": self._to_inspection_day(moment)}
        return vals

    # ------------------------------------------------------------
    # Thousands of planned inspections are no news
    # ------------------------------------------------------------

    def activity_update(self):
        """Leave out what a plan made: its to-do list is the list of inspections, and
        an activity each would cost the year's planning five queries a record."""
        return super(
            MaintenanceRequest, self.filtered(lambda r: not r.inspection_plan_id)
        ).activity_update()

    def _add_followers(self):
        """Leave out what a plan made, and what is given away by the dozen; whoever it
        concerns finds it in the lists."""
        if self.env.context.get("mail_activity_automation_skip"):
            return None
        return super(
            MaintenanceRequest, self.filtered(lambda r: not r.inspection_plan_id)
        )._add_followers()

    # ------------------------------------------------------------
    # Days in Beijing time
    # ------------------------------------------------------------

    @api.model
    def _get_inspection_today(self):
        """Return the present day in Beijing time."""
        return beijing.today()

    @api.model
    def _to_inspection_day(self, moment):
        """Return the day in Beijing time of a stored moment (naive UTC)."""
        return beijing.day_of(moment)

    @api.model
    def _to_schedule_date(self, day):
        """Return the stored moment (naive UTC) at which a day's inspections stand in
        the calendar."""
        return beijing.to_stored(datetime.combine(day, PLANNED_HOUR))
