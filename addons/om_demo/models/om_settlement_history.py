from odoo import api, models

from .om_demo import Row


class OmSettlementHistory(models.AbstractModel):
    """Two settlements begun: of the contract whose service is over, and of the one
    whose year ends soon. What is there and what is missing is asked of the record."""

    _name = "om.settlement.history"
    _inherit = "om.demo"
    _description = "Invented Settlements"

    _rows = (
        Row("manager", "begin", "bda"),
        Row("manager", "begin", "shunyi"),
    )

    @api.model
    def _do_begin(self, name, _day):
        contract = self.env["om.engagement.loader"]._get(name)
        self.env["om.settlement"].create({"agreement_id": contract.id})
