from odoo import fields, models


class OmServiceRoom(models.Model):
    """Where a service takes place at a time, such as a meeting: held by one at once."""

    _name = "om.service.room"
    _inherit = "om.act.mixin"
    _description = "Room"
    _order = "name, id"
    _check_company_auto = True
    _free_fields = dict.fromkeys(
        ("name", "active", "company_id", "agreement_id", "unit_id")
    )

    name = fields.Char(required=True)
    active = fields.Boolean("In Use", default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    agreement_id = fields.Many2one(
        "agreement",
        string="Contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: for the requests of every contract.",
    )
    unit_id = fields.Many2one(
        "res.partner",
        string="User Unit",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('om_acts_as', '=', 'user_unit')]",
    )

    _name_unique = models.UniqueIndex(
        "(company_id, agreement_id, name) NULLS NOT DISTINCT WHERE active",
        "There is a room of this name already.",
    )

    def copy_data(self, default=None):
        """A copy is another room, which has its own name."""
        return [
            {**vals, "name": self.env._("%s (copy)", room.name)}
            if "name" not in (default or {})
            else vals
            for room, vals in zip(self, super().copy_data(default), strict=True)
        ]
