from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list


class Agreement(models.Model):
    """What a supplier takes over of our service, where our contract allows it.

    Shunyi's tender (instructions, 25.5) and the emergency command centre's forbid it.
    """

    _inherit = "agreement"
    _free_fields = {"served_system_ids": ("draft",)}

    served_system_ids = fields.Many2many(
        "om.system",
        "agreement_served_system_rel",
        "agreement_id",
        "system_id",
        string="Takes Over the Service Of",
        copy=False,
        check_company=True,
        help="The systems of our contracts whose service the supplier takes over. Empty"
        " where it delivers or rents something only.",
    )

    @api.constrains("served_system_ids", "domain")
    def _check_may_subcontract(self):
        for contract in self.filtered("served_system_ids"):
            if contract.domain != "purchase":
                raise ValidationError(
                    self.env._(
                        "“%s” is no contract with a supplier: only a supplier takes"
                        " service over.",
                        contract.display_name,
                    )
                )
            contract.served_system_ids._check_may_be_served(contract)


class OmSystem(models.Model):
    _inherit = "om.system"

    supplier_agreement_ids = fields.Many2many(
        "agreement",
        "agreement_served_system_rel",
        "system_id",
        "agreement_id",
        string="Served by Suppliers",
        copy=False,
        groups="base.group_user",
    )

    def _check_may_be_served(self, supplier_contract):
        """Refuse that a supplier serves systems whose contract forbids it."""
        # sudo: what the contract forbids is told to whoever breaks it.
        for contract, systems in self.sudo().grouped("agreement_id").items():
            if not contract.subcontract_clause:
                continue
            names = format_list(self.env, systems[:5].mapped("display_name"))
            raise ValidationError(
                self.env._(
                    "Contract “%(contract)s” forbids subcontracting (%(clause)s):"
                    " “%(supplier)s” cannot take over the service of %(systems)s.",
                    contract=contract.display_name,
                    clause=contract.subcontract_clause,
                    supplier=supplier_contract.display_name,
                    systems=names,
                )
            )

    @api.constrains("agreement_id")
    def _check_supplier_contracts(self):
        """A system that a supplier serves does not join a contract that forbids it."""
        # sudo: whoever joins it need not see what we buy.
        for system in self.sudo().filtered("supplier_agreement_ids"):
            live = system.supplier_agreement_ids.filtered(
                lambda contract: contract.state not in ("closed", "terminated")
            )
            if live:
                system._check_may_be_served(live[0])
