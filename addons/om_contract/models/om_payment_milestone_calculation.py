from odoo import models

from ..engine.calculation import Calculation, Step
from .om_payment_milestone import to_decimal


class OmPaymentMilestone(models.Model):
    """Why a payment has its amount and its day."""

    _name = "om.payment.milestone"
    _inherit = ["om.payment.milestone", "om.calculation.mixin"]

    def _get_calculation(self):
        self.ensure_one()
        due = self._format_day(self.date_due) or self.env._("day not known yet")
        return Calculation.of(
            self.env._("Payment"),
            self.agreement_id._get_payment_basis(),
            [*self._get_amount_steps(), *self._get_day_steps()],
            self.env._(
                "%(amount)s to pay, due: %(day)s",
                amount=self.currency_id.format(self.amount_due),
                day=due,
            ),
        )

    def _get_amount_steps(self):
        contract = self.agreement_id
        money = self.currency_id.format
        others = (contract.milestone_ids - self).filtered(lambda m: not m.is_ended)
        measured = contract._is_measured(self)
        takes_rest = self == contract.milestone_ids.sorted()[-1:]
        whole = contract.settlement_amount if measured else contract.amount_total
        steps = [
            Step(
                self.env._("Reviewed amount")
                if measured
                else self.env._("Contract price"),
                money(whole),
                self._format_day(contract.settlement_date) if measured else "",
            ),
        ]
        if takes_rest and others:
            steps += [
                Step(other.name, "−" + money(other.amount)) for other in others.sorted()
            ]
            note = self.env._("the last payment takes the rest")
        else:
            steps.append(
                Step(self.env._("Share"), self._format_percent(self.exact_percent))
            )
            note = self.env._("rounded half up to the cent")
        if self.is_ended:
            note = self.env._("not asked for: the contract was terminated before")
        elif self.basis == "settlement" and not contract.is_settled:
            note = self.env._("estimated until the settlement review has passed")
        steps.append(Step(self.env._("Amount"), money(self.amount), note))
        if self.claim_amount:
            steps.append(
                Step(self.env._("Claim of the purchaser"), money(self.claim_amount))
            )
        steps += [
            Step(
                line.deduction_id.name,
                "−" + money(line.amount),
                line.deduction_id.clause_id.display_name or "",
            )
            # Who sees a payment sees what was taken from it.
            for line in self.sudo().deduction_line_ids
        ]
        if to_decimal(self.amount_paid):
            steps += [
                Step(self.env._("Paid"), "−" + money(self.amount_paid)),
                Step(self.env._("Open"), money(self.amount_residual)),
            ]
        return steps

    def _get_day_steps(self):
        steps = [
            Step(
                condition.display_name,
                self._format_day(condition.date_met) or self.env._("open"),
                condition.evidence or condition._name_missing(limit=None),
            )
            for condition in self.condition_ids
        ]
        if not self.date_start:
            return steps
        calendar = self.env["om.calendar"]
        period = calendar._end_of_period(
            self.date_start, self.term_value, self.term_unit
        )
        units = self._om_labels("term_unit")
        steps += [
            Step(
                self.env._("Term runs from"),
                self._format_day(self.date_start),
                self.env._("this day is not counted (Civil Code, article 201)"),
            ),
            Step(self.env._("Term"), f"{self.term_value} {units[self.term_unit]}"),
            *self._get_skipped_steps(calendar._format_notes(period.notes)),
        ]
        if period.moved:
            steps.append(
                Step(
                    self.env._("Last day"),
                    self._format_day(period.nominal_date),
                    self.env._(
                        "a rest day: moves to the next working day (Civil Code,"
                        " article 203)"
                    ),
                )
            )
        provisional = self.env._("provisional: this year's holidays are not published")
        steps.append(
            Step(
                self.env._("End of the term"),
                self._format_day(period.final_date),
                provisional if period.provisional else "",
            )
        )
        return steps + self._get_later_steps(period.final_date)

    def _get_later_steps(self, end):
        """Return what moved the day behind the end of the term."""
        steps = [
            Step(
                condition.display_name,
                self._format_day(condition.date_met),
                self.env._("not due before this is met"),
            )
            for condition in self.condition_ids
            if not condition.starts_term
            and condition.date_met
            and condition.date_met > end
        ]
        last = self.date_due or end
        steps += [
            Step(
                self.env._("Fiscal delay"),
                f"{self._format_day(delay.date_from)} – "
                + (self._format_day(delay.date_to) or self.env._("it lasts")),
                self.env._("no default meanwhile; due within 7 days after it ends"),
            )
            for delay in self.agreement_id.delay_ids.sorted("date_from")
            if delay.date_from <= last
        ]
        steps += [
            Step(
                self.env._("Held for “%s”", hold.deduction_id.name),
                f"{self._format_day(hold.date_from)} – "
                + (self._format_day(hold.date_to) or self.env._("it lasts")),
                self.env._("no default meanwhile; due on the day of its release"),
            )
            # Who sees a payment sees what it is held for.
            for hold in self.sudo().hold_ids.sorted("date_from")
        ]
        return steps
