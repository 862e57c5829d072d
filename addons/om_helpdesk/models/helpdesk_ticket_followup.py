from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.om_base.models.om_act_mixin import Paper
from odoo.addons.om_base.tools import beijing

# What we note for ourselves is not read by outside parties, over RPC neither.
OURS = "base.group_user"


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "rating.mixin"]

    # Signature of the user, on the engineer's telephone
    user_signature = fields.Image(
        "Signature of the User", max_width=1024, max_height=1024, copy=False
    )
    user_signed_by = fields.Char("Signed By", copy=False)
    user_signed_on = fields.Datetime("Signed On", copy=False, readonly=True)

    # Follow-up call
    followup_result = fields.Selection(
        [
            ("satisfied", "Satisfied"),
            ("fair", "Fairly Satisfied"),
            ("dissatisfied", "Dissatisfied"),
            ("unreached", "Not Reached"),
        ],
        string="Follow-up Call",
        copy=False,
        tracking=True,
        groups=OURS,
    )
    followup_on = fields.Datetime("Called On", copy=False, readonly=True, groups=OURS)
    followup_user_id = fields.Many2one(
        "res.users", string="Called By", copy=False, readonly=True, groups=OURS
    )
    followup_note = fields.Text("What the User Said", copy=False, groups=OURS)

    downtime_ids = fields.One2many("om.downtime", "ticket_id", string="Downtimes")

    @api.constrains("followup_result", "followup_note")
    def _check_followup(self):
        silent = self.filtered(
            lambda ticket: (
                ticket.followup_result == "dissatisfied" and not ticket.followup_note
            )
        )
        if silent:
            raise UserError(
                self.env._(
                    "Write down what the user is dissatisfied with: %s",
                    format_list(self.env, silent.mapped("display_name")),
                )
            )

    def _om_sign(self, drawing, person):
        """Hand in the name that somebody of the unit drew on our screen."""
        person = (person or "").strip()
        if not drawing or not person:
            raise UserError(
                self.env._("A signature is drawn, and says whose it is; it stays.")
            )
        attachment = self.env["ir.attachment"].create(
            [
                {
                    "name": self.env._("Signature of %s", person),
                    "datas": drawing,
                    "res_model": self._name,
                    "res_id": self[:1].id,
                }
            ]
        )
        paper = Paper(person, beijing.today(), attachment, "drawn")
        self._om_enter_signature(paper)

    def _om_enter_signature(self, paper, reason=None):
        """Enter a name that was drawn on our screen, now or where no network was."""
        self._om_check_not_frozen()
        with self._om_changing("signed", paper=paper, reason=reason) as tickets:
            tickets.write(
                {
                    "user_signature": paper.scan.datas,
                    "user_signed_by": paper.person,
                    "user_signed_on": self._get_time_done(),
                }
            )

    def _om_follow_up(self, vals):
        """Note what the user said on the telephone afterwards, and who called."""
        called = bool(vals.get("followup_result"))
        with self._act("followed_up") as tickets:
            tickets.write(
                {
                    **vals,
                    "followup_on": fields.Datetime.now() if called else False,
                    "followup_user_id": self.env.uid if called else False,
                }
            )
