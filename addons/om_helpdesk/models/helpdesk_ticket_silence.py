from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Act

from ..engine import timeline

_lt = LazyTranslate(__name__)


class HelpdeskTicket(models.Model):
    """Repairs that count as accepted because nobody objected in time.

    Only where the contract says so (``agreement.silence_days``), and by its rule of the
    moment at which the repair was entered. It is no word of the unit: the act has no
    signature, and reads as what it is. Whoever has answered anything has not been
    silent; then somebody of ours reads it and decides.
    """

    _inherit = "helpdesk.ticket"

    _acts = {
        "unopposed": Act(
            _lt("Accepted: No Objection within the Contract's Time"), source=("fixed",)
        ),
    }

    objection_by = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="By the contract the repair counts as accepted if nobody objects before.",
    )

    def _om_set_objection_by(self):
        """Enter until when one may object to these repairs, which are entered now."""
        now = fields.Datetime.now()
        # superuser: the rule of the contract binds whoever enters a repair
        faults = self.sudo().filtered(lambda ticket: ticket.kind == "fault")
        for contract, tickets in faults.grouped("agreement_id").items():
            until = contract._get_end_of_silence(now)
            if until or any(tickets.mapped("objection_by")):
                tickets.write({"objection_by": until})

    def _om_word_silence(self):
        self.ensure_one()
        return self.env._(
            "Without an objection before %(moment)s it counts as accepted"
            " (%(clause)s).",
            moment=self._om_format(self.objection_by)[:16],
            # superuser: the clause is read to whoever it binds
            clause=self.sudo().agreement_id.silence_clause or "",
        )

    @api.model
    def _cron_accept_silence(self):
        """Enter which repairs nobody has objected to in time."""
        # What was put away is owed an end all the same.
        everything = self.with_context(active_test=False)
        due = everything.search(
            [("state", "=", "fixed"), ("objection_by", "<=", fields.Datetime.now())],
            order="objection_by, id",
        )
        due.with_env(self.env)._work_off(lambda tickets: tickets._om_accept_silence())

    def _om_accept_silence(self):
        now = fields.Datetime.now()
        tickets = self.filtered(
            lambda ticket: (
                ticket.state == "fixed"
                and ticket.objection_by
                and ticket.objection_by <= now
            )
        )
        for (contract, company), group in tickets.grouped(
            lambda ticket: (ticket.agreement_id, ticket.company_id)
        ).items():
            env = group.with_context(lang=company.partner_id.lang).env
            reason = env._(
                "No objection within %(time)s: %(clause)s",
                time=contract.with_env(env)._word_silence(),
                clause=contract.silence_clause or "",
            )
            with group._om_changing("unopposed", reason=reason) as accepted:
                accepted._om_check_act(timeline.CONFIRMED, now, now, reason)
                accepted._om_do(timeline.CONFIRMED, now, reason)
