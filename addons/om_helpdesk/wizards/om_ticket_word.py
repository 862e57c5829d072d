from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools import beijing


class OmTicketWord(models.TransientModel):
    """The unit's word on paper: who said it, when, and the paper itself."""

    _name = "om.ticket.word"
    _description = "Word of the User Unit on Paper"

    ticket_ids = fields.Many2many("helpdesk.ticket", required=True, readonly=True)
    summary = fields.Text("Proposed", compute="_compute_summary")
    answer = fields.Selection(
        [("agreed", "Agrees"), ("refused", "Does Not Agree")],
        string="The Unit",
        required=True,
        default="agreed",
    )
    person = fields.Char(required=True, help="Who signed for the unit.")
    signed_on = fields.Date(
        "Day on the Paper", required=True, default=lambda self: beijing.today()
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Scan or Photo of the Paper"
    )
    reason = fields.Char("Reason of the Refusal")

    @api.depends("ticket_ids")
    def _compute_summary(self):
        for word in self:
            proposals = word.ticket_ids.proposal_id
            kinds = dict(proposals._fields["kind"]._description_selection(self.env))
            word.summary = "\n".join(
                f"{proposal.ticket_id.display_name}: "
                + " ".join(
                    filter(
                        None,
                        (
                            kinds[proposal.kind],
                            proposal.duplicate_of_id.display_name,
                            f"({proposal.reason})",
                        ),
                    )
                )
                for proposal in proposals
            )

    def action_confirm(self):
        """Enter the unit's word; the record says that it was on paper, and who."""
        self.ensure_one()
        tickets = self.ticket_ids
        tickets._om_check_dispatcher()
        tickets.check_access("write")
        proposals = tickets.proposal_id
        if not proposals:
            raise UserError(
                self.env._("Nothing is proposed for these faults any more.")
            )
        if not self.attachment_ids:
            raise UserError(self.env._("Attach the scan or a photo of the paper."))
        if not (self.person or "").strip():
            raise UserError(self.env._("Say who signed for the unit."))
        self._check_day(proposals)
        paper = {
            "person": self.person.strip(),
            "signed_on": self.signed_on,
            "attachment_ids": self.attachment_ids,
        }
        with tickets._om_changing("answered", reason=self.reason) as answered:
            if self.answer == "agreed":
                answered.proposal_id._agree(**paper)
            else:
                answered.proposal_id._disagree(self.reason, **paper)
        return {"type": "ir.actions.act_window_close"}

    def _check_day(self, proposals):
        """Refuse a paper from the future, or older than the proposal."""
        first = beijing.day_of(max(proposals.mapped("proposed_on")))
        today = beijing.today()
        if not first <= self.signed_on <= today:
            raise UserError(
                self.env._(
                    "The paper was signed between the proposal (%(first)s) and today"
                    " (%(today)s).",
                    first=first,
                    today=today,
                )
            )
