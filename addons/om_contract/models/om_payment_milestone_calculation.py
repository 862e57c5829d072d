from odoo import models

from ..engine.calculation import Calculation
from ..engine.calculation import Step as Line
from ..engine.trace import Step
from .om_payment_milestone import to_decimal


class OmPaymentMilestone(models.Model):
    """Why a payment has its amount and its day: the engines' steps in words."""

    _name = "om.payment.milestone"
    _inherit = ["om.payment.milestone", "om.calculation.mixin"]

    def _get_calculation(self):
        self.ensure_one()
        due = self._format_day(self.date_due) or self.env._("day not known yet")
        return Calculation.of(
            self.env._("Payment"),
            self.agreement_id._get_payment_basis(),
            [
                *self._word_steps(self._get_amount_steps()),
                *self._get_condition_lines(),
                *self._word_steps(self._get_day_steps()),
            ],
            self.env._(
                "%(amount)s to pay, due: %(day)s",
                amount=self.currency_id.format(self.amount_due),
                day=due,
            ),
        )

    def _get_amount_steps(self):
        """Return the engine's steps from the price, with the names that it does not
        know."""
        contract = self.agreement_id
        payments = contract.milestone_ids._in_order()
        part = contract.milestone_ids._get_parts(contract)[self]
        steps = []
        for step in part.steps:
            named = step
            if step.code == "other":
                named = step.named(payments[step.key].name)
            elif step.code == "reviewed":
                named = step.named(note=self._format_day(contract.settlement_date))
            steps.append(named)
        if self.is_ended:
            steps.append(Step("ended", to_decimal(0.0), "take"))
        elif self.basis == "settlement" and not contract.is_settled:
            steps[-1] = steps[-1].named(
                note=self.env._("estimated until the settlement review has passed")
            )
        if part.claim:
            steps.append(Step("claim", part.claim))
        balance = self._get_balance()
        return steps + list(
            balance.steps(
                Step(
                    "deduction",
                    to_decimal(line.amount),
                    "less",
                    label=line.deduction_id.name,
                    note=line.deduction_id.clause_id.display_name or "",
                )
                # Who sees a payment sees what was taken from it.
                for line in self.sudo().deduction_line_ids
            )
        )

    def _get_condition_lines(self):
        return [
            Line(
                condition.display_name,
                self._format_day(condition.date_met) or self.env._("open"),
                condition.evidence or condition._name_missing(limit=None),
            )
            for condition in self.condition_ids
        ]

    def _get_day_steps(self):
        """Return the engine's steps to the last day, with the names of what moved it;
        none while the term does not run."""
        calendar = self.env["om.calendar"]
        with calendar._counting():
            due = self._get_due(calendar._get_counter())
        return [self._name_day_step(step) for step in due.steps] if due else []

    def _name_day_step(self, step):
        if not step.key:
            return step
        if step.key._name == "om.payment.condition":
            return step.named(step.key.display_name)
        if step.key._name == "om.payment.hold":
            return step.named(
                self.env._("Held for “%s”", step.key.deduction_id.name),
            )
        return step
