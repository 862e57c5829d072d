from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from .om_deduction import OPEN

PARTIES = [
    ("unit", "User Unit"),
    ("purchaser", "Purchaser"),
    ("contractor", "Contractor"),
]


class OmDeduction(models.Model):
    """Agreeing on deductions, disputing, waiving and reopening them."""

    _inherit = "om.deduction"

    missing_parties = fields.Char("Still to Agree", compute="_compute_missing_parties")

    def _get_parties(self):
        """Return the parties whose agreement makes this deduction binding."""
        self.ensure_one()
        parties = ["purchaser", "contractor"]
        # The record of an assessment is signed by the user unit, too (Shunyi).
        if self.unit_id and self.direction == "contractor":
            parties.insert(0, "unit")
        return parties

    def _get_missing_parties(self):
        self.ensure_one()
        return [
            party for party in self._get_parties() if not self[f"{party}_agreed_date"]
        ]

    @api.depends(
        "state",
        "unit_id",
        "direction",
        "unit_agreed_date",
        "purchaser_agreed_date",
        "contractor_agreed_date",
    )
    @api.depends_context("lang")
    def _compute_missing_parties(self):
        labels = {
            "unit": self.env._("user unit"),
            "purchaser": self.env._("purchaser"),
            "contractor": self.env._("contractor"),
        }
        for deduction in self:
            missing = []
            if not deduction._is_frozen():
                missing = deduction._get_missing_parties()
            deduction.missing_parties = format_list(
                self.env, [labels[party] for party in missing]
            )

    def action_agree(self, party, date=None, signatory=None):
        """Note that a party has agreed; with the last one the amount is fixed.

        :param party: unit, purchaser or contractor
        :param date: day of the signature, default today
        :param signatory: the partner (or its id) who signed, default the party itself
        :raises UserError: decided already, a default that still lasts, a day to come
        """
        if party not in dict(PARTIES):
            raise UserError(self.env._("“%s” is no party of a contract.", party))
        today = self.env["agreement"]._get_today()
        date = fields.Date.to_date(date) or today
        self._lock()
        for deduction in self:
            deduction._check_can_agree(party, date, today)
        for deduction in self:
            signed_by = deduction._get_signatory(party, signatory)
            deduction._acting().write(
                {
                    f"{party}_agreed_date": date,
                    f"{party}_signatory_id": signed_by.id,
                }
            )
        complete = self.filtered(lambda d: not d._get_missing_parties())
        for deduction in complete:
            days = [deduction[f"{p}_agreed_date"] for p in deduction._get_parties()]
            deduction._acting().write({"state": "agreed", "agreed_date": max(days)})
        return True

    def _get_signatory(self, party, signatory):
        self.ensure_one()
        if signatory:
            ids = signatory if isinstance(signatory, int) else signatory.id
            return self.env["res.partner"].browse(ids)
        contract = self.agreement_id
        ours, theirs = self.company_id.partner_id, contract.partner_id
        is_sale = contract.domain != "purchase"
        return {
            "unit": self.unit_id,
            "purchaser": theirs if is_sale else ours,
            "contractor": ours if is_sale else theirs,
        }[party]

    def _check_can_agree(self, party, date, today):
        self.ensure_one()
        name = self.display_name
        if self._is_frozen():
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” is decided: %(state)s.",
                    name=name,
                    state=labels[self.state],
                )
            )
        if date > today or date < self.date:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be agreed on %(date)s: between %(first)s, the"
                    " day of the event, and today.",
                    name=name,
                    date=date,
                    first=self.date,
                )
            )
        if self[f"{party}_agreed_date"]:
            raise UserError(
                self.env._(
                    "“%(name)s”: this party agreed on %(date)s.",
                    name=name,
                    date=self[f"{party}_agreed_date"],
                )
            )
        if self.method == "daily" and not self._get_default_end():
            raise UserError(
                self.env._(
                    "“%s” still runs: enter the last day of the default first.", name
                )
            )
        if not self.currency_id.compare_amounts(self.amount, 0.0) > 0:
            raise UserError(self.env._("“%s” has no amount to agree on.", name))

    def action_dispute(self, reason):
        """Note that a party contests these; what was agreed so far falls away."""
        self._check_reason(reason)
        self._lock()
        self._check_state(("proposed",))
        self._acting().write({"state": "disputed", **self._get_no_agreement()})
        self._log(self.env._("Disputed"), reason)
        return True

    def action_waive(self, reason):
        """Give these up; they stay on record."""
        self._check_reason(reason)
        self._lock()
        self._check_state((*OPEN, "agreed"))
        self._check_nothing_applied()
        self._acting().write({"state": "waived"})
        self._log(self.env._("Waived"), reason)
        return True

    def action_reopen(self, reason):
        """Take decisions back for a correction: what was applied goes back to where it
        was taken from, and all parties agree anew.

        :raises UserError: no reason, a closed contract, or a payment that is already
            invoiced for less because of this deduction
        """
        self._check_reason(reason)
        self._lock()
        self._check_state(("disputed", "agreed", "waived", "applied"))
        closed = self.agreement_id.filtered(lambda c: c.state == "closed")
        if closed:
            raise UserError(
                self.env._("Contract “%s” is closed.", closed[0].display_name)
            )
        self._take_back(reason)
        self._acting().write({"state": "proposed", **self._get_no_agreement()})
        # What was frozen follows its clause again.
        counted = self.filtered(lambda deduction: deduction.method != "fixed")
        self.env.add_to_compute(self._fields["amount"], counted)
        self._log(self.env._("Reopened for a correction"), reason)
        return True

    @api.model
    def _get_no_agreement(self):
        values = {"agreed_date": False}
        for party, _label in PARTIES:
            values[f"{party}_agreed_date"] = False
            values[f"{party}_signatory_id"] = False
        return values

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason; it stays on record."))

    def _check_state(self, states):
        wrong = self.filtered(lambda deduction: deduction.state not in states)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” is “%(state)s”; this needs: %(states)s.",
                    name=wrong[0].display_name,
                    state=labels[wrong[0].state],
                    states=format_list(self.env, [labels[state] for state in states]),
                )
            )

    def _check_nothing_applied(self):
        applied = self.filtered("line_ids")
        if applied:
            raise UserError(
                self.env._(
                    "A part of “%s” is applied: reopen it first.",
                    applied[0].display_name,
                )
            )

    def _log(self, act, reason):
        body = f"{act}: {reason}" if reason else act
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))
        for contract, deductions in self.grouped("agreement_id").items():
            names = format_list(self.env, deductions.mapped("display_name"))
            contract._message_log(body=f"{names} – {body}")
