from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.om_base.tools.acts import Fact

from .agreement import AMOUNT_GROUPS

_lt = LazyTranslate(__name__)


class OmContractDocument(models.Model):
    """One paper of a contract."""

    _name = "om.contract.document"
    _inherit = ["om.act.mixin"]
    _description = "Contract Document"
    _order = "date desc, id desc"
    _check_company_auto = True

    _state_field = "contract_state"
    _free_fields = {
        "kind": None,
        "name": None,
        "date": None,
        **dict.fromkeys(("agreement_id", "file", "file_name"), ("draft",)),
    }
    _shut_hint = _lt("The papers of a signed contract stay; add another one.")
    _facts = {
        "contract": Fact("agreement_id"),
        "kind": Fact("kind"),
        "title": Fact("name"),
        "date": Fact("date"),
        "file_name": Fact("file_name"),
    }

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
    contract_state = fields.Selection(related="agreement_id.state")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(document.contract_state != "draft" for document in self):
            raise UserError(self.env._(self._shut_hint))

    def _filter_closed_files(self, files):
        signed = self.search(
            [
                ("agreement_id.state", "!=", "draft"),
                ("id", "in", files.mapped("res_id")),
            ]
        )
        return files.filtered(lambda file: file.res_id in signed.ids)
