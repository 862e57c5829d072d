from odoo import api, models

from ..tools.obligations import build_obligations, read_obligations
from .om_register_loader import REGISTER_FOLDER

OBLIGATIONS_FOLDER = REGISTER_FOLDER.parent / "obligations"
SOURCE = "om_engagements.obligations"


class OmRegisterLoader(models.AbstractModel):
    _inherit = "om.register.loader"

    @api.model
    def _load_obligations(self):
        """Load what the contracts owe, and put into force what their documents say as
        a whole; runs at every upgrade."""
        rows_of = {
            path.stem: read_obligations(path)
            for path in sorted(OBLIGATIONS_FOLDER.glob("*.csv"))
            # A contract that somebody deleted owes nothing.
            if self.env.ref(f"om_engagements.agreement_{path.stem}", False)
        }
        data = build_obligations(rows_of)
        self._load(data, SOURCE)
        obligations = self.env["om.obligation"].union(
            *(
                found
                for key in data["om.obligation"]
                if (found := self.env.ref(key, False))
            )
        )
        obligations.filtered(
            lambda each: each.state == "draft" and each.per and not each._is_undecided()
        ).action_agree()
