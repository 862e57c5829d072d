from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import timeline


class HelpdeskTicket(models.Model):
    """Stages follow what happens; moving a card means that it has happened."""

    _inherit = "helpdesk.ticket"

    @api.depends("team_id")
    def _compute_stage_id(self):
        # As the helpdesk does, but once for all tickets of a team.
        for team, tickets in self.grouped("team_id").items():
            stages = team._get_applicable_stages()
            for ticket in tickets:
                if ticket.stage_id not in stages:
                    ticket.stage_id = stages[:1]

    @api.model
    def _om_stages(self, company_id):
        """Return {state: id of its stage} for a company; its own stages win."""
        stages = (
            self.env["helpdesk.ticket.stage"]
            .sudo()  # which stage stands for what is no secret
            .search_fetch(
                [
                    ("om_state", "!=", False),
                    ("company_id", "in", [company_id, False]),
                ],
                ["om_state", "company_id"],
                order="company_id, sequence desc, id desc",
            )
        )
        shared = stages.filtered(lambda stage: not stage.company_id)
        return {stage.om_state: stage.id for stage in shared + (stages - shared)}

    def _om_sync_stage(self):
        """Let the stage follow the state; in an act, or as superuser."""
        wrong = self.filtered(lambda ticket: ticket.stage_id.om_state != ticket.state)
        for company, tickets in wrong.grouped("company_id").items():
            stages = self._om_stages(company.id)
            for state, group in tickets.grouped("state").items():
                if stages.get(state):
                    group._om_write_stage(stages[state])

    def _om_move(self, stage_id):
        """A card was moved to a stage: do what the stage stands for."""
        stage = self.env["helpdesk.ticket.stage"].browse(stage_id)
        moved = self.filtered(lambda ticket: ticket.state != stage.om_state)
        if not stage.om_state:
            with self._om_changing("moved") as tickets:
                tickets._om_write_stage(stage_id)
        elif moved:
            getattr(moved, f"_om_move_to_{stage.om_state}")()

    def _om_move_to_new(self):
        raise UserError(
            self.env._("A ticket on which somebody acted does not become new again.")
        )

    def _om_move_to_dispatched(self):
        if any(ticket.state != "new" or not ticket.user_id for ticket in self):
            raise UserError(
                self.env._("Choose whom to send: use Dispatch on the ticket.")
            )
        with self._om_changing("dispatched") as tickets:
            tickets._om_dispatched()

    def _om_move_to_progress(self):
        reason = self.env.context.get("om_reason")
        done = self.filtered(lambda ticket: ticket._om_times().ended)
        if done and not reason:
            raise UserError(
                self.env._("Say why it is not repaired: use Reopen on the ticket.")
            )
        if done:
            done._om_act(timeline.REOPENED, reason=reason)
        with self._om_changing("responded") as tickets:
            tickets._om_check_free()
            tickets._om_open_pause().write({"date_to": fields.Datetime.now()})
            waiting = tickets.filtered(lambda ticket: not ticket.responded_at)
            waiting._om_act(timeline.RESPONDED)

    def _om_move_to_waiting(self):
        raise UserError(self.env._("Say what is waited for: use Pause on the ticket."))

    def _om_move_to_proposed(self):
        raise UserError(
            self.env._("Say what is proposed to the unit: use Cancel or Merge.")
        )

    def _om_move_to_fixed(self):
        self._om_act(timeline.FIXED)

    def _om_move_to_confirmed(self):
        with self._om_changing(self._om_get_confirming()) as tickets:
            tickets.filtered(lambda ticket: not ticket.fixed_at)._om_act(timeline.FIXED)
            tickets._om_act(timeline.CONFIRMED)

    def _om_move_to_cancelled(self):
        reason = self.env.context.get("om_reason")
        if not reason:
            raise UserError(
                self.env._("Say why nothing is to be done: use Cancel on the ticket.")
            )
        self._om_cancel(reason)
