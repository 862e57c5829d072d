from odoo import api, fields, models
from odoo.exceptions import UserError


class OmBondAct(models.TransientModel):
    """One entry in a bond's ledger: handed in, drawn, given back; or a cancellation."""

    _name = "om.bond.act"
    _description = "Write a Bond's Ledger"

    bond_id = fields.Many2one("om.bond", required=True, readonly=True)
    currency_id = fields.Many2one(related="bond_id.currency_id")
    direction = fields.Selection(related="bond_id.direction")
    act = fields.Selection(
        [
            ("receive", "Receive"),
            ("draw", "Draw"),
            ("return", "Return"),
            ("cancel", "Cancel an Entry"),
        ],
        required=True,
        default="receive",
        readonly=True,
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    date = fields.Date(
        required=True, default=lambda self: self.env["agreement"]._get_today()
    )
    note = fields.Char(
        "Document or Reason", help="Such as the number of the receipt or the letter."
    )
    move_id = fields.Many2one(
        "om.bond.move",
        string="Entry",
        domain="[('bond_id', '=', bond_id), ('is_cancelled', '=', False),"
        " ('deduction_id', '=', False)]",
    )

    @api.depends("bond_id", "act")
    def _compute_amount(self):
        for act in self:
            bond = act.bond_id
            act.amount = (
                bond.amount - bond.amount_received
                if act.act == "receive"
                else bond.balance
            )

    def action_confirm(self):
        """Write the entry."""
        self.ensure_one()
        if self.act == "cancel":
            if not self.move_id:
                raise UserError(self.env._("Choose the entry that is wrong."))
            self.move_id.action_cancel(self.note)
        else:
            acts = {
                "receive": self.bond_id.action_receive,
                "draw": self.bond_id.action_draw,
                "return": self.bond_id.action_return,
            }
            acts[self.act](self.amount, self.date, self.note)
        return {"type": "ir.actions.act_window_close"}
