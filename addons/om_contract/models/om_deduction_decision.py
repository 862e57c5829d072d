from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

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

    def _get_side(self, party):
        """Return the body that agrees as ``party``, and its capacity."""
        self.ensure_one()
        contract = self.agreement_id
        ours, theirs = self.company_id.partner_id, contract.partner_id
        is_sale = contract.domain != "purchase"
        sides = {
            "unit": (self.unit_id, "user_unit"),
            "purchaser": (theirs if is_sale else ours, "purchaser"),
            "contractor": (ours if is_sale else theirs, "contractor"),
        }
        return sides[party]

    def _get_unit_side(self):
        return self._get_side("unit")

    def _get_purchaser_side(self):
        return self._get_side("purchaser")

    def _get_contractor_side(self):
        return self._get_side("contractor")

    @api.private
    def action_agree(self, party, date=None, paper=None):
        """Note that a party has agreed; with the last one the amount is fixed.

        :param party: unit, purchaser or contractor
        :param date: the day on which our own side agreed, default today
        :param paper: what another party has signed; its day counts
        :raises UserError: decided already, a default that still lasts, a day to come,
            another party without its paper
        """
        if party not in dict(PARTIES):
            raise UserError(self.env._("“%s” is no party of a contract.", party))
        today = self.env["agreement"]._get_today()
        date = fields.Date.to_date(paper.signed_on if paper else date) or today
        self._check_day(date, today)
        with self._act(
            f"agree_{party}", paper=paper, happened_at=self._get_moment(date)
        ) as deductions:
            for deduction in deductions:
                deduction._check_can_agree(party)
                side, _capacity = deduction._get_side(party)
                deduction.write(
                    {
                        f"{party}_agreed_date": date,
                        f"{party}_signatory_id": side.id,
                    }
                )
            for deduction in deductions.filtered(
                lambda d: not d._get_missing_parties()
            ):
                days = [deduction[f"{p}_agreed_date"] for p in deduction._get_parties()]
                deduction.write({"state": "agreed", "agreed_date": max(days)})
        return True

    @api.private
    def action_agree_unit(self, paper=None):
        """The user unit has agreed."""
        return self.action_agree("unit", paper=paper)

    @api.private
    def action_agree_purchaser(self, paper=None):
        """The purchaser has agreed."""
        return self.action_agree("purchaser", paper=paper)

    @api.private
    def action_agree_contractor(self, paper=None):
        """The contractor has agreed."""
        return self.action_agree("contractor", paper=paper)

    def _check_day(self, date, today):
        for deduction in self:
            if date > today or date < deduction.date:
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be agreed on %(date)s: between %(first)s,"
                        " the day of the event, and today.",
                        name=deduction.display_name,
                        date=date,
                        first=deduction.date,
                    )
                )

    def _check_can_agree(self, party):
        self.ensure_one()
        name = self.display_name
        if party not in self._get_parties():
            raise UserError(self.env._("“%s” needs no word of this party.", name))
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
        with self._act("dispute", reason=reason) as deductions:
            deductions.write(self._get_no_agreement())
            deductions._log(self.env._("Disputed"), reason)
        return True

    @api.private
    def action_dispute_purchaser(self, reason=None, paper=None):
        """Note that the purchaser contests these, by its own login or its paper."""
        with self._act("dispute_purchaser", reason=reason, paper=paper) as deductions:
            deductions.write(self._get_no_agreement())
            deductions._log(self.env._("Disputed"), reason)
        return True

    def _get_creditor_side(self):
        """Who gets the money is who can give it up."""
        return self._get_side(
            "purchaser" if self.direction == "contractor" else "contractor"
        )

    @api.private
    def action_waive(self, reason=None, paper=None):
        """Note that who would get the money gives it up; these stay on record.

        :param paper: what the other party has signed, if it is the other party
        """
        day = paper and paper.signed_on
        with self._act(
            "waive", reason=reason, paper=paper, happened_at=self._get_moment(day)
        ) as deductions:
            deductions._check_nothing_applied()
            deductions._log(self.env._("Waived"), reason)
        return True

    def _lapse(self, reason):
        """Give up proposals whose ground is gone, such as a stop that did not come."""
        with self._act("lapse", reason=reason) as deductions:
            deductions._log(self.env._("Waived"), reason)

    def action_reopen(self, reason):
        """Take decisions back for a correction: what was applied goes back to where it
        was taken from, and all parties agree anew.

        :raises UserError: no reason, a closed contract, or a payment that is already
            invoiced for less because of this deduction
        """
        with self._act("reopen", reason=reason) as deductions:
            closed = deductions.agreement_id.filtered(lambda c: c.state == "closed")
            if closed:
                raise UserError(
                    self.env._("Contract “%s” is closed.", closed[0].display_name)
                )
            deductions._take_back(reason)
            deductions.write({"state": "proposed", **self._get_no_agreement()})
            # What was frozen follows its clause again.
            counted = deductions.filtered(lambda deduction: deduction.method != "fixed")
            self.env.add_to_compute(self._fields["amount"], counted)
            deductions._log(self.env._("Reopened for a correction"), reason)
        return True

    @api.model
    def _get_no_agreement(self):
        values = {"agreed_date": False}
        for party, _label in PARTIES:
            values[f"{party}_agreed_date"] = False
            values[f"{party}_signatory_id"] = False
        return values

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

    # ------------------------------------------------------------
    # The purchaser's word in the portal
    # ------------------------------------------------------------

    def _may_answer_in_portal(self):
        """True if the purchaser, whose user asks, has still to say its word."""
        self.ensure_one()
        # sudo: whose person the user is is no secret to the user.
        user = self.env.user.sudo()
        return (
            self.state in ("proposed", "disputed")
            and not self.purchaser_agreed_date
            and user._speaks_for(self._get_purchaser_side()[0])
        )

    def _get_dispute(self):
        """The line of the dispute that this stands in; none without."""
        self.ensure_one()
        return self.act_ids.filtered(
            lambda line: (
                self.state == "disputed"
                and line.act in ("dispute", "dispute_purchaser")
            )
        )[:1]

    def _answer_in_portal(self, decision, reason=None):
        """Take the word of the purchaser that is logged in, and tell who is
        responsible.

        :param decision: agree or dispute
        :param reason: why it is contested
        :raises AccessError: another party's deduction
        :raises UserError: decided already, or contested without a reason
        """
        self.ensure_one()
        self.check_access("read")
        if decision == "agree":
            self.action_agree_purchaser()
        else:
            self.action_dispute_purchaser(reason)
        # sudo: who of ours is responsible is no matter of the purchaser's.
        deduction = self.sudo()
        deduction = deduction.with_context(lang=deduction.user_id.lang)
        deduction.message_notify(
            partner_ids=deduction.user_id.partner_id.ids,
            subject=deduction.display_name,
            body=(
                deduction.env._("The purchaser has agreed in the portal.")
                if decision == "agree"
                else deduction.env._("The purchaser contests this: %s", reason)
            ),
        )
