from odoo import api, fields, models


class OmSpareReturn(models.TransientModel):
    """How many parts of a request come back to the store, and which ones."""

    _name = "om.spare.return"
    _description = "Return Parts to the Store"

    request_id = fields.Many2one("om.spare.request", required=True, readonly=True)
    part = fields.Char(related="request_id.quota_id.name")
    used_qty = fields.Integer("Outside the Store", related="request_id.used_qty")
    uom_name = fields.Char(related="request_id.quota_id.uom_name")
    has_serials = fields.Boolean(compute="_compute_choice_ids")
    choice_ids = fields.Many2many("stock.lot", compute="_compute_choice_ids")
    quantity = fields.Integer(
        "Quantity Returned",
        required=True,
        compute="_compute_quantity",
        store=True,
        readonly=False,
    )
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Serial Numbers Returned",
        domain="[('id', 'in', choice_ids)]",
    )

    @api.model
    def default_get(self, fields):
        """All of it: that is what comes back most often."""
        request = self.env["om.spare.request"].browse(self.env.context.get("active_id"))
        return {
            **super().default_get(fields),
            "request_id": request.id,
            "quantity": request.used_qty,
            "lot_ids": request._get_returnable_lots().ids,
        }

    @api.depends("request_id")
    def _compute_choice_ids(self):
        for wizard in self:
            wizard.choice_ids = wizard.request_id._get_returnable_lots()
            wizard.has_serials = bool(wizard.choice_ids)

    @api.depends("lot_ids")
    def _compute_quantity(self):
        for wizard in self:
            if wizard.has_serials:
                wizard.quantity = len(wizard.lot_ids)

    def action_return(self):
        """Bring them back."""
        self.ensure_one()
        return self.request_id.action_return(self.quantity, self.lot_ids)
