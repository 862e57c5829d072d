from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate, format_list

from odoo.addons.om_base.tools.acts import Act, Fact

_lt = LazyTranslate(__name__)

KINDS = [
    ("user", "Waiting for the User"),
    ("third_party", "Waiting for a Third Party"),
    ("spare", "Waiting for a Confirmed Spare Part"),
    ("force_majeure", "Force Majeure"),
]


# Who writes one of these changes a clock.
DECIDING = frozenset(("ticket_id", "kind", "reason", "date_from", "date_to"))


class OmTicketPause(models.Model):
    """Time in which the clocks of a fault stand still: who waited for what, and why."""

    _name = "om.ticket.pause"
    _inherit = "om.act.mixin"
    _description = "Ticket Pause"
    _order = "date_from, id"
    _rec_name = "kind"

    # What may be written when is asked below: the end by who works, the rest by a
    # manager, and nothing of it once the result is confirmed.
    _free_fields = dict.fromkeys(DECIDING)
    _acts = {
        "voided": Act(_lt("Made Void"), groups=("om_base.group_manager",), reason=True),
    }
    _facts = {
        "fault": Fact("ticket_id"),
        "kind": Fact("kind"),
        "reason": Fact("reason"),
        "from": Fact("date_from"),
        "to": Fact("date_to"),
        "entered_by": Fact("user_id"),
        "voided": Fact("voided_on"),
        "voided_by": Fact("voided_by_id"),
        "why_void": Fact("void_reason"),
    }

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    kind = fields.Selection(KINDS, required=True)
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    date_from = fields.Datetime(
        "From", required=True, default=fields.Datetime.now, copy=False
    )
    date_to = fields.Datetime(
        "To", help="Empty: the ticket is still paused.", copy=False
    )
    voided_on = fields.Datetime(readonly=True, copy=False)
    voided_by_id = fields.Many2one(
        "res.users",
        string="Made Void By",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    void_reason = fields.Char(readonly=True, copy=False, groups="base.group_user")

    _to_after_from = models.Constraint(
        "CHECK (date_to >= date_from)", "A pause cannot end before it starts."
    )
    # A ticket is paused once at a time; the database holds it, whoever writes first.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(ticket_id, ticket_id, '[]') WITH =,"
        " tsrange(date_from, date_to) WITH &&) WHERE (voided_on IS NULL)",
        "The ticket is paused already at that time.",
    )
    _one_open = models.UniqueIndex(
        "(ticket_id) WHERE date_to IS NULL AND voided_on IS NULL",
        "The ticket is paused already.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        now = fields.Datetime.now()
        for pause in self:
            if pause.date_from > now or (pause.date_to and pause.date_to > now):
                raise UserError(
                    self.env._(
                        "A pause of %s lies in the future. Pause when the waiting"
                        " starts, and resume when it ends.",
                        pause.ticket_id.display_name,
                    )
                )
            if pause.date_from < pause.ticket_id.reported_at:
                raise UserError(
                    self.env._(
                        "%s cannot be paused before it was reported.",
                        pause.ticket_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = self.env["helpdesk.ticket"].browse(
            vals["ticket_id"] for vals in vals_list if vals.get("ticket_id")
        )
        with tickets._om_changing("paused", reason=self._get_reason(vals_list)) as held:
            held._om_check_free()
            self._check_gaps(tickets, vals_list)
            pauses = super().create(vals_list)
            pauses.flush_recordset()
        return pauses

    @api.model
    def _get_reason(self, vals_list):
        reasons = (vals.get("reason") or "" for vals in vals_list)
        return format_list(self.env, dict.fromkeys(filter(None, reasons)))

    def write(self, vals):
        if not vals.keys() & DECIDING:
            return super().write(vals)
        changed = vals.keys() - {"date_to"} or self.filtered("date_to")
        if changed and not self.env.su:
            self.ticket_id._check_manager(
                self.env._("A pause is corrected by a project manager.")
            )
        act = "pause_corrected" if changed else "resumed"
        with self.ticket_id._om_changing(act) as tickets:
            old = {pause: pause._describe() for pause in self}
            result = super().write(vals)
            if changed:
                tickets._om_log(
                    {
                        pause.ticket_id: self.env._(
                            "Pause changed: %(old)s → %(new)s",
                            old=old[pause],
                            new=pause._describe(),
                        )
                        for pause in self
                    }
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Pauses stay on record. A project manager can make one void.")
        )

    def _void(self, reason):
        """Take the pauses out of account; the rows stay, with who and why."""
        with self._act("voided", reason=reason) as pauses:
            pauses.write(
                {
                    "voided_on": fields.Datetime.now(),
                    "voided_by_id": self.env.uid,
                    "void_reason": reason,
                }
            )

    def _check_gaps(self, tickets, vals_list):
        """Refuse overlaps in words; the constraint of the database holds them."""
        self.env["om.ticket.pause"].flush_model()
        taken = {}
        for pause in tickets.pause_ids.filtered(lambda pause: not pause.voided_on):
            taken.setdefault(pause.ticket_id.id, []).append(
                (pause.date_from, pause.date_to, pause)
            )
        now = fields.Datetime.now()
        for vals in vals_list:
            start = fields.Datetime.to_datetime(vals.get("date_from")) or now
            end = fields.Datetime.to_datetime(vals.get("date_to"))
            mine = taken.setdefault(vals.get("ticket_id"), [])
            for other_start, other_end, other in mine:
                if (not other_end or start < other_end) and (
                    not end or other_start < end
                ):
                    raise UserError(
                        self.env._(
                            "%(ticket)s is paused already at that time: %(pause)s",
                            ticket=self.env["helpdesk.ticket"]
                            .browse(vals["ticket_id"])
                            .display_name,
                            pause=other._describe() if other else "",
                        )
                    )
            mine.append((start, end, self.browse()))

    def _describe(self):
        """Return the pause in words: kind, from, to, reason."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        moment = self.env["helpdesk.ticket"]._om_format
        return (
            f"{kinds[self.kind]}, {moment(self.date_from)} – "
            f"{moment(self.date_to) if self.date_to else ''} ({self.reason})"
        )
