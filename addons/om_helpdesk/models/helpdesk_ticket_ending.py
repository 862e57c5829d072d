from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing

from ..engine import merging, timeline
from ..engine.policy import TARGETS
from .helpdesk_ticket_acts import IN_WORK


class HelpdeskTicket(models.Model):
    """How faults end without a repair: cancelled, or merged into another.

    Whoever owes a repair does not decide that none is owed. A fault whose unit is known
    is cancelled on the unit's word; merging needs it where a promise was missed, or
    would fall away. Until then the fault is set apart, and its clocks run on.
    """

    _inherit = "helpdesk.ticket"

    proposal_ids = fields.One2many(
        "om.ticket.proposal", "ticket_id", string="Proposals to the User Unit"
    )
    proposal_id = fields.Many2one(
        "om.ticket.proposal", "Waiting Proposal", compute="_compute_proposal_id"
    )

    proposal_summary = fields.Char(compute="_compute_proposal_summary")

    @api.depends("proposal_ids.state")
    def _compute_proposal_id(self):
        for ticket in self:
            ticket.proposal_id = ticket.proposal_ids.filtered(
                lambda proposal: proposal.state == "waiting"
            )[:1]

    @api.depends("proposal_ids.state")
    @api.depends_context("lang")
    def _compute_proposal_summary(self):
        for ticket in self:
            proposal = ticket.proposal_id.sudo()  # its fault was read
            if proposal.kind == "merge":
                text = self.env._(
                    "merged into %(fault)s. %(reason)s",
                    fault=proposal.duplicate_of_id.display_name,
                    reason=proposal.reason,
                )
            elif proposal.kind == "uncovered":
                text = proposal._describe_uncovered()
            elif proposal:
                text = self.env._("cancelled. %s", proposal.reason)
            else:
                text = ""
            ticket.proposal_summary = text

    # ------------------------------------------------------------
    # Whose word it takes
    # ------------------------------------------------------------

    def _om_get_unit(self):
        """Return the unit whose fault this is; empty: nobody known."""
        self.ensure_one()
        if self.unit_id:
            return self.unit_id
        body = self.partner_id.commercial_partner_id
        # superuser: whether somebody has systems is no secret of theirs
        return body if body.sudo().om_system_ids else body.browse()

    def _om_speaks_for_unit(self):
        """Tell whether the user belongs to the unit of the fault."""
        self.ensure_one()
        # superuser: of how many units the user is
        return self.env.user.sudo()._speaks_for(self._om_get_unit())

    def _om_get_side(self):
        """Return whose word a confirmation is, and in which capacity."""
        self.ensure_one()
        if self._om_is_for_purchaser():
            return self._om_get_purchaser().commercial_partner_id, "purchaser"
        # superuser: only who it is
        party = self._om_get_unit() or self.partner_id.sudo().commercial_partner_id
        if not party:
            raise UserError(
                self.env._(
                    "Enter the contact first; whose word it is has to be known: %s",
                    self.display_name,
                )
            )
        return party, "user_unit"

    def _get_doers(self):
        # Who did the work signs for nobody that confirms it.
        return super()._get_doers() | self.user_id

    def _om_check_dispatcher(self):
        if not self.env.user.has_group("om_base.group_dispatcher"):
            raise AccessError(
                self.env._("Faults are cancelled and merged by a dispatcher.")
            )

    def _om_check_may_end(self):
        """Refuse to cancel faults whose unit is known without its word."""
        self._om_check_dispatcher()
        known = self.filtered(lambda ticket: ticket._om_get_unit())
        if known:
            raise UserError(
                self.env._(
                    "Only the user unit can say that nothing is to be done. Use Cancel"
                    " to propose it: %s",
                    format_list(self.env, known.mapped("display_name")),
                )
            )

    def _om_check_free(self):
        """Refuse acts on faults for which the unit's word is waited for."""
        held = self.filtered(lambda ticket: ticket.state == "proposed")
        if held:
            raise UserError(
                self.env._(
                    "The unit's word is waited for. Enter it, or withdraw the"
                    " proposal first: %s",
                    format_list(self.env, held.mapped("display_name")),
                )
            )

    def _om_check_in_work(self):
        wrong = self.filtered(lambda ticket: ticket.state not in IN_WORK)
        if wrong:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Only faults in work are cancelled or merged: %s",
                    format_list(
                        self.env,
                        (
                            f"{ticket.display_name} ({states[ticket.state]})"
                            for ticket in wrong
                        ),
                    ),
                )
            )

    # ------------------------------------------------------------
    # Cancelling
    # ------------------------------------------------------------

    def _om_cancel(self, reason, uncovered=False, offer=0):
        """Cancel faults of nobody known; propose it to the units of the others.

        :param uncovered: the contract does not cover them, such as damage by users
        :param offer: for how much each would be repaired all the same
        :return: the faults that wait for their unit's word now
        """
        self._om_check_dispatcher()
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        self._om_check_in_work()
        asked = self.filtered(lambda ticket: ticket._om_get_unit())
        (self - asked)._om_end(reason)
        asked._om_propose("uncovered" if uncovered else "cancel", reason, offer=offer)
        return asked

    def _om_cancel_by_unit(self, reason):
        """The unit takes its own report back; that is its word."""
        self.ensure_one()
        if not self._om_speaks_for_unit():
            raise AccessError(self.env._("Only the unit itself takes it back."))
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        if self.proposal_id:
            self._om_answer_by_login(agrees=True)
            return
        self._om_check_in_work()
        with self._om_changing("cancelled", reason=reason) as ticket:
            ticket._om_propose("cancel", reason)._agree()

    def _om_end(self, reason):
        """Enter that nothing is to be done any more; the word was given."""
        with self._om_changing("cancelled", reason=reason) as tickets:
            tickets._om_cancelled(reason)

    def _om_cancelled(self, reason):
        now = fields.Datetime.now()
        self._om_check_order(timeline.CANCELLED, now, now)
        self._om_do(timeline.CANCELLED, now, reason)

    # ------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------

    def _om_merge_domain(self):
        """Return the faults into which these can be merged."""
        units = {ticket._om_get_unit() for ticket in self}
        none = Domain.FALSE
        # What was asked for is not repaired with a fault, nor a fault with that.
        kinds = set(self.mapped("kind"))
        if len(units) != 1 or not any(units) or len(kinds) != 1:
            return none
        (unit,) = units
        return (
            Domain("id", "not in", self.ids)
            & Domain("kind", "in", [*kinds])
            & Domain("duplicate_id", "=", False)
            & Domain("state", "in", IN_WORK)
            & (
                Domain("unit_id", "=", unit.id)
                | (
                    Domain("system_id", "=", False)
                    & Domain("partner_id", "child_of", unit.ids)
                )
            )
        )

    def _om_check_may_merge(self, first):
        """Refuse a merge into another unit's fault, a closed one, or in a circle."""
        self._om_check_in_work()
        first.ensure_one()
        unit = first._om_get_unit()
        if first in self:
            problem = self.env._("a fault is not merged into itself")
        elif any(ticket.kind != first.kind for ticket in self):
            problem = self.env._("faults and service requests are not one")
        elif first.duplicate_id:
            problem = self.env._(
                "it is merged into %s itself", first.duplicate_id.display_name
            )
        elif first.state not in IN_WORK:
            problem = self.env._("it is not in work any more")
        elif any(ticket._om_get_unit() != unit for ticket in self) or not unit:
            problem = self.env._("it belongs to another user unit")
        else:
            problem = ""
        if problem:
            raise UserError(
                self.env._(
                    "Choose another fault than %(fault)s: %(problem)s.",
                    fault=first.display_name,
                    problem=problem,
                )
            )
        # superuser: waiting proposals count, whoever may read them
        waiting = self.env["om.ticket.proposal"].sudo()
        waiting = waiting.search(
            [("duplicate_of_id", "in", self.ids), ("state", "=", "waiting")]
        )
        used = self.filtered("duplicate_ids") | waiting.duplicate_of_id
        if used:
            raise UserError(
                self.env._(
                    "Other faults are merged into these, so they go on. Merge the"
                    " other way round: %s",
                    format_list(self.env, used.mapped("display_name")),
                )
            )

    def _om_merge(self, first, reason=None):
        """Merge into ``first`` what gives no promise up; propose the others.

        :return: the faults that wait for their unit's word now
        """
        self._om_check_dispatcher()
        self.check_access("write")
        first.check_access("write")
        self._om_check_may_merge(first)
        clocks, later = self._om_get_merged_clocks(first)
        if later:
            labels = self._om_target_labels()
            raise UserError(
                self.env._(
                    "Counted from the earlier report, %(fault)s would fall due later"
                    " (%(targets)s). Merge the other way round.",
                    fault=first.display_name,
                    targets=format_list(self.env, (labels[target] for target in later)),
                )
            )
        asked = self._om_merge_lost(first, clocks)
        why = reason or self.env._("Duplicate of %s", first.display_name)
        (self - asked)._om_apply_merge(first, why)
        asked._om_propose("merge", why, first)
        return asked

    def _om_merge_lost(self, first, clocks=None):
        """Return the faults of which a promise would be given up."""
        clocks = clocks or self._om_get_merged_clocks(first)[0]
        return self.filtered(
            lambda ticket: merging.find_lost(ticket._om_merge_clocks(), clocks)
        )

    def _om_merge_clocks(self):
        self.ensure_one()
        return {
            target: merging.Clock(
                self[f"{target}_status_now"], self[f"{target}_deadline"] or None
            )
            for target in TARGETS
        }

    def _om_get_merged_clocks(self, first):
        """Return ({target: clock} of ``first`` counted from the first report, targets
        that would fall due later by that)."""
        before = first._om_merge_clocks()
        earliest = min([first.reported_at, *self.mapped("reported_at")])
        if earliest == first.reported_at:
            return before, []
        counted = first.new({"reported_at": earliest}, origin=first)
        clocks = counted._om_clocks(fields.Datetime.now())[counted]
        after = {
            target: merging.Clock(clock.status, clock.deadline or None)
            for target, clock in clocks.items()
        }
        return after, merging.find_later(before, after)

    def _om_apply_merge(self, first, reason):
        """End these faults as duplicates; ``first`` counts from the earliest report."""
        if not self:
            return
        if first.duplicate_id:
            raise UserError(
                self.env._(
                    "%(fault)s has been merged into %(other)s. Withdraw the proposal"
                    " and propose the merge anew.",
                    fault=first.display_name,
                    other=first.duplicate_id.display_name,
                )
            )
        with (self | first)._om_changing("merged", reason=reason) as both:
            merged = both.filtered(lambda ticket: ticket in self)
            merged._om_write_duplicate(first)
            merged._om_cancelled(reason)
            # A confirmed result, too, counts from the first report: never to its
            # better. superuser: who merges may not write both
            goes_on = (both - merged).sudo()
            goes_on._om_count_from(merged)
            goes_on._om_log(
                {
                    goes_on: self.env._(
                        "Merged: %s", format_list(self.env, self.mapped("display_name"))
                    )
                }
            )

    def _om_count_from(self, merged):
        """Enter earlier reports of the same fault; its clocks start with the first."""
        self.ensure_one()
        earlier = merged.filtered(lambda each: each.reported_at < self.reported_at)
        if not earlier:
            return
        Event = self.env["om.ticket.event"].sudo()  # by an act, which was checked
        rows = [(ticket, ticket.reported_at) for ticket in earlier]
        if not self.event_ids.filtered(lambda event: event.kind == timeline.REPORTED):
            rows.append((self, self.reported_at))
        Event.create(
            [
                {
                    "ticket_id": self.id,
                    "kind": timeline.REPORTED,
                    "at": at,
                    "source_id": source.id,
                    "reason": source.number,
                    "user_id": self.env.uid,
                }
                for source, at in rows
            ]
        )
        self.with_context(
            om_reason=self.env._("Counted from the earlier report")
        ).write({"reported_at": min(at for _source, at in rows)})

    def _om_detach(self):
        """These are no duplicates after all: the others count from their own report."""
        for ticket in self.filtered("duplicate_id"):
            reason = self.env._("No duplicate: %s", ticket.number)
            # A manager reopens the duplicate, which was checked.
            other = ticket.duplicate_id.sudo()
            ticket._om_write_duplicate(other.browse())
            reports = other.event_ids.filtered(
                lambda event: event.kind == timeline.REPORTED and not event.voided_on
            )
            mine = reports.filtered(
                lambda event, ticket=ticket: event.source_id == ticket
            )
            if not mine:
                continue
            with other._om_changing("separated", reason=reason) as first:
                mine._void(reason)
                first.with_context(om_reason=reason).write(
                    {"reported_at": min((reports - mine).mapped("at"))}
                )

    # ------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------

    def _om_propose(self, kind, reason, first=None, offer=0):
        """Ask the units; the faults are set apart until they have answered."""
        Proposal = self.env["om.ticket.proposal"].sudo()  # written by acts only
        if not self:
            return Proposal
        with self._om_changing("proposed", reason=reason) as tickets:
            proposals = Proposal.create(
                [
                    {
                        "ticket_id": ticket.id,
                        "kind": kind,
                        "reason": reason,
                        "duplicate_of_id": first.id if first else False,
                        "offer": offer,
                        "user_id": self.env.uid,
                    }
                    for ticket in self
                ]
            )
            kinds = dict(Proposal._fields["kind"]._description_selection(self.env))
            tickets._om_log(
                dict.fromkeys(
                    tickets,
                    self.env._(
                        "Proposed to the unit: %(what)s. %(reason)s",
                        what=kinds[kind],
                        reason=reason,
                    ),
                )
            )
        return proposals

    def action_withdraw_proposal(self):
        """Take back what was proposed to the units."""
        self._om_check_dispatcher()
        self.check_access("write")
        with self._om_changing("withdrawn") as tickets:
            tickets.proposal_id._withdraw()
        return True

    def action_enter_word(self):
        """Ask for the paper on which the unit answered."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.om_ticket_word_action"
        )
        action["context"] = {"default_ticket_ids": self.ids}
        return action

    def _om_answer_by_login(self, agrees, answer=None):
        """The unit answers what was proposed, by its own login."""
        self.ensure_one()
        if not self._om_speaks_for_unit():
            raise AccessError(self.env._("Only the unit itself answers by its login."))
        proposal = self.proposal_id
        if not proposal:
            raise UserError(
                self.env._("Nothing is proposed to you any more: %s", self.display_name)
            )
        with self._om_changing("answered", reason=answer) as ticket:
            if agrees:
                ticket.proposal_id._agree()
            else:
                ticket.proposal_id._disagree(answer)

    def _om_back_in_work(self, proposals):
        """Tell who proposed that the unit does not agree."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        today = beijing.today()
        self.env["mail.activity"].sudo().create(  # for another user
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": proposal.ticket_id.id,
                    "user_id": proposal.user_id.id,
                    "date_deadline": today,
                    "summary": self.with_context(lang=proposal.user_id.lang).env._(
                        "The unit does not agree: back in work"
                    ),
                    "note": proposal.answer,
                    "automated": True,
                }
                for proposal in proposals
                if proposal.user_id.active and not proposal.user_id.share
            ]
        )
