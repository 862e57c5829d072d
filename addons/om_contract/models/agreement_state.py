from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.milestones import ShareError, check_shares


TRANSITIONS = {
    "in_force": ("draft",),
    "expired": ("in_force",),
    "accepted": ("expired",),
    "settlement": ("accepted",),
    "closed": ("accepted", "settlement"),
    "terminated": ("in_force", "expired", "accepted"),
}


class Agreement(models.Model):
    """The life of a contract: each step checks what it needs and is tracked."""

    _inherit = "agreement"

    def action_activate(self):
        """Bring signed contracts into force.

        :raises UserError: naming everything that is missing
        """
        for contract in self:
            missing = contract._get_missing_for_effect()
            if missing:
                raise UserError(
                    self.env._(
                        "Contract “%(name)s” cannot take effect yet:\n%(missing)s",
                        name=contract.name,
                        missing="\n".join(f"• {line}" for line in missing),
                    )
                )
        self._move_to("in_force")
        self._push_parties()
        return True

    def _get_missing_for_effect(self):
        """Return what keeps this draft from taking effect, in words."""
        self.ensure_one()
        missing = []
        facts = (
            (self.partner_id, self.env._("the other party is not named")),
            (self.signature_date, self.env._("the day of signature is missing")),
            (self.effective_date, self.env._("the day of effect is missing")),
            (
                self.start_date and self.end_date,
                self.env._("the service period is missing"),
            ),
            (self.amount_total, self.env._("the price is missing")),
            (self.milestone_ids, self.env._("there are no payment milestones")),
        )
        missing += [text for fact, text in facts if not fact]
        try:
            percents = self.milestone_ids.mapped("exact_percent")
            if percents:
                check_shares(percents)
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
                    ", ".join(early.mapped("display_name")),
                )
            )
        return self._move_to("expired")

    def action_accept(self, date=None):
        """Note the purchaser's acceptance, today or on a past ``date``."""
        date = fields.Date.to_date(date) or self._get_today()
        for contract in self:
            if date > self._get_today() or (
                contract.start_date and date < contract.start_date
            ):
                raise UserError(
                    self.env._(
                        "The acceptance of “%(name)s” cannot be on %(date)s: it lies"
                        " between the start of service and today.",
                        name=contract.name,
                        date=date,
                    )
                )
        return self._move_to("accepted", acceptance_date=date)

    def action_submit_settlement(self):
        """Note that the settlement documents are with the finance bureau."""
        return self._move_to("settlement")

    def action_close(self):
        """Close contracts of which nothing is owed any more.

        :raises UserError: naming what is still open
        """
        for contract in self:
            still_open = contract._get_open_matters()
            if still_open:
                raise UserError(
                    self.env._(
                        "Contract “%(name)s” cannot be closed yet:\n%(open)s",
                        name=contract.name,
                        open="\n".join(f"• {line}" for line in still_open),
                    )
                )
        return self._move_to("closed")

    def _get_open_matters(self):
        """Return what keeps this contract from being closed, in words."""
        self.ensure_one()
        unpaid = self.milestone_ids.filtered(lambda m: m.state != "paid")
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
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the contract is terminated."))
        return self._move_to(
            "terminated",
            termination_date=fields.Date.to_date(date) or self._get_today(),
            termination_reason=reason,
        )

    def _move_to(self, state, **values):
        """Write ``state`` if every contract may go there; else say which may not."""
        self.check_access("write")
        self.lock_for_update()
        wrong = self.filtered(lambda c: c.state not in TRANSITIONS[state])
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” is “%(now)s” and cannot become “%(then)s”.",
                    name=wrong[0].display_name,
                    now=labels[wrong[0].state],
                    then=labels[state],
                )
            )
        self._acting().write({"state": state, **values})
        return True

    @api.model
    def _cron_expire(self):
        """Expire the contracts whose service period ended before today."""
        contracts = self.search(
            [("state", "=", "in_force"), ("end_date", "<", self._get_today())]
        )
        if contracts:
            contracts._move_to("expired")

    def _push_parties(self):
        """Let the systems know who pays and who supervises."""
        for contract in self.filtered(lambda c: c.domain == "sale"):
            contract.system_ids._follow_contract()

