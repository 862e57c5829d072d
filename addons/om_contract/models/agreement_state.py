from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_base.models.om_act_mixin import Paper

from ..engine.milestones import ShareError, check_shares
from .om_payment_milestone import SETTLED


class Agreement(models.Model):
    """The life of a contract: each step checks what it needs and is tracked."""

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
        """Return what keeps this contract from being closed, in words."""
        self.ensure_one()
        unpaid = self.milestone_ids.filtered(lambda m: m.state not in SETTLED)
        return [
            self.env._(
                "“%(name)s” is not paid (%(amount)s open)",
                name=milestone.name,
                amount=self.currency_id.format(milestone.amount_residual),
            )
            for milestone in unpaid
        ]

    def action_terminate(self, date, reason):
        """End contracts before their time.

        :param date: first day without the contract
        :param reason: required, kept on record
        """
        date = fields.Date.to_date(date) or self._get_today()
        with self._act("terminate", reason=reason) as contracts:
            contracts.write({"termination_date": date, "termination_reason": reason})
            contracts._log(self.env._("Terminated from %s on", date), reason)
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
        self.with_context(active_test=False).search(domain)._follow_end()
