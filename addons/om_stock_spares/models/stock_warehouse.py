from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    district_code = fields.Char(
        help="Six digits of the district in which it stands, such as 110113.",
    )
    dismantled_location_id = fields.Many2one(
        "stock.location",
        string="Dismantled Parts",
        check_company=True,
        help="Where removed devices are kept until they are handed back.",
    )
    quarantine_location_id = fields.Many2one(
        "stock.location", string="Quarantine", check_company=True
    )
    forward_location_id = fields.Many2one(
        "stock.location", string="Key Period Stock", check_company=True
    )
    van_location_ids = fields.One2many(
        "stock.location", "van_warehouse_id", string="Crew Vans"
    )

    def action_make_spare_locations(self):
        """Make the places that a store of spare parts needs, where they are missing."""
        names = {
            "dismantled_location_id": self.env._("Dismantled Parts"),
            "quarantine_location_id": self.env._("Quarantine"),
            "forward_location_id": self.env._("Key Period Stock"),
        }
        for warehouse in self:
            for field, name in names.items():
                if not warehouse[field]:
                    warehouse[field] = self.env["stock.location"].create(
                        warehouse._prepare_spare_location(name)
                    )
        return True

    def _prepare_spare_location(self, name):
        self.ensure_one()
        return {
            "name": name,
            "location_id": self.view_location_id.id,
            "usage": "internal",
            "company_id": self.company_id.id,
        }


class StockLocation(models.Model):
    _inherit = "stock.location"

    van_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Van Of",
        index="btree_not_null",
        help="This place is a crew's van that this warehouse supplies.",
    )
