from datetime import timedelta
from decimal import Decimal

from odoo import api, models

from ..engine.calculation import Calculation
from ..engine.calculation import Step as Line
from ..engine.penalties import (
    DailyPenalty,
    Excuse,
    daily_penalty,
    share,
    share_steps,
)
from ..engine.reductions import Reduction, reduction
from ..engine.trace import Percent, Step, follow
from .om_payment_milestone import to_decimal


class OmDeduction(models.Model):
    """What a deduction comes to, as its clause counts it."""

    _inherit = "om.deduction"

    @api.depends(
        "method",
        "percent",
        "base_amount",
        "demand_date",
        "date_end",
        "grace_days",
        "reckoned",
        "max_days",
        "date",
        "late_milestone_id.amount_paid",
        "late_milestone_id.date_due",
        "agreement_id.delay_ids.date_from",
        "agreement_id.delay_ids.date_to",
        "system_id.stop_date",
        "system_id.service_start",
        "system_id.service_end",
    )
    def _compute_amount(self):
        for deduction in self:
            if deduction._is_frozen() or deduction.method == "fixed":
                deduction.amount = deduction.amount
                deduction.days_charged = deduction.days_charged
                continue
            amount, days = deduction._get_amount()
            deduction.amount = float(amount)
            deduction.days_charged = days

    def _get_amount(self):
        """Return (amount, days) as the clause counts them; a default that still lasts
        has no amount yet."""
        self.ensure_one()
        if self.method == "once":
            return share(to_decimal(self.base_amount), self._get_percent()), 0
        if self.method == "daily":
            until = self._get_default_end()
            penalty = until and self._get_daily_penalty(until)
            return (penalty.amount, penalty.days) if penalty else (Decimal(0), 0)
        found = self._get_reduction()
        return (found.amount, found.days_lost) if found else (Decimal(0), 0)

    def _get_percent(self):
        return Decimal(f"{self.percent:.4f}")

    def _get_default_end(self):
        """Return the last day of the default; for a late payment the day on which the
        last of it was paid, if nothing else is entered."""
        self.ensure_one()
        milestone = self.late_milestone_id.sudo()
        if self.date_end or not milestone or milestone.state != "paid":
            return self.date_end
        return max((day for day, _amount in milestone._get_payments()), default=False)

    def _get_daily_penalty(self, until) -> DailyPenalty | None:
        """Return what the default has cost until this day; None without a demand."""
        self.ensure_one()
        if not self.demand_date:
            return None
        late = self.late_milestone_id.sudo()
        base, since = to_decimal(self.base_amount), self._get_overdue_since()
        excuses, payments = [], []
        if self.direction == "purchaser":
            # Fiscal reasons are no default of the purchaser, nor is what it may hold.
            pauses = (*self.agreement_id.sudo().delay_ids, *late.hold_ids)
            excuses = [
                Excuse(pause.date_from, pause.date_to or None) for pause in pauses
            ]
            first = self.demand_date + timedelta(days=1)
            paid = late._get_payments()
            payments = [payment for payment in paid if payment[0] >= first]
            if since and since < first:
                # The base is what was open when it was demanded.
                earlier = [payment for payment in paid if since <= payment[0] < first]
                base += sum(amount for _day, amount in earlier)
                payments += earlier
        return daily_penalty(
            base,
            self._get_percent(),
            self.demand_date,
            until,
            grace_days=self.grace_days,
            max_days=self.max_days or None,
            since=since,
            excuses=excuses,
            reductions=payments,
        )

    def _get_overdue_since(self):
        """Return the first overdue day, where the clause reckons from it, or None."""
        self.ensure_one()
        if self.reckoned != "overdue":
            return None
        due = self.late_milestone_id.sudo().date_due
        return due + timedelta(days=1) if due else self.date

    def _get_reduction(self) -> Reduction | None:
        """Return what the stop of the system takes; None while its days are unknown."""
        self.ensure_one()
        system = self.system_id.sudo()
        start, end = system._get_fee_period()
        if not (start and end and system.stop_date) or end < start:
            return None
        return reduction(to_decimal(self.base_amount), start, end, system.stop_date)

    @api.depends(
        "amount",
        "demand_date",
        "date_end",
        "base_amount",
        "clause_id.is_serious",
        "state",
    )
    def _compute_amount_so_far(self):
        today = self.env["agreement"]._get_today()
        for deduction in self:
            penalty = None
            if deduction.method == "daily":
                until = deduction._get_default_end() or today
                penalty = deduction._get_daily_penalty(until)
            lasts = penalty and not deduction._is_frozen()
            deduction.amount_so_far = (
                float(penalty.amount) if lasts else deduction.amount
            )
            is_long = bool(penalty and penalty.may_terminate)
            deduction.may_terminate = deduction.state != "waived" and (
                is_long or deduction.clause_id.sudo().is_serious
            )

    # ------------------------------------------------------------
    # Why a deduction has its amount, and the lists that show deductions
    # ------------------------------------------------------------

    def _get_list_action(self, domain=None, context=None):
        """Return the action that shows these deductions, or those of ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "om_contract.om_deduction_action"
        )
        action["context"] = context or {}
        if domain is None:
            action["domain"] = [("id", "in", self.ids)]
            if len(self) == 1:
                action.update(res_id=self.id, views=[(False, "form")])
        else:
            action["domain"] = domain
        return action

    def _get_calculation(self):
        self.ensure_one()
        result = self.currency_id.format(self.amount_so_far)
        if self.method == "daily" and not self._get_default_end():
            result = self.env._("%s up to today", result)
        return Calculation.of(
            self._om_label("kind"),
            self.clause_id.display_name or "",
            [
                Line(self.env._("Contract"), self.agreement_id.display_name),
                Line(self.env._("Event"), self.name, self._format_day(self.date)),
                *self._get_source_steps(),
                *self._get_fact_lines(),
                *self._word_steps(self._get_steps()),
                *self._get_applied_steps(),
            ],
            result,
        )

    def _get_base_label(self):
        if self.method == "stop":
            return self.env._("Yearly fee of the system")
        return self._om_label("base")

    def _get_fact_lines(self):
        """Return on what the rule is applied, beside figures and days."""
        lines = []
        if self.method == "stop":
            lines.append(Line(self.env._("System"), self.system_id.display_name))
        if self.notice_way and self.notice_date:
            lines.append(
                Line(
                    self.env._("Notice sent on"),
                    self._format_day(self.notice_date),
                    self._om_label("notice_way"),
                )
            )
        return lines

    def _get_steps(self):
        """Return the engine's steps to the amount, with the names that it does not
        know. What was agreed on stays, whatever the facts have become since."""
        steps = [self._name_step(step) for step in self._get_rule_steps()]
        amount = to_decimal(self.amount_so_far)
        if follow(steps) not in (None, amount):
            steps.append(Step("frozen", amount, "take"))
        return steps

    def _name_step(self, step):
        if step.code == "base":
            return step.named(self._get_base_label())
        if step.code == "by_hand":
            return step.named(note=self.source_note or "")
        if step.code == "last_day_of_default" and not self._get_default_end():
            return step.named(note=self.env._("it still lasts: reckoned up to today"))
        return step

    def _get_rule_steps(self):
        base, percent = to_decimal(self.base_amount), self._get_percent()
        if self.method == "once":
            return share_steps(base, percent)
        if self.method == "daily":
            until = self._get_default_end() or self.env["agreement"]._get_today()
            penalty = self._get_daily_penalty(until)
            if penalty:
                return penalty.steps
            return (
                Step("base", base),
                Step("rate", Percent(percent)),
                Step("demanded", self.env._("not demanded yet")),
            )
        if self.method == "stop":
            found = self._get_reduction()
            if found:
                return found.steps
            unknown = self.env._("period unknown")
            return (Step("base", unknown),)
        return (Step("by_hand", to_decimal(self.amount), "take"),)

    def _get_applied_steps(self):
        labels = self.env["om.deduction.line"]._om_labels("target")
        return [
            Line(
                self.env._(
                    "Applied to %s", line.milestone_id.name or labels[line.target]
                ),
                self.currency_id.format(line.amount),
                self._format_day(line.date),
            )
            for line in self.line_ids
        ]
