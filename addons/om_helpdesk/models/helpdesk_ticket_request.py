from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list, is_html_empty, plaintext2html

from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine import timeline
from ..engine.planning import Booking, find_clashes, find_gaps
from ..engine.policy import Judgement
from ..engine.questions import get_unanswered
from ..engine.sla import Target, judge
from .helpdesk_ticket import CLOSED_STATES
from .helpdesk_ticket_acts import DISPATCHER, IN_WORK, OPEN, UNCONFIRMED
from .helpdesk_ticket_sla import _aware

_lt = LazyTranslate(__name__)
# What ends a request, and therefore needs what its service demands.
ENDS = (timeline.FIXED, timeline.CONFIRMED)
# How far back plans are looked at for conflicts: what is over clashes with nothing.
LOOK_BACK = timedelta(days=1)


class HelpdeskTicket(models.Model):
    """A ticket for which somebody asked: a service request, beside the faults.

    What makes a ticket a request is the entry of the catalogue that it asks for. It has
    that entry's form, checklist and promise, its time and place, and it is not done
    before everything is there that the entry demands.
    """

    _inherit = "helpdesk.ticket"

    _free_fields = {
        "service_item_id": UNCONFIRMED,
        "request_form": OPEN,
        "request_start": OPEN,
        "request_stop": OPEN,
        "room_id": OPEN,
        "employee_ids": OPEN,  # its change is an act
        "check_ids": OPEN,
    }
    _acts = {
        "assigned": Act(_lt("People Assigned"), source=OPEN),
        "rescheduled": Act(_lt("Rescheduled"), source=OPEN, groups=DISPATCHER),
        "ordered": Act(
            _lt("Ordered in Writing"), source=IN_WORK, party="_om_get_orderer"
        ),
    }
    _facts = {
        "service": Fact("service_item_id"),
        "begins": Fact("request_start", sealed=CLOSED_STATES),
        "ends": Fact("request_stop", sealed=CLOSED_STATES),
        "room": Fact("room_id", sealed=CLOSED_STATES),
        "ordered": Fact("ordered_on"),
        "checks": Fact("told_checks", sealed=("confirmed",)),
        "people": Fact("told_people", sealed=("confirmed",)),
    }

    kind = fields.Selection(
        [("fault", "Fault"), ("request", "Service Request")],
        compute="_compute_kind",
        store=True,
    )
    service_item_id = fields.Many2one(
        "om.service.item",
        string="Service",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="What is asked for, from the catalogue.",
    )
    request_form = fields.Properties(
        "Form", definition="service_item_id.form_definition", copy=True
    )
    service_description = fields.Text(related="service_item_id.description")
    asks_time = fields.Boolean(related="service_item_id.asks_time")
    asks_room = fields.Boolean(related="service_item_id.asks_room")
    needs_order = fields.Boolean(related="service_item_id.needs_order")
    people_needed = fields.Integer(related="service_item_id.people_needed")
    request_start = fields.Datetime("Begins On", index="btree_not_null", tracking=True)
    request_stop = fields.Datetime(
        "Ends On",
        compute="_compute_request_stop",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
    )
    ready_by = fields.Datetime(
        compute="_compute_ready_by",
        store=True,
        copy=False,
        help="When somebody has to be there and everything has to be tested.",
    )
    is_short_notice = fields.Boolean(
        "At Short Notice",
        compute="_compute_ready_by",
        store=True,
        copy=False,
        help="Asked for later than the service's lead time.",
        groups="base.group_user",
    )
    room_id = fields.Many2one(
        "om.service.room",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('agreement_id', 'in', (agreement_id, False))]",
    )
    employee_ids = fields.Many2many(
        "hr.employee",
        "helpdesk_ticket_employee_rel",
        "ticket_id",
        "employee_id",
        string="People",
        check_company=True,
        copy=False,
        groups="base.group_user",
        help="Who holds it. The engineer answers for it.",
    )
    check_ids = fields.One2many(
        "om.service.check", "ticket_id", string="Checklist", copy=False
    )
    ordered_on = fields.Datetime(readonly=True, copy=False)
    missing_text = fields.Text("Still Missing", compute="_compute_missing_text")
    planning_text = fields.Text(
        "Conflicts", compute="_compute_planning_text", groups="base.group_user"
    )
    has_conflict = fields.Boolean(
        compute="_compute_planning_text",
        search="_search_has_conflict",
        groups="base.group_user",
    )
    told_checks = fields.Json(
        compute="_compute_told", compute_sudo=True, groups=fields.NO_ACCESS
    )
    told_people = fields.Json(
        compute="_compute_told", compute_sudo=True, groups=fields.NO_ACCESS
    )

    _ends_after_it_begins = models.Constraint(
        "CHECK (request_stop >= request_start)", "A request ends after it begins."
    )
    _requests = models.Index("(request_start) WHERE kind = 'request'")

    # ------------------------------------------------------------
    # What it is
    # ------------------------------------------------------------

    @api.depends("service_item_id")
    def _compute_kind(self):
        for ticket in self:
            ticket.kind = "request" if ticket.service_item_id else "fault"

    @api.depends("request_start", "service_item_id")
    def _compute_request_stop(self):
        for ticket in self:
            start, stop = ticket.request_start, ticket.request_stop
            before = ticket._origin
            if not start:
                ticket.request_stop = False
            elif before != ticket and before.request_start and before.request_stop:
                # Moved on the page: it lasts as long as before.
                if before.request_start != start:
                    length = before.request_stop - before.request_start
                    ticket.request_stop = start + length
            elif not stop or stop < start:
                item = ticket.service_item_id.sudo()  # its length is no secret
                ticket.request_stop = start + timedelta(hours=item.duration)

    @api.depends("request_start", "service_item_id", "reported_at")
    def _compute_ready_by(self):
        # Not on the service itself: what it becomes later moves no deadline.
        for ticket in self:
            item, start = ticket.service_item_id.sudo(), ticket.request_start
            ready = item.ready_minutes and start
            # What was asked for after its beginning could not be made ready.
            ready = ready and start - timedelta(minutes=item.ready_minutes)
            asked = ticket.reported_at
            ticket.ready_by = ready if ready and asked and ready > asked else False
            ticket.is_short_notice = bool(
                start
                and asked
                and item.lead_hours
                and start - asked < timedelta(hours=item.lead_hours)
            )

    @api.depends("check_ids.result", "check_ids.note", "employee_ids")
    def _compute_told(self):
        for ticket in self:
            ticket.told_checks = [
                [check.name, check.result or "", check.note or ""]
                for check in ticket.check_ids
            ]
            ticket.told_people = ticket.employee_ids.ids

    @api.constrains("service_item_id", "system_id", "request_start")
    def _check_service(self):
        for ticket in self.filtered("service_item_id"):
            item = ticket.service_item_id.sudo()  # readable for whoever asks
            if ticket.system_id and not item.with_context(
                active_test=False
            )._is_offered(ticket.system_id):
                raise ValidationError(
                    self.env._(
                        "“%(service)s” is not offered for “%(system)s”.",
                        service=item.name,
                        system=ticket.system_id.display_name,
                    )
                )
            if item.asks_time and not ticket.request_start:
                raise ValidationError(
                    self.env._("“%s”: say when it begins.", ticket.display_name)
                )

    @api.onchange("service_item_id")
    def _onchange_service_item_id(self):
        name = self.service_item_id.name
        if name and not self.name:
            self.name = name
        if name and is_html_empty(self.description):
            self.description = plaintext2html(name)

    def _om_assign(self, people):
        """Say who holds the requests; the commands name them."""
        self.env["om.system"]._check_posted(people)
        with self._om_changing("assigned") as tickets:
            # superuser: naming somebody needs no access to the personnel file, only to
            # the name, which was just checked; the ORM asks for more
            tickets.sudo().write({"employee_ids": people})

    def _om_give_checklists(self):
        """Copy the items to judge: a changed checklist leaves requests as they were."""
        # superuser: the request's own, from what it asks for
        Check = self.env["om.service.check"].sudo()
        Check.create(
            [
                {
                    "ticket_id": ticket.id,
                    "sequence": index,
                    "name": line.name,
                    "instruction": line.instruction,
                }
                for ticket in self
                for index, line in enumerate(
                    ticket.service_item_id.sudo().checklist_id.line_ids
                )
            ]
        )

    # ------------------------------------------------------------
    # What is promised
    # ------------------------------------------------------------

    def _om_choose_for_requests(self, live=False):
        """Return {request: (policy, where it comes from)}: as confirmed, or as its
        service promises."""
        result = {}
        for ticket in self:
            rule = not live and ticket._om_get_rule()
            policy = rule.policy_id if rule else False
            # superuser: as for faults
            policy = policy or ticket.service_item_id.sudo().sla_policy_id
            result[ticket] = policy, "item" if policy else "none"
        return result

    def _om_judge_ready(self, now):
        """Judge whether somebody was there in time before it began."""
        start, end = _aware(self.reported_at), _aware(self.cancelled_at)
        minutes = (self.ready_by - self.reported_at).total_seconds() / 60
        target = Target(minutes, "minute")
        stop = _aware(self.arrived_at or self.fixed_at)
        verdict = judge(
            start, target, max(min(now, end) if end else now, start), stop, ()
        )
        return Judgement(verdict, None, target, start, stop)

    def _om_explain_ready(self):
        return self.env._(
            "It begins at %(start)s; %(minutes)s minutes before, by %(ready)s, somebody"
            " is there and everything is tested.",
            start=self._om_format(self.request_start),
            minutes=round((self.request_start - self.ready_by).total_seconds() / 60),
            ready=self._om_format(self.ready_by),
        )

    # ------------------------------------------------------------
    # Whose word it is
    # ------------------------------------------------------------

    def _om_get_purchaser(self):
        """Return the purchaser of the contract; empty: not known."""
        self.ensure_one()
        # superuser: only who it is
        ticket = self.sudo()
        return ticket.system_id.purchaser_id or ticket.agreement_id.partner_id

    def _om_get_orderer(self):
        """Return whose written order a request needs, and in which capacity."""
        self.ensure_one()
        purchaser = self._om_get_purchaser()
        if not purchaser or not self.needs_order:
            raise UserError(
                self.env._("Nobody has to order this: %s", self.display_name)
            )
        return purchaser.commercial_partner_id, "purchaser"

    def _om_is_for_purchaser(self):
        self.ensure_one()
        # superuser: who confirms is no secret
        return self.service_item_id.sudo().signer == "purchaser" and bool(
            self._om_get_purchaser()
        )

    def _om_confirms(self):
        """Tell whether the user belongs to the party that confirms this."""
        self.ensure_one()
        if self._om_is_for_purchaser():
            return self.env.user.sudo()._speaks_for(self._om_get_side()[0])
        return self._om_speaks_for_unit()

    @api.private
    def action_ordered(self, paper=None):
        """The purchaser orders it, by its login, or ours enter its signed paper."""
        with self._act("ordered", paper=paper) as tickets:
            tickets.write({"ordered_on": fields.Datetime.now()})
        return True

    def action_enter_order(self):
        """Ask for the paper with which the purchaser ordered it."""
        return self._open_paper("ordered")

    # ------------------------------------------------------------
    # What has to be there
    # ------------------------------------------------------------

    @api.depends(
        "state",
        "service_item_id",
        "request_form",
        "solution",
        "check_ids.result",
        "check_ids.note",
        "ordered_on",
    )
    @api.depends_context("lang")
    def _compute_missing_text(self):
        missing = self._om_get_missing()
        for ticket in self:
            ticket.missing_text = "\n".join(missing.get(ticket, ())) or False

    def _om_get_missing(self):
        """Return {request: [what its service demands and is not there, in words]}."""
        requests = self.filtered("service_item_id")
        files = requests._om_count_files()
        result = {}
        for ticket in requests:
            item = ticket.service_item_id.sudo()  # its demands bind everybody
            lines = []
            if questions := ticket._om_get_unanswered():
                lines.append(
                    self.env._(
                        "answers to the form: %s", format_list(self.env, questions)
                    )
                )
            if item.needs_order and not ticket.ordered_on:
                lines.append(self.env._("the purchaser's written order"))
            if item.people_needed and not (
                ticket.user_id or ticket.sudo().employee_ids
            ):
                lines.append(self.env._("who holds it"))
            open_checks = ticket.check_ids.filtered(
                lambda check: (
                    not check.result
                    or (check.result == "fail" and not (check.note or "").strip())
                )
            )
            if open_checks:
                lines.append(
                    self.env._(
                        "results of the checklist: %s",
                        format_list(self.env, open_checks.mapped("name")),
                    )
                )
            if item.needs_summary and not (ticket.solution or "").strip():
                lines.append(self.env._("the summary"))
            short = item.file_count - files.get(ticket.id, 0)
            if short > 0:
                lines.append(self.env._("files: %s more", short))
            result[ticket] = lines
        return result

    def _om_get_unanswered(self):
        """Return the questions that have to be answered, and are not.

        They do not keep anybody from taking the request on: who calls to ask for what
        is missing has responded.
        """
        self.ensure_one()
        # superuser: the questions are asked of everybody
        definition = self.service_item_id.sudo().form_definition or []
        answers = self.request_form and self.request_form._values or {}
        return get_unanswered(definition, answers)

    def _om_count_files(self):
        """Return {id: how many files are on the requests}, but for those of fields."""
        # superuser: whether they are there, whoever handed them in
        return dict(
            self.env["ir.attachment"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "=", False),
                ],
                ["res_id"],
                ["__count"],
            )
        )

    def _om_check_complete(self):
        """Refuse to end requests without what their services demand."""
        problems = [
            self.env._(
                "%(request)s cannot be closed; missing: %(what)s",
                request=ticket.display_name,
                what=format_list(self.env, lines),
            )
            for ticket, lines in self._om_get_missing().items()
            if lines
        ]
        if problems:
            raise UserError("\n".join(problems))

    def _om_check_ending(self, rows):
        """Refuse the end of what is not complete; every way to one leads through here:
        buttons, times stated, imports."""
        self.browse().union(
            *(
                ticket
                for ticket, acts in rows.items()
                if any(kind in ENDS for kind, _at in acts)
            )
        )._om_check_complete()

    # ------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------

    @api.model
    def _om_get_planned_domain(self):
        """What takes people and rooms: requests at a time that are not done with."""
        return (
            Domain("kind", "=", "request")
            & Domain("request_start", "!=", False)
            & Domain("state", "not in", ("cancelled",))
        )

    def _om_get_neighbours(self):
        """Return these planned requests with all that last at the same time."""
        planned = self.filtered(
            lambda ticket: (
                ticket.kind == "request"
                and ticket.request_start
                and ticket.request_stop
                and ticket.state != "cancelled"
            )
        )
        if not planned:
            return planned
        # superuser: a room is taken, whoever may read by what
        return planned | self.sudo().search(
            self._om_get_planned_domain()
            & Domain("company_id", "in", planned.company_id.ids)
            & Domain("request_start", "<", max(planned.mapped("request_stop")))
            & Domain("request_stop", ">", min(planned.mapped("request_start")))
        ).with_env(self.env)

    def _om_make_booking(self):
        ticket = self.sudo()  # as above
        return Booking(
            ticket._origin.id or 0,
            ticket.request_start,
            ticket.request_stop,
            (ticket.reported_at, ticket._origin.id or float("inf")),
            ticket.people_needed,
            frozenset(ticket.employee_ids._origin.ids),
            ticket.room_id._origin.id or None,
        )

    def _om_get_duty(self):
        """Return {id: (group, shifts)}: who is on duty for these requests.

        The rosters answer where there are some; nobody is known to be, here.
        """
        return {}

    @api.depends(
        "request_start", "request_stop", "room_id", "employee_ids", "service_item_id"
    )
    @api.depends_context("lang")
    def _compute_planning_text(self):
        together = self._origin._om_get_neighbours() | self.filtered("request_start")
        bookings = {
            ticket._origin.id or 0: ticket._om_make_booking()
            for ticket in together
            if ticket.request_start and ticket.request_stop
        }
        clashes = find_clashes(bookings.values())
        gaps = find_gaps(bookings.values(), together._origin._om_get_duty())
        for ticket in self:
            key = ticket._origin.id or 0
            lines = []
            if key in bookings and ticket.state not in CLOSED_STATES:
                lines = ticket._om_word_conflicts(
                    bookings[key], clashes.get(key, ()), gaps.get(key)
                )
            ticket.planning_text = "\n".join(lines) or False
            ticket.has_conflict = bool(lines)

    def _om_word_conflicts(self, booking, clashes, gap):
        """Return in words what stands against the plan."""
        lines = []
        for clash in clashes:
            # superuser: the number of what is in the way, as above
            other = self.sudo().browse(clash.other)
            if clash.person:
                person = self.env["hr.employee"].sudo().browse(clash.person)
                lines.append(
                    self.env._(
                        "%(person)s holds %(other)s at the same time",
                        person=person.name,
                        other=other.number,
                    )
                )
            else:
                lines.append(
                    self.env._(
                        "%(room)s is taken by %(other)s at the same time",
                        room=self.room_id.name,
                        other=other.number,
                    )
                )
        if gap:
            lines.append(
                self.env._(
                    "By the roster %(have)s of %(need)s people are free at %(at)s:"
                    " %(short)s missing",
                    have=gap.have,
                    need=gap.need,
                    at=self._om_format(gap.at)[:16],
                    short=gap.need - gap.have,
                )
            )
        short = booking.need - len(booking.people)
        if short > 0:
            lines.append(self.env._("%s people are still to be assigned", short))
        return lines

    @api.model
    def _search_has_conflict(self, operator, value):
        if operator != "in":
            return NotImplemented
        # What is over is past planning; so few lie ahead that they are looked at.
        ahead = self.search(
            self._om_get_planned_domain()
            & Domain("state", "not in", CLOSED_STATES)
            & Domain("request_stop", ">=", fields.Datetime.now() - LOOK_BACK)
        )
        found = Domain("id", "in", ahead.filtered("has_conflict").ids)
        return found if True in value else ~found
