from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_base.models.om_act_mixin import Paper

from ..engine.calculation import Calculation
from ..engine.milestones import ShareError, check_shares
from ..engine.trace import Aside, Step
from .om_payment_milestone import SETTLED, to_decimal


class Agreement(models.Model):
    """The life of a contract, from its signature to the final settlement: each step
    checks what it needs and is tracked."""

    _inherit = "agreement"

    def action_activate(self):
        """Bring signed contracts into force.

        :raises UserError: naming everything that is missing
        """
        with self._act("activate") as contracts:
            for contract in contracts:
                if contract.signature_date and not contract.effective_date:
                    # Civil Code, article 502: in effect as soon as it is concluded.
                    contract.effective_date = contract.signature_date
                missing = contract._get_missing_for_effect()
                if missing:
                    raise UserError(
                        self.env._(
                            "Contract “%(name)s” cannot take effect yet:\n%(missing)s",
                            name=contract.name,
                            missing="\n".join(f"• {line}" for line in missing),
                        )
                    )
        self._follow_end()
        return True

    def _follow_end(self):
        """Note at once that the service of these is over, where its last day has
        passed, and that it goes on, where an amendment has moved that day."""
        today = self._get_today()
        ended = self.filtered(
            lambda c: c.state == "in_force" and c.end_date and c.end_date < today
        )
        if ended:
            with ended._act("expire"):
                pass
        prolonged = self.filtered(
            lambda c: c.state == "expired" and c.end_date and c.end_date >= today
        )
        # Only an amendment prolongs what had expired; nobody may choose to.
        if prolonged:
            with prolonged._act("prolong"):
                pass

    def _get_missing_for_effect(self):
        """Return what keeps this draft from taking effect, in words."""
        self.ensure_one()
        missing = []
        facts = (
            (self.partner_id, self.env._("the other party is not named")),
            (self.signature_date, self.env._("the day of signature is missing")),
            (
                self.start_date and self.end_date,
                self.env._("the service period is missing"),
            ),
            (self.amount_total, self.env._("the price is missing")),
            (self.milestone_ids, self.env._("there are no payment milestones")),
        )
        missing += [text for fact, text in facts if not fact]
        try:
            if self.milestone_ids:
                check_shares([m.exact_percent for m in self.milestone_ids._in_order()])
        except ShareError:
            missing.append(
                self.env._("the percentages of the milestones do not add up to 100")
            )
        if self.fee_total and self.fee_difference:
            missing.append(
                self.env._(
                    "the systems' yearly fees differ from the price by %s",
                    self.currency_id.format(self.fee_difference),
                )
            )
        return missing

    def action_expire(self):
        """Note that the service period is over.

        :raises UserError: before its last day has passed
        """
        today = self._get_today()
        early = self.filtered(lambda c: not c.end_date or c.end_date >= today)
        if early:
            raise UserError(
                self.env._(
                    "The service period is not over yet: %s",
                    format_list(self.env, early.mapped("display_name")),
                )
            )
        # What was brought into force after its end is there already.
        with self.filtered(lambda c: c.state != "expired")._act("expire"):
            return True

    def _get_purchaser_side(self):
        """Acceptance is the purchaser's word: of our suppliers' contracts, ours."""
        is_sale = self.domain != "purchase"
        party = self.partner_id if is_sale else self.company_id.partner_id
        return party, "purchaser"

    @api.private
    def action_accept(self, date=None, evidence=None, scan=None, person=None):
        """Note the purchaser's acceptance, today or on a past ``date``.

        :param evidence: title or number of the acceptance document, required
        :param scan: that document, signed, where ours enter the purchaser's word
        :param person: who signed it
        """
        today = self._get_today()
        date = fields.Date.to_date(date) or today
        self._check_reason(evidence, self.env._("Name the acceptance document."))
        for contract in self:
            if date > today or (contract.start_date and date < contract.start_date):
                raise UserError(
                    self.env._(
                        "The acceptance of “%(name)s” cannot be on %(date)s: it lies"
                        " between the start of service and today.",
                        name=contract.name,
                        date=date,
                    )
                )
        with self._act(
            "accept",
            reason=evidence,
            happened_at=self._get_moment(date),
            paper=Paper(person, date, scan),
        ) as contracts:
            contracts.write({"acceptance_date": date})
            contracts._log(self.env._("Acceptance passed on %s", date), evidence)
        return True

    def action_submit_settlement(self):
        """Note that the settlement documents are with the finance bureau."""
        with self._act("submit"):
            return True

    def action_close(self):
        """Close contracts of which nothing is owed any more.

        :raises UserError: naming what is still open
        """
        with self._act("close") as contracts:
            for contract in contracts:
                still_open = contract._get_open_matters()
                if still_open:
                    raise UserError(
                        self.env._(
                            "Contract “%(name)s” cannot be closed yet:\n%(open)s",
                            name=contract.name,
                            open="\n".join(f"• {line}" for line in still_open),
                        )
                    )
        return True

    def _get_open_matters(self):
        """Return what keeps this contract from being closed, in words: payments,
        bonds that are not back, deductions that are not applied."""
        self.ensure_one()
        money = self.currency_id.format
        unpaid = self.milestone_ids.filtered(lambda m: m.state not in SETTLED)
        matters = [
            self.env._(
                "“%(name)s” is not paid (%(amount)s open)",
                name=milestone.name,
                amount=money(milestone.amount_residual),
            )
            for milestone in unpaid
        ]
        matters += [
            self.env._(
                "“%(bond)s” still holds %(amount)s",
                bond=bond.display_name,
                amount=money(bond.balance),
            )
            for bond in self.bond_ids
            if bond.balance
        ]
        matters += [
            self.env._("deduction “%s” is not settled", deduction.display_name)
            for deduction in self.deduction_ids
            if deduction.state not in ("waived", "applied")
        ]
        matters += [
            self.env._(
                "“%(name)s”: the claim of %(amount)s is open",
                name=deduction.display_name,
                amount=money(deduction.amount_claim_open),
            )
            for deduction in self.deduction_ids
            if deduction.has_open_claim
        ]
        return matters

    def action_terminate(self, date, reason):
        """End contracts before their time.

        :param date: first day without the contract
        :param reason: required, kept on record
        """
        date = fields.Date.to_date(date) or self._get_today()
        with self._act("terminate", reason=reason) as contracts:
            contracts.write({"termination_date": date, "termination_reason": reason})
            contracts._log(self.env._("Terminated from %s on", date), reason)
        # What is not asked for any more cannot bear a deduction.
        self.env["om.deduction"]._release_excess(self.milestone_ids)
        return True

    def action_back_to_draft(self, reason=None):
        """Take back an activation made by mistake.

        :param reason: required, kept on record
        :raises UserError: once a condition was confirmed or an invoice made
        """
        with self._act("redraft", reason=reason) as contracts:
            begun = contracts.filtered(lambda contract: contract._is_begun())
            if begun:
                raise UserError(
                    self.env._(
                        "Invoices, confirmed conditions or amendments exist of these"
                        " contracts; change them by an amendment: %s",
                        format_list(self.env, begun.mapped("display_name")),
                    )
                )
            contracts._log(self.env._("Back to draft"), reason)
        return True

    def _is_begun(self):
        """True once something was decided or made on the ground of this contract."""
        self.ensure_one()
        milestones = self.sudo().milestone_ids
        return bool(
            milestones.invoice_ids
            or milestones.condition_ids.filtered("date_confirmed")
            or self.amendment_ids
            or self.is_settled
        )

    # ------------------------------------------------------------
    # Dialogs
    # ------------------------------------------------------------

    def action_open_accept(self):
        """Return the dialog for the acceptance."""
        return self.env["om.contract.act"]._open("accept", self)

    def action_open_settle(self):
        """Return the dialog for the settlement review."""
        return self.env["om.contract.act"]._open(
            "settle",
            self,
            amount=self.settlement_amount if self.is_settled else 0.0,
            date=self.settlement_date if self.is_settled else self._get_today(),
        )

    def action_open_link_systems(self):
        """Return the dialog that chooses the systems of the contract."""
        return self.env["om.contract.act"]._open("systems", self)

    def action_open_price_paste(self):
        """Return the dialog into which the price list is pasted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Paste the Price List"),
            "res_model": "om.price.paste",
            "view_mode": "form",
            "target": "new",
            "context": {"default_agreement_id": self.id},
        }

    def action_open_terminate(self):
        """Return the dialog for the termination."""
        return self.env["om.contract.act"]._open("terminate", self)

    def action_open_back_to_draft(self):
        """Return the dialog for taking an activation back."""
        return self.env["om.contract.act"]._open("draft", self)

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    @api.model
    def _check_reason(self, text, message):
        if not (text or "").strip():
            raise UserError(message)

    def _log(self, what, detail):
        """Leave an act and its reason or evidence in the contracts' discussions."""
        self._message_log_batch(
            bodies=dict.fromkeys(self.ids, f"{what}. {detail}" if detail else what)
        )

    @api.model
    def _cron_expire(self):
        """Expire the contracts whose service period ended before today."""
        domain = [("state", "=", "in_force"), ("end_date", "<", self._get_today())]
        # Putting a contract out of sight does not prolong it.
        contracts = self.with_context(active_test=False).search(domain)
        contracts._work_off(lambda batch: batch._follow_end())

    # ------------------------------------------------------------
    # What the settlement review leaves: the final payment, or a claim
    # ------------------------------------------------------------

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

    def _get_settlement_parts(self):
        """Return the steps of what other documents have settled under this contract;
        add-ons append theirs. Their amounts stand in brackets: the review contains
        them."""
        self.ensure_one()
        return []

    def _get_calculation(self):
        """The final settlement: reviewed amount, other payments, deductions, rest."""
        self.ensure_one()
        money = self.currency_id.format
        measured = self._get_measured()
        return Calculation.of(
            self.env._("Final settlement")
            if self.is_settled
            else self.env._("Final payment, estimated from the price"),
            self._get_payment_basis(),
            [
                *self._word_steps(self._get_settlement_steps()),
                *self._get_settlement_parts(),
                *self._word_steps(self._get_claim_steps()),
            ],
            self.env._(
                "%(name)s: %(amount)s",
                name=measured.name,
                amount=money(measured.amount_due),
            )
            if measured
            else money(self.amount_residual),
        )

    def _get_settlement_steps(self):
        """Return the steps from the price, or from the reviewed amount where the last
        payment is measured by it, to what is left for the last payment."""
        measured = self._get_measured()
        others = (self.milestone_ids - measured).filtered(lambda m: not m.is_ended)
        others = others.sorted()
        steps = [Step("price", to_decimal(self.amount_total), "take")]
        if measured and self.is_settled:
            # The review stands in place of the price.
            steps = [
                Step("price", to_decimal(self.amount_total)),
                Step(
                    "reviewed",
                    to_decimal(self.settlement_amount),
                    "take",
                    note=self._format_day(self.settlement_date),
                ),
            ]
        elif self.is_settled:
            # The terms reckon every payment from the price: what is left is what was
            # not paid yet, whatever the review says.
            reviewed = Aside(to_decimal(self.settlement_amount))
            steps.append(Step("reviewed_aside", reviewed))
        steps += [self._get_other_step(each, measured) for each in others]
        # What was taken from an earlier payment is part of the reckoning, too: the
        # lines add up to the result.
        steps += [
            Step(
                "deduction",
                to_decimal(line.amount),
                "less",
                label=line.deduction_id.name,
                note=self._get_deduction_note(line),
            )
            for line in (others | measured).deduction_line_ids.sorted("date")
        ]
        if measured.claim_amount:
            steps.append(Step("floor", to_decimal(0.0), "least"))
        return steps + self._get_aside_steps()

    def _get_other_step(self, payment, measured):
        """Return what another payment takes: what is due of it where the last one is
        measured by the whole, what was paid where nothing is."""
        due, paid = to_decimal(payment.amount_due), to_decimal(payment.amount_paid)
        money = self.currency_id.format
        if measured:
            note = self.env._("paid %s", money(payment.amount_paid))
            return Step("other", due, "less", label=payment.name, note=note)
        note = self.env._("paid of %s", money(payment.amount_due))
        return Step("other", paid, "less", label=payment.name, note=note)

    def _get_aside_steps(self):
        """Return what is shown beside: the bond has borne it, or the review has."""
        bonded = self.deduction_ids.line_ids.filtered(lambda li: li.target == "bond")
        reviewed = self.deduction_ids.filtered(
            lambda deduction: deduction.in_review and deduction.state != "waived"
        )
        return [
            *(
                Step(
                    "from_bond",
                    Aside(to_decimal(line.amount)),
                    label=line.deduction_id.name,
                )
                for line in bonded
            ),
            *(
                Step("in_review", Aside(to_decimal(each.amount)), label=each.name)
                for each in reviewed
            ),
        ]

    def _get_claim_steps(self):
        claimed = to_decimal(self.amount_claimed)
        return [Step("claimed", claimed)] if claimed else []
