from odoo import api, models

from ..tools import register, spares
from .om_register_loader import REGISTER_FOLDER

SPARES_FOLDER = REGISTER_FOLDER.parent / "spares"
SOURCE = "om_engagements.spares"


class OmRegisterLoader(models.AbstractModel):
    _inherit = "om.register.loader"

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
