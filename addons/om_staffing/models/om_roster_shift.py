from odoo import api, fields, models

from .om_roster import make_shift


class OmRosterShift(models.Model):
    _name = "om.roster.shift"
    _inherit = "om.act.mixin"
    _description = "Shift of a Roster"
    _order = "start, post_id, id"
    # The roster's ledger tells the shifts.
    _free_fields = {
        "roster_id": (),
        **dict.fromkeys(("employee_id", "post_id", "start", "stop"), ("draft",)),
    }
    _rec_name = "employee_id"

    roster_id = fields.Many2one(
        "om.roster", required=True, index=True, ondelete="cascade"
    )
    tender_id = fields.Many2one(related="roster_id.tender_id")
    company_id = fields.Many2one(related="roster_id.company_id", store=True, index=True)
    state = fields.Selection(related="roster_id.state", string="Roster's State")
    employee_id = fields.Many2one(
        "hr.employee", required=True, index=True, ondelete="restrict"
    )
    post_id = fields.Many2one(
        "om.post",
        string="As",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('tender_id', '=', tender_id)]",
    )
    start = fields.Datetime(required=True, index=True)
    stop = fields.Datetime(required=True)

    _stop_after_start = models.Constraint(
        "CHECK (stop > start)", "A shift ends after it begins."
    )
    _not_too_long = models.Constraint(
        "CHECK (stop - start <= interval '24 hours')", "A shift lasts 24 hours at most."
    )

    @api.model_create_multi
    def create(self, vals_list):
        shifts = super().create(vals_list)
        shifts.roster_id._check_draft()
        return shifts

    def write(self, vals):
        self.roster_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self.roster_id._check_draft()

    def _get_engine_shifts(self):
        """Complete shifts, local times."""
        return [
            make_shift(shift)
            for shift in self
            if shift.start and shift.stop and shift.employee_id and shift.post_id
        ]
