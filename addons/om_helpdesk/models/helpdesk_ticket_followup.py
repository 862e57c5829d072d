from odoo import api, fields, models
from odoo.exceptions import UserError


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
    )
    followup_on = fields.Datetime("Called On", copy=False, readonly=True)
    followup_user_id = fields.Many2one(
        "res.users", string="Called By", copy=False, readonly=True
    )
    followup_note = fields.Text("What the User Said", copy=False)

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
                    ", ".join(silent.mapped("display_name")),
                )
            )

    def write(self, vals):
        vals = dict(vals)
        if vals.keys() & {"user_signature", "user_signed_by"}:
            self._om_check_not_frozen()
        if "user_signature" in vals:
            signed = fields.Datetime.now() if vals["user_signature"] else False
            vals["user_signed_on"] = signed
        if "followup_result" in vals:
            called = bool(vals["followup_result"])
            vals["followup_on"] = fields.Datetime.now() if called else False
            vals["followup_user_id"] = self.env.uid if called else False
        return super().write(vals)
