from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_date, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

from ..engine.terms import Condition, Delay, due_date, term_start
from .agreement import LATE
from .om_deduction import OPEN_BREACH
from .om_payment_milestone import SETTLED

_lt = LazyTranslate(__name__)

# Of this transaction: {id of a milestone: its due date before the first change}.
MOVED = "om_contract.due_dates"
# What of the context the end of a transaction has to do with.
KEPT = {"lang", "tz", "allowed_company_ids"}
# A payment is asked after, or made, in time only if somebody thinks of it in time.
REMIND_DAYS = 7


class OmPaymentMilestone(models.Model):
    """When a milestone is due, what holds it up, and whether it is late."""

    _inherit = "om.payment.milestone"
    _acts = {
        "hold": Act(
            _lt("Hold the Payment"),
            party="_get_payer_side",
            reason=True,
            locks=("agreement_id",),
            late=LATE,
        ),
        "release": Act(
            _lt("Release the Payment"),
            party="_get_payer_side",
            reason=True,
            locks=("agreement_id",),
            late=LATE,
        ),
    }
    _facts = {"held": Fact("is_held", sealed=())}

    date_reminded = fields.Date(
        copy=False,
        readonly=True,
        help="The due date of which somebody was reminded.",
    )

    hold_ids = fields.One2many("om.payment.hold", "milestone_id", string="Holds")
    is_held = fields.Boolean(
        "Held for a Breach",
        compute="_compute_is_held",
        search="_search_is_held",
        compute_sudo=True,
        help="The payer holds the payment for an open breach, as the contract lets it:"
        " nobody is in default meanwhile.",
    )
    may_be_held = fields.Boolean(compute="_compute_is_held", compute_sudo=True)

    @api.depends(
        "term_value",
        "term_unit",
        "condition_ids.date_met",
        "condition_ids.starts_term",
        "agreement_id.delay_ids.date_from",
        "agreement_id.delay_ids.date_to",
        "agreement_id.effective_date",
        "agreement_id.start_date",
        "agreement_id.end_date",
        "agreement_id.is_settled",
        "agreement_id.is_terminated",
        "agreement_id.settlement_date",
        "is_ended",
        "hold_ids.date_from",
        "hold_ids.date_to",
    )
    def _compute_dates(self):
        self._note_due_dates()
        service = self.env["om.calendar"]
        count = service._get_counter()
        for milestone in self:
            with service._counting():
                due = milestone._get_due(count)
                estimate = due
                if not due and not milestone.is_ended:
                    term = milestone.term_value, milestone.term_unit, count
                    estimate = due_date([milestone._get_estimate()], *term)
            milestone.date_start = term_start(milestone._get_term_conditions())
            milestone.date_due = due and due.day
            milestone.is_date_provisional = bool(due and due.provisional)
            # A hold moves the day, too, and is no fiscal delay.
            moved_by = due and due.resumed_after
            milestone.is_delayed = bool(moved_by and moved_by.resume_days)
            milestone.date_expected = estimate and (estimate.day or estimate.own_day)

    def _get_due(self, count):
        """Return the ``Due`` of this payment, None while its term does not run; the key
        of a step is the condition, delay or hold that it names."""
        return due_date(
            self._get_term_conditions(),
            self.term_value,
            self.term_unit,
            count,
            self._get_delays(),
        )

    def _get_term_conditions(self):
        """Return the conditions as the engine takes them; none of a payment that is
        not asked for. The term of what the settlement of a terminated contract leaves
        runs from the settlement."""
        self.ensure_one()
        if self.is_ended:
            return []
        contract = self.agreement_id
        conditions = [
            Condition(condition.date_met or None, condition.starts_term, condition)
            for condition in self._get_asked_conditions()
        ]
        if contract.is_terminated and contract._is_measured(self):
            conditions.append(Condition(contract.settlement_date))
        return conditions

    def _get_estimate(self):
        """Return the condition that stands for those whose day is not known: not
        before the last day that is known, nor what comes after the service before its
        end."""
        self.ensure_one()
        contract = self.agreement_id
        unknown = self.condition_ids.filtered(lambda condition: not condition.date_met)
        days = self.condition_ids.mapped("date_met") + [contract.effective_date]
        days.append(contract.start_date)
        if any(condition._get_kind().after_service for condition in unknown):
            days.append(contract.end_date)
        return Condition(max((day for day in days if day), default=None))

    def _get_delays(self):
        """Return the contract's fiscal delays as the engine takes them, and the holds:
        they excuse the payer as a delay does; released, it is due at once."""
        self.ensure_one()
        delays = [
            Delay(delay.date_from, delay.date_to or None, key=delay)
            for delay in self.agreement_id.delay_ids
            if delay.date_from
        ]
        # sudo: the breaches are nobody's that reads the payment's day.
        holds = self.sudo().hold_ids.filtered("date_from")
        return delays + [
            Delay(hold.date_from, hold.date_to or None, resume_days=0, key=hold)
            for hold in holds
        ]

    @api.depends(
        "date_due",
        "state",
        "agreement_id.delay_ids",
        "hold_ids.date_from",
        "hold_ids.date_to",
    )
    def _compute_overdue(self):
        today = self.env["agreement"]._get_today()
        for milestone in self:
            milestone.is_overdue = (
                bool(milestone.date_due)
                and milestone.date_due < today
                and milestone.is_payable
                and milestone.state not in SETTLED
                and not any(delay.covers(today) for delay in milestone._get_delays())
            )
            days = (today - milestone.date_due).days if milestone.is_overdue else 0
            milestone.days_overdue = days

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["agreement"]._get_today()
        lasting = Domain("date_from", "<=", today) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        )
        late = (
            Domain("date_due", "<", today)
            & Domain("is_payable", "=", True)
            & Domain("state", "not in", SETTLED)
            & ~Domain("agreement_id", "any", Domain("delay_ids", "any", lasting))
            & ~Domain("hold_ids", "any", lasting)
        )
        return late if True in value else ~late

    # ------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------

    @api.model
    def _cron_reach_dates(self):
        """Judge again what waits for a day that has come; idempotent."""
        today = self.env["agreement"]._get_today()
        waiting = self.search(
            [
                ("is_payable", "=", False),
                ("state", "not in", SETTLED),
                ("contract_state", "!=", "draft"),
                ("condition_ids.date_met", "<=", today),
            ]
        )
        waiting._work_off(lambda batch: batch._judge_again())

    def _judge_again(self):
        self.env.add_to_compute(self._fields["state"], self)
        self.env.add_to_compute(self._fields["is_payable"], self)
        self._recompute_recordset(["state", "is_payable"])

    @api.model
    def _recount_dates(self):
        """Count the days of everything unpaid again: the calendar has changed.

        A due date that decided a payment stays as it was when it was paid.
        """
        # Whoever keeps the calendar need not see prices.
        unpaid = self.sudo().search([("state", "!=", "paid")])
        names = ["date_start", "date_due", "date_expected"]
        names += ["is_date_provisional", "is_delayed"]
        for name in names:
            self.env.add_to_compute(self._fields[name], unpaid)
        unpaid._recompute_recordset(names)

    # ------------------------------------------------------------
    # Invoices follow the due dates of their milestones, posted ones too
    # ------------------------------------------------------------

    def _note_due_dates(self):
        """Remember the due dates that may change; the end of the transaction, when all
        is computed, brings the invoices in step."""
        precommit = self.env.cr.precommit
        if MOVED not in precommit.data:
            precommit.add(self.browse()._follow_due_dates)
        before = precommit.data.setdefault(MOVED, {})
        for milestone in self.filtered("id"):
            before.setdefault(milestone.id, milestone.date_due)

    def _follow_due_dates(self):
        before = self.env.cr.precommit.data.pop(MOVED, {})
        # Whose change it was need not be an accountant, and may have been made in the
        # midst of an invoice's own, with the flags of that.
        context = {key: self.env.context[key] for key in KEPT & set(self.env.context)}
        env = self.env(su=True, context=context)
        milestones = env[self._name].browse(before).exists()
        moved = milestones.filtered(lambda m: m.date_due != before[m.id])
        moved._bring_invoices_in_step()
        self.env.flush_all()

    def _bring_invoices_in_step(self):
        """Give the open invoices of these the due dates of these, and say so on both.

        An invoice cannot be without a due date: while a fiscal delay holds a payment
        up, it keeps its own. Where accountants chose a payment term, theirs counts.
        """
        moves = self.invoice_ids.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "in_invoice")
                and move.state != "cancel"
                and move.payment_state in ("not_paid", "partial")
                and not move.invoice_payment_term_id
                and move.invoice_date_due != move.om_milestone_id.date_due
            )
        )
        dated = moves.filtered("om_milestone_id.date_due")
        held = (moves - dated).filtered("om_milestone_id.is_delayed")
        moves._message_log_batch(
            bodies={
                **{move.id: self._get_held_text(move) for move in held},
                **{move.id: self._get_moved_text(move) for move in dated},
            }
        )
        dated.om_milestone_id._message_log_batch(
            bodies={
                milestone.id: self.env._(
                    "Due on %(day)s now, as this payment is: %(invoices)s.",
                    day=milestone.date_due,
                    invoices=format_list(self.env, ours.mapped("display_name")),
                )
                for milestone, ours in dated.grouped("om_milestone_id").items()
            }
        )
        quiet = dated.with_context(skip_is_manually_modified=True)
        for day, ours in quiet.grouped(lambda m: m.om_milestone_id.date_due).items():
            ours.invoice_date_due = day

    def _get_held_text(self, move):
        return self.env._(
            "A fiscal delay holds up “%s”: nothing is overdue before it ends.",
            move.om_milestone_id.display_name,
        )

    def _get_moved_text(self, move):
        milestone = move.om_milestone_id
        return self.env._(
            "Due on %(day)s instead of %(before)s, as “%(milestone)s” is.",
            day=milestone.date_due,
            before=move.invoice_date_due,
            milestone=milestone.display_name,
        )

    # ------------------------------------------------------------
    # Reminders before the due dates
    # ------------------------------------------------------------

    @api.model
    def _cron_remind_due(self):
        """Remind of the payments that are due within a week, once for each due date.

        A reminder that was done does not come back, unless the due date moves; one that
        is open moves with the due date, and goes when the payment is there. Finding the
        payments and making their reminders takes the same number of queries, however
        many there are.
        """
        self._follow_reminders()
        limit = self.env["agreement"]._get_today() + relativedelta(days=REMIND_DAYS)
        due = self.search(
            [
                ("state", "not in", SETTLED),
                ("contract_state", "not in", ("draft", "closed")),
                ("date_due", "<=", limit),
            ]
        ).filtered(lambda milestone: milestone.date_reminded != milestone.date_due)
        self._make_reminders(due)
        for day, milestones in due.grouped("date_due").items():
            milestones.date_reminded = day

    def _get_open_reminders(self):
        """Return the reminders that nobody has done yet."""
        kind = self.env.ref("om_contract.mail_activity_type_payment")
        return self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("activity_type_id", "=", kind.id)]
        )

    def _follow_reminders(self):
        """Let open reminders follow what has happened to their payments."""
        reminders = self._get_open_reminders()
        payments = self.browse(reminders.mapped("res_id")).exists()
        by_id = {milestone.id: milestone for milestone in payments}
        idle = reminders.filtered(
            lambda reminder: (
                not (milestone := by_id.get(reminder.res_id))
                or milestone.state in SETTLED
                or not milestone.date_due
            )
        )
        moved = {}
        for reminder in reminders - idle:
            milestone = by_id[reminder.res_id]
            if reminder.date_deadline != milestone.date_due:
                moved[reminder] = milestone
        idle.unlink()
        for reminder, milestone in moved.items():
            reminder.write(
                {
                    "date_deadline": milestone.date_due,
                    "summary": milestone._get_reminder(reminder.user_id),
                }
            )
            milestone.date_reminded = milestone.date_due

    def _make_reminders(self, milestones):
        if not milestones:
            return
        kind = self.env.ref("om_contract.mail_activity_type_payment")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": milestone.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "date_deadline": milestone.date_due,
                    "summary": milestone._get_reminder(user),
                }
                for milestone in milestones
                if (user := milestone.agreement_id.user_id or milestone.create_uid)
            ]
        )

    def _get_reminder(self, user):
        """Return what a reminder of this payment says to ``user``."""
        self.ensure_one()
        own = self.with_context(lang=user.lang)
        return own.env._(
            "“%(payment)s” is due on %(day)s: %(amount)s open",
            payment=own.name,
            day=fields.Date.to_string(self.date_due),
            amount=own.currency_id.format(self.amount_residual),
        )

    # ------------------------------------------------------------
    # Holding a payment, and releasing it
    # ------------------------------------------------------------

    @api.depends(
        "hold_ids.date_to", "state", "contract_state", "agreement_id.hold_clause"
    )
    def _compute_is_held(self):
        for milestone in self:
            milestone.is_held = bool(milestone._get_hold())
            milestone.may_be_held = (
                bool(milestone.agreement_id.hold_clause)
                and not milestone.is_held
                and milestone.contract_state not in (False, "draft")
                and milestone.state not in SETTLED
            )

    @api.model
    def _search_is_held(self, operator, value):
        if operator != "in":
            return NotImplemented
        held = Domain("hold_ids", "any", [("date_to", "=", False)])
        return held if True in value else ~held

    def _get_hold(self):
        """Return the hold that lasts, if one does."""
        self.ensure_one()
        return self.hold_ids.filtered(lambda hold: not hold.date_to)[:1]

    def _get_payer_side(self):
        """Who pays is who may hold it."""
        contract = self.sudo().agreement_id
        return contract._get_purchaser_side()

    @api.private
    def action_hold(self, breach, date=None, reason=None, paper=None):
        """Note that the payer holds this payment for a breach.

        :param breach: a deduction of the contract that is neither waived nor paid for
        :param date: the day on which a payer of ours held it, default today
        :param paper: the payer's notice, where ours enter it; its day counts
        :raises UserError: no clause, no open breach, a settled or held payment
        """
        today = self.env["agreement"]._get_today()
        day = fields.Date.to_date(paper.signed_on if paper else date) or today
        with self._act(
            "hold", reason=reason, happened_at=self._get_moment(day), paper=paper
        ) as milestones:
            for milestone in milestones:
                milestone._check_can_hold(breach)
            milestones.env["om.payment.hold"].create(
                [
                    {
                        "milestone_id": milestone.id,
                        "deduction_id": breach.id,
                        "reason": reason,
                        "date_from": day,
                    }
                    for milestone in milestones
                ]
            )
            milestones._log_hold(self.env._("Held for “%s”", breach.name), reason)
        return True

    def _check_can_hold(self, breach):
        self.ensure_one()
        contract = self.agreement_id
        if not contract.hold_clause:
            raise UserError(
                self.env._(
                    "Contract “%s” has no clause by which a payment may be held for a"
                    " breach.",
                    contract.display_name,
                )
            )
        if self.contract_state == "draft" or self.state in SETTLED:
            raise UserError(
                self.env._("“%s” asks for nothing: it is not held.", self.display_name)
            )
        if self._get_hold():
            raise UserError(
                self.env._(
                    "“%(payment)s” is held since %(day)s already.",
                    payment=self.display_name,
                    day=format_date(self.env, self._get_hold().date_from),
                )
            )
        is_open = breach.direction == "contractor" and breach.state in OPEN_BREACH
        if breach.agreement_id != contract or not is_open:
            raise UserError(
                self.env._(
                    "“%(breach)s” is no open breach of contract “%(contract)s”:"
                    " %(clause)s lets a payment be held for one only.",
                    breach=breach.display_name or "–",
                    contract=contract.display_name,
                    clause=contract.hold_clause,
                )
            )

    @api.private
    def action_release(self, date=None, reason=None, paper=None):
        """Note that the payer holds this payment no longer.

        :raises UserError: it is not held, or no reason
        """
        today = self.env["agreement"]._get_today()
        day = fields.Date.to_date(paper.signed_on if paper else date) or today
        with self._act(
            "release", reason=reason, happened_at=self._get_moment(day), paper=paper
        ) as milestones:
            for milestone in milestones:
                hold = milestone._get_hold()
                if not hold:
                    raise UserError(
                        self.env._("“%s” is not held.", milestone.display_name)
                    )
                if day < hold.date_from:
                    raise UserError(
                        self.env._(
                            "“%(payment)s” is held since %(day)s: it is released on"
                            " that day at the earliest.",
                            payment=milestone.display_name,
                            day=format_date(self.env, hold.date_from),
                        )
                    )
                hold._end(day, reason)
            milestones._log_hold(self.env._("Released"), reason)
        return True

    def _log_hold(self, act, reason):
        self._message_log_batch(bodies=dict.fromkeys(self.ids, f"{act}. {reason}"))

    def action_open_hold(self):
        """Return the dialog that asks for the breach, the reason and the notice."""
        return self._open_hold("hold")

    def action_open_release(self):
        """Return the dialog that asks for the reason and the notice."""
        return self._open_hold("release")

    def _open_hold(self, kind):
        self.ensure_one()
        return self.env["om.contract.act"]._open(
            kind, milestone_id=self.id, agreement_id=self.agreement_id.id
        )

    def _name_hold(self, hold):
        """Return in one sentence since when, for what and by which clause."""
        return self.env._(
            "Held by the payer since %(day)s for “%(breach)s” (%(clause)s)",
            day=format_date(self.env, hold.date_from),
            breach=hold.deduction_id.name,
            clause=self.agreement_id.hold_clause,
        )

    def _get_hold_text(self):
        """The same, "" of a payment that is not held; for papers and pages."""
        self.ensure_one()
        # sudo: whoever reads a payment reads that, and why, it is held.
        milestone = self.sudo()
        hold = milestone._get_hold()
        return self._name_hold(hold) if hold else ""
