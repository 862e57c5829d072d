from odoo import api, fields, models

from odoo.addons.om_contract.engine.calculation import Step
from odoo.addons.om_contract.models.agreement import AMOUNT_GROUPS


class Agreement(models.Model):
    """What spare parts were really used comes into the contract's settlement."""

    _inherit = "agreement"

    spare_settlement_ids = fields.One2many(
        "om.spare.settlement",
        "agreement_id",
        string="Settlements of Spare Parts",
        groups=AMOUNT_GROUPS,
    )
    amount_spares = fields.Monetary(
        "Spare Parts Settled",
        compute="_compute_amount_spares",
        groups=AMOUNT_GROUPS,
        help="What the closed settlements of spare parts come to: the parts really"
        " used, at their prices. The settlement review takes it into account.",
    )

    @api.depends("spare_settlement_ids.state", "spare_settlement_ids.amount_total")
    def _compute_amount_spares(self):
        sums = dict(
            # sudo: who reads the contract's amounts need not keep the warehouse.
            self.env["om.spare.settlement"]
            .sudo()
            ._read_group(
                [("agreement_id", "in", self._origin.ids), ("state", "=", "closed")],
                ["agreement_id"],
                ["amount_total:sum"],
            )
        )
        amounts = {contract.id: amount for contract, amount in sums.items()}
        for contract in self:
            contract.amount_spares = amounts.get(contract._origin.id, 0.0)

    def _get_settlement_parts(self):
        """The closed settlements of spare parts, each with its number and day."""
        # sudo: as above.
        closed = self.sudo().spare_settlement_ids.filtered(
            lambda settlement: settlement.state == "closed"
        )
        return super()._get_settlement_parts() + [
            Step(
                self.env._("Spare parts: %s", settlement.list_id.name),
                f"({self.currency_id.format(settlement.amount_total)})",
                self.env._(
                    "%(number)s, closed on %(day)s; shown to the review",
                    number=settlement.name,
                    day=self._format_day(settlement.closed_on.date())
                    if settlement.closed_on
                    else "",
                ),
            )
            for settlement in closed.sorted("id")
        ]
