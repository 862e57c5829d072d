from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .om_spare_request import PARTIES


class OmSpareConfirmation(models.Model):
    """One party's answer to one request, by one person; never changed."""

    _name = "om.spare.confirmation"
    _inherit = ["om.contract.guard.mixin"]
    _description = "Spare Part Confirmation"
    _order = "id"
    _rec_name = "party"
    _guarded_fields = frozenset(
        ("request_id", "party", "decision", "reason", "user_id", "decided_at")
    )

    request_id = fields.Many2one(
        "om.spare.request", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    party = fields.Selection(
        [("purchaser", "Purchaser"), ("supervisor", "Supervisor")], required=True
    )
    decision = fields.Selection(
        [("confirmed", "Confirmed"), ("refused", "Refused")], required=True
    )
    reason = fields.Char()
    user_id = fields.Many2one("res.users", required=True, readonly=True)
    decided_at = fields.Datetime(required=True, default=fields.Datetime.now)

    _party_uniq = models.Constraint(
        "unique(request_id, party)", "This party has answered already."
    )
    _person_uniq = models.Constraint(
        "unique(request_id, user_id)", "One person cannot answer for both parties."
    )
    _refusal_with_reason = models.Constraint(
        "CHECK (decision != 'refused' OR reason IS NOT NULL)",
        "A refusal needs its reason.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Confirmations stay on record."))


class OmSpareRequest(models.Model):
    """How the two parties answer."""

    _inherit = "om.spare.request"

    def action_confirm(self):
        """Confirm for the party of the user; with the second one the part is ours."""
        return self._decide("confirmed")

    def action_refuse(self, reason):
        """Refuse for the party of the user."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the part is refused."))
        return self._decide("refused", reason)

    def _decide(self, decision, reason=False):
        self.ensure_one()
        party = self._get_my_party()
        # The party's people may only read: what they may do is checked right here.
        request = self.sudo()
        request._lock()
        request.invalidate_recordset()
        if not (request.state == "asked" or request.is_unconfirmed):
            request._check_state("asked")
        if self.env.user == request.applicant_id:
            raise UserError(self.env._("Who asked for the part cannot confirm it."))
        answers = request.confirmation_ids
        if party in answers.mapped("party"):
            raise UserError(self.env._("Your side has answered already."))
        if self.env.user in answers.user_id:
            raise UserError(self.env._("One person cannot answer for both parties."))
        self.env["om.spare.confirmation"].sudo()._acting().create(
            {
                "request_id": request.id,
                "party": party,
                "decision": decision,
                "reason": reason or False,
                "user_id": self.env.uid,
            }
        )
        request._follow_answers()
        return True

    def _get_my_party(self):
        """Return the party for which the user may answer.

        :raises AccessError: neither the purchaser's nor the supervisor's
        """
        self.check_access("read")
        partner = self.env.user.partner_id.commercial_partner_id
        for party in PARTIES:
            if (
                self.env.user.has_group(f"om_base.group_portal_{party}")
                and partner
                == self.sudo().system_id[f"{party}_id"].commercial_partner_id
            ):
                return party
        raise AccessError(
            self.env._("Only the purchaser and the supervisor of the system answer.")
        )

    def _follow_answers(self):
        """Go on once both have answered, or one has refused."""
        self.ensure_one()
        decisions = set(self.confirmation_ids.mapped("decision"))
        if "refused" in decisions:
            if self.state == "asked":
                self._acting().write({"state": "refused"})
                self._resume_tickets()
            self.message_post(
                body=self.env._(
                    "Refused: %s",
                    ", ".join(
                        each.reason
                        for each in self.confirmation_ids
                        if each.decision == "refused"
                    ),
                )
            )
            return
        if len(self.confirmation_ids) < len(PARTIES):
            return
        values = {"confirmed_at": fields.Datetime.now()}
        if self.state == "asked" and not self.is_emergency:
            # Refused by the database if the cap is used up: then nothing is confirmed.
            self.quota_id._book(reserved=self.quantity)
            values["state"] = "confirmed"
        self._acting().write(values)
        self._resume_tickets()
