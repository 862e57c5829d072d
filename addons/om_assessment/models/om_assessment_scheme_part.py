from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

DRAFT = ("draft",)
SCHEME_STATES = [
    # Nobody has agreed on it: it shows how such schemes are made.
    ("example", "Example of the Trade"),
    ("draft", "Draft"),
    ("in_use", "In Use"),
    ("retired", "Retired"),
]


class OmAssessmentSchemePart(models.AbstractModel):
    """An indicator or a grade of a scheme: free while the scheme is a draft."""

    _name = "om.assessment.scheme.part"
    _inherit = ["om.act.mixin"]
    _description = "Part of an Assessment Scheme"

    _state_field = "scheme_state"
    _shut_hint = _lt(
        "Its scheme is in use, or an example: make another from that, and agree on it."
    )

    scheme_state = fields.Selection(SCHEME_STATES, compute="_compute_scheme_state")
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, index=True
    )

    @api.depends("scheme_id.state")
    def _compute_scheme_state(self):
        for part in self:
            part.scheme_state = part.scheme_id.state

    @api.depends("scheme_id.company_id")
    def _compute_company_id(self):
        for part in self:
            part.company_id = part.scheme_id.company_id

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        if not self.env.su:
            parts._check_draft()
        return parts

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if not self.env.su:
            self._check_draft()

    def _check_draft(self):
        if any(part.scheme_id.state != "draft" for part in self):
            raise UserError(self.env._(self._shut_hint))
