from odoo import api, models

from ..tools.services import build_services, read_services
from .om_register_loader import REGISTER_FOLDER

SERVICES_FOLDER = REGISTER_FOLDER.parent / "services"
SOURCE = "om_engagements.services"
CONTRACTS = ("shunyi", "tongzhou", "emergency", "bda", "changning")


class OmRegisterLoader(models.AbstractModel):
    _inherit = "om.register.loader"

    @api.model
    def _load_services(self):
        """Load what can be asked for under each contract; runs at every upgrade."""
        contracts = [
            name
            for name in CONTRACTS
            # A contract that somebody deleted offers nothing.
            if self.env.ref(f"om_engagements.agreement_{name}", False)
        ]
        self._load(build_services(read_services(SERVICES_FOLDER), contracts), SOURCE)
