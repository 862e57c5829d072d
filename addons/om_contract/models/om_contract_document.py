from odoo import fields, models

from .agreement import AMOUNT_GROUPS


class OmContractDocument(models.Model):
    """One paper of a contract."""

    _name = "om.contract.document"
    _description = "Contract Document"
    _order = "date desc, id desc"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        "agreement", string="Contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        [
            ("award", "Notice of Award"),
            ("bid", "Bid and Price List"),
            ("contract", "Contract"),
            ("amendment", "Amendment"),
            ("bond", "Bond or Guarantee Letter"),
            ("application", "Payment Application"),
            ("invoice", "Invoice"),
            ("assessment", "Assessment"),
            ("acceptance", "Acceptance"),
            ("settlement", "Settlement Review"),
            ("letter", "Letter or Notice"),
            ("other", "Other"),
        ],
        required=True,
        default="contract",
    )
    name = fields.Char("Title", required=True)
    date = fields.Date(
        default=lambda self: self.env["agreement"]._get_today(), copy=False
    )
    file = fields.Binary(required=True, attachment=True, groups=AMOUNT_GROUPS)
    file_name = fields.Char()
