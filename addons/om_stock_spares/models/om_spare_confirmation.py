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
        """Confirm for the party of the user; with the second one the parts are ours."""
        return self._decide("confirmed")

    def action_refuse(self, reason):
        """Refuse for the party of the user."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the part is refused."))
        return self._decide("refused", reason)

    def _decide(self, decision, reason=False):
        parties = self._get_my_parties()
        # The party's people may only read: what they may do is checked right here.
        requests = self.sudo()
        requests._lock()
        requests.invalidate_recordset()
        for request in requests:
            request._check_can_answer(parties[request.id], self.env.user)
        self.env["om.spare.confirmation"].sudo()._acting().create(
            [
                {
                    "request_id": request.id,
                    "party": parties[request.id],
                    "decision": decision,
                    "reason": reason or False,
                    "user_id": self.env.uid,
                }
                for request in requests
            ]
        )
        requests._follow_answers()
        return True

    def _check_can_answer(self, party, user):
        """Raise with the reason if ``user`` cannot answer this request for ``party``
        now."""
        self.ensure_one()
        if not (self.state == "asked" or self.is_unconfirmed):
            self._check_state("asked")
        if user == self.applicant_id:
            raise UserError(self.env._("Who asked for the part cannot confirm it."))
        answers = self.confirmation_ids
        if party in answers.mapped("party"):
            raise UserError(self.env._("Your side has answered already."))
        if user in answers.user_id:
            raise UserError(self.env._("One person cannot answer for both parties."))

    def _get_my_parties(self):
        """Return {id: party for which the user may answer}.

        :raises AccessError: neither the purchaser's nor the supervisor's
        """
        self.check_access("read")
        user = self.env.user
        mine = user.partner_id.commercial_partner_id
        roles = [
            party
            for party in PARTIES
            if user.has_group(f"om_base.group_portal_{party}")
        ]
        result = {}
        for request in self:
            system = request.sudo().system_id
            for party in roles:
                if mine == system[f"{party}_id"].commercial_partner_id:
                    result[request.id] = party
                    break
            else:
                raise AccessError(
                    self.env._(
                        "Only the purchaser and the supervisor of the system answer."
                    )
                )
        return result

    def _follow_answers(self):
        """Go on once both have answered, or one has refused."""
        refused = self.filtered(
            lambda request: "refused" in request.confirmation_ids.mapped("decision")
        )
        refused._follow_refusal()
        both = (self - refused).filtered(
            lambda request: len(request.confirmation_ids) == len(PARTIES)
        )
        fresh = both.filtered(
            lambda request: request.state == "asked" and not request.is_emergency
        )
        # Refused by the database if a cap is used up: then nothing is confirmed.
        fresh._book_quantities(
            {request: request.quantity for request in fresh}, "reserved"
        )
        now = fields.Datetime.now()
        fresh._acting().write({"confirmed_at": now, "state": "confirmed"})
        (both - fresh)._acting().write({"confirmed_at": now})
        both._resume_tickets()

    def _follow_refusal(self):
        """End what was asked for; an emergency issue stays and shows the refusal."""
        asked = self.filtered(lambda request: request.state == "asked")
        asked._acting().write({"state": "refused"})
        asked._resume_tickets()
        for request in self:
            request.message_post(
                body=self.env._(
                    "Refused: %s",
                    ", ".join(
                        each.reason
                        for each in request.confirmation_ids
                        if each.decision == "refused"
                    ),
                )
            )
