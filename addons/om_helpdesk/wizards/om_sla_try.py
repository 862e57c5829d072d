from datetime import UTC

from odoo import api, fields, models

from odoo.addons.om_assets.models.om_system_deadline import SEVERITIES

from ..engine.policy import AIMS, Case, judge_fault
from ..engine.sla import Pause, SlaError
from ..engine.timeline import BROKEN, CONFIRMED, Times
from ..models.helpdesk_ticket import TIME_FIELDS, make_time_fields

EVENTS = [event for event in TIME_FIELDS.values() if event != CONFIRMED]
TIMES = {"reported": "reported_at", **{event: f"{event}_at" for event in EVENTS}}


class OmSlaTry(models.TransientModel):
    _name = "om.sla.try"
    _inherit = "om.ticket.times.mixin"
    _description = "Try a Service Promise"

    policy_id = fields.Many2one(
        "om.sla.policy",
        "Service Promise",
        required=True,
        default=lambda self: self.env["om.sla.policy"].search([], limit=1),
    )
    system_id = fields.Many2one("om.system")
    severity = fields.Selection(SEVERITIES, required=True, default="general")
    reported_at = fields.Datetime(
        "Reported On",
        required=True,
        default=lambda self: fields.Datetime.now().replace(second=0),
    )
    vars().update(make_time_fields(EVENTS))
    channel_id = fields.Many2one("helpdesk.ticket.channel")
    is_far = fields.Boolean(
        "Far Away", compute="_compute_is_far", store=True, readonly=False
    )
    used = fields.Json(compute="_compute_used")
    pause_from = fields.Datetime("Paused From")
    pause_to = fields.Datetime("Paused To")
    in_key_period = fields.Boolean(
        compute="_compute_in_key_period", store=True, readonly=False
    )
    result = fields.Html(compute="_compute_result", sanitize=False)

    @api.onchange("system_id")
    def _onchange_system_id(self):
        if self.system_id:
            self.policy_id = self.system_id.sla_policy_id

    @api.depends("system_id", "reported_at")
    def _compute_in_key_period(self):
        for trial in self:
            if trial.system_id and trial.reported_at:
                trial.in_key_period = bool(
                    self.env["om.key.period"]._find_period(
                        trial.system_id, trial.reported_at
                    )
                )

    @api.depends("system_id", "policy_id")
    def _compute_is_far(self):
        for trial in self:
            near = trial.policy_id.near_km
            trial.is_far = bool(near and trial.system_id.distance_km > near)

    @api.depends("policy_id")
    def _compute_used(self):
        """What this promise asks about, beside the times of every fault."""
        for trial in self:
            lines = trial.policy_id.line_ids
            used = {*lines.mapped("start")}
            for target in set(lines.mapped("target")):
                used |= {AIMS[target].stops[0], AIMS[target].needs}
            if any(lines.mapped("unless_broken")):
                used.add(BROKEN)
            if lines.channel_id:
                used.add("channel")
            if set(lines.mapped("reach")) - {"any"}:
                used.add("reach")
            trial.used = sorted(used - {""})

    @api.model
    def _get_hidden_when(self, event):
        return f"'{event}' not in (used or [])"

    @api.depends(
        "policy_id",
        "severity",
        *TIMES.values(),
        "pause_from",
        "pause_to",
        "in_key_period",
        "channel_id",
        "is_far",
    )
    @api.depends_context("lang")
    def _compute_result(self):
        for trial in self:
            try:
                judged = trial._judge()
            except SlaError:
                trial.result = self.env._("These times do not follow each other.")
                continue
            trial.result = (
                self.env["om.sla.explanation"]._render(trial.policy_id, judged)
                if judged
                else self.env._("This promise has no service hours yet.")
            )

    def _judge(self):
        """Return what the engine says, as of the last time entered."""
        self.ensure_one()
        policy = self.policy_id._origin
        engine_policy = policy and policy._get_engine_policy()
        if not engine_policy or not self.reported_at or not self.severity:
            return {}
        times = {
            event: self[name] and self[name].replace(tzinfo=UTC) or None
            for event, name in TIMES.items()
        }
        pauses = []
        if self.pause_from:
            end = self.pause_to and self.pause_to.replace(tzinfo=UTC)
            pauses.append(Pause(self.pause_from.replace(tzinfo=UTC), end or None))
        known = [*times.values(), *(each for pause in pauses for each in pause[:2])]
        now = max(filter(None, known))
        return judge_fault(
            engine_policy,
            self.severity,
            Times(**times),
            now,
            pauses,
            Case(self.in_key_period, self.channel_id.id or None, self.is_far),
        )
