from odoo import api, models
from odoo.fields import Domain

from odoo.addons.om_base.tools.periods import end_of_period

from ..engine.terms import Condition, Delay, due_date, term_start
from .om_payment_milestone import SETTLED


class OmPaymentMilestone(models.Model):
    """When a milestone is due, and whether it is late."""

    _inherit = "om.payment.milestone"

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
    )
    def _compute_dates(self):
        service = self.env["om.calendar"]
        workdays = service._get_calendar()

        def count(start, value, unit):
            return end_of_period(start, value, unit, workdays)

        for milestone in self:
            conditions = milestone._get_term_conditions()
            term = milestone.term_value, milestone.term_unit, count
            with service._counting():
                due = due_date(conditions, *term, milestone._get_delays())
                estimate = due
                if not due and not milestone.is_ended:
                    estimate = due_date([milestone._get_estimate()], *term)
            milestone.date_start = term_start(conditions)
            milestone.date_due = due and due.day
            milestone.is_date_provisional = bool(due and due.provisional)
            milestone.is_delayed = bool(due and due.resumed_after)
            milestone.date_expected = estimate and (estimate.day or estimate.own_day)

    def _get_term_conditions(self):
        """Return the conditions as the engine takes them; none of a payment that is
        not asked for. The term of what the settlement of a terminated contract leaves
        runs from the settlement."""
        self.ensure_one()
        if self.is_ended:
            return []
        contract = self.agreement_id
        conditions = [
            Condition(condition.date_met or None, condition.starts_term)
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
        after_service = {"assessment", "acceptance", "settlement_review"}
        days = self.condition_ids.mapped("date_met") + [contract.effective_date]
        days.append(contract.start_date)
        if after_service.intersection(unknown.mapped("kind")):
            days.append(contract.end_date)
        return Condition(max((day for day in days if day), default=None))

    def _get_delays(self):
        """Return the contract's fiscal delays as the engine takes them."""
        self.ensure_one()
        return [
            Delay(delay.date_from, delay.date_to or None)
            for delay in self.agreement_id.delay_ids
            if delay.date_from
        ]

    @api.depends("date_due", "state", "is_payable", "agreement_id.delay_ids")
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
        self.env.add_to_compute(self._fields["state"], waiting)
        self.env.add_to_compute(self._fields["is_payable"], waiting)
        waiting._recompute_recordset(["state", "is_payable"])

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
