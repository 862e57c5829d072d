from datetime import UTC
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.om_base.tools import beijing

from ..engine.policy import (
    AIMS,
    NEEDS,
    NOTHING,
    TARGETS,
    Case,
    Judgement,
    judge_fault,
)
from ..engine.sla import Pause, get_share_moment
from ..engine.timeline import Times
from .helpdesk_ticket import CLOSED_STATES, CORRECTED, TIME_FIELDS

# What the engine is told.
MOMENTS = {"reported_at": "reported", **TIME_FIELDS}
STATUSES = [
    ("none", "Not Promised"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("breached", "Breached"),
]


class Clock(NamedTuple):
    """What a target of a ticket has come to; times are naive UTC as in the database."""

    status: str
    deadline: object
    judgement: Judgement
    # Still waits for its event, and nothing holds it up.
    waits: bool

    def at_share(self, percent):
        """Return when ``percent`` of the time has been used."""
        return _naive(get_share_moment(self.judgement.verdict.result, percent / 100))


def _aware(moment):
    return moment.replace(tzinfo=UTC) if moment else None


def _naive(moment):
    return beijing.to_stored(moment) if moment else False


def make_columns():
    """Return {name: column} of what is known of every target: by when, what became of
    it, and how it stands this minute."""
    how = {"compute": "_compute_sla", "store": True, "copy": False}
    columns = {}
    for target, aim in AIMS.items():
        columns |= {
            f"{target}_deadline": fields.Datetime(aim.due, **how),
            f"{target}_status": fields.Selection(STATUSES, aim.label, **how),
            f"{target}_status_now": fields.Selection(
                STATUSES, f"{aim.label} Now", compute="_compute_status_now"
            ),
        }
        running = f"({target}_deadline) WHERE {target}_status"
        if aim.main:
            columns[f"_{target}_running"] = models.Index(f"{running} = 'running'")
        else:
            # Few promise these: one index for all that is asked is small.
            columns[f"_{target}_owed"] = models.Index(
                f"{running} IN ('running', 'breached')"
            )
    return columns


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sla_policy_id = fields.Many2one(
        "om.sla.policy",
        string="Service Promise",
        compute="_compute_sla",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    sla_source = fields.Selection(
        [
            ("system", "The System's Own"),
            ("default", "The Contract's Default"),
            ("missing", "None Found"),
            ("none", "None in the Contract"),
            ("item", "The Service's Own"),
        ],
        string="Promise From",
        compute="_compute_sla",
        store=True,
        copy=False,
        help="The contract's default, or none found: a data fault of the register.",
    )
    vars().update(make_columns())
    next_deadline = fields.Datetime(
        compute="_compute_sla",
        store=True,
        copy=False,
        help="The first deadline that still runs.",
    )
    asks_broken = fields.Boolean(
        compute="_compute_asks_broken",
        help="Something more is owed from when a part is found broken.",
    )
    is_breached = fields.Boolean(
        "Breached", compute="_compute_status_now", search="_search_is_breached"
    )
    has_breach = fields.Boolean(
        "Breach on Record",
        compute="_compute_has_breach",
        store=True,
        copy=False,
        help="A deadline was missed, and the watch has written it down.",
    )
    urgency = fields.Selection(
        [
            ("late", "Late"),
            ("soon", "Soon"),
            ("ok", "In Time"),
            ("paused", "Paused"),
            ("none", "Nothing Due"),
        ],
        compute="_compute_status_now",
    )

    sla_explanation = fields.Html(
        "How the Deadlines Come About",
        compute="_compute_sla_explanation",
        sanitize=False,
    )
    sla_differs = fields.Boolean(
        compute="_compute_sla_explanation",
        help="The promise was changed after the result had been confirmed.",
    )

    # As lists of late faults are read: the newest first.
    _has_breach = models.Index("(reported_at DESC, id DESC) WHERE has_breach IS TRUE")
    _next_deadline = models.Index("(next_deadline) WHERE next_deadline IS NOT NULL")

    @api.depends(
        "system_id",
        "severity",
        "reported_at",
        *TIME_FIELDS,
        "cancelled_at",
        "channel_id",
        "service_item_id",
        "ready_by",
        "pause_ids.date_from",
        "pause_ids.date_to",
        "pause_ids.voided_on",
        "notice_ids",
        "notice_ids.next_level_at",
    )
    def _compute_sla(self):
        # Not on the promise itself: what it becomes later does not touch results by
        # itself, see ``_recompute_promises``.
        choices = self._om_choose_policies()
        every = self._om_clocks(fields.Datetime.now(), choices)
        escalations = self._om_next_escalations(every)
        for ticket, clocks in every.items():
            ticket.next_escalation_at = escalations[ticket]
            ticket.sla_policy_id, ticket.sla_source = choices[ticket]
            for target, clock in clocks.items():
                ticket[f"{target}_deadline"] = clock.deadline
                ticket[f"{target}_status"] = clock.status
            ticket.next_deadline = min(
                (
                    clock.deadline
                    for clock in clocks.values()
                    if clock.status == "running"
                ),
                default=False,
            )

    @api.depends(
        *(f"{target}_status" for target in TARGETS),
        *(f"{target}_deadline" for target in TARGETS),
        "state",
    )
    def _compute_status_now(self):
        now = fields.Datetime.now()
        for ticket in self:
            statuses = []
            for target in TARGETS:
                status = ticket[f"{target}_status"] or "none"
                deadline = ticket[f"{target}_deadline"]
                if status == "running" and deadline and deadline < now:
                    status = "breached"
                ticket[f"{target}_status_now"] = status
                statuses.append(status)
            ticket.is_breached = "breached" in statuses
            ticket.urgency = ticket._om_urgency(statuses, now)

    @api.depends(*(f"{target}_status" for target in TARGETS))
    def _compute_has_breach(self):
        for ticket in self:
            ticket.has_breach = any(
                ticket[f"{target}_status"] == "breached" for target in TARGETS
            )

    @api.depends("sla_policy_id", "severity", "broken_at", "is_open")
    def _compute_asks_broken(self):
        for ticket in self:
            # superuser: as those who choose the promise
            policy = ticket.sudo().sla_policy_id
            ticket.asks_broken = bool(
                ticket.is_open and not ticket.broken_at and policy
            ) and any(
                line.severity == ticket.severity
                and (
                    line.start == "broken" or line.unless_broken or line.target in NEEDS
                )
                for line in policy.line_ids
            )

    @api.depends(*(f"{target}_deadline" for target in TARGETS), "fix_status", "state")
    @api.depends_context("lang")
    def _compute_sla_explanation(self):
        now = fields.Datetime.now()
        choices = self._om_choose_policies()
        Explanation = self.env["om.sla.explanation"]
        promised = self._om_clocks(now, self._om_choose_policies(live=True), live=True)
        for ticket, clocks in self._om_clocks(now, choices).items():
            rule = ticket._om_get_rule()
            policy = rule._get_policy() if rule else choices[ticket][0]
            judged = {
                target: clock.judgement
                for target, clock in clocks.items()
                # When a request has to be ready no promise says, but its beginning.
                if target != "onsite" or not ticket.ready_by
            }
            ticket.sla_explanation = (
                Explanation.with_context(
                    om_is_request=ticket.kind == "request"
                )._render(policy, judged)
                if policy
                else ticket._om_explain_nothing()
            )
            if policy and ticket.ready_by:
                ticket.sla_explanation += Markup("<p>%s</p>") % (
                    ticket._om_explain_ready()
                )
            ticket.sla_differs = any(
                ticket[f"{target}_deadline"] != clock.deadline
                for target, clock in promised[ticket].items()
            )

    def _om_explain_nothing(self):
        """Return why a ticket without a promise has no deadlines, in words."""
        self.ensure_one()
        if self.kind == "request":
            if self.ready_by:
                return self._om_explain_ready()
            return self.env._("This service promises no deadline.")
        if self.sla_source == "none":
            return self.env._(
                "%s prints no times for response and repair: this fault has no"
                " deadlines.",
                # superuser: who reads the fault reads whose contract it is
                self.sudo().agreement_id.display_name,
            )
        return self.env._(
            "No promise was found for this fault, so it has no deadlines. Those of a"
            " system come from the register or from the default of its contract."
        )

    def _om_urgency(self, statuses, now):
        """Return how much of the time is left, as a word that views colour."""
        self.ensure_one()
        if self.state in (*CLOSED_STATES, "fixed"):
            return "none"
        if "breached" in statuses:
            return "late"
        if self.next_deadline and self.reported_at:
            left = (self.next_deadline - now).total_seconds()
            whole = (self.next_deadline - self.reported_at).total_seconds()
            return "soon" if left < 0.2 * whole else "ok"
        return "paused" if "paused" in statuses else "none"

    @api.model
    def _search_is_breached(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Of those that run, the next deadline is the first.
        breached = Domain("has_breach", "=", True) | Domain(
            "next_deadline", "<", fields.Datetime.now()
        )
        return breached if True in value else ~breached

    # ------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------

    def _om_choose_policies(self, live=False):
        """Return {ticket: (policy, where it comes from)}.

        :param live: what would hold if they were not confirmed
        """
        requests = self.filtered("service_item_id")
        return {
            **(self - requests)._om_choose_for_faults(live),
            **requests._om_choose_for_requests(live),
        }

    def _om_choose_for_faults(self, live=False):
        """Return {fault: (policy, where it comes from)}.

        The system's own promise holds if it says something about the severity, else
        the default of the fault's contract, if that has one. Confirmed tickets keep
        what they had, and so do those of an earlier contract of their system. One
        without a system or a contract is measured provisionally.
        """
        # superuser: portal users see what was promised, not how it is set up
        Policy = self.env["om.sla.policy"].sudo()
        contracts = self.sudo().agreement_id
        defaults = Policy._get_defaults(contracts)
        unknown = self.filtered(
            lambda ticket: not ticket.system_id and not ticket.sudo().agreement_id
        )
        provisional = Policy._get_provisional(unknown.company_id) if unknown else {}
        covered = {}
        result = {}
        for ticket in self:
            rule = not live and ticket._om_get_rule()
            if rule and rule.policy_id:
                result[ticket] = rule.policy_id, ticket.sla_source
                continue
            contract = ticket.sudo().agreement_id
            default = defaults.get(contract, Policy)
            if ticket in unknown:
                default = provisional.get(ticket.company_id, Policy)
            system = ticket.system_id.sudo()
            if ticket._om_is_of_earlier_contract():
                result[ticket] = ticket.sudo().sla_policy_id, ticket.sla_source
                continue
            policy = system.sla_policy_id
            key = policy, ticket.severity
            if key not in covered:
                covered[key] = policy and policy._covers(ticket.severity)
            if covered[key]:
                own = system.sla_policy_origin != "default"
                result[ticket] = policy, "system" if own else "default"
            elif default:
                result[ticket] = default, "default"
            else:
                nothing = "none" if contract.no_promise else "missing"
                result[ticket] = Policy, nothing
        return result

    def _om_is_of_earlier_contract(self):
        """Return whether the system has gone to another contract since the report."""
        self.ensure_one()
        # superuser: as above
        ticket = self.sudo()
        return bool(
            ticket._origin.sla_source
            and ticket.agreement_id
            and ticket.agreement_id == ticket._origin.agreement_id
            and ticket.system_id.agreement_id != ticket.agreement_id
            and ticket.system_id == ticket._origin.system_id
        )

    def _om_clocks(self, now, choices=None, live=False):
        """Return {ticket: {target: Clock}} as of ``now``; queries do not grow."""
        choices = choices or self._om_choose_policies(live)
        key_periods = self._om_in_key_period()
        result = {}
        for ticket in self:
            rule = not live and ticket._om_get_rule()
            policy = rule or choices[ticket][0]
            if rule:
                is_key, is_far = ticket.sla_key_period, ticket.sla_is_far
            else:
                is_key, is_far = key_periods[ticket], ticket._om_is_far(policy)
            case = Case(is_key, ticket.channel_id.id or None, is_far)
            result[ticket] = ticket._om_get_clocks(policy, _aware(now), case)
        return result

    def _om_is_far(self, policy):
        """Return whether the system stands beyond what the promise calls near."""
        self.ensure_one()
        distance = self.system_id.sudo().distance_km  # as above
        return bool(policy and policy.near_km and distance > policy.near_km)

    def _om_get_clocks(self, policy, now, case):
        """Return {target: Clock} by a promise, or by a rule that was kept.

        :param case: what of the fault decides which lines hold
        """
        self.ensure_one()
        clocks = self._om_get_promised_clocks(policy, now, case)
        if self.ready_by:
            # When a request has to be ready no promise says, but its beginning.
            ready = self._om_judge_ready(now)
            clocks["onsite"] = self._om_make_clock(ready, bool(self.fixed_at))
        return clocks

    def _om_get_promised_clocks(self, policy, now, case):
        engine_policy = policy and policy._get_engine_policy()
        if not engine_policy or not self.reported_at or not self.severity:
            nothing = Clock("none", False, NOTHING, False)
            return dict.fromkeys(TARGETS, nothing)
        end = _aware(self.cancelled_at)
        judged = judge_fault(
            engine_policy,
            self.severity,
            self._om_moments(),
            min(now, end) if end else now,
            self._om_engine_pauses(),
            case,
        )
        ended = bool(end or self.fixed_at)
        return {
            target: self._om_make_clock(judgement, ended)
            for target, judgement in judged.items()
        }

    def _om_make_clock(self, judgement, ended):
        verdict = judgement.verdict
        status = verdict.status
        if ended and status in ("running", "paused"):
            # Cancelled before it fell due: nothing was owed any more.
            status = "none"
        waits = not judgement.stop and not ended and status in ("running", "breached")
        return Clock(status, _naive(verdict.deadline), judgement, waits)

    def _om_moments(self):
        """Return what has happened as the engine knows it."""
        self.ensure_one()
        return Times(
            **{event: _aware(self[name]) for name, event in MOMENTS.items()},
        )

    def _om_engine_pauses(self):
        """Return the pauses that count, with who and why."""
        self.ensure_one()
        return tuple(
            Pause(
                _aware(pause.date_from),
                _aware(pause.date_to),
                pause.user_id.sudo().name or "",  # a name, for the explanation
                pause.reason or "",
            )
            for pause in self.pause_ids
            if not pause.voided_on
        )

    def _om_in_key_period(self):
        """Return {ticket: whether it was reported in a key period of its system}."""
        tickets = self.filtered(lambda ticket: ticket.system_id and ticket.reported_at)
        result = dict.fromkeys(self, False)
        if not tickets:
            return result
        days = {ticket: beijing.day_of(ticket.reported_at) for ticket in tickets}
        # superuser: key periods bind whoever reports
        systems = tickets.system_id.sudo()
        periods = (
            self.env["om.key.period"]
            .sudo()
            .search(
                [
                    ("company_id", "in", systems.company_id.ids),
                    ("date_start", "<=", max(days.values())),
                    ("date_end", ">=", min(days.values())),
                ]
            )
        )
        for ticket, day in days.items():
            result[ticket] = any(
                period.date_start <= day <= period.date_end and ticket._om_is_in(period)
                for period in periods
            )
        return result

    def _om_is_in(self, period):
        """Return whether a key period holds for the system, by the fault's contract."""
        self.ensure_one()
        system = self.system_id.sudo()  # as above
        if period.system_ids:
            return system in period.system_ids
        return (
            period.company_id == system.company_id
            and period.agreement_id == self.sudo().agreement_id
        )

    # ------------------------------------------------------------
    # Recomputing
    # ------------------------------------------------------------

    @api.model
    def _recompute_promises(self, domain, reason):
        """Let open tickets follow changed promises; confirmed results stay.

        :param domain: which tickets, for example those of changed policies
        :param reason: what changed, for the discussions
        """
        everything = self.with_context(active_test=False)
        tickets = everything.search(Domain(domain) & Domain("is_open", "=", True))
        tickets = tickets.with_env(self.env)
        before, states = tickets._om_results(), tickets._om_states()
        tickets._om_recompute_sla()
        tickets._om_log_results(before, reason)
        moved = tickets.filtered(
            lambda ticket: ticket._om_results_text() != before[ticket]
        )
        moved._note("promised", states, reason=reason)
        tickets._notify_board()
        return tickets

    def _om_recompute_sla(self):
        """Judge anew from the ledger as of now."""
        self.env.add_to_compute(self._fields["fix_deadline"], self)
        self._recompute_recordset(["fix_deadline"])

    def _om_results(self):
        """Return {ticket: its deadlines and results in words}."""
        return {ticket: ticket._om_results_text() for ticket in self}

    def _om_results_text(self):
        self.ensure_one()
        labels = self._om_target_labels()
        statuses = dict(self._fields["fix_status"]._description_selection(self.env))
        return self._om_join_clauses(
            f"{labels[target]} {self._om_format(self[f'{target}_deadline'])}"
            f" ({statuses[self[f'{target}_status_now']]})"
            for target in TARGETS
            if self[f"{target}_deadline"]
        ) or self.env._("no deadlines")

    def _om_deadlines_before(self, vals):
        """Remember the results before a change that moves deadlines."""
        if vals.keys() & CORRECTED:
            return self._om_results()
        return {}

    def _om_log_deadlines(self, before):
        if before:
            reason = self.env.context.get("om_reason") or self.env._(
                "Severity, system, channel or time of receipt changed"
            )
            self._om_log_results(before, reason)

    def _om_log_results(self, before, reason):
        """Log the results that differ from those remembered."""
        self._om_log(
            {
                ticket: self.env._(
                    "%(reason)s. Before: %(before)s. After: %(after)s.",
                    reason=reason,
                    before=before[ticket],
                    after=after,
                )
                for ticket, after in self._om_results().items()
                if after != before.get(ticket, after)
            }
        )
