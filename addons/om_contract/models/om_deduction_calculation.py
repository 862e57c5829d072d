from decimal import Decimal

from odoo import models

from ..engine.calculation import Calculation, Step
from .om_payment_milestone import to_decimal


class OmDeduction(models.Model):
    """Why a deduction has its amount, and the lists that show deductions."""

    _inherit = "om.deduction"

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
        labels = dict(self._fields["kind"]._description_selection(self.env))
        steps = [
            Step(self.env._("Contract"), self.agreement_id.display_name),
            Step(self.env._("Event"), self.name, self._format_day(self.date)),
            *self._get_rule_steps(),
        ]
        amount = to_decimal(self.amount_so_far)
        result = self.currency_id.format(float(amount))
        if self.method == "daily" and not self._get_default_end():
            result = self.env._("%s up to today", result)
        steps += self._get_applied_steps()
        return Calculation.of(
            labels[self.kind], self.clause_id.display_name or "", steps, result
        )

    def _get_rule_steps(self):
        if self.method == "once":
            return self._get_share_steps()
        if self.method == "daily":
            return self._get_daily_steps()
        if self.method == "stop":
            return self._get_stop_steps()
        return [
            Step(
                self.env._("Amount"),
                self.currency_id.format(self.amount),
                self.source_note or self.env._("entered by hand"),
            )
        ]

    def _get_base_label(self):
        if self.method == "stop":
            return self.env._("Yearly fee of the system")
        labels = dict(self._fields["base"]._description_selection(self.env))
        return labels[self.base]

    def _get_share_steps(self):
        exact = Decimal(f"{self.base_amount:.2f}") * self._get_percent() / 100
        return [
            Step(self._get_base_label(), self.currency_id.format(self.base_amount)),
            Step(self.env._("Share"), self._format_percent(self.percent)),
            Step(
                self.env._("Base × share"),
                f"{exact.normalize():,f}",
                self.env._("rounded half up to the cent"),
            ),
        ]

    def _get_daily_steps(self):
        money = self.currency_id.format
        ends = self._get_default_end()
        until = ends or self.env["agreement"]._get_today()
        penalty = self._get_daily_penalty(until)
        steps = [
            Step(self._get_base_label(), money(self.base_amount)),
            Step(self.env._("Rate a day"), self._format_percent(self.percent)),
            *self._get_notice_steps(),
            Step(
                self.env._("Demanded on"),
                self._format_day(self.demand_date),
                self.env._("the day of the demand is not counted"),
            ),
            Step(self.env._("Days of grace"), self._format_days(self.grace_days)),
            Step(
                self.env._("Claim opens on"),
                self._format_day(penalty.opens),
                self.env._("day %s after the demand", self.grace_days + 1),
            ),
            Step(
                self.env._("First day that costs"),
                self._format_day(penalty.first_day),
                self.env._("reckoned from the first overdue day")
                if penalty.first_day < penalty.opens
                else "",
            ),
            Step(
                self.env._("Last day of the default"),
                self._format_day(until),
                "" if ends else self.env._("it still lasts: reckoned up to today"),
            ),
        ]
        if penalty.excused:
            steps.append(
                Step(
                    self.env._("Days of fiscal delay"),
                    self._format_days(penalty.excused),
                    self.env._("not counted: no default"),
                )
            )
        if penalty.may_terminate:
            steps.append(
                Step(
                    self.env._("Right to terminate"),
                    self.env._("after %s days", self.max_days),
                    self.env._(
                        "the clause prints no cap: each day costs until the default"
                        " ends or the contract is terminated"
                    ),
                )
            )
        steps += [
            Step(
                f"{self._format_day(span.first)} – {self._format_day(span.last)}",
                f"{money(float(span.base))} × {self._format_percent(self.percent)}"
                f" × {span.days}",
                self._format_days(span.days),
            )
            for span in penalty.spans
        ]
        steps.append(
            Step(
                self.env._("Days charged"),
                self._format_days(penalty.days),
                self.env._("the sum is rounded once, half up to the cent"),
            )
        )
        return steps

    def _get_notice_steps(self):
        if not (self.notice_way and self.notice_date):
            return []
        ways = dict(self._fields["notice_way"]._description_selection(self.env))
        return [
            Step(
                self.env._("Notice sent on"),
                self._format_day(self.notice_date),
                ways[self.notice_way],
            )
        ]

    def _get_stop_steps(self):
        start, end = self.system_id._get_fee_period()
        found = self._get_reduction()
        if not found:
            return [Step(self._get_base_label(), self.env._("period unknown"))]
        exact = Decimal(f"{self.base_amount:.2f}") * found.days_lost / found.days
        return [
            Step(self.env._("System"), self.system_id.display_name),
            Step(self._get_base_label(), self.currency_id.format(self.base_amount)),
            Step(
                self.env._("Service period of the system"),
                f"{self._format_day(start)} – {self._format_day(end)}",
                self._format_days(found.days),
            ),
            Step(
                self.env._("Stopped on"),
                self._format_day(self.system_id.stop_date),
                self.env._("first day without service"),
            ),
            Step(self.env._("Days served"), self._format_days(found.days_served)),
            Step(self.env._("Days not served"), self._format_days(found.days_lost)),
            Step(
                self.env._("Fee × days not served ÷ days of the period"),
                f"{exact:,.6f}",
                self.env._("rounded half up to the cent"),
            ),
        ]

    def _get_applied_steps(self):
        labels = dict(
            self.env["om.deduction.line"]
            ._fields["target"]
            ._description_selection(self.env)
        )
        return [
            Step(
                self.env._(
                    "Applied to %s", line.milestone_id.name or labels[line.target]
                ),
                self.currency_id.format(line.amount),
                self._format_day(line.date),
            )
            for line in self.line_ids
        ]
