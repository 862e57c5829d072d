from odoo import api, fields, models

from odoo.addons.om_base.tools.acts import Fact

# Where the receiver reads about what has met it.
PAGES = {
    "maintenance.request": "/my/inspections/%d",
    "helpdesk.ticket": "/my/ticket/%d",
}


class OmObligationDelivery(models.Model):
    """What was handed in on one day: so many pieces, with its files.

    It comes about by handing in, and stays as it was entered.
    """

    _name = "om.obligation.delivery"
    _inherit = "om.act.mixin"
    _description = "Delivery"
    _order = "date, id"
    _rec_name = "date"
    _sealing_path = "item_id.agreement_id"

    _facts = {
        "item": Fact("item_id"),
        "day": Fact("date"),
        "quantity": Fact("quantity"),
        "note": Fact("note"),
        "returned": Fact("is_returned"),
        "met_by": Fact("made_of"),
    }

    item_id = fields.Many2one(
        "om.obligation.item", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="item_id.company_id", store=True, index=True, precompute=True
    )
    date = fields.Date("Handed In On", required=True)
    quantity = fields.Float(required=True, digits="Product Unit")
    note = fields.Char("What", help="Such as the list of titles.")
    made_of = fields.Json(
        readonly=True, copy=False, help="The records that meet it: model and ids."
    )
    content = fields.Char(
        "What Was Handed In", compute="_compute_content", compute_sudo=True
    )
    file_ids = fields.Many2many("ir.attachment", string="Files")
    is_returned = fields.Boolean(
        "Does Not Count", help="It came back, or was taken back."
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Nothing is not handed in."
    )

    @api.depends("note", "made_of")
    def _compute_content(self):
        for delivery in self:
            records = delivery._get_records()
            label = delivery.note or ""
            if len(records) == 1:
                label = records.display_name
            elif records:
                # sudo: names of models are no secret.
                model = self.env["ir.model"].sudo()._get(records._name)
                label = self.env._(
                    "%(what)s: %(number)s", what=model.name, number=len(records)
                )
            delivery.content = label

    def _get_records(self):
        """The records of this system that meet what was owed; those that are gone are
        left out."""
        made = [each.made_of for each in self if each.made_of]
        if not made:
            return self.browse()
        model = made[0][0]
        ids = {res_id for name, res_ids in made if name == model for res_id in res_ids}
        return self.env[model].browse(sorted(ids)).exists()

    def _get_links(self):
        """[(text, address)] of the records that the reader finds in the portal."""
        records = self.sudo()._get_records()  # which they are is no secret
        page = PAGES.get(records._name)
        if not page or not self.env[records._name].has_access("read"):
            return []
        own = records.with_env(self.env)._filtered_access("read")
        return [(each.display_name, page % each.id) for each in own.sudo()]
