from odoo import api, fields, models
from odoo.exceptions import UserError

# {field of the dialog: what it does it on}
SUBJECTS = {
    "scheme_ids": "om.assessment.scheme",
    "memorandum_ids": "om.memorandum",
    "assessment_ids": "om.assessment",
    "rectification_ids": "om.rectification",
}
# Acts that need more than a reason.
WITH_DAY = ("end",)


class OmAssessmentReason(models.TransientModel):
    """The reason of an act of ours; it stays on record."""

    _name = "om.assessment.reason"
    _description = "Reason of an Act"

    act = fields.Selection(
        [
            ("retire", "Retire"),
            ("unsign", "Take Signatures Back"),
            ("end", "End"),
            ("talk", "Talk about the Dispute"),
            ("refer", "Put to the Purchaser"),
            ("correct", "Correct"),
            ("refuse", "Refuse"),
            ("withdraw", "Withdraw"),
        ],
        required=True,
    )
    scheme_ids = fields.Many2many("om.assessment.scheme", string="Schemes")
    memorandum_ids = fields.Many2many("om.memorandum", string="Memoranda")
    assessment_ids = fields.Many2many("om.assessment", string="Assessments")
    rectification_ids = fields.Many2many("om.rectification", string="Rectifications")
    date = fields.Date(
        "Last Day", default=lambda self: self.env["agreement"]._get_today()
    )
    reason = fields.Text(required=True)

    @api.model
    def _open(self, act, records):
        """Return the dialog for one act on these; who may not is told at once."""
        declared = records._get_acts()[act]
        records._check_may(declared)
        records._check_source(declared)
        name = next(name for name, model in SUBJECTS.items() if model == records._name)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(declared.label),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_act": act, f"default_{name}": records.ids},
        }

    def action_confirm(self):
        """Do the act with its reason."""
        self.ensure_one()
        for name in SUBJECTS:
            records = self[name]
            if not records:
                continue
            if self.act not in records._get_acts():
                raise UserError(self.env._("This is not done here."))
            extra = {"date": self.date} if self.act in WITH_DAY else {}
            getattr(records, f"action_{self.act}")(reason=self.reason, **extra)
        return {"type": "ir.actions.act_window_close"}
