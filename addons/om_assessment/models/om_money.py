from odoo import api, models
from odoo.fields import Domain

MARGIN = "om_assessment.om_margin_action"


class OmMoney(models.AbstractModel):
    """Beside what a contract brings stands what is left of it."""

    _inherit = "om.money"

    @api.model
    def _get_rows(self, today):
        rows = super()._get_rows(today)
        if self._get_direction() != "sale" or not rows:
            return rows
        found = {
            contract.id: (amount, count)
            for contract, amount, count in self.env["om.margin"]._read_group(
                [("agreement_id", "in", [row["id"] for row in rows])],
                ["agreement_id"],
                ["margin:sum", "__count"],
            )
        }
        for row in rows:
            amount, count = found.get(row["id"], (0, 0))
            row["more"] = [
                *row.get("more", ()),
                self._make_figure(
                    f"margin-{row['id']}",
                    self.env._("Margin to Date"),
                    amount,
                    MARGIN,
                    "om.margin",
                    Domain("agreement_id", "=", row["id"]),
                    "margin:sum",
                    count,
                    part="margin",
                ),
            ]
        return rows
