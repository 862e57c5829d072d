from datetime import UTC

from odoo import api, fields, models

from ..engine.policy import Moments, judge_fault
from ..engine.sla import Pause, SlaError
from ..models.om_sla_policy_line import SEVERITIES

TIMES = ("reported_at", "dispatched_at", "responded_at", "arrived_at", "fixed_at")


class OmSlaTry(models.TransientModel):
    _name = "om.sla.try"
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
    dispatched_at = fields.Datetime("Dispatched On")
    responded_at = fields.Datetime("Responded On")
    arrived_at = fields.Datetime("Arrived On")
    fixed_at = fields.Datetime("Repaired On")
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

    @api.depends(
        "policy_id",
        "severity",
        "reported_at",
        "dispatched_at",
        "responded_at",
        "arrived_at",
        "fixed_at",
        "pause_from",
        "pause_to",
        "in_key_period",
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
        names = (
            "reported_at",
            "dispatched_at",
            "responded_at",
            "arrived_at",
            "fixed_at",
        )
        times = [
            self[name] and self[name].replace(tzinfo=UTC) or None for name in names
        ]
        pauses = []
        if self.pause_from:
            end = self.pause_to and self.pause_to.replace(tzinfo=UTC)
            pauses.append(Pause(self.pause_from.replace(tzinfo=UTC), end or None))
        now = max(
            moment
            for moment in (*times, *(each for pause in pauses for each in pause[:2]))
            if moment
        )
        return judge_fault(
            engine_policy,
            self.severity,
            Moments(*times),
            now,
            pauses,
            self.in_key_period,
        )
