from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.om_base.tools.acts import Fact


class OmKeyPeriod(models.Model):
    """A key period belongs to the contract that asks for it.

    Without a list of systems it holds for all systems of its contract; one that names
    neither holds for the systems that no contract has. What one purchaser agreed on
    never shortens a deadline of another.
    """

    _inherit = "om.key.period"

    _free_fields = {"agreement_id": None}
    _facts = {"contract": Fact("agreement_id")}

    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('domain', '=', 'sale'), ('is_template', '=', False)]",
        compute="_compute_agreement_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The period holds for the systems of this contract. Left empty: for those"
        " that are listed, or that no contract has.",
    )
    system_ids = fields.Many2many(
        domain="[('agreement_id', '=', agreement_id)] if agreement_id else []"
    )

    @api.depends("system_ids")
    def _compute_agreement_id(self):
        """Offer the contract of the systems, else the one that the user works for."""
        for period in self.filtered(lambda period: not period.agreement_id):
            contracts = period.system_ids.agreement_id
            if not period.system_ids and not period._origin:
                contracts = self.env.user._get_default_contract()
            period.agreement_id = contracts if len(contracts) == 1 else False

    @api.constrains("agreement_id", "system_ids")
    def _check_systems_of_contract(self):
        for period in self.filtered("agreement_id"):
            others = period.system_ids.filtered(
                lambda system, own=period.agreement_id: system.agreement_id != own
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "“%(period)s” is a key period of %(contract)s; these systems"
                        " are not: %(systems)s.",
                        period=period.name,
                        contract=period.agreement_id.display_name,
                        systems=format_list(self.env, others.mapped("display_name")),
                    )
                )

    @api.model
    def _get_reach_fields(self):
        return super()._get_reach_fields() | {"agreement_id"}

    def _get_scope(self):
        return (*super()._get_scope(), self.agreement_id.id)

    @api.model
    def _get_scope_domain(self, system):
        own = Domain("agreement_id", "=", system.agreement_id.id)
        return super()._get_scope_domain(system) & own
