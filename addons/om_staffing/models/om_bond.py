from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact


class OmBond(models.Model):
    """The security of a bid: a bond that stands for a tender, before any contract.

    It has to be there when bids close, and comes back on the day that the tender's
    calendar says.
    """

    _inherit = "om.bond"

    _free_fields = {"tender_id": ("none", "pending")}
    _facts = {"tender": Fact("tender_id")}

    tender_id = fields.Many2one(
        "om.tender",
        index="btree_not_null",
        ondelete="restrict",
        help="Stands for a bid: the security of this tender.",
    )

    def _get_owner(self):
        return super()._get_owner() or self.tender_id

    def _get_owner_values(self):
        tender = self.tender_id
        if self.agreement_id or not tender:
            return super()._get_owner_values()
        return tender.company_id, tender.partner_id, "sale"

    @api.depends("tender_id.company_id", "tender_id.partner_id")
    def _compute_owner(self):
        return super()._compute_owner()

    @api.depends("tender_id.currency_id")
    def _compute_currency_id(self):
        return super()._compute_currency_id()

    @api.depends("tender_id.code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.depends("tender_id.security_return")
    def _compute_date_back(self):
        """Follows the tender's calendar as long as that tells a day."""
        result = super()._compute_date_back()
        for bond in self:
            bond.date_back = bond.tender_id.security_return or bond.date_back
        return result

    @api.constrains("agreement_id", "kind", "tender_id")
    def _check_owner(self):
        return super()._check_owner()
