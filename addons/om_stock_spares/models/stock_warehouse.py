from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    # Where the store keeps what, and how long it waits: settings of the store.
    _free_fields = dict.fromkeys(
        (
            "district_code",
            "spare_lead_days",
            "dismantled_location_id",
            "quarantine_location_id",
            "forward_location_id",
        )
    )

    district_code = fields.Char(
        help="Six digits of the district in which it stands, such as 110113.",
    )
    spare_lead_days = fields.Integer(
        "Lead Time Without Supplier (days)",
        default=14,
        help="Days until new spare parts arrive where a part names no supplier.",
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

    _free_fields = {"van_warehouse_id": None, "reach_hours": None}

    van_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Van Of",
        index="btree_not_null",
        help="This place is a crew's van that this warehouse supplies.",
    )
    reach_hours = fields.Float(
        "Hours to the Spot",
        default=4.0,
        help="Usual time from this place to any system; parts that are promised on the"
        " spot are judged by it.",
    )
