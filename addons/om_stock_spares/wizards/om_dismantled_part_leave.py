from odoo import fields, models


class OmDismantledPartLeave(models.TransientModel):
    """Hand dismantled parts back, or dispose of them, against a signature."""

    _name = "om.dismantled.part.leave"
    _description = "Hand Back Dismantled Parts"

    part_ids = fields.Many2many(
        "om.dismantled.part",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    kind = fields.Selection(
        [("returned", "Hand Back"), ("disposed", "Dispose Of")],
        required=True,
        default="returned",
    )
    signed_by = fields.Char("Received By", required=True)
    signature = fields.Binary(required=True)

    def action_leave(self):
        """Note that the parts have left the store."""
        self.ensure_one()
        return self.part_ids._leave(self.kind, self.signed_by, self.signature)
