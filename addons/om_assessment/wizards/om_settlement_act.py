from odoo import api, fields, models
from odoo.exceptions import UserError


class OmSettlementAct(models.TransientModel):
    """Asks for the review's day and paper, or why a review is corrected."""

    _name = "om.settlement.act"
    _description = "Act on a Settlement"

    settlement_id = fields.Many2one("om.settlement", required=True)
    kind = fields.Selection(
        [("review", "Enter the Review"), ("correct", "Correct the Review")],
        required=True,
    )
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    amount = fields.Monetary("Reviewed Amount", related="settlement_id.amount_reviewed")
    difference = fields.Monetary(
        "Difference to What Was Asked For", related="settlement_id.amount_difference"
    )
    date = fields.Date(
        "Passed On", default=lambda self: self.env["agreement"]._get_today()
    )
    evidence = fields.Char("Paper", help="Number or title of the review's paper.")
    file = fields.Binary("Scan")
    file_name = fields.Char()
    is_correction = fields.Boolean(compute="_compute_is_correction")
    reason = fields.Text()

    @api.depends("kind", "settlement_id")
    def _compute_is_correction(self):
        for act in self:
            act.is_correction = (
                act.kind == "correct" or act.settlement_id.agreement_id.is_settled
            )

    def action_confirm(self):
        """Do the act."""
        self.ensure_one()
        if self.kind == "correct":
            self.settlement_id.action_correct(self.reason)
        else:
            self._review()
        return {"type": "ir.actions.act_window_close"}

    def _review(self):
        if not self.file:
            raise UserError(self.env._("Add the scan of the review's paper."))
        if not self.date:
            raise UserError(self.env._("Say on which day the review passed."))
        settlement = self.settlement_id
        name = self.file_name or self.env._("Settlement Review")
        scan = self.env["ir.attachment"].create(
            {
                "name": name,
                "datas": self.file,
                "res_model": settlement._name,
                "res_id": settlement.id,
            }
        )
        settlement.action_review(self.date, self.evidence, scan, self.reason)
        self.env["om.contract.document"].create(
            {
                "agreement_id": settlement.agreement_id.id,
                "kind": "settlement",
                "name": self.evidence,
                "date": self.date,
                "file": self.file,
                "file_name": name,
            }
        )
