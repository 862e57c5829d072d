from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.om_base.tools import beijing

from ..engine import timeline
from .helpdesk_ticket import TIME_FIELDS


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.depends(
        "event_ids.kind",
        "event_ids.at",
        "event_ids.voided_on",
        "pause_ids.date_to",
        "pause_ids.voided_on",
        "proposal_ids.state",
    )
    def _compute_times(self):
        for ticket in self:
            times = ticket._om_times()
            for name, event in TIME_FIELDS.items():
                ticket[name] = getattr(times, event)
            ticket.cancelled_at = times.cancelled
            ticket.reopen_count = times.reopen_count
            ticket.state = ticket._om_get_state(times)

    def _om_times(self):
        """Return what the ledger says as ``timeline.Times``."""
        self.ensure_one()
        return timeline.replay(
            timeline.Event(event.kind, event.at)
            for event in self.event_ids
            if not event.voided_on
        )

    def _om_get_state(self, times):
        self.ensure_one()
        for name in ("cancelled", "confirmed", "fixed"):
            if getattr(times, name):
                return name
        if self.proposal_id:
            return "proposed"
        if self._om_open_pause():
            return "waiting"
        if times.responded:
            return "progress"
        return "dispatched" if times.dispatched else "new"

    def _om_open_pause(self):
        """Return the pauses that still run."""
        return self.pause_ids.filtered(
            lambda pause: not pause.date_to and not pause.voided_on
        )

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_take(self):
        """Take the tickets over and respond; the second of two engineers is told."""
        return self._om_take()

    def action_respond(self):
        """Respond now."""
        return self._om_act(timeline.RESPONDED)

    def action_arrive(self):
        """Arrive on site now; who arrives has taken the ticket."""
        return self._om_arrive()

    def action_note(self):
        """Enter as happening now what the button's context names (``om_event``): a plan
        handed in, parts sent, a part found broken."""
        kind = self.env.context.get("om_event")
        if kind not in timeline.NOTED:
            raise UserError(self.env._("Say what happened."))
        return self._om_act(kind)

    def action_fix(self):
        """Ask what was done, then note the repair."""
        return self._om_open_act(timeline.FIXED)

    def action_confirm(self):
        """Confirm the repair after asking the user unit; freezes the result."""
        if self.env.user.share:
            raise AccessError(
                self.env._("The unit confirms on its page in the portal.")
            )
        return self._om_act(timeline.CONFIRMED)

    @api.private
    def action_confirmed(self, paper=None):
        """The unit confirms the repair: by its login, or ours enter its paper."""
        return self._om_act(timeline.CONFIRMED, paper=paper)

    def action_enter_confirmation(self):
        """Ask for the paper on which the unit confirms the repair."""
        return self._open_paper("confirmed")

    def action_dispatch(self):
        """Ask whom to send."""
        return self._om_open_act(timeline.DISPATCHED)

    def action_reopen(self):
        """Ask why the repair was none."""
        return self._om_open_act(timeline.REOPENED)

    def action_cancel(self):
        """Ask why nothing is to be done."""
        return self._om_open_act(timeline.CANCELLED)

    def action_merge(self):
        """Ask of which fault this is a duplicate."""
        return self._om_open_act("merge")

    def action_view_merged(self):
        """Return the list of the faults that were merged into this one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.helpdesk_ticket_action"
        )
        action["domain"] = [("duplicate_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_export(self):
        """Write the tickets into a spreadsheet."""
        self.check_access("read")
        report = self.env.ref("om_helpdesk.helpdesk_ticket_xlsx")
        return report.report_action(self, config=False)

    def action_pause(self):
        """Ask what is waited for."""
        return self._om_open_act("pause")

    def action_resume(self):
        """End the pauses now."""
        return self._om_resume()

    def action_state_earlier(self):
        """Ask for something that happened earlier, and why it is entered late."""
        return self._om_open_act(False)

    def action_correct(self):
        """Ask for what has to be corrected, and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.om_ticket_correction_action"
        )
        action["context"] = {"default_ticket_id": self.id}
        return action

    def _om_open_act(self, kind):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_helpdesk.om_ticket_act_action"
        )
        if kind:
            action["name"] = {
                timeline.DISPATCHED: self.env._("Dispatch"),
                timeline.FIXED: (
                    self.env._("Enter That It Is Done")
                    if "request" in self.mapped("kind")
                    else self.env._("Enter the Repair")
                ),
                timeline.REOPENED: self.env._("Reopen"),
                timeline.CANCELLED: self.env._("Propose to Cancel"),
                "merge": self.env._("Merge"),
                "pause": self.env._("Pause"),
                "handed_over": self.env._("Hand Over"),
                "refused": self.env._("Refuse"),
            }[kind]
        action["context"] = {
            "default_ticket_ids": self.ids,
            "default_kind": kind,
            "om_kind_given": bool(kind),
        }
        return action

    # ------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------

    def _om_take(self, at=None, reason=None):
        """Take the tickets over and respond, now or at an earlier time."""
        with self._om_changing("responded", happened_at=at, reason=reason) as tickets:
            tickets._om_check_not_taken()
            tickets.filtered(lambda ticket: not ticket.user_id).write(
                {"user_id": self.env.uid}
            )
            waiting = tickets.filtered(lambda ticket: not ticket.responded_at)
            waiting._om_act(timeline.RESPONDED, at, reason)
        return True

    def _om_arrive(self, at=None, reason=None):
        """Arrive on site, now or at an earlier time."""
        with self._om_changing("arrived", happened_at=at, reason=reason) as tickets:
            tickets._om_check_free()
            tickets.filtered(lambda ticket: not ticket.user_id).write(
                {"user_id": self.env.uid}
            )
            return tickets._om_act(timeline.ARRIVED, at, reason)

    def _om_resume(self, at=None, reason=None):
        """End the pauses, now or at an earlier time."""
        with self._om_changing("resumed", reason=reason) as tickets:
            tickets._om_open_pause().write({"date_to": at or fields.Datetime.now()})
        return True

    def _om_act(self, kind, at=None, reason=None, paper=None):
        """Enter that ``kind`` happened to the tickets, now or at an earlier time.

        :param datetime at: when, naive UTC; needs a reason if it has passed
        :param paper: the unit's signed paper, for a confirmation
        :raises UserError: naming every ticket to which it cannot have happened
        """
        now = fields.Datetime.now()
        at = at or now
        act = kind
        if kind == timeline.REOPENED:
            self._om_check_may_reopen(reason)
        elif kind == timeline.CONFIRMED:
            act = self._om_get_confirming(paper)
        with self._om_changing(
            act,
            reason=reason,
            # What lies ahead is refused by the order of events, in its words.
            happened_at=at if at < now else None,
            paper=paper,
        ) as tickets:
            tickets._om_check_act(kind, at, now, reason)
            tickets._om_do(kind, at, reason)
        return True

    def _om_do(self, kind, at, reason=None):
        """Enter what was checked, with what follows from it; in an act."""
        if kind in (timeline.FIXED, timeline.CANCELLED):
            for pause in self._om_open_pause():
                pause.date_to = max(at, pause.date_from)
        self._om_enter({ticket: [(kind, at)] for ticket in self}, reason)
        if kind == timeline.REOPENED:
            self._om_detach()
        if reason:
            label = self._om_kind_label(kind)
            self._om_log(
                dict.fromkeys(
                    self,
                    self.env._(
                        "%(what)s %(moment)s: %(reason)s",
                        what=label,
                        moment=self._om_format(at),
                        reason=reason,
                    ),
                )
            )

    def _om_enter(self, rows, reason=None):
        """Add events to the ledger; rows are {ticket: [(kind, time), ...]}."""
        self._om_check_ending(rows)
        tickets = self.browse().union(*rows)
        before = tickets._om_states()
        events = (
            self.env["om.ticket.event"]
            .sudo()  # the ledger is written by acts only, which were checked
            .create(
                [
                    {
                        "ticket_id": ticket.id,
                        "kind": kind,
                        "at": at,
                        "reason": reason,
                        "user_id": self.env.uid,
                    }
                    for ticket, acts in rows.items()
                    for kind, at in acts
                ]
            )
        )
        if not self._is_acting():
            # What the server enters by itself is on record, too.
            tickets._note("change", before, reason=reason or "")
        self._om_of(events, timeline.FIXED)._om_set_objection_by()
        self._om_bring_news_of(events)
        self._om_of(events, timeline.CONFIRMED)._om_keep_rule()
        self._om_of(
            events, timeline.FIXED, timeline.CANCELLED, timeline.REOPENED
        )._om_follow_requests()
        return events

    def _om_of(self, events, *kinds):
        """Return the tickets to which one of these kinds happened."""
        return self.browse(
            event.ticket_id.id for event in events if event.kind in kinds
        )

    def _om_check_act(self, kind, at, now, reason):
        """Refuse what cannot have happened, or is not this user's to say."""
        self.check_access("write")
        self._om_check_free()
        if kind == timeline.CANCELLED:
            self._om_check_may_end()
        if at < now and not reason:
            raise UserError(
                self.env._("Say why the time is entered only now, and not earlier.")
            )
        if kind == timeline.CONFIRMED:
            self._om_check_may_confirm()
        if kind == timeline.CANCELLED and not reason:
            raise UserError(self.env._("Give the reason."))
        self._om_check_order(kind, at, now)

    def _om_check_order(self, kind, at, now):
        problems = []
        for ticket in self:
            try:
                timeline.check(
                    ticket.reported_at,
                    ticket._om_times(),
                    timeline.Event(kind, at),
                    now,
                )
            except timeline.OrderError as error:
                problems.append(
                    f"{ticket.display_name}: {ticket._om_order_message(error)}"
                )
        if problems:
            raise UserError("\n".join(problems))

    def _om_check_may_reopen(self, reason):
        """Reopening asks for a reason, and for a manager once the ticket is closed."""
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        closed = self.filtered(lambda ticket: not ticket.is_open)
        closed._check_manager(
            self.env._("Closed tickets are reopened by a project manager.")
        )

    def _om_check_event(self, times, event, now):
        """Refuse one event of one ticket that cannot have happened then."""
        self.ensure_one()
        try:
            timeline.check(self.reported_at, times, event, now)
        except timeline.OrderError as error:
            raise UserError(
                self.env._(
                    "%(ticket)s: %(problem)s",
                    ticket=self.display_name,
                    problem=self._om_order_message(error),
                )
            ) from error

    def _om_get_confirming(self, paper=None):
        """Return the act by which these are confirmed: by the unit's own word, or ours
        say that they have asked it."""
        own = all(ticket._om_confirms() for ticket in self)
        return "confirmed" if paper or own or self.env.user.share else "confirmed_for"

    def _om_check_may_confirm(self):
        """Confirming is the unit's. Nobody confirms the own work for it; an engineer
        may confirm another's on the unit's signature only."""
        user = self.env.user
        if self.env.su:
            return
        mine = self.filtered(lambda ticket: ticket.user_id == user)
        if mine:
            raise UserError(
                self.env._(
                    "Nobody confirms his own work: the unit does in the portal, or"
                    " somebody else who has asked it: %s",
                    format_list(self.env, mine.mapped("display_name")),
                )
            )
        unsigned = self.filtered(lambda ticket: not ticket.user_signature)
        if unsigned and not self._om_is_dispatcher():
            raise UserError(
                self.env._(
                    "Have the user sign first, or let a dispatcher confirm by"
                    " telephone: %s",
                    format_list(self.env, unsigned.mapped("display_name")),
                )
            )

    def _om_order_message(self, error):
        """Return in words why an event cannot have happened then."""
        other = self._om_format(error.other) if error.other else ""
        return {
            "future": self.env._("that time lies in the future."),
            "before_report": self.env._(
                "it was reported only on %s; enter a later time.", other
            ),
            "before_previous": self.env._(
                "what precedes it happened only on %s; enter a later time.", other
            ),
            "already": self.env._(
                "that is on record already for %s; use Correct to change it.", other
            ),
            "not_fixed": self.env._("it is not done yet."),
            "ended": self.env._("it was done with on %s; reopen it first.", other),
            "not_ended": self.env._("it is still open."),
        }[error.reason]

    # ------------------------------------------------------------
    # What create and write stand for
    # ------------------------------------------------------------

    def _om_enter_created(self, times):
        """Enter the events that the values of new tickets name."""
        # First: what is entered as done has to have its results, too.
        self._om_give_checklists()
        now = fields.Datetime.now()
        rows = {}
        for ticket, given in zip(self, times, strict=True):
            if ticket.user_id:
                given.setdefault(timeline.DISPATCHED, max(now, ticket.reported_at))
            acts = sorted(given.items(), key=lambda act: act[1])
            known = []
            for kind, at in acts:
                event = timeline.Event(kind, at)
                ticket._om_check_event(timeline.replay(known), event, now)
                known.append(event)
            if known:
                rows[ticket] = [(event.kind, event.at) for event in known]
        if rows:
            self._om_enter(rows)

    def _om_dispatched(self):
        """Enter that somebody was sent, for tickets that did not know anybody yet."""
        now = fields.Datetime.now()
        new = self.filtered(lambda ticket: not ticket.dispatched_at)
        new = new.filtered(lambda ticket: not ticket._om_times().ended)
        if new:
            self._om_enter({ticket: [(timeline.DISPATCHED, now)] for ticket in new})

    def _om_state_times(self, times):
        """Put stated times in the place of those on record; False takes one back."""
        self._om_check_free()
        reason = self.env.context.get("om_reason") or self.env._("Entered directly")
        fields_by_kind = {kind: name for name, kind in TIME_FIELDS.items()}
        log = {}
        for ticket in self:
            kinds = [
                kind for kind, at in times.items() if ticket[fields_by_kind[kind]] != at
            ]
            old = ticket.event_ids.filtered(
                lambda event, kinds=kinds: event.kind in kinds and not event.voided_on
            )
            log[ticket] = "\n".join(
                f"{self._om_kind_label(kind)}: "
                f"{self._om_format(ticket[fields_by_kind[kind]])} → "
                f"{self._om_format(times[kind])}"
                for kind in kinds
            )
            if old:
                ticket._check_manager(
                    self.env._("Times on record are corrected by a project manager.")
                )
                old.sudo()._void(reason)  # a manager, checked above
            ticket._om_restate({kind: times[kind] for kind in kinds}, reason)
        self._om_log(
            {ticket: f"{text}\n{reason}" for ticket, text in log.items() if text}
        )

    def _om_restate(self, times, reason):
        """Enter the stated times of one ticket in the order of time."""
        self.ensure_one()
        now = fields.Datetime.now()
        for kind, at in sorted(
            ((kind, at) for kind, at in times.items() if at), key=lambda act: act[1]
        ):
            known = [
                timeline.Event(event.kind, event.at)
                for event in self.event_ids
                if not event.voided_on and event.at <= at
            ]
            self._om_check_event(timeline.replay(known), timeline.Event(kind, at), now)
            if kind in (timeline.FIXED, timeline.CANCELLED):
                for pause in self._om_open_pause():
                    pause.date_to = max(at, pause.date_from)
            self._om_enter({self: [(kind, at)]}, reason)

    # ------------------------------------------------------------
    # Words
    # ------------------------------------------------------------

    @api.model
    def _om_format(self, moment):
        """Return a time as it reads in Beijing."""
        return beijing.word(moment, "%Y-%m-%d %H:%M:%S") or "–"

    @api.model
    def _om_kind_label(self, kind):
        kinds = self.env["om.ticket.event"]._fields["kind"]
        return dict(kinds._description_selection(self.env))[kind]

    def _om_target_labels(self):
        """Return {target: name}: requests alone are completed, what is broken is
        repaired."""
        labels = self.env["om.sla.policy.line"]._om_labels("target")
        # Within a sentence.
        names = {target: label.lower() for target, label in labels.items()}
        if set(self.mapped("kind")) == {"request"}:
            names["fix"] = self.env._("completion")
        return names

    def _om_log(self, texts):
        """Leave notes in the discussions; texts are {ticket: text}."""
        texts = {ticket.id: text for ticket, text in texts.items() if text}
        if texts:
            self.browse(texts)._message_log_batch(bodies=texts)
