from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from .om_spare_request import PARTIES


class OmSpareConfirmation(models.Model):
    """One party's answer to one request, by one person; never changed.

    Nobody has the right to write one: the acts of the request do, and their signature
    and line of the ledger stand behind it.
    """

    _name = "om.spare.confirmation"
    _description = "Spare Part Confirmation"
    _order = "id"
    _rec_name = "party"

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
    user_id = fields.Many2one(
        "res.users", string="Entered By", required=True, readonly=True
    )
    person = fields.Char(
        "Answered By",
        compute="_compute_person",
        store=True,
        readonly=False,
        precompute=True,
        help="The party's person: with the own login, or as the paper names it.",
    )
    way = fields.Selection(
        [("login", "Own Login"), ("drawn", "Drawn by Hand"), ("paper", "On Paper")],
        required=True,
        default="login",
    )
    decided_at = fields.Datetime(required=True, default=fields.Datetime.now)

    _party_uniq = models.Constraint(
        "unique(request_id, party)", "This party has answered already."
    )
    _login_uniq = models.UniqueIndex(
        "(request_id, user_id) WHERE way = 'login'",
        "One person cannot answer for both parties.",
    )
    _refusal_with_reason = models.Constraint(
        "CHECK (decision != 'refused' OR reason IS NOT NULL)",
        "A refusal needs its reason.",
    )

    @api.depends("user_id")
    def _compute_person(self):
        for answer in self:
            answer.person = answer.user_id.name

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Confirmations stay on record."))


class OmSpareRequest(models.Model):
    """How the two parties answer."""

    _inherit = "om.spare.request"

    @api.private
    def action_confirm(self):
        """Confirm for the party of the user; with the second one the parts are ours."""
        return self._decide("confirm")

    @api.private
    def action_refuse(self, reason):
        """Refuse for the party of the user."""
        return self._decide("refuse", reason)

    @api.private
    def action_confirm_purchaser(self, paper=None):
        """The purchaser's yes: by its own login, or its signed paper."""
        return self._give_word("confirm", "purchaser", paper=paper)

    @api.private
    def action_confirm_supervisor(self, paper=None):
        """The supervisor's yes: by its own login, or its signed paper."""
        return self._give_word("confirm", "supervisor", paper=paper)

    @api.private
    def action_refuse_purchaser(self, reason, paper=None):
        """The purchaser's no, with its reason."""
        return self._give_word("refuse", "purchaser", reason, paper)

    @api.private
    def action_refuse_supervisor(self, reason, paper=None):
        """The supervisor's no, with its reason."""
        return self._give_word("refuse", "supervisor", reason, paper)

    def action_enter_paper(self):
        """Open the dialog for a party's paper; which one, the button says."""
        return self._open_paper(self.env.context.get("om_paper"))

    def _get_purchaser(self):
        """Whose word the purchaser's answer is, and in which capacity."""
        # sudo: parties may not read the system, and ours know them anyway.
        return self.sudo().purchaser_id.commercial_partner_id, "purchaser"

    def _get_supervisor(self):
        return self.sudo().supervisor_id.commercial_partner_id, "supervisor"

    @api.depends_context("uid")
    @api.depends("state", "confirmation_ids", "is_unconfirmed")
    def _compute_can_enter(self):
        for party in PARTIES:
            act = self._get_acts()[f"confirm_{party}"]
            for request in self:
                request[f"can_enter_{party}"] = (
                    not self.env.user.share
                    and (request.state == "asked" or request.is_unconfirmed)
                    and request[f"{party}_state"] == "waiting"
                    and request.applicant_id != self.env.user
                    and request._can(act)
                )

    def _get_doers(self):
        """The applicant confirms nothing, on paper neither."""
        return super()._get_doers() | self.applicant_id

    def _decide(self, verb, reason=None):
        parties = self._get_my_parties()
        for party, requests in self.grouped(lambda each: parties[each.id]).items():
            requests._give_word(verb, party, reason)
        return True

    def _give_word(self, verb, party, reason=None, paper=None):
        with self._act(f"{verb}_{party}", reason=reason, paper=paper) as answered:
            # sudo: nobody has the right to write an answer; the act was checked.
            requests = answered.sudo()
            for request in requests:
                request._check_can_answer(party, paper)
            self.env["om.spare.confirmation"].sudo().create(
                [
                    {
                        "request_id": request.id,
                        "party": party,
                        "decision": "confirmed" if verb == "confirm" else "refused",
                        "reason": (reason or "").strip() or False,
                        "user_id": self.env.uid,
                        "person": (paper.person if paper else self.env.user.name),
                        "way": paper.way if paper else "login",
                    }
                    for request in requests
                ]
            )
            requests._follow_answers()
        return True

    def _check_can_answer(self, party, paper=None):
        """Raise with the reason if the user cannot answer this request for ``party``
        now: applicant, purchaser and supervisor are three persons."""
        self.ensure_one()
        user = self.env.user
        if not (self.state == "asked" or self.is_unconfirmed):
            act = self._get_acts()[f"confirm_{party}"]
            self._check_source(replace(act, source=("asked",)))
        if user == self.applicant_id:
            raise UserError(self.env._("Who asked for the part cannot confirm it."))
        answers = self.confirmation_ids
        if party in answers.mapped("party"):
            raise UserError(self.env._("Your side has answered already."))
        if not paper:
            if user in answers.filtered(lambda each: each.way == "login").user_id:
                raise UserError(
                    self.env._("One person cannot answer for both parties.")
                )
            return
        if paper.person.strip() in answers.mapped("person"):
            raise UserError(
                self.env._(
                    "Applicant, purchaser and supervisor are three persons:"
                    " “%(person)s” stands in %(request)s for another side already.",
                    person=paper.person,
                    request=self.name,
                )
            )

    def _get_my_parties(self):
        """Return {id: party for which the user may answer}.

        :raises AccessError: neither the purchaser's nor the supervisor's
        """
        self.check_access("read")
        # sudo: whose person the user is is no secret to the user.
        user = self.env.user.sudo()
        roles = [
            party
            for party in PARTIES
            if user.has_group(f"om_base.group_portal_{party}")
        ]
        result = {}
        for request in self:
            system = request.sudo().system_id
            for party in roles:
                if user._speaks_for(system[f"{party}_id"]):
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
        fresh.write({"confirmed_at": now, "state": "confirmed"})
        (both - fresh).write({"confirmed_at": now})
        both._resume_tickets()

    def _follow_refusal(self):
        """End what was asked for; an emergency issue stays and shows the refusal."""
        asked = self.filtered(lambda request: request.state == "asked")
        asked.write({"state": "refused"})
        asked._resume_tickets()
        for request in self:
            request.message_post(
                body=self.env._(
                    "Refused: %s",
                    format_list(
                        self.env,
                        (
                            each.reason
                            for each in request.confirmation_ids
                            if each.decision == "refused"
                        ),
                    ),
                )
            )
