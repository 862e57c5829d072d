from odoo import api, models

from odoo.addons.om_assets.models.om_register_sheet import SYSTEMS, SheetSpec
from odoo.addons.om_base.tools.xlsx import clean_text

CONTRACTS = SheetSpec(
    "agreement",
    (
        "code",
        "name",
        "partner_id",
        "signature_date",
        "start_date",
        "end_date",
        "amount_total",
        "payment_template_id",
    ),
    ("code", "name"),
    ("code", "name", "partner_id"),
)
# Columns that a file to other parties does without.
PRICES = ("agreement_id", "annual_fee")


class OmRegisterSheet(models.AbstractModel):
    _inherit = "om.register.sheet"

    @api.model
    def _get_fields(self, spec):
        fields_ = super()._get_fields(spec)
        return (*fields_, *PRICES) if spec is SYSTEMS else fields_

    @api.model
    def _get_optional_fields(self):
        return super()._get_optional_fields() | set(PRICES)

    @api.model
    def _get_open_fields(self):
        return super()._get_open_fields() | {"agreement_id", "partner_id"}

    @api.model
    def _get_referred(self):
        return (*super()._get_referred(), CONTRACTS)

    @api.model
    def _get_sheet_name(self, env, model):
        if model == CONTRACTS.model:
            return env._("New Contracts")[:31]
        return super()._get_sheet_name(env, model)

    @api.model
    def _get_targets(self, company):
        """Contracts go by their numbers, which are unique; a purchaser may be any body
        of the register."""
        targets = super()._get_targets(company)
        contracts = self.env["agreement"].search_fetch(
            [
                ("domain", "=", "sale"),
                ("is_template", "=", False),
                ("company_id", "=", company.id),
            ],
            ["code"],
        )
        templates = self.env["om.payment.template"].search_fetch([], ["name"])
        return {
            **targets,
            "agreement_id": {
                clean_text(contract.code or ""): contract.id for contract in contracts
            },
            "partner_id": targets["unit_id"],
            "payment_template_id": {
                clean_text(template.name or ""): template.id for template in templates
            },
        }
