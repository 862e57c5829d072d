from odoo import models

from ..engine.calculation import Calculation, Step
from .om_payment_milestone import to_decimal


class Agreement(models.Model):
    """What the settlement review leaves: the final payment, or a claim."""

    _name = "agreement"
    _inherit = ["agreement", "om.calculation.mixin"]

    def write(self, vals):
        result = super().write(vals)
        if "amount_total" in vals:
            # A lower price may leave a payment less than was taken from it.
            self.env["om.deduction"]._release_excess(self.sudo().milestone_ids)
        return result

    def action_terminate(self, *args, **kwargs):
        result = super().action_terminate(*args, **kwargs)
        # What is not asked for any more cannot bear a deduction.
        self.env["om.deduction"]._release_excess(self.milestone_ids)
        return result

    def _settle(self, amount, date, why):
        result = super()._settle(amount, date, why)
        self.env["om.deduction"]._release_excess(self._get_measured())
        self._update_settlement_claim()
        return result

    def _update_settlement_claim(self):
        """Keep the purchaser's claim where the review leaves less than the other
        payments come to: one record per contract, following the review."""
        self.ensure_one()
        over = sum(to_decimal(m.claim_amount) for m in self.milestone_ids)
        claim = self.deduction_ids.filtered(
            lambda d: d.is_settlement_claim and d.state != "waived"
        )
        if claim and to_decimal(claim.amount) == over:
            return
        if claim:
            reason = self.env._("The reviewed amount was corrected.")
            with claim._act("void", reason=reason) as void:
                void._take_back(reason)
                void._log(self.env._("Waived"), reason)
            claim.flush_recordset()
        if not over:
            return
        today = self._get_today()
        # sudo: the claim follows from the review, which was checked.
        deduction = (
            self.env["om.deduction"]
            .sudo()
            .create(
                {
                    "agreement_id": self.id,
                    "name": self.env._("Settlement review below the other payments"),
                    "date": self.settlement_date,
                    "kind": "other",
                    "direction": "contractor",
                    "method": "fixed",
                    "amount": float(over),
                    "is_settlement_claim": True,
                    "state": "agreed",
                    "agreed_date": self.settlement_date,
                    "source_note": self.env._("Settlement review"),
                }
            )
        )
        with deduction._act("apply") as claims:
            claims._write_parts([(claims, "claim", None, over)], today)
            claims._note_applied()

    def _get_payment_basis(self):
        """Return on what the payments of this contract rest: its own terms. The paper
        that a payment template was written after is somebody else's contract."""
        self.ensure_one()
        if self.tender_number:
            return self.env._(
                "Terms of payment of contract %(contract)s, procurement %(tender)s",
                contract=self.display_name,
                tender=self.tender_number,
            )
        return self.env._("Terms of payment of contract %s", self.display_name)

    def _get_deduction_note(self, line):
        """Return the clause of an applied deduction, and the payment that bore it."""
        clause = line.deduction_id.clause_id.display_name
        taken = self.env._("taken from %s", line.milestone_id.name)
        return self.env._("; ").join(part for part in (clause, taken) if part)

    def _get_calculation(self):
        """The final settlement: reviewed amount, other payments, deductions, rest."""
        self.ensure_one()
        money = self.currency_id.format
        measured = self._get_measured()
        others = (self.milestone_ids - measured).filtered(lambda m: not m.is_ended)
        others = others.sorted()
        minus = "−"
        steps = [Step(self.env._("Contract price"), money(self.amount_total))]
        if measured:
            steps += [
                Step(
                    self.env._("Reviewed amount"),
                    money(self.settlement_amount) if self.is_settled else "",
                    self._format_day(self.settlement_date),
                ),
                *(
                    Step(
                        m.name,
                        minus + money(m.amount_due),
                        self.env._("paid %s", money(m.amount_paid)),
                    )
                    for m in others
                ),
            ]
        else:
            # The terms reckon every payment from the price: what is left is what was
            # not paid yet, whatever the review says.
            steps += [
                Step(
                    self.env._("Reviewed amount"),
                    f"({money(self.settlement_amount)})" if self.is_settled else "",
                    self.env._("no payment is reckoned from it by the terms"),
                ),
                *(
                    Step(
                        m.name,
                        minus + money(m.amount_paid),
                        self.env._("paid of %s", money(m.amount_due)),
                    )
                    for m in others
                ),
            ]
        # What was taken from an earlier payment is part of the reckoning, too: the
        # lines add up to the result.
        steps += [
            Step(
                line.deduction_id.name,
                minus + money(line.amount),
                self._get_deduction_note(line),
            )
            for line in (others | measured).deduction_line_ids.sorted("date")
        ]
        steps += [
            Step(
                line.deduction_id.name,
                f"({money(line.amount)})",
                self.env._("drawn from the bond, not subtracted here"),
            )
            for line in self.deduction_ids.line_ids.filtered(
                lambda line: line.target == "bond"
            )
        ]
        steps += [
            Step(
                deduction.name,
                f"({money(deduction.amount)})",
                self.env._("shown to the review, not subtracted again"),
            )
            for deduction in self.deduction_ids
            if deduction.in_review and deduction.state != "waived"
        ]
        claimed = sum(
            to_decimal(line.amount)
            for line in self.deduction_ids.line_ids
            if line.target == "claim" and line.deduction_id.direction == "contractor"
        )
        if claimed:
            steps.append(
                Step(
                    self.env._("Claim of the purchaser"),
                    money(float(claimed)),
                    self.env._("not covered by payments or bonds"),
                )
            )
        return Calculation.of(
            self.env._("Final settlement")
            if self.is_settled
            else self.env._("Final payment, estimated from the price"),
            self._get_payment_basis(),
            steps,
            self.env._(
                "%(name)s: %(amount)s",
                name=measured.name,
                amount=money(measured.amount_due),
            )
            if measured
            else money(self.amount_residual),
        )
