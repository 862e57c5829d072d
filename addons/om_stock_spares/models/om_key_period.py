from odoo import api, fields, models


class OmKeyPeriod(models.Model):
    _inherit = "om.key.period"

    _free_fields = {"spare_plan_ids": None}

    spare_plan_ids = fields.One2many(
        "om.key.period.spare", "period_id", string="Spare Parts Forward", copy=True
    )


class OmKeyPeriodSpare(models.Model):
    """What has to lie forward, or in which van, before a key period begins."""

    _name = "om.key.period.spare"
    _inherit = ["om.act.mixin"]
    _description = "Spare Part of a Key Period"
    _rec_name = "product_id"
    _order = "period_id, location_id, id"
    _check_company_auto = True

    # A plan, and no fact: what lies forward the stock tells.
    _free_fields = {
        "period_id": None,
        "product_id": None,
        "location_id": None,
        "quantity": None,
    }

    period_id = fields.Many2one(
        "om.key.period", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="period_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_storable', '=', True)]",
    )
    location_id = fields.Many2one(
        "stock.location",
        string="Stored At",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="The key period stock or a crew's van.",
    )
    quantity = fields.Integer(required=True, default=1)
    on_hand = fields.Float("There Now", compute="_compute_on_hand", compute_sudo=True)
    missing = fields.Integer(compute="_compute_on_hand", compute_sudo=True)

    _place_uniq = models.Constraint(
        "unique(period_id, product_id, location_id)",
        "This part is planned for this place already.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "At least one part is planned."
    )

    @api.depends("product_id", "location_id", "quantity")
    def _compute_on_hand(self):
        there = self.env["om.spare.readiness"]._get_stock(
            self.product_id, self.location_id
        )
        for plan in self:
            plan.on_hand = there.get((plan.product_id.id, plan.location_id.id), 0.0)
            plan.missing = max(plan.quantity - int(plan.on_hand), 0)
