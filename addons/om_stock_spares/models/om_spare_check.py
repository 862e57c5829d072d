from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.om_base.tools import beijing
from odoo.addons.om_base.tools.acts import Fact


class OmSpareCheck(models.Model):
    """One look at one stored part: state, battery charge, firmware; never changed."""

    _name = "om.spare.check"
    _inherit = ["om.act.mixin"]
    _description = "Check of a Stored Part"
    _order = "date desc, id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    # Entered once: see ``write``.
    _free_fields = dict.fromkeys(
        (
            "product_id",
            "lot_id",
            "location_id",
            "company_id",
            "date",
            "result",
            "quantity",
            "battery",
            "firmware",
            "note",
        )
    )
    _facts = {
        "product": Fact("product_id"),
        "lot": Fact("lot_id"),
        "place": Fact("location_id"),
        "date": Fact("date"),
        "checked_by": Fact("user_id"),
        "result": Fact("result"),
        "quantity": Fact("quantity"),
        "battery": Fact("battery"),
        "firmware": Fact("firmware"),
        "note": Fact("note"),
    }

    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict"
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial Number",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('product_id', '=', product_id)]",
    )
    location_id = fields.Many2one(
        "stock.location", string="Stored At", required=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(
        "Checked On",
        required=True,
        default=lambda self: beijing.today(),
        index=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Checked By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    result = fields.Selection(
        [("fit", "Fit for Use"), ("unfit", "Unfit")], required=True, default="fit"
    )
    quantity = fields.Integer(
        "Unfit Quantity",
        default=1,
        help="How many of the parts that lie there are unfit; they go into quarantine.",
    )
    has_battery = fields.Boolean(related="product_id.spare_check_battery")
    battery = fields.Integer("Battery Charge (%)")
    firmware = fields.Char()
    note = fields.Text()

    _battery_percent = models.Constraint(
        "CHECK (battery BETWEEN 0 AND 100)", "A charge lies between 0 and 100 %."
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "At least one part is unfit."
    )
    _unfit_with_note = models.Constraint(
        "CHECK (result != 'unfit' OR note IS NOT NULL)",
        "Say what is wrong with the unfit part (Note).",
    )
    _stored_idx = models.Index("(product_id, location_id, lot_id, date)")

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        checks.filtered(lambda check: check.result == "unfit")._to_quarantine()
        self.env["om.spare.readiness"]._drop_checked(checks)
        return checks

    def write(self, vals):
        if self and vals:
            raise UserError(self.env._("Checks stay on record as they were made."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Checks stay on record as they were made."))

    def _to_quarantine(self):
        """Move what is unfit to the quarantine of its warehouse."""
        Readiness = self.env["om.spare.readiness"]
        for check in self:
            warehouse = Readiness._get_warehouse(check.location_id)
            if not warehouse.quarantine_location_id:
                raise UserError(
                    self.env._(
                        "“%s” has no place for quarantine yet: make the missing places"
                        " of the warehouse first.",
                        warehouse.name or check.location_id.display_name,
                    )
                )
            Readiness._move(
                check.product_id,
                1 if check.lot_id else check.quantity,
                check.location_id,
                warehouse.quarantine_location_id,
                check.lot_id,
            )

    def action_done(self):
        """Close the dialog; the check is kept as it was saved."""
        return {"type": "ir.actions.act_window_close"}
