from odoo import api, models
from odoo.exceptions import ValidationError


class OmMlpsAssessment(models.Model):
    """An assessment is of the contract that its system had when it was planned."""

    _name = "om.mlps.assessment"
    _inherit = ["om.mlps.assessment", "om.contract.work.mixin"]

    @api.constrains("state", "paid_by_contract", "level")
    def _check_bought(self):
        """No more are charged to a contract than it pays for."""
        paid = self.filtered(lambda one: one.state == "done" and one.paid_by_contract)
        # sudo: who finishes assessments need not read what was bought.
        for contract in paid.sudo().agreement_id:
            for item in contract._get_mlps_items():
                if item["bought"] and item["used"] > item["bought"]:
                    raise ValidationError(
                        self.env._(
                            "“%(contract)s” pays for %(bought)s assessments of"
                            " %(level)s, and this would be one more. Untick “Paid by"
                            " the Contract”, or have the contract amended.",
                            contract=contract.display_name,
                            bought=item["bought"],
                            level=item["label"],
                        )
                    )
