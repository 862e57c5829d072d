from odoo import api, models

from ..tools import register, spares
from .om_register_loader import REGISTER_FOLDER

SPARES_FOLDER = REGISTER_FOLDER.parent / "spares"
SOURCE = "om_engagements.spares"
# Row of the register: hours in which its text wants spare parts on the spot. Row 16:
# "24小时内备件替换" in key periods; row 59: "72h配件到位".
PROMISES = {16: 24, 59: 72}


class OmRegisterLoader(models.AbstractModel):
    _inherit = "om.register.loader"

    @api.model
    def _make_spare_places(self):
        """Make the places of the warehouse, named in Chinese where there is Chinese."""
        loader = self.env["om.engagement.loader"]._in_chinese()
        warehouse = self.env.ref("om_engagements.warehouse_shunyi")
        warehouse.with_context(lang=loader.env.lang).action_make_spare_locations()
        warehouse.lot_stock_id.name = "主库"

    @api.model
    def _load_spare_lists(self):
        """Load the spare parts lists, tie them to their contract and put them into use;
        runs at every upgrade."""
        prefix = "om_engagements."
        data = spares.build_spare_lists(
            register.read_table(SPARES_FOLDER / "quotas.csv"),
            register.read_register(REGISTER_FOLDER),
            prefix,
        )
        self._load(data, SOURCE)
        lists = self.env["om.spare.list"].union(
            *(self.env.ref(key) for key in data["om.spare.list"])
        )
        for spare_list in lists.filtered(lambda each: not each.agreement_id):
            spare_list.agreement_id = spare_list.quota_ids.system_id.agreement_id[:1]
        lists.filtered(lambda each: each.state == "draft").action_activate()
        for number, hours in PROMISES.items():
            system = self.env.ref(f"om_engagements.system_{number:03}", False)
            # What people have entered since stays.
            if system and not system.spare_hours:
                system.spare_hours = hours
