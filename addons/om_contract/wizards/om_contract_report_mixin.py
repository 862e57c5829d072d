from odoo import api, fields, models


class OmContractReportMixin(models.AbstractModel):
    """A report is one of a contract: its purchaser pays by it, so nothing of another
    contract is in it. Without a contract it tells of the systems that have none."""

    _name = "om.contract.report.mixin"
    _description = "Report of a Contract"

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        domain="[('domain', '=', 'sale'), ('is_template', '=', False)]",
        default=lambda self: self.env.user._get_default_contract(),
    )
    has_contracts = fields.Boolean(
        compute="_compute_has_contracts",
        help="Where there are contracts with systems, one of them is chosen.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_has_contracts(self):
        self.has_contracts = bool(
            self.env["om.system"].search_count(
                [
                    ("agreement_id", "!=", False),
                    ("company_id", "in", self.env.companies.ids),
                ],
                limit=1,
            )
        )

    @api.onchange("agreement_id")
    def _onchange_agreement_id(self):
        """Units and systems of another contract have no place in the report."""
        own = self.system_ids.filtered(
            lambda system: system.agreement_id == self.agreement_id
        )
        self.system_ids = own
        self.unit_ids = self.unit_ids & self.agreement_id.system_ids.unit_id

    def _get_contract_text(self):
        """Return the contract in words, its number last; empty without one."""
        self.ensure_one()
        # sudo: whoever may print names the contract.
        contract = self.sudo().agreement_id
        if not contract:
            return ""
        return self.env._(
            "%(name)s (%(number)s)", name=contract.name, number=contract.code
        )
