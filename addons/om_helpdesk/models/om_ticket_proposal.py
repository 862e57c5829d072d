from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list, formatLang

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

KINDS = [
    ("cancel", "Cancel"),
    ("merge", "Merge"),
    ("uncovered", "Not Covered by the Contract"),
]
STATES = [
    ("waiting", "Waiting for the Unit's Word"),
    ("agreed", "Agreed"),
    ("refused", "Not Agreed"),
    ("withdrawn", "Withdrawn"),
]
WAYS = [("login", "By Login"), ("paper", "On Paper")]


class OmTicketProposal(models.Model):
    """What we propose about a fault and only its user unit can agree to.

    A fault that is owed is not ended by who owes it. Rows are written by acts only and
    stay: what was proposed, by whom and why, and the unit's word with the way it came.
    """

    _name = "om.ticket.proposal"
    _inherit = "om.act.mixin"
    _description = "Proposal to the User Unit"
    _order = "proposed_on desc, id desc"
    _rec_name = "ticket_id"

    _acts = {
        "agreed": Act(
            _lt("Agreed"), source=("waiting",), target="agreed", party="_get_side"
        ),
        "refused": Act(
            _lt("Refused"),
            source=("waiting",),
            target="refused",
            party="_get_side",
            reason=True,
        ),
        "withdrawn": Act(_lt("Withdrawn"), source=("waiting",), target="withdrawn"),
    }
    _facts = {
        "fault": Fact("ticket_id"),
        "kind": Fact("kind"),
        "duplicate_of": Fact("duplicate_of_id"),
        "reason": Fact("reason"),
        "offer": Fact("offer"),
        "proposed_by": Fact("user_id"),
        "proposed": Fact("proposed_on"),
        "state": Fact("state"),
        "way": Fact("way"),
        "person": Fact("person", personal=True),
        "signed": Fact("signed_on"),
        "answer": Fact("answer"),
        "answered": Fact("answered_on"),
    }

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Fault",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    kind = fields.Selection(KINDS, "Proposed", required=True, readonly=True)
    duplicate_of_id = fields.Many2one(
        "helpdesk.ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The fault that goes on.",
    )
    reason = fields.Char(required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    offer = fields.Monetary(
        readonly=True,
        help="For how much we offer to repair what the contract does not cover, such as"
        " damage by users. The order is one of its own.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    proposed_on = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="waiting", index=True
    )

    # The unit's word
    way = fields.Selection(WAYS, "How It Was Said", readonly=True)
    person = fields.Char(readonly=True, help="Who spoke for the unit.")
    signed_on = fields.Date(readonly=True, help="The day on the paper.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Paper",
        readonly=True,
        help="The signed paper, scanned.",
    )
    answer = fields.Char("Reason of the Refusal", readonly=True)
    answered_on = fields.Datetime(readonly=True)
    answered_by_id = fields.Many2one("res.users", string="Entered By", readonly=True)

    _one_waiting = models.UniqueIndex(
        "(ticket_id) WHERE state = 'waiting'",
        "Something is proposed for this fault already.",
    )
    _merge_names_another = models.Constraint(
        "CHECK ((kind = 'merge') = (duplicate_of_id IS NOT NULL)"
        " AND duplicate_of_id IS DISTINCT FROM ticket_id)",
        "A merge names another fault.",
    )
    _offer_where_uncovered = models.Constraint(
        "CHECK (COALESCE(offer, 0) >= 0"
        " AND (kind = 'uncovered' OR COALESCE(offer, 0) = 0))",
        "An offer is made for what the contract does not cover.",
    )
    _paper_is_complete = models.Constraint(
        "CHECK (way IS DISTINCT FROM 'paper'"
        " OR (person IS NOT NULL AND signed_on IS NOT NULL))",
        "A word on paper names the person and the day.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was proposed to a user unit stays on record."))

    def _filter_closed_files(self, files):
        """The unit's paper stays as it was handed in."""
        return files.filtered("res_id")

    def _get_side(self):
        """Return whose word the answer is, and in which capacity."""
        return self.ticket_id._om_get_side()

    def _agree(self, **paper):
        """The unit agrees: do what was proposed.

        :param paper: if ours enter it: ``person``, ``signed_on``, ``attachment_ids``;
            else it is the word of the unit's own login
        """
        self._answer("agreed", **paper)
        for proposal in self:
            said = proposal._describe_word()
            ticket = proposal.ticket_id
            if proposal.kind == "merge":
                ticket._om_apply_merge(proposal.duplicate_of_id, said)
            else:
                ticket._om_end(said)

    def _disagree(self, answer, **paper):
        """The unit does not agree: the fault is back in work, its clock ran on."""
        if not (answer or "").strip():
            raise UserError(self.env._("Say why the unit does not agree."))
        self._answer("refused", answer.strip(), **paper)
        self.ticket_id._om_log(
            {proposal.ticket_id: proposal._describe_word() for proposal in self}
        )
        self.ticket_id._om_back_in_work(self)

    def _withdraw(self):
        """We take the proposal back."""
        self._answer("withdrawn")
        self.ticket_id._om_log(
            dict.fromkeys(
                self.ticket_id, self.env._("The proposal to the unit was withdrawn.")
            )
        )

    def _answer(self, act, answer=None, person=None, signed_on=None, attachment_ids=()):
        answered = self.filtered(lambda proposal: proposal.state != "waiting")
        if answered:
            raise UserError(
                self.env._(
                    "This was answered already: %s",
                    format_list(self.env, answered.ticket_id.mapped("display_name")),
                )
            )
        values = {
            "answer": answer,
            "answered_on": fields.Datetime.now(),
            "answered_by_id": self.env.uid,
        }
        paper = None
        if attachment_ids:
            paper = Paper(person, signed_on, attachment_ids[0])
            values.update(
                way="paper",
                person=person,
                signed_on=signed_on,
                attachment_ids=[(6, 0, attachment_ids.ids)],
            )
        elif act != "withdrawn":
            values.update(way="login", person=self.env.user.name)
        # superuser: nobody writes proposals but their acts
        with self.sudo()._act(
            act, reason=answer, paper=paper, evidence=attachment_ids or None
        ) as proposals:
            proposals.write(values)
        if attachment_ids:
            # superuser: the paper belongs to the record from now on
            attachment_ids.sudo().write(
                {"res_model": self._name, "res_id": self[:1].id}
            )

    def _describe_uncovered(self):
        """Return in words that the contract does not cover it, and what is offered."""
        self.ensure_one()
        if not self.offer:
            return self.env._("not covered by the contract. %s", self.reason)
        return self.env._(
            "not covered by the contract; we offer to do it for %(offer)s. %(reason)s",
            offer=formatLang(self.env, self.offer, currency_obj=self.currency_id),
            reason=self.reason,
        )

    def _describe_word(self):
        """Return who said what, and how, for the ledger."""
        self.ensure_one()
        said = {
            "agreed": self.env._("The unit agrees"),
            "refused": self.env._("The unit does not agree"),
        }[self.state]
        if self.way == "paper":
            how = self.env._(
                "on paper, signed by %(person)s on %(day)s, entered by %(user)s",
                person=self.person,
                day=self.signed_on,
                user=self.answered_by_id.name,
            )
        else:
            how = self.env._("%s, by own login", self.person)
        reason = self.answer or self.reason
        if self.kind == "uncovered" and not self.answer:
            reason = self._describe_uncovered()
        return f"{said} ({how}): {reason}"
