from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.policy import TARGETS
from ..engine.timeline import KINDS
from .helpdesk_ticket import TIME_FIELDS

_lt = LazyTranslate(__name__)

DISPATCHER = ("om_base.group_dispatcher",)
MANAGER = ("om_base.group_manager",)
# Where a fault is still owed, and can be cancelled or merged.
IN_WORK = ("new", "dispatched", "progress", "waiting")
# Where work goes on, or has to be looked at.
OPEN = (*IN_WORK, "proposed", "fixed")
# Where photos are still put in order.
WORKED_ON = (*IN_WORK, "proposed", False)
# Where the result has not been confirmed.
UNCONFIRMED = (*OPEN, "cancelled")
# What happened while nobody had a network, or was noted on paper.
LATE = timedelta(days=31)


class HelpdeskTicket(models.Model):
    """What happens to faults, declared: the events of the ledger are acts."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "om.act.mixin"]

    _free_fields = {
        # How faults are sorted and looked at; nothing follows from it
        "tag_ids": None,
        "category_id": None,
        "priority": None,
        "color": None,
        "kanban_state": None,
        "sequence": None,
        "properties": None,
        "email_cc": None,
        "attachment_ids": None,
        # What was reported and done, until the result is confirmed
        "name": OPEN,
        "description": OPEN,
        "partner_id": OPEN,
        "partner_name": OPEN,
        "partner_email": OPEN,
        "partner_phone": OPEN,
        "channel_id": OPEN,
        "team_id": OPEN,
        "equipment_ids": OPEN,
        "cause": OPEN,
        "solution": OPEN,
        "third_party_id": OPEN,
        # A mail that is no report; what counts, the archive guard keeps
        "active": ("new",),
        # Their change is an act, see ``write``
        "followup_result": None,
        "followup_note": None,
        "user_signature": OPEN,
        "system_id": UNCONFIRMED,
        "severity": UNCONFIRMED,
        "reported_at": UNCONFIRMED,
        **dict.fromkeys(TIME_FIELDS, UNCONFIRMED),
        "user_id": OPEN,
        "stage_id": UNCONFIRMED,
        "duplicate_id": IN_WORK,
    }
    _acts = {
        "create": Act(_lt("Registered")),
        "dispatched": Act(_lt("Dispatched"), source=OPEN, late=LATE),
        **{
            name: Act(_lt(kind.label), source=UNCONFIRMED, late=LATE)
            for name, kind in KINDS.items()
            if kind.is_work
        },
        "signed": Act(
            _lt("Signed on the Spot"), source=OPEN, party="_om_get_side", late=LATE
        ),
        "confirmed": Act(
            _lt("Confirmed by the Unit"),
            source=UNCONFIRMED,
            groups=DISPATCHER,
            party="_om_get_side",
            late=LATE,
        ),
        "confirmed_for": Act(
            _lt("Confirmed after Asking the Unit"), source=UNCONFIRMED, late=LATE
        ),
        "reopened": Act(_lt("Reopened"), reason=True, late=LATE),
        "cancelled": Act(
            _lt("Cancelled"), source=UNCONFIRMED, groups=DISPATCHER, reason=True
        ),
        "merged": Act(_lt("Merged"), groups=DISPATCHER, reason=True),
        "separated": Act(_lt("No Duplicate After All"), groups=MANAGER, reason=True),
        "proposed": Act(
            _lt("Proposed to the Unit"), source=IN_WORK, groups=DISPATCHER, reason=True
        ),
        "answered": Act(
            _lt("Answered by the Unit"), source=("proposed",), groups=DISPATCHER
        ),
        "withdrawn": Act(
            _lt("Proposal Withdrawn"), source=("proposed",), groups=DISPATCHER
        ),
        "paused": Act(_lt("Paused"), source=UNCONFIRMED),
        "resumed": Act(_lt("Resumed"), source=UNCONFIRMED),
        "pause_corrected": Act(
            _lt("Pause Corrected"), source=UNCONFIRMED, groups=MANAGER
        ),
        "moved": Act(_lt("Moved to Another Stage"), source=UNCONFIRMED),
        "corrected": Act(_lt("Corrected"), source=UNCONFIRMED, groups=DISPATCHER),
        "corrected_result": Act(
            _lt("Confirmed Result Corrected"), groups=MANAGER, reason=True
        ),
        "followed_up": Act(_lt("Followed up by Telephone")),
        "breached": Act(_lt("Deadline Passed")),
        "acknowledged": Act(_lt("Warning Acknowledged"), source=OPEN),
        "promised": Act(_lt("Promise Changed")),
    }
    _facts = {
        "number": Fact("number"),
        "system": Fact("system_id"),
        "contact": Fact("partner_id"),
        "severity": Fact("severity"),
        **{
            kind.fact or name: Fact(f"{name}_at")
            for name, kind in KINDS.items()
            if kind.time
        },
        "channel": Fact("channel_id"),
        "reopened": Fact("reopen_count"),
        "state": Fact("state"),
        "engineer": Fact("user_id"),
        "duplicate_of": Fact("duplicate_id"),
        "done": Fact("solution"),
        "call": Fact("followup_result"),
        # What runs is judged anew whenever somebody looks; a result stays
        **{
            f"{target}_{what}": Fact(
                f"{target}_{what}", sealed=("confirmed", "cancelled")
            )
            for target in TARGETS
            for what in ("deadline", "status")
        },
    }

    # ------------------------------------------------------------
    # The frame of every act
    # ------------------------------------------------------------

    @contextmanager
    def _om_changing(self, act, **how):
        """Do an act that may decide deadlines: never to the better in silence.

        What reads as breached stays breached, whatever is clicked in whatever order;
        a project manager may correct it, and that is on record. Within a larger act
        on the same tickets it is part of that, which looks at the result as a whole.

        :param act: its name; ``how``: as ``_act`` takes it
        :return: a context, in which these tickets are writable
        """
        tickets = self.browse(self.ids)
        if not tickets:
            yield tickets
            return
        under_way = self.env.cr.precommit.data.setdefault("om_helpdesk.acts", {})
        openings = {under_way.get(ticket_id) for ticket_id in tickets.ids}
        if len(openings) == 1 and None not in openings:
            yield tickets.with_context(om_act=openings.pop())
            return
        with tickets._act(act, **how) as inside:
            before = inside._om_breaches()
            opening = inside.env.context["om_act"]
            mine = [each for each in inside.ids if each not in under_way]
            under_way.update(dict.fromkeys(mine, opening))
            try:
                yield inside
            finally:
                for ticket_id in mine:
                    under_way.pop(ticket_id, None)
            inside._om_check_breaches(before)
            inside._om_sync_stage()
            inside._notify_board()

    def _check_source(self, act):
        if act.source:
            if "confirmed" not in act.source:
                self._om_check_not_frozen()
            if "proposed" not in act.source:
                self._om_check_free()
        return super()._check_source(act)

    def _om_check_not_frozen(self):
        frozen = self.filtered("confirmed_at")
        if frozen:
            raise UserError(
                self.env._(
                    "The result is confirmed and does not change any more. A project"
                    " manager can correct it, with a reason: %s",
                    format_list(self.env, frozen.mapped("display_name")),
                )
            )

    def _filter_closed_files(self, files):
        """What others handed in stays; what one has added oneself, too, once the fault
        is repaired or done with."""
        done = self.with_context(active_test=False).browse(set(files.mapped("res_id")))
        done = done.exists().filtered(lambda ticket: ticket.state not in WORKED_ON)
        return files.filtered(
            lambda file: file.res_id in done.ids or file.create_uid != self.env.user
        )

    def _om_states(self):
        """Return {id: state} as they are before an act."""
        return {ticket.id: ticket._get_state() for ticket in self}

    # ------------------------------------------------------------
    # What reads as breached
    # ------------------------------------------------------------

    def _om_breaches(self):
        """Return {(ticket, target)} of what reads as breached now."""
        now = fields.Datetime.now()
        found = set()
        for target in TARGETS:
            status, deadline = f"{target}_status", f"{target}_deadline"
            for ticket in self:
                state = ticket[status]
                if state == "breached" or (
                    state == "running" and ticket[deadline] < now
                ):
                    found.add((ticket, target))
        return found

    def _om_check_breaches(self, before):
        """Refuse a change that lets a breach disappear, except a manager's."""
        healed = before - self._om_breaches()
        if healed and not self._om_is_manager():
            raise self._om_make_healing_error(healed)

    def _om_make_healing_error(self, healed):
        labels = self._om_target_labels()
        return UserError(
            self.env._(
                "After the deadline has passed, only a project manager can enter"
                " what changes the result, with a reason: %s",
                format_list(
                    self.env,
                    (
                        f"{ticket.number} ({labels[target]})"
                        for ticket, target in sorted(
                            healed, key=lambda pair: (pair[0].id, pair[1])
                        )
                    ),
                ),
            )
        )

    def _om_is_manager(self):
        return self.env.user.has_group("om_base.group_manager")

    def _om_is_dispatcher(self):
        return self.env.su or self.env.user.has_group("om_base.group_dispatcher")

    def _check_manager(self, message):
        """Raise unless the user is a project manager (or nothing is asked)."""
        if self and not self._om_is_manager():
            raise AccessError(message)
